import type { HashId, Key, Target } from "../model/integration.ts";
import type { LockSection } from "../model/lockfile.ts";
import type { ObservedWorkspace } from "../plan/input.ts";
import { doubtfulHashes } from "../plan/match/doubtful-creations.ts";
import { createdCandidates } from "../plan/match/interrupted-creates.ts";
import { keyFilter, type KeyChoice } from "../plan/match/key-filter.ts";
import { unreadableProject } from "../plan/match/list-parts.ts";
import {
  foreignRecords,
  interruptedCreates,
  isCreationOf,
  isRecordOf,
  type JournalRecord,
  type JournalTrust,
  type UpdatesRecord,
} from "./journal.ts";
import type { Outcome } from "./outcome.ts";

/** A finished apply whose lockfile is written. */
export interface FinishedApply {
  readonly target: Target;
  readonly trust: JournalTrust;
  /** The new content of the lockfile. */
  readonly section: LockSection;
  readonly outcomes: readonly Outcome[];
  readonly observed: ObservedWorkspace;
  /** The keys of the file. */
  readonly writtenKeys: readonly Key[];
  readonly choice: KeyChoice;
}

/** Journal records that the next run still needs. */
export function recordsToKeep(records: readonly JournalRecord[], finished: FinishedApply): JournalRecord[] {
  const { target, trust, section, outcomes, observed, writtenKeys, choice } = finished;
  const held = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const open = openKeys(outcomes);
  const ended = endedHashes(outcomes);
  // The lockfile has an integration for these keys now, so the journal doesn't matter.
  const adopted = new Set(
    outcomes.flatMap(({ change, kind }) => (kind === "done" && change.action === "adopt" ? [change.key] : [])),
  );
  const isSelected = keyFilter(choice);
  const creates = interruptedCreates(records, target, trust);
  // Keys that the file doesn't name are always looked up, also with `--only`.
  const isLeftOut = (key: Key): boolean => writtenKeys.includes(key) && !isSelected(key);
  const keep = new Set(
    [...creates].flatMap(([key, create]) => {
      const { hashId } = create;
      if (hashId !== undefined) {
        // In a project that can't be read, existing integrations seem to be gone.
        const isReadable = unreadableProject(create, observed.parts) === undefined;
        const isGone = isReadable && observed.live.has(hashId) && observed.live.get(hashId) === undefined;
        // An integration that can't be found may still exist: a wanted key keeps the record until a person allows a new one.
        const isGivenUp = isGone && !open.has(key) && !isLeftOut(key);
        const isSettled = held.has(hashId) || ended.has(hashId) || isGivenUp || adopted.has(key);
        return isSettled ? [] : [key];
      }
      if (adopted.has(key)) return [];
      // It could not be looked up.
      if (unreadableProject(create, observed.parts) !== undefined) return [key];
      // It isn't known which of them was created. One that is in the lockfile now is settled.
      const free = createdCandidates(create, observed).filter((view) => !held.has(view.hashId));
      if (free.length > (trust === "trusted" ? 1 : 0)) return [key];
      const isDoubtful = doubtfulHashes(create, { observed, lock: section, creates }).length > 0;
      return open.has(key) || isLeftOut(key) || isDoubtful ? [key] : [];
    }),
  );
  const own = records.filter((record) => isCreationOf(record, target) && keep.has(record.key));
  return [...foreignRecords(records, target), ...own, ...updatesToKeep(records, finished)];
}

/**
 * A trusted record has done its work: before anything else was done, the lockfile got what it says. What a journal says
 * that isn't trusted stays until a run sends these values or git can say whether it tracks the journal.
 */
function updatesToKeep(
  records: readonly JournalRecord[],
  { target, trust, section, outcomes }: FinishedApply,
): UpdatesRecord[] {
  if (trust === "trusted") return [];
  const held = new Set([...section.values()].map(({ hashId }) => hashId));
  const sent = new Map(
    outcomes.flatMap(({ change, kind }) =>
      kind === "done" && change.action === "update"
        ? [[change.hash_id, new Set(change.fields.map(({ path }) => path))] as const]
        : [],
    ),
  );
  return records.flatMap((record): UpdatesRecord[] => {
    if (record.kind !== "updates" || !isRecordOf(record, target)) return [];
    const paths = [...record.paths].flatMap(([hashId, named]) => {
      const left = named.filter((path) => !sent.get(hashId)?.has(path));
      return held.has(hashId) && left.length > 0 ? [[hashId, left] as const] : [];
    });
    return paths.length === 0 ? [] : [{ ...record, paths: new Map(paths) }];
  });
}

/** What was deleted or dropped from the lockfile by this run. */
function endedHashes(outcomes: readonly Outcome[]): ReadonlySet<HashId> {
  return new Set(
    outcomes.flatMap(({ change, kind }) =>
      kind === "done" && (change.action === "delete" || change.action === "forget") ? [change.hash_id] : [],
    ),
  );
}

/** The keys whose creation may have begun, and whose outcome isn't settled. */
function openKeys(outcomes: readonly Outcome[]): ReadonlySet<Key> {
  const open = new Set(
    outcomes.flatMap(({ change, kind }) => {
      // A failed creation has its own record, unless it failed before sending: then the record of an earlier run stays.
      return kind === "done" ? [] : [change.key];
    }),
  );
  for (const { change, kind } of outcomes) {
    if (kind === "done" && change.action === "record" && change.basis === "journal") open.delete(change.key);
  }
  return open;
}
