import type { IntegrationWithIds, HashId, Key } from "../../model/integration.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import type { InterruptedCreate, ObservedWorkspace } from "../input.ts";
import { createdCandidates } from "./interrupted-creates.ts";
import { listPartOf } from "./list-parts.ts";

/** How planning looks a second time for what the first look didn't find, since a single 404 doesn't prove absence. */
export interface SecondLook {
  /** Milliseconds since 1970. */
  now(): number;
  /** Announces the wait, and waits. @returns false if it was interrupted */
  wait(ms: number, why: LookAgain): Promise<boolean>;
  /**
   * How long after a creation was sent the server may still carry it out and show it. Undefined: no wait, since nothing
   * is created.
   */
  readonly settleMs: number | undefined;
}

/** What is looked for again, by its keys. */
export interface LookAgain {
  /** Their hashes weren't found. */
  readonly gone: readonly Key[];
  /** An interrupted run began to create them, and there is no sign of the result. */
  readonly unanswered: readonly Key[];
}

/** The least time between two looks. */
export const BETWEEN_LOOKS_MS = 2_000;

/** How long to wait until the server has carried out what was sent at these times; unknown and future times count as now. */
export function timeToSettle(creates: readonly Pick<InterruptedCreate, "at">[], settleMs: number, now: number): number {
  return Math.max(0, ...creates.map(({ at = now }) => settleMs - (now - Math.min(at, now))));
}

/** Hashes that would be lost if a 404 were believed: the key would be recreated, or its entry dropped. Each with its key. */
export function hashesAtStake(
  entries: readonly (readonly [Key, LockEntry])[],
  isWanted: (key: Key) => boolean,
  creates: ReadonlyMap<Key, InterruptedCreate>,
): (readonly [HashId, Key])[] {
  return [
    ...entries.flatMap(([key, { hashId, superseded }]) =>
      // The former hashes of a wanted key stay in its entry in any case.
      (isWanted(key) ? [hashId] : [hashId, ...superseded]).map((hash) => [hash, key] as const),
    ),
    ...[...creates].flatMap(([key, { hashId }]) => (hashId === undefined ? [] : [[hashId, key] as const])),
  ];
}

/** Interrupted creations that this run decides about: all except those of wanted keys that `--only` leaves out. */
export function dueCreates(
  creates: ReadonlyMap<Key, InterruptedCreate>,
  desired: readonly IntegrationWithIds[],
  isSelected: (key: Key) => boolean,
): Map<Key, InterruptedCreate> {
  const wanted = new Set(desired.map(({ key }) => key));
  return new Map([...creates].filter(([key]) => !wanted.has(key) || isSelected(key)));
}

/**
 * Whether nothing shows yet what an interrupted creation made. The views of its candidates must have been read.
 * Integrations of the lockfile don't count. If its part can't be read, a second look doesn't help.
 */
export function isUnanswered(
  create: InterruptedCreate,
  { live, parts }: Pick<ObservedWorkspace, "live" | "parts">,
  owned: ReadonlySet<HashId>,
): boolean {
  if (create.hashId !== undefined) return live.get(create.hashId) === undefined;
  const part = listPartOf(create);
  if (part === undefined || !parts.has(part)) return false;
  return createdCandidates(create, { live, parts }).every(({ hashId }) => owned.has(hashId));
}
