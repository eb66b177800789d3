import { foreignRecords, interruptedCreates, isRecordOf, type JournalRecord } from "../apply/journal.ts";
import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EXIT } from "../exit.ts";
import type { JournalFile } from "../checkout/journal/journal-file.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { LockSection } from "../model/lockfile.ts";
import type { Result, Target } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import type { CommandInputs } from "./inputs.ts";
import type { ObservedWorkspace } from "../plan/input.ts";
import { unreadableProject } from "../plan/match/list-parts.ts";
import { selection } from "../plan/plan.ts";
import { placeOfCreate } from "../plan/match/interrupted-creates.ts";
import { errorDiagnostic, commandStop, warningDiagnostic, type CommandStop } from "./command-stop.ts";

export interface RecoveredJournal {
  readonly records: readonly JournalRecord[];
  /** What was found, and what comes of it. */
  readonly notes: readonly Diagnostic[];
}

/** The journal of an interrupted run; one that can't be read is set aside, so that it never stops a run. */
export async function recoverJournal(
  { lock, target }: CommandInputs,
  journalFile: JournalFile,
  now: number,
): Promise<Result<RecoveredJournal, CommandStop>> {
  const name = journalOf(lock.name);
  const journal = await readJournal(journalOf(lock.path));
  if (!journal.ok) {
    const aside = await journalFile.setAside(now);
    const what = "line" in journal.error ? `is damaged in line ${journal.error.line}` : "can't be read";
    if (!aside.ok) {
      const message = `${name} ${what}, and can't be moved away: ${aside.error.message}`;
      return commandStop(EXIT.invalid, [errorDiagnostic("journal-damaged", message, "move it away, then apply again")]);
    }
    const message = `${name} ${what}; it was set aside as ${aside.value}`;
    const hint = "nothing is created twice: what the interrupted run made is found by its identifier";
    return success({ records: [], notes: [warningDiagnostic("journal-damaged", message, hint)] });
  }
  // Written anew, or removed: a killed run may have left half a line, and nothing may be put behind that.
  const kept = await journalFile.keep(journal.value);
  if (!kept.ok)
    return commandStop(EXIT.invalid, [
      errorDiagnostic("unwritable", `${name} can't be written: ${kept.error.message}`),
    ]);
  return success({ records: journal.value, notes: interruptedCreateWarnings(journal.value, target) });
}

/** Creations of this workspace that an earlier run began and whose end the lockfile doesn't hold yet. */
export function interruptedCreateWarnings(records: readonly JournalRecord[], target: Target): Diagnostic[] {
  return [...interruptedCreates(records, target).values()].map(({ key, identifier, hashId, replaces }) => {
    const what = replaces === undefined ? `created ${key}` : `replaced ${key} (${replaces})`;
    const message = `an earlier apply was interrupted while it ${what}, identifier ${identifier}`;
    if (hashId !== undefined) {
      return warningDiagnostic("interrupted-create", `${message}; it had made ${hashId}`, "sync --apply adopts it");
    }
    const hint = "run sync --apply: it adopts what was created, as its identifier shows, or creates it";
    return warningDiagnostic("interrupted-create", `${message}, before the answer came`, hint);
  });
}

/** Journal records that the next run still needs; undefined where the journal can't be read. */
export async function recordsToKeep(
  inputs: CommandInputs,
  section: LockSection,
  outcomes: readonly Outcome[],
  only: readonly string[],
  observed: ObservedWorkspace,
): Promise<JournalRecord[] | undefined> {
  const journal = await readJournal(journalOf(inputs.lock.path));
  if (!journal.ok) return undefined;
  const held = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const open = new Set(
    outcomes.flatMap((outcome) => {
      const { change, kind } = outcome;
      const isOpen = kind === "unknown" || kind === "not-started" || kind === "refused";
      return isOpen || isTokenRefused(outcome) ? [change.key] : [];
    }),
  );
  for (const { change, kind } of outcomes) {
    if (kind === "done" && change.action === "record" && change.basis === "journal") open.delete(change.key);
  }
  const isSelected = selection(only);
  const keep = new Set(
    [...interruptedCreates(journal.value, inputs.target)].flatMap(([key, create]) => {
      const { hashId } = create;
      if (hashId !== undefined) return held.has(hashId) ? [] : [key];
      // Nobody could look for it.
      if (unreadableProject(placeOfCreate(create), observed.parts) !== undefined) return [key];
      // What the file doesn't name was looked for all the same.
      const leftOut = inputs.written.keys.includes(key) && !isSelected(key);
      return open.has(key) || leftOut ? [key] : [];
    }),
  );
  const own = journal.value.filter((record) => isRecordOf(record, inputs.target) && keep.has(record.key));
  return [...foreignRecords(journal.value, inputs.target), ...own];
}

/** Such a change is left as an interruption leaves it. */
function isTokenRefused(outcome: Outcome): boolean {
  return outcome.kind === "failed" && outcome.cause.kind === "api" && outcome.cause.failure.kind === "unauthorized";
}
