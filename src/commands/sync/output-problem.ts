import { dirname, resolve } from "node:path";
import { kindOfFile, kindOfTarget, notRegularProblem } from "../../checkout/file-kind.ts";
import { isSameFile } from "../../checkout/same-file.ts";
import type { Io } from "../../io.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";

/** A file that the program reads or keeps. */
export interface OwnFile {
  readonly path: string;
  /** For messages: `the lockfile`. */
  readonly what: string;
}

/** Why a named file can't be written: it exists and isn't a regular file, or the program itself needs it. */
export async function outputProblem(
  { cwd }: Pick<Io, "cwd">,
  name: string,
  own: readonly OwnFile[],
): Promise<Diagnostic | undefined> {
  const path = resolve(cwd, name);
  const kind = await kindOfFile(path);
  const problem = kind.ok ? notRegularProblem(kind.value) : kind.error;
  if (problem !== undefined) return errorDiagnostic("unwritable", `${name} can't be written: ${problem.message}`);
  const folder = kind.ok && kind.value === "absent" ? await kindOfTarget(dirname(path)) : undefined;
  if (folder?.ok && folder.value !== "folder") {
    const why = folder.value === "absent" ? "its folder doesn't exist" : "what is above it isn't a folder";
    return errorDiagnostic("unwritable", `${name} can't be written: ${why}`, `make the folder first: ${dirname(name)}`);
  }
  for (const file of own) {
    if (await isSameFile(path, resolve(cwd, file.path))) {
      return errorDiagnostic("unwritable", `${name} can't be written: it is ${file.what}`, "name another file");
    }
  }
  return undefined;
}
