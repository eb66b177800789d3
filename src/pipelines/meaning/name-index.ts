import type { LockEntry } from "../../model/lockfile.ts";
import type { HashId, Key, ListedIntegration } from "../../model/integration.ts";
import type { KnownIntegrations, WantedIntegration } from "./known-integrations.ts";
import { ambiguousIdentifiers, type SharingIntegration } from "./ambiguous-identifiers.ts";

/** A locked integration with its key. */
export interface LockedIntegration {
  readonly key: Key;
  readonly entry: LockEntry;
}

/** What each hash and name means. If two keys claim one name, the first key wins. */
export interface NameIndex {
  readonly current: ReadonlyMap<HashId, LockedIntegration>;
  readonly superseded: ReadonlyMap<HashId, LockedIntegration>;
  /** Keys of the lockfile, and new keys of the file for integrations that are locked under a former key. */
  readonly keys: ReadonlyMap<Key, LockedIntegration>;
  readonly identifiers: ReadonlyMap<string, LockedIntegration>;
  readonly formerIdentifiers: ReadonlyMap<string, LockedIntegration>;
  /** Keys, identifiers and imported hashes of the file that the lockfile doesn't have yet, each with its key. */
  readonly pending: ReadonlyMap<string, Key>;
  /** Live integrations that aren't in the lockfile, by hash. */
  readonly live: ReadonlyMap<HashId, ListedIntegration | "gone">;
  /** The same by identifier. */
  readonly liveIdentifiers: ReadonlyMap<string, ListedIntegration>;
  /** Identifiers that several integrations have, in different places: which one is meant isn't known. */
  readonly shared: ReadonlyMap<string, readonly SharingIntegration[]>;
  /** Whether the workspace was read. */
  readonly asked: boolean;
  /** As in {@link KnownIntegrations}: whether a name that isn't listed is a mistake. */
  readonly complete: boolean;
}

export function indexNames(known: KnownIntegrations): NameIndex {
  const { section, wanted, workspace } = known;
  const managed = [...section].map(([key, entry]): LockedIntegration => ({ key, entry })).toSorted(compareKeys);
  const current = indexByName(managed, ({ entry }) => [entry.hashId]);
  const listed = workspace?.listed ?? [];
  return {
    current,
    superseded: indexByName(managed, ({ entry }) => entry.superseded),
    keys: indexKeys(managed, wanted),
    identifiers: indexByName([...managed, ...withListedIdentifiers(listed, current)], ({ entry }) =>
      asList(entry.identifier),
    ),
    formerIdentifiers: indexByName(managed, ({ entry }) => entry.formerIdentifiers),
    pending: new Map(wanted.toReversed().flatMap((each) => wantedNames(each).map((name) => [name, each.key]))),
    live: new Map<HashId, ListedIntegration | "gone">([
      ...(workspace?.hashes ?? []),
      ...listed.map((each) => [each.hashId, each] as const),
    ]),
    liveIdentifiers: indexByName(listed, (each) => asList(each.identifier)),
    shared: ambiguousIdentifiers(known),
    asked: workspace !== undefined,
    complete: workspace?.complete ?? false,
  };
}

/** After a rename in the file, the new key and the former one both mean the same locked integration. */
function indexKeys(
  managed: readonly LockedIntegration[],
  wanted: readonly WantedIntegration[],
): Map<Key, LockedIntegration> {
  const keys = indexByName(managed, ({ key }) => [key]);
  for (const { key, lifecycle } of wanted) {
    const named = [key, ...lifecycle.movedFrom];
    const found = named.map((name) => keys.get(name)).find((each) => each !== undefined);
    if (found !== undefined) for (const name of named) if (!keys.has(name)) keys.set(name, found);
  }
  return keys;
}

/** Managed integrations with the identifier that the workspace lists. It may have changed since the lockfile was written. */
function withListedIdentifiers(
  listed: readonly ListedIntegration[],
  current: ReadonlyMap<HashId, LockedIntegration>,
): LockedIntegration[] {
  return listed.flatMap(({ hashId, identifier }) => {
    const found = current.get(hashId);
    if (found === undefined || identifier === undefined) return [];
    return [{ key: found.key, entry: { ...found.entry, identifier } }];
  });
}

function wantedNames({ key, identifier, lifecycle }: WantedIntegration): string[] {
  return [key, ...asList(identifier), ...asList(lifecycle.import)];
}

function asList(name: string | undefined): string[] {
  return name === undefined ? [] : [name];
}

function compareKeys(a: LockedIntegration, b: LockedIntegration): number {
  return a.key < b.key ? -1 : 1;
}

function indexByName<Item>(items: readonly Item[], names: (item: Item) => readonly string[]): Map<string, Item> {
  return new Map(items.toReversed().flatMap((item) => names(item).map((name) => [name, item])));
}
