import type { HashId } from "../model/integration.ts";
import type { Change } from "../plan/change.ts";
import type { ApplyState } from "./apply-state.ts";
import { sentPaths } from "./carry-out-change.ts";
import type { Journal } from "./journal.ts";

/**
 * Writes to the journal which values the updates are about to send that the API never returns. If the run is killed, the
 * lockfile doesn't have them, and nothing else shows them. If the journal can't be written, the updates are made anyway.
 */
export async function announceUpdates(changes: readonly Change[], state: ApplyState, journal: Journal): Promise<void> {
  const paths = new Map<HashId, readonly string[]>();
  for (const change of changes) {
    if (change.action !== "update" || change.refused !== undefined || change.pending.length > 0) continue;
    const hidden = state.pathsInDoubt(change.key, change.hash_id, sentPaths(change, state));
    if (hidden.length > 0) paths.set(change.hash_id, hidden);
  }
  if (paths.size > 0) await journal.append({ kind: "updates", ...state.target, paths });
}
