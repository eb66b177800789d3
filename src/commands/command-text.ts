import { DEFAULT_CONFIG } from "../checkout/paths.ts";
import { shellWord } from "../model/text.ts";
import type { WorkspaceOptions } from "./session.ts";

/** The options that say which file, lockfile, workspace and host a command is about. */
export type TargetOptions = Pick<WorkspaceOptions, "file" | "lockfile" | "workspace" | "api">;

/**
 * The text of a command of this program that is about the same file and workspace as this run, to be copied to a
 * shell.
 *
 * @param command such as `refs --write`; the caller quotes its words
 */
export function commandText(command: string, options: TargetOptions): string {
  return `buddy-integrations ${command}${targetFlags(options)}`;
}

/** The given options of the target, each behind a space. Empty if none is needed. */
export function targetFlags({ file, lockfile, workspace, api }: TargetOptions): string {
  const given = Object.entries({ file: file === DEFAULT_CONFIG ? undefined : file, lockfile, workspace, api });
  return given.flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${shellWord(value)}`])).join("");
}
