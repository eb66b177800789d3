import { compareTexts } from "../model/text.ts";
import { isPassive, type Action, type Change } from "./change.ts";

/**
 * The order in which changes are listed, and applied except for what is forgotten. Updates come before creations, since an update may free an
 * identifier that a creation needs. Deletions come after both, when nothing needs the deleted integrations any more.
 */
const ACTION_ORDER: readonly Action[] = [
  "rename",
  "record",
  "adopt",
  "update",
  "create",
  "replace",
  "delete",
  "forget",
  "orphan",
  "conflict",
  "keep",
];

/** What is forgotten may be adopted under another key, and the lockfile never has one integration twice. */
const APPLY_ORDER: readonly Action[] = ["forget", ...ACTION_ORDER.filter((action) => action !== "forget")];

/** By action, key and hash, whatever the order was before. */
export function orderChanges(changes: readonly Change[]): Change[] {
  return ACTION_ORDER.flatMap((action) => changesOf(action, changes).toSorted(byKeyAndHash));
}

/** In the order in which they are applied, so that each follows those that it needs. */
export function inApplyOrder(changes: readonly Change[]): Change[] {
  return APPLY_ORDER.flatMap((action) => changesOf(action, changes));
}

/** The changes that apply carries out, in phases. A phase ends before the next one begins. */
export function phasesOf(changes: readonly Change[]): Change[][] {
  return APPLY_ORDER.map((action) => changesOf(action, changes).filter((change) => !isPassive(change)));
}

function changesOf(action: Action, changes: readonly Change[]): Change[] {
  return changes.filter((change) => change.action === action);
}

function byKeyAndHash(a: Change, b: Change): number {
  return compareTexts(a.key, b.key) || compareTexts(hashToSortBy(a), hashToSortBy(b));
}

function hashToSortBy(change: Change): string {
  return "hash_id" in change ? change.hash_id : "";
}
