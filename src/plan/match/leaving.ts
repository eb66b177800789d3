import type { HashId, Key } from "../../model/integration.ts";
import { withoutKeys, type LockEntry, type LockSection } from "../../model/lockfile.ts";
import type { Forget } from "../change.ts";
import type { PlanInput } from "../input.ts";

type RemovalFacts = Pick<PlanInput, "removed" | "others" | "observed">;

/**
 * Why a key that the file no longer names is dropped from the lockfile. Undefined: its integration is deleted or left
 * alone, and stays locked.
 */
export function whyForgotten(
  key: Key,
  { hashId, superseded, lifecycle }: LockEntry,
  { removed, others, observed }: RemovalFacts,
  /** Hashes that are the current one of a key, in this lockfile or in another file's. */
  current: { has(hashId: HashId): boolean },
): Forget["why"] | undefined {
  // The file itself requests this, so the workspace doesn't matter.
  if (removed.includes(key)) return "removed";
  // Another file manages it now, so this one must not delete it.
  if (others.movedTo.has(hashId)) return "moved";
  const isRetained = lifecycle.onRemove === "retain";
  if (observed === "offline" || observed.live.get(hashId) !== undefined) return isRetained ? "retain" : undefined;
  // The entry is dropped only when no former integration is left to delete.
  const isFormerLeft = superseded.some(
    (former) => observed.live.get(former) !== undefined && !current.has(former) && !others.movedTo.has(former),
  );
  return isRetained || !isFormerLeft ? "gone" : undefined;
}

/** The lockfile as a plan leaves it to those that stay. */
export interface AfterForgetting {
  /** Without the keys that the plan drops. */
  readonly kept: LockSection;
  /** The hashes that nobody has any more, current and former ones. */
  readonly leaving: ReadonlySet<HashId>;
}

/**
 * An integration that the plan drops from the lockfile belongs to nobody for the rest of the plan, as it will for the
 * next one. Otherwise a plan would decide differently than two plans of which the first one only forgets.
 */
export function afterForgetting(lock: LockSection, forgotten: ReadonlySet<Key>): AfterForgetting {
  const kept = withoutKeys(lock, forgotten);
  const held = new Set([...kept.values()].flatMap(hashesOf));
  const dropped = [...lock].flatMap(([key, entry]) => (forgotten.has(key) ? hashesOf(entry) : []));
  return { kept, leaving: new Set(dropped.filter((hashId) => !held.has(hashId))) };
}

function hashesOf({ hashId, superseded }: LockEntry): HashId[] {
  return [hashId, ...superseded];
}
