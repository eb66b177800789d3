import type { HashId } from "../model/integration.ts";
import type { Change, Plan, Which } from "./change.ts";

/** What a change takes away from those who use integrations. */
export type Loss =
  | "nothing"
  /** The integration of a key. */
  | "integration"
  /** The hash of a key: it gets another one, and what refers to the old one has to be changed. */
  | "hash"
  /** A former integration that isn't set aside: it may be in use. */
  | "former integration"
  /** An integration that a replacement set aside. */
  | "replaced integration";

export function lossOf(change: Change): Loss {
  switch (change.action) {
    case "replace":
      return "hash";
    case "create":
      return change.recreates === undefined ? "nothing" : "hash";
    case "delete":
      return LOSS_OF_DELETION[change.which];
    case "adopt":
    case "conflict":
    case "forget":
    case "keep":
    case "orphan":
    case "record":
    case "rename":
    case "update":
      return "nothing";
    default:
      return change satisfies never;
  }
}

const LOSS_OF_DELETION = {
  current: "integration",
  superseded: "former integration",
  "set-aside": "replaced integration",
} as const satisfies Readonly<Record<Which, Loss>>;

/** Whether it takes anything away. */
export function isDestructive(change: Change): boolean {
  return lossOf(change) !== "nothing";
}

/** Whether it takes away something that may be in use. Safety rules guard these changes. */
export function isGuardedLoss(change: Change): boolean {
  const loss = lossOf(change);
  return loss === "integration" || loss === "hash" || loss === "former integration";
}

/** Hashes that nothing can use any more after the change, or that a new hash replaces. */
export function takenHashes(change: Change): HashId[] {
  switch (change.action) {
    case "replace":
    case "delete":
      return [change.hash_id];
    case "create":
    case "adopt":
      return [...change.supersedes];
    case "conflict":
    case "forget":
    case "keep":
    case "orphan":
    case "record":
    case "rename":
    case "update":
      return [];
    default:
      return change satisfies never;
  }
}

/** Every such hash of a plan, with the change that takes it away. */
export function changesByTakenHash({ changes }: Pick<Plan, "changes">): ReadonlyMap<HashId, Change> {
  // If a recreation and a deletion take the same hash, the deletion counts, since it comes later.
  return new Map(changes.flatMap((change) => takenHashes(change).map((hashId) => [hashId, change] as const)));
}
