import type { LockEntry } from "../../model/lockfile.ts";
import type { Key, LiveIntegration } from "../../model/integration.ts";
import type { Change, Delete, Orphan, RecordedDetail } from "../change.ts";
import type { PlanContext } from "../input.ts";
import { lockMismatch } from "../review/safety.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";

/** Decides what happens to a locked integration that the file no longer names. */
export function planRemoval(key: Key, entry: LockEntry, context: PlanContext): Change[] {
  const superseded = planSuperseded(key, entry, context);
  const known = context.live.get(entry.hashId);
  const base = { key, type: entry.type, name: removedName(key, entry, known), hash_id: entry.hashId };
  const details = droppedDetails(entry);
  // The file itself requests this, so the workspace doesn't matter.
  if (context.removed.includes(key)) return [{ action: "forget", ...base, why: "removed", details }];
  // Another file manages it now, so this one must not delete it.
  if (context.others.movedTo.has(entry.hashId)) return [{ action: "forget", ...base, why: "moved", details }];
  if (context.observed === "offline") {
    if (entry.lifecycle.onRemove === "retain")
      return [...superseded, { action: "forget", ...base, why: "retain", details }];
    return [...superseded, deleteOrOrphan(context.flags.prune, { ...base, which: "current" })];
  }
  if (entry.lifecycle.onRemove === "retain") {
    return [{ action: "forget", ...base, why: known === undefined ? "gone" : "retain", details }];
  }
  if (known === undefined) {
    // The entry is dropped only when no former integration is left to delete.
    return superseded.length > 0 ? superseded : [{ action: "forget", ...base, why: "gone", details }];
  }
  const change = deleteOrOrphan(context.flags.prune, { ...base, which: "current" });
  const refused = context.flags.prune ? lockMismatch(entry, known, TAKE_BACK) : undefined;
  return [...superseded, refused === undefined ? change : { ...change, refused }];
}

/** What the lockfile forgets when the entry is removed. */
function droppedDetails({ lifecycle, superseded }: LockEntry): RecordedDetail[] {
  return [
    ...(lifecycle.protect ? [{ path: "lifecycle.protect", before: true }] : []),
    ...(superseded.length > 0 ? [{ path: "superseded", before: superseded }] : []),
  ];
}

const TAKE_BACK =
  "put its block back into the file and apply, so that the lockfile records what is live; or delete it in Buddy's web page";

/** Former hashes of a key that still exist: to be deleted with `--prune`, otherwise left alone. */
export function planSuperseded(key: Key, entry: LockEntry, context: PlanContext): (Delete | Orphan)[] {
  const { flags } = context;
  return entry.superseded.flatMap((hashId) => {
    const live = context.live.get(hashId);
    if (live === undefined || context.owners.has(hashId) || context.others.movedTo.has(hashId)) return [];
    const base = {
      key,
      type: live.type,
      name: removedName(key, entry, live),
      hash_id: hashId,
      which: originalIdentifier(live) === undefined ? ("superseded" as const) : ("set-aside" as const),
    };
    if (!flags.prune || isOurs(live, entry)) return [deleteOrOrphan(flags.prune, base)];
    const message = `its identifier is now ${live.identifier ?? "empty"}, which isn't one that it had as ${key}`;
    const hint = "delete it in Buddy's web page if it is no longer needed";
    return [{ ...deleteOrOrphan(true, base), refused: { code: "lock-mismatch", message, hint } }];
  });
}

function isOurs(live: LiveIntegration, entry: LockEntry): boolean {
  const { identifier } = live;
  if (identifier === undefined || originalIdentifier(live) !== undefined) return true;
  return [entry.identifier, ...entry.formerIdentifiers].includes(identifier);
}

function deleteOrOrphan(prune: boolean, base: Omit<Delete, "action"> & Omit<Orphan, "action">): Delete | Orphan {
  return prune ? { action: "delete", ...base } : { action: "orphan", ...base };
}

/** The live name, which isn't secret, even if the lockfile differs; otherwise the last one sent; otherwise the key. */
function removedName(key: Key, { lastSent }: LockEntry, live: LiveIntegration | undefined): string {
  const sent = lastSent.get("name");
  return live?.name ?? (typeof sent === "string" ? sent : key);
}
