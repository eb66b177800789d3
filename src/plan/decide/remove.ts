import type { LockEntry } from "../../model/lockfile.ts";
import type { Key, LiveIntegration } from "../../model/integration.ts";
import type { Change, Delete, Orphan } from "../change.ts";
import type { RecordedDetail } from "../field-change.ts";
import type { PlanContext } from "../input.ts";
import { lockMismatch } from "../review/safety.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";

/** Decides what happens to a locked integration that the file no longer names. */
export function planRemoval(key: Key, entry: LockEntry, context: PlanContext): Change[] {
  const known = context.live.get(entry.hashId);
  const base = { key, type: entry.type, name: removedName(key, entry, known), hash_id: entry.hashId };
  const why = context.forgotten.get(key);
  if (why !== undefined) return [{ action: "forget", ...base, why, details: droppedDetails(entry) }];
  const superseded = planSuperseded(key, entry, context);
  // The entry stays until no former integration is left to delete.
  if (context.observed !== "offline" && known === undefined) return superseded;
  const change = deleteOrOrphan(context.flags.prune, { ...base, which: "current" });
  const refused = context.flags.prune && known !== undefined ? lockMismatch(entry, known, TAKE_BACK) : undefined;
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
    // Another key, or nobody from now on, has it as its current one.
    const isElsewhere = context.owners.has(hashId) || context.leaving.has(hashId) || context.others.movedTo.has(hashId);
    if (live === undefined || isElsewhere) return [];
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
