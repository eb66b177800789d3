import type { Target } from "../../model/integration.ts";
import { NO_OTHER_FILES, otherFilesOf, type FileClaims, type OtherFiles } from "../../plan/match/other-files.ts";
import { claimsOf, type ReadForPlan } from "./prepare-plan.ts";

/** A file of a run, with what was read from its workspace. `reading` is undefined if the read failed. */
export interface FileWithReading {
  readonly run: { readonly file: string; readonly inputs: { readonly target: Target } };
  readonly reading: ReadForPlan | undefined;
}

/**
 * What each file has to know of the other files of its workspace. What they manage comes from their lockfiles. What
 * they would adopt comes from a plan of each, which already knows what the others manage.
 * @param unreadable files that could not be read, so that even their workspace is unknown
 */
export function othersOfFiles(
  files: readonly FileWithReading[],
  unreadable: readonly string[],
): ReadonlyMap<string, OtherFiles> {
  const [, second] = files;
  if (second === undefined && unreadable.length === 0) return new Map();
  const byWorkspace = new Map<string, FileWithReading[]>();
  for (const each of files) {
    const { workspace } = each.run.inputs.target;
    const group = byWorkspace.get(workspace);
    if (group === undefined) byWorkspace.set(workspace, [each]);
    else group.push(each);
  }
  return new Map([...byWorkspace.values()].flatMap((group) => othersInWorkspace(group, unreadable)));
}

function othersInWorkspace(group: readonly FileWithReading[], unreadable: readonly string[]): [string, OtherFiles][] {
  const lost = [...unreadable, ...group.flatMap(({ run, reading }) => (reading === undefined ? [run.file] : []))];
  const read = group.flatMap(({ run: { file }, reading }) => (reading === undefined ? [] : [{ file, reading }]));
  const managed = read.map(({ file, reading }): FileClaims => ({ ...claimsOf(file, reading), changes: undefined }));
  const claims = read.map(({ file, reading }) =>
    claimsOf(file, withOtherFiles(reading, otherFilesOf(file, managed, lost))),
  );
  return read.map(({ file }) => [file, otherFilesOf(file, claims, lost)]);
}

/**
 * Without the time of reading. Shared reads may be older than the file's own reading, and earlier files have changed
 * the workspace since. Without a time, the apply reads again before it creates anything.
 */
export function withoutReadingTime(reading: ReadForPlan): ReadForPlan {
  const { live, parts } = reading.input.observed;
  return { ...reading, input: { ...reading.input, observed: { live, parts } } };
}

export function withOtherFiles(reading: ReadForPlan, others: OtherFiles = NO_OTHER_FILES): ReadForPlan {
  return { ...reading, input: { ...reading.input, others } };
}
