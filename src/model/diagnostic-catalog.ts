import type { CodeEntry } from "./codes/code-entry.ts";
import { API_CODES } from "./codes/api-codes.ts";
import { COMMAND_CODES } from "./codes/command-codes.ts";
import { FILE_CODES } from "./codes/file-codes.ts";
import { LOCKFILE_CODES } from "./codes/lockfile-codes.ts";
import { PIPELINE_CODES } from "./codes/pipeline-codes.ts";
import { PLAN_CODES } from "./codes/plan-codes.ts";
import { PROBE_CODES } from "./codes/probe-codes.ts";
import { RUN_CODES } from "./codes/run-codes.ts";
import { TARGET_CODES } from "./codes/target-codes.ts";
import { VARIABLE_CODES } from "./codes/variable-codes.ts";

const CATALOG = {
  ...FILE_CODES,
  ...VARIABLE_CODES,
  ...TARGET_CODES,
  ...COMMAND_CODES,
  ...RUN_CODES,
  ...API_CODES,
  ...LOCKFILE_CODES,
  ...PLAN_CODES,
  ...PIPELINE_CODES,
  ...PROBE_CODES,
};

/** Every code that this tool can print. A code without an entry in the catalog doesn't compile. */
export type DiagnosticCode = keyof typeof CATALOG;

const entries = new Map<string, CodeEntry>(Object.entries(CATALOG));

export const diagnosticCodes: readonly string[] = [...entries.keys()].toSorted();

export function codeEntry(code: string): CodeEntry | undefined {
  return entries.get(code);
}
