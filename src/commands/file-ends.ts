import type { Result } from "../model/integration.ts";
import type { CommandStop } from "./stop.ts";

/** How the files of a run ended, in their order; and why none of them could begin, where that has nothing to do with one. */
export interface FileEnds<Report> {
  readonly whole: CommandStop | undefined;
  readonly ends: readonly Result<Report, CommandStop>[];
}

/** Why none of the files could begin: of several files it is said once. */
export function sharedStop(
  error: CommandStop,
  files: number,
): { readonly whole: CommandStop | undefined; readonly each: CommandStop } {
  return files === 1 ? { whole: undefined, each: error } : { whole: error, each: { ...error, diagnostics: [] } };
}
