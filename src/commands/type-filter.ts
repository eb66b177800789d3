import { typeMeant } from "../config/mistakes.ts";
import { typeInfo } from "../model/catalog.ts";
import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { quoteName } from "../model/printable.ts";

/** Whether `--type` asks for integrations of this type, in any case. */
export function isAskedType(type: string, asked: string | undefined): boolean {
  return asked === undefined || type === asked.toUpperCase();
}

/** Why `--type` can't be meant: this tool doesn't know the type, and nothing that was read has it. */
export function unknownTypeProblem(asked: string | undefined, found: readonly string[]): Diagnostic | undefined {
  if (asked === undefined || found.some((type) => isAskedType(type, asked))) return undefined;
  if (typeInfo(asked.toUpperCase()) !== undefined) return undefined;
  const message = `--type ${quoteName(asked)}: nothing that was read has this type, and it isn't a known one`;
  return errorDiagnostic("no-match", message, typeMeant(asked).hint ?? "`buddy-integrations explain` lists the types");
}
