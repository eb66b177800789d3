import type { Conflict, ConflictCandidate, Refusal } from "../change.ts";
import type { Key } from "../../model/integration.ts";
import type { PairedIntegration } from "../input.ts";
import { changeHeader } from "./change-header.ts";

/** How to get another integration for a locked key. */
export function otherKeyHint(key: Key): string {
  return `import that one under a new key, and drop this one with \`removed: [${key}]\``;
}

/** Nothing is done: a person must decide which live integration is meant. */
export function planConflict(
  wanted: PairedIntegration,
  refused: Refusal,
  candidates: readonly ConflictCandidate[] = [],
): Conflict {
  return { action: "conflict", ...changeHeader(wanted), candidates, refused };
}
