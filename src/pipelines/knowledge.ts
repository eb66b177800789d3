import type { LockEntry, LockSection } from "../lockfile.ts";
import type { HashId, Key, Lifecycle, Listed } from "../model.ts";

/** An integration of integrations.yaml, as far as references need it; every `DeclaredIntegration` is one. */
export interface WantedIntegration {
  readonly key: Key;
  readonly identifier?: string;
  readonly lifecycle: Pick<Lifecycle, "movedFrom" | "import">;
}

/** What the workspace answered. */
export interface WorkspaceAnswers {
  readonly listed: readonly Listed[];
  /** Hashes that were asked for one by one, since a list doesn't show what the token may not see. */
  readonly hashes: ReadonlyMap<HashId, Listed | "gone">;
}

/** Everything that is known about integrations when pipeline files are read. */
export interface Knowledge {
  readonly section: LockSection;
  /** Empty without an integrations.yaml. */
  readonly wanted: readonly WantedIntegration[];
  /** Absent where the workspace can't be asked. */
  readonly workspace?: WorkspaceAnswers;
}

/** A locked integration with its key. */
export interface Managed {
  readonly key: Key;
  readonly entry: LockEntry;
}

/** What each hash and name means. Where two lay claim to one name, the first key wins. */
export interface Names {
  readonly current: ReadonlyMap<HashId, Managed>;
  readonly superseded: ReadonlyMap<HashId, Managed>;
  /** Keys of the lockfile, and keys that the file gives to what is locked under a former one. */
  readonly keys: ReadonlyMap<Key, Managed>;
  readonly identifiers: ReadonlyMap<string, Managed>;
  readonly formerIdentifiers: ReadonlyMap<string, Managed>;
  /** Keys, identifiers and imported hashes of the file that the lockfile doesn't have yet, each with its key. */
  readonly pending: ReadonlyMap<string, Key>;
  /** Live integrations that aren't in the lockfile, by hash. */
  readonly live: ReadonlyMap<HashId, Listed | "gone">;
  /** The same by identifier. */
  readonly liveIdentifiers: ReadonlyMap<string, Listed>;
  /** Whether the workspace was asked. */
  readonly asked: boolean;
}

export function readNames(knowledge: Knowledge): Names {
  const managed = [...knowledge.section].map(([key, entry]): Managed => ({ key, entry })).toSorted(byKey);
  const keys = first(managed.map((each) => [each.key, each]));
  for (const wanted of knowledge.wanted) {
    const before = wanted.lifecycle.movedFrom.map((former) => keys.get(former)).find((found) => found !== undefined);
    if (before !== undefined && !keys.has(wanted.key)) keys.set(wanted.key, before);
  }
  for (const wanted of knowledge.wanted) {
    const now = keys.get(wanted.key);
    for (const former of wanted.lifecycle.movedFrom) if (now !== undefined && !keys.has(former)) keys.set(former, now);
  }
  const listed = knowledge.workspace?.listed ?? [];
  return {
    keys,
    current: first(managed.map((each) => [each.entry.hashId, each])),
    superseded: first(managed.flatMap((each) => each.entry.superseded.map((hash) => [hash, each] as const))),
    identifiers: first(
      managed.flatMap((each) => (each.entry.identifier === undefined ? [] : [[each.entry.identifier, each] as const])),
    ),
    formerIdentifiers: first(
      managed.flatMap((each) => each.entry.formerIdentifiers.map((name) => [name, each] as const)),
    ),
    pending: first(knowledge.wanted.flatMap((each) => wantedNames(each).map((name) => [name, each.key] as const))),
    live: new Map<HashId, Listed | "gone">([
      ...(knowledge.workspace?.hashes ?? []),
      ...listed.map((each) => [each.hashId, each] as const),
    ]),
    liveIdentifiers: first(
      listed.flatMap((each) => (each.identifier === undefined ? [] : [[each.identifier, each] as const])),
    ),
    asked: knowledge.workspace !== undefined,
  };
}

function wantedNames(wanted: WantedIntegration): string[] {
  return [wanted.key, wanted.identifier, wanted.lifecycle.import].filter((name) => name !== undefined);
}

function byKey(a: Managed, b: Managed): number {
  return a.key < b.key ? -1 : 1;
}

function first<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value> {
  return new Map(entries.toReversed());
}
