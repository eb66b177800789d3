import type { HashId, Key, Target } from "../model/integration.ts";
import type { LockSection } from "../model/lockfile.ts";
import type { ObservedWorkspace } from "../plan/input.ts";
import { createdCandidates } from "../plan/match/interrupted-creates.ts";
import { keyFilter } from "../plan/match/key-filter.ts";
import { unreadableProject } from "../plan/match/list-parts.ts";
import { foreignRecords, interruptedCreates, isRecordOf, type JournalRecord, type JournalTrust } from "./journal.ts";
import type { Outcome } from "./outcome.ts";

/** An apply that is over and whose lockfile is written. */
export interface FinishedApply {
  readonly target: Target;
  readonly trust: JournalTrust;
  /** What the lockfile has now. */
  readonly section: LockSection;
  readonly outcomes: readonly Outcome[];
  readonly observed: ObservedWorkspace;
  /** The keys of the file. */
  readonly writtenKeys: readonly Key[];
  readonly only: readonly string[];
}

/** Journal records that the next run still needs. */
export function recordsToKeep(records: readonly JournalRecord[], finished: FinishedApply): JournalRecord[] {
  const { target, trust, section, outcomes, observed, writtenKeys, only } = finished;
  const held = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const open = openKeys(outcomes);
  const ended = endedHashes(outcomes);
  // Whatever the journal says of it: the lockfile has one by now.
  const adopted = new Set(
    outcomes.flatMap(({ change, kind }) => (kind === "done" && change.action === "adopt" ? [change.key] : [])),
  );
  const isSelected = keyFilter(only);
  const keep = new Set(
    [...interruptedCreates(records, target, trust)].flatMap(([key, create]) => {
      const { hashId } = create;
      if (hashId !== undefined) {
        // In a project that can't be read, what is there seems to be gone.
        const isReadable = unreadableProject(create, observed.parts) === undefined;
        const isGone = isReadable && observed.live.has(hashId) && observed.live.get(hashId) === undefined;
        const isSettled = held.has(hashId) || ended.has(hashId) || isGone || adopted.has(key);
        return isSettled ? [] : [key];
      }
      // Nobody could look for it.
      if (unreadableProject(create, observed.parts) !== undefined) return [key];
      // Which of them it made can't be told. One that is in the lockfile by now is settled.
      const free = createdCandidates(create, observed).filter((view) => !held.has(view.hashId));
      if (free.length > (trust === "trusted" ? 1 : 0)) return [key];
      // What the file doesn't name was looked for all the same.
      const leftOut = writtenKeys.includes(key) && !isSelected(key);
      return open.has(key) || leftOut ? [key] : [];
    }),
  );
  const own = records.filter((record) => isRecordOf(record, target) && keep.has(record.key));
  return [...foreignRecords(records, target), ...own];
}

/** What was deleted or dropped from the lockfile by this run. */
function endedHashes(outcomes: readonly Outcome[]): ReadonlySet<HashId> {
  return new Set(
    outcomes.flatMap(({ change, kind }) =>
      kind === "done" && (change.action === "delete" || change.action === "forget") ? [change.hash_id] : [],
    ),
  );
}

/** The keys whose creation may have been begun, and isn't settled. */
function openKeys(outcomes: readonly Outcome[]): ReadonlySet<Key> {
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
  return open;
}

/** Such a change is left as an interruption leaves it. */
function isTokenRefused(outcome: Outcome): boolean {
  return outcome.kind === "failed" && outcome.cause.kind === "api" && outcome.cause.failure.kind === "unauthorized";
}
