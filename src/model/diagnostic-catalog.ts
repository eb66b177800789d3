import type { CodeEntry } from "./codes/code-entry.ts";
import { FILE_CODES } from "./codes/file-codes.ts";
import { PIPELINE_CODES } from "./codes/pipeline-codes.ts";
import { PLAN_CODES } from "./codes/plan-codes.ts";
import { RUN_CODES } from "./codes/run-codes.ts";

const CATALOG = { ...FILE_CODES, ...RUN_CODES, ...PLAN_CODES, ...PIPELINE_CODES };

/** Every code that this tool can print. A code without an entry in the catalog doesn't compile. */
export type DiagnosticCode = keyof typeof CATALOG;

const entries = new Map<string, CodeEntry>(Object.entries(CATALOG));

export const diagnosticCodes: readonly string[] = [...entries.keys()].toSorted();

export function codeEntry(code: string): CodeEntry | undefined {
  return entries.get(code);
}
