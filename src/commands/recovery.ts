import { foreignRecords, interruptedCreates, isRecordOf, type JournalRecord } from "../apply/journal.ts";
import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EXIT } from "../exit.ts";
import type { JournalFile } from "../checkout/journal-file.ts";
import type { LockSection } from "../model/lockfile.ts";
import type { Key, Result, Target } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { journalPath, readJournal, type CommandInputs } from "./inputs.ts";
import type { ObservedWorkspace } from "../plan/input.ts";
import { unreadableProject } from "../plan/match/list-parts.ts";
import { keyFilter } from "../plan/match/key-filter.ts";
import { createdCandidates } from "../plan/match/interrupted-creates.ts";
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
  const name = `${lock.name}.journal`;
  const journal = await readJournal(journalPath(lock));
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
  return [...interruptedCreates(records, target)].map(([key, { identifier, hashId, replaces }]) => {
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
  const journal = await readJournal(journalPath(inputs.lock));
  if (!journal.ok) return undefined;
  return openRecords(journal.value, {
    target: inputs.target,
    keys: inputs.written.keys,
    section,
    outcomes,
    only,
    observed,
  });
}

/** How a run ended, as far as the journal is concerned. */
export interface EndedRun {
  readonly target: Target;
  /** Of the file. */
  readonly keys: readonly Key[];
  /** What the lockfile has now. */
  readonly section: LockSection;
  readonly outcomes: readonly Outcome[];
  readonly only: readonly string[];
  readonly observed: ObservedWorkspace;
}

/** The records of a journal that the next run still needs. */
export function openRecords(
  records: readonly JournalRecord[],
  { target, keys, section, outcomes, only, observed }: EndedRun,
): JournalRecord[] {
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
  const ended = new Set(
    outcomes.flatMap(({ change, kind }) =>
      kind === "done" && (change.action === "delete" || change.action === "forget") ? [change.hash_id] : [],
    ),
  );
  const isSelected = keyFilter(only);
  const keep = new Set(
    [...interruptedCreates(records, target)].flatMap(([key, create]) => {
      const { hashId } = create;
      if (hashId !== undefined) {
        // In a project that can't be read, what is there seems to be gone.
        const isReadable = unreadableProject(create, observed.parts) === undefined;
        const isGone = isReadable && observed.live.has(hashId) && observed.live.get(hashId) === undefined;
        return held.has(hashId) || ended.has(hashId) || isGone ? [] : [key];
      }
      // Nobody could look for it.
      if (unreadableProject(create, observed.parts) !== undefined) return [key];
      // Which of them it made can't be told, and nothing of them is in the lockfile.
      if (createdCandidates(create, observed).length > 1) return [key];
      // What the file doesn't name was looked for all the same.
      const leftOut = keys.includes(key) && !isSelected(key);
      return open.has(key) || leftOut ? [key] : [];
    }),
  );
  const own = records.filter((record) => isRecordOf(record, target) && keep.has(record.key));
  return [...foreignRecords(records, target), ...own];
}

/** Such a change is left as an interruption leaves it. */
function isTokenRefused(outcome: Outcome): boolean {
  return outcome.kind === "failed" && outcome.cause.kind === "api" && outcome.cause.failure.kind === "unauthorized";
}
