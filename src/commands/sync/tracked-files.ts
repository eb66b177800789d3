import { basename } from "node:path";
import type { JournalTrust } from "../../apply/journal.ts";
import { isThere } from "../../checkout/files.ts";
import { journalOf, runLockOf } from "../../checkout/paths.ts";
import { trackedFiles } from "../../checkout/repository.ts";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { success, type Result } from "../../model/integration.ts";
import { shellWord } from "../../model/text.ts";
import type { LockfileInput } from "../inputs/load-lockfile.ts";
import type { Session } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";
import type { ConsoleOptions } from "../console.ts";

/** How far the journal beside the lockfile can be trusted. */
export interface JournalCheck {
  readonly trust: JournalTrust;
  readonly notes: readonly Diagnostic[];
}

/**
 * Refuses a journal or a run lock that git tracks: they belong to this checkout alone, and a tracked one came with a
 * commit, perhaps of a pull request. If git can't be run, the journal is only used to look up what exists.
 */
export async function refuseTrackedFiles(
  { io }: Session<ConsoleOptions>,
  lock: Pick<LockfileInput, "name" | "path">,
): Promise<Result<JournalCheck, CommandStop>> {
  const journal = journalOf(lock.path);
  const hasJournal = await isThere(journal);
  if (!hasJournal && !(await isThere(runLockOf(lock.path)))) return success({ trust: "trusted", notes: [] });
  const tracked = await trackedFiles(io, [journal, runLockOf(lock.path)]);
  if (!tracked.ok) {
    const message = `it isn't known whether git tracks ${journalOf(lock.name)} (${tracked.error.why}), so the journal isn't trusted`;
    const hint =
      "what an interrupted apply created is still adopted if it is found by its identifier or hash and equals the file";
    return success({
      trust: "look-ups",
      notes: hasJournal ? [warningDiagnostic("journal-unverified", message, hint)] : [],
    });
  }
  if (tracked.value.length === 0) return success({ trust: "trusted", notes: [] });
  // If the lockfile's name is a link, these files are beside its target.
  const beside = basename(lock.name) === basename(lock.path) ? lock.name : lock.path;
  const names = tracked.value.map((path) => `${beside}${path.slice(lock.path.length)}`);
  return stop("invalid", ...names.map(trackedFileProblem));
}

function trackedFileProblem(name: string): Diagnostic {
  const message = `git tracks ${name}, which belongs to one checkout and must never be committed: an apply would trust whoever committed it`;
  const hint = `remove it with \`git rm -f -- ${shellWord(name)}\`, commit that, and add its name to .gitignore`;
  return errorDiagnostic("tracked-file", message, hint);
}
