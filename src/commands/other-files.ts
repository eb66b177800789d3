import type { Target } from "../model/integration.ts";
import { NO_OTHER_FILES, otherFilesOf, type FileClaims, type OtherFiles } from "../plan/match/other-files.ts";
import { claimsOf, type ReadForPlan } from "./prepare.ts";

/** A file of a run, with what was read of its workspace; undefined: that failed. */
export interface ReadFile {
  readonly run: { readonly file: string; readonly inputs: { readonly target: Target } };
  readonly reading: ReadForPlan | undefined;
}

/**
 * What each file has to know of the others of its workspace: what they manage comes from their lockfiles, and what they would
 * adopt from a plan of theirs, made with that in view.
 *
 * @param unreadable files of which not even the workspace is known
 */
export function othersOfFiles(
  files: readonly ReadFile[],
  unreadable: readonly string[],
): ReadonlyMap<string, OtherFiles> {
  const [, second] = files;
  if (second === undefined && unreadable.length === 0) return new Map();
  const byWorkspace = new Map<string, ReadFile[]>();
  for (const each of files) {
    const { workspace } = each.run.inputs.target;
    const group = byWorkspace.get(workspace);
    if (group === undefined) byWorkspace.set(workspace, [each]);
    else group.push(each);
  }
  return new Map([...byWorkspace.values()].flatMap((group) => othersInWorkspace(group, unreadable)));
}

function othersInWorkspace(group: readonly ReadFile[], unreadable: readonly string[]): [string, OtherFiles][] {
  const lost = [...unreadable, ...group.flatMap(({ run, reading }) => (reading === undefined ? [run.file] : []))];
  const read = group.flatMap(({ run: { file }, reading }) => (reading === undefined ? [] : [{ file, reading }]));
  const managed = read.map(({ file, reading }): FileClaims => ({ ...claimsOf(file, reading), changes: undefined }));
  const claims = read.map(({ file, reading }) =>
    claimsOf(file, withOtherFiles(reading, otherFilesOf(file, managed, lost))),
  );
  return read.map(({ file }) => [file, otherFilesOf(file, claims, lost)]);
}

/**
 * What several files share was perhaps read before a file's own reading began, and the files before it have changed the
 * workspace since: nothing is created by it without looking again.
 */
export function withoutReadingTime(reading: ReadForPlan): ReadForPlan {
  const { live, parts } = reading.input.observed;
  return { ...reading, input: { ...reading.input, observed: { live, parts } } };
}

export function withOtherFiles(reading: ReadForPlan, others: OtherFiles = NO_OTHER_FILES): ReadForPlan {
  return { ...reading, input: { ...reading.input, others } };
}
