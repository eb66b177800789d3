import type { Conflict, ConflictCandidate, Refusal } from "../change.ts";
import type { PairedIntegration } from "../input.ts";
import { changeHeader } from "./change-header.ts";

/** Nothing is done: which live integration is meant can't be decided here. */
export function planConflict(
  wanted: PairedIntegration,
  refused: Refusal,
  candidates: readonly ConflictCandidate[] = [],
): Conflict {
  return { action: "conflict", ...changeHeader(wanted), candidates, refused };
}
