import type { Result } from "../../model/integration.ts";
import type { CommandStop } from "../stop.ts";

/** How the files of a run ended. */
export interface FileEnds<Report> {
  /** Why none of the files could begin, if the reason isn't about one file. */
  readonly whole: CommandStop | undefined;
  /** How each file ended, in their order. */
  readonly ends: readonly Result<Report, CommandStop>[];
}

/** Why none of the files could begin. With several files it is reported once, for the run as a whole. */
export function sharedStop(
  error: CommandStop,
  files: number,
): { readonly whole: CommandStop | undefined; readonly each: CommandStop } {
  return files === 1 ? { whole: undefined, each: error } : { whole: error, each: { ...error, diagnostics: [] } };
}
