import type { Lockfile, LockEntry, LockSection, StoredValue } from "../../model/lockfile.ts";
import { failure, isHashId, isKey, success, type HashId, type Result } from "../../model/integration.ts";
import { isList } from "../../model/json.ts";
import { storedValueFault } from "../../model/stored-value.ts";
import { readBlockStyle, type BlockTree } from "./block-style.ts";
import { lockfilePieces } from "./write.ts";

/** The place where a text differs from what this tool would have written, and why. */
export interface NotCanonical {
  readonly at: number;
  readonly message: string;
}

/**
 * Reads a lockfile in the form that this tool writes. For 10,000 integrations this takes a fraction of the time of a
 * general YAML reader. It is strict: it writes the result again, and accepts the text only if every byte is the same.
 */
export function readCanonicalLockfile(text: string): Result<Lockfile, NotCanonical> {
  const lock = lockfileFromTree(readBlockStyle(text.slice(text.indexOf("\n") + 1)));
  if (lock === undefined) return notCanonical(0);
  let at = 0;
  for (const piece of lockfilePieces(lock)) {
    if (!text.startsWith(piece, at))
      return notCanonical(at + firstDifference(piece, text.slice(at, at + piece.length)));
    at += piece.length;
  }
  if (at < text.length) return notCanonical(at);
  const twice = sharedHash(lock);
  if (twice === undefined) return success(lock);
  return failure({
    at: Math.max(0, text.lastIndexOf(`hash_id: ${twice}\n`)),
    message: "another key has this hash_id too",
  });
}

function notCanonical(at: number): Result<never, NotCanonical> {
  return failure({ at, message: "this line isn't in the form that this tool writes" });
}

/** A hash that two keys of a section have, if there is one. */
function sharedHash({ sections }: Lockfile): HashId | undefined {
  for (const section of sections.values()) {
    const seen = new Set<HashId>();
    for (const { hashId } of section.values()) {
      if (seen.has(hashId)) return hashId;
      seen.add(hashId);
    }
  }
  return undefined;
}

function lockfileFromTree(tree: BlockTree | undefined): Lockfile | undefined {
  const workspaces = isTreeMap(tree) ? tree.get("workspaces") : undefined;
  const sections = isTreeMap(workspaces) ? mapEvery(workspaces, sectionFromTree) : undefined;
  return sections === undefined ? undefined : { sections };
}

function sectionFromTree(tree: BlockTree): LockSection | undefined {
  const integrations = isTreeMap(tree) ? tree.get("integrations") : undefined;
  if (!isTreeMap(integrations) || ![...integrations.keys()].every(isKey)) return undefined;
  return mapEvery(integrations, entryFromTree);
}

function entryFromTree(tree: BlockTree): LockEntry | undefined {
  if (!isTreeMap(tree)) return undefined;
  const [hashId, type, identifier] = [tree.get("hash_id"), tree.get("type"), tree.get("identifier")];
  if (!isTreeText(hashId, isHashId) || !isTreeText(type) || !(identifier === undefined || isTreeText(identifier)))
    return undefined;
  const superseded = textsFromTree(tree.get("superseded"), isHashId);
  const formerIdentifiers = textsFromTree(tree.get("former_identifiers"), isPresent);
  if (superseded === undefined || formerIdentifiers === undefined) return undefined;
  const lifecycle = tree.get("lifecycle");
  const keptLifecycle: ReadonlyMap<string, BlockTree> = isTreeMap(lifecycle) ? lifecycle : new Map<string, BlockTree>();
  const rotate = keptLifecycle.get("rotate");
  if (rotate !== undefined && !(typeof rotate === "number" && Number.isInteger(rotate))) return undefined;
  const sent = tree.get("last_sent");
  const lastSent = new Map(isTreeMap(sent) ? [...sent].map(([path, value]) => [path, storedValueFromTree(value)]) : []);
  if ([...lastSent.values()].some((stored) => storedValueFault(stored) !== undefined)) return undefined;
  return {
    hashId,
    ...(identifier === undefined ? {} : { identifier }),
    type,
    lifecycle: {
      protect: keptLifecycle.get("protect") === true,
      onRemove: keptLifecycle.get("on_remove") === "retain" ? "retain" : "delete",
      ...(rotate === undefined ? {} : { rotate }),
    },
    lastSent,
    superseded,
    formerIdentifiers,
  };
}

function storedValueFromTree(tree: BlockTree): StoredValue {
  if (isList(tree)) return tree.map(storedValueFromTree);
  return isTreeMap(tree)
    ? Object.fromEntries([...tree].map(([name, item]) => [name, storedValueFromTree(item)]))
    : tree;
}

function textsFromTree(tree: BlockTree | undefined, fits: (text: string) => boolean): readonly string[] | undefined {
  if (tree === undefined) return [];
  if (!isList(tree)) return undefined;
  const texts = tree.filter((item) => isTreeText(item, fits));
  return texts.length === tree.length ? texts : undefined;
}

function mapEvery<V>(
  map: ReadonlyMap<string, BlockTree>,
  read: (tree: BlockTree) => V | undefined,
): ReadonlyMap<string, V> | undefined {
  const values = new Map<string, V>();
  for (const [name, tree] of map) {
    const value = read(tree);
    if (value === undefined) return undefined;
    values.set(name, value);
  }
  return values;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return Math.min(at, b.length);
}

/** Whether a text has a character other than a line end. */
export function isPresent(text: string): boolean {
  return /./.test(text);
}

function isTreeText(tree: BlockTree | undefined, fits = isPresent): tree is string {
  return typeof tree === "string" && fits(tree);
}

function isTreeMap(tree: BlockTree | undefined): tree is ReadonlyMap<string, BlockTree> {
  return tree instanceof Map;
}
