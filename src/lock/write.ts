import { stringify } from "yaml";
import type { Lock, LockEntry, LockedLifecycle } from "../lockfile.ts";
import type { Json } from "../model.ts";

const HEADER = "# Written by buddy-integrations. Commit it; don't edit it.\n";

/** The canonical text: sorted, the same bytes for the same content. */
export function formatLock(lock: Lock): string {
  const sections = sorted(lock.sections).map(([name, section]): [string, unknown] => {
    const entries = sorted(section).map(([key, entry]): [string, unknown] => [key, entryTree(entry)]);
    return [name, new Map([["integrations", new Map(entries)]])];
  });
  const tree = new Map<string, unknown>([
    ["lockfile_version", 1],
    ["workspaces", new Map(sections)],
  ]);
  return HEADER + stringify(tree, { lineWidth: 0, aliasDuplicateObjects: false });
}

function entryTree(entry: LockEntry): ReadonlyMap<string, unknown> {
  const { hashId, identifier, type, lifecycle, lastSent, superseded, formerIdentifiers } = entry;
  const tree = new Map<string, unknown>([["hash_id", hashId]]);
  if (identifier !== undefined) tree.set("identifier", identifier);
  tree.set("type", type);
  const kept = lifecycleTree(lifecycle);
  if (kept.size > 0) tree.set("lifecycle", kept);
  if (lastSent.size > 0)
    tree.set("last_sent", new Map(sorted(lastSent).map(([path, value]) => [path, jsonTree(value)])));
  if (superseded.length > 0) tree.set("superseded", superseded);
  if (formerIdentifiers.length > 0) tree.set("former_identifiers", formerIdentifiers);
  return tree;
}

/** Defaults are left out. */
function lifecycleTree({ protect, onRemove, rotate }: LockedLifecycle): ReadonlyMap<string, unknown> {
  const tree = new Map<string, unknown>();
  if (protect) tree.set("protect", true);
  if (onRemove !== "delete") tree.set("on_remove", onRemove);
  if (rotate !== undefined) tree.set("rotate", rotate);
  return tree;
}

/** With the names of every map sorted. */
function jsonTree(value: Json): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => jsonTree(item));
  if (typeof value === "object" && value !== null) {
    return new Map(sorted(new Map(Object.entries(value))).map(([name, item]) => [name, jsonTree(item)]));
  }
  return value;
}

function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
