import type { HashId } from "../../model/integration.ts";
import type { Change, Plan } from "../change.ts";

/** Hashes that nothing can use any more once the change is done, or that are to be given up for a new one. */
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

/** All of them in a plan, each with the change that takes it away. */
export function changesByTakenHash({ changes }: Pick<Plan, "changes">): ReadonlyMap<HashId, Change> {
  // Of a re-creation and a deletion of the same hash, the deletion is the later change and counts.
  return new Map(changes.flatMap((change) => takenHashes(change).map((hashId) => [hashId, change] as const)));
}
