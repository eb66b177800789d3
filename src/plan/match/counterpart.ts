import type { LockEntry } from "../../model/lockfile.ts";
import type { DesiredIntegration, HashId, Key, Listed, Live } from "../../model/integration.ts";
import type { Adopt, Candidate, Refusal } from "../change.ts";
import { isInPlace, partOf, placeDifferences, type ListedParts, type Part, type Place } from "./parts.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

/** One way of looking for the live counterpart, strongest first. */
export interface Lookup {
  readonly via: Adopt["via"];
  readonly identifier: string;
}

/** What a search for the live counterpart found. */
export type Match =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly live: Live; readonly via: Adopt["via"] }
  | {
      readonly kind: "conflict";
      readonly candidates: readonly Candidate[];
      readonly refused: Refusal;
    };

/** One part's integrations by identifier, and those that were set aside for a replacement by the one that they had. */
export interface PartIndex {
  readonly byIdentifier: ReadonlyMap<string, readonly Listed[]>;
  readonly setAside: ReadonlyMap<string, readonly Listed[]>;
}

/** The parts that were read. */
export type ListIndex = ReadonlyMap<Part, PartIndex>;

export function indexParts(parts: ListedParts): ListIndex {
  return new Map(
    [...parts].flatMap(([part, listed]): [Part, PartIndex][] => {
      if ("why" in listed) return [];
      const byIdentifier = grouped(listed, ({ identifier }) => identifier);
      return [[part, { byIdentifier, setAside: grouped(listed, originalIdentifier) }]];
    }),
  );
}

/** What is listed where an integration of this place would be. */
export function indexAt(place: Place, index: ListIndex): PartIndex {
  const part = partOf(place);
  return (part === undefined ? undefined : index.get(part)) ?? NOTHING;
}

const NOTHING: PartIndex = { byIdentifier: new Map(), setAside: new Map() };

/**
 * By which identifiers the live counterpart of a wanted integration is looked for. The identifier is the file's, or
 * the one that the lockfile holds, or the one that an interrupted create asked for.
 */
export function lookups(desired: DesiredIntegration, entry: LockEntry | undefined, interrupted?: string): Lookup[] {
  const all: Lookup[] = [];
  const add = (via: Lookup["via"], identifier: string | undefined): void => {
    if (identifier !== undefined && !all.some((known) => known.identifier === identifier))
      all.push({ via, identifier });
  };
  add("journal", interrupted);
  add("identifier", desired.identifier ?? entry?.identifier);
  add("key", desired.key);
  for (const former of desired.lifecycle.movedFrom) add("moved_from", former);
  return all;
}

/** Every hash whose full view is needed to decide on a match. */
export function candidateHashes(found: readonly Lookup[], index: PartIndex): HashId[] {
  return found.flatMap(({ identifier }) => (index.byIdentifier.get(identifier) ?? []).map((item) => item.hashId));
}

/**
 * The live counterpart by identifier: the first lookup that finds something decides. Only what has the wanted scope and
 * project counts, since an identifier may be unique per scope and project only. Of several, the one of the wanted type
 * is it.
 */
export function matchByIdentifier(
  desired: DesiredIntegration,
  found: readonly Lookup[],
  index: PartIndex,
  view: (hashId: HashId) => Live | undefined,
  owners: ReadonlyMap<HashId, Key>,
): Match {
  for (const [rank, { via, identifier }] of found.entries()) {
    const lives = (index.byIdentifier.get(identifier) ?? [])
      .flatMap((item) => view(item.hashId) ?? [])
      .filter((live) => isInPlace(desired, live));
    const alike = lives.filter((live) => immutableDifferences(desired, live).length === 0);
    const relevant = (alike.length > 0 ? alike : lives).filter((live) => {
      const owner = owners.get(live.hashId);
      // One of another key is not a counterpart under a weaker name.
      return owner === undefined || owner === desired.key || (rank === 0 && alike.length > 0);
    });
    const [first, ...others] = relevant;
    if (first === undefined) continue;
    const candidates = relevant.map((live) => candidate(desired, live, owners));
    if (others.length > 0) {
      return conflict(`${relevant.length} integrations have the identifier ${identifier}`, candidates);
    }
    const owner = owners.get(first.hashId);
    if (owner !== undefined && owner !== desired.key) {
      return conflict(`the integration with the identifier ${identifier} belongs to the key ${owner}`, candidates);
    }
    const differs = immutableDifferences(desired, first);
    if (differs.length > 0) {
      return conflict(`the integration with the identifier ${identifier} differs in ${differs.join(", ")}`, candidates);
    }
    return { kind: "found", live: first, via };
  }
  return { kind: "none" };
}

/** The live counterpart that `lifecycle.import` names. */
export function matchImport(
  desired: DesiredIntegration,
  hashId: HashId,
  live: Live | undefined,
  owners: ReadonlyMap<HashId, Key>,
): Match {
  if (live === undefined) return conflict(`lifecycle.import names ${hashId}, and there is no such integration`, []);
  const owner = owners.get(hashId);
  const candidates = [candidate(desired, live, owners)];
  if (owner !== undefined && owner !== desired.key) {
    return conflict(`lifecycle.import names ${hashId}, which belongs to the key ${owner}`, candidates);
  }
  const differs = immutableDifferences(desired, live);
  if (differs.length > 0) {
    return conflict(`lifecycle.import names ${hashId}, which differs in ${differs.join(", ")}`, candidates);
  }
  return { kind: "found", live, via: "import" };
}

/** The fields that can't change after creation and differ: `type`, `scope`, `project_name`. */
export function immutableDifferences(desired: DesiredIntegration, live: Live): ("type" | "scope" | "project_name")[] {
  return [...(live.type === desired.type ? [] : ["type" as const]), ...placeDifferences(desired, live)];
}

function grouped(listed: readonly Listed[], nameOf: (item: Listed) => string | undefined): Map<string, Listed[]> {
  const groups = new Map<string, Listed[]>();
  for (const item of listed) {
    const name = nameOf(item);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** A name that came from a reference, of this key's or of the owner's, must not be shown: the key stands for it. */
export function candidate(desired: DesiredIntegration, live: Live, owners: ReadonlyMap<HashId, Key>): Candidate {
  const owner = owners.get(live.hashId);
  const isPlain = typeof desired.fields.get("name") === "string" && (owner ?? desired.key) === desired.key;
  return {
    hash_id: live.hashId,
    type: live.type,
    name: isPlain ? live.name : (owner ?? desired.key),
    ...(live.identifier === undefined ? {} : { identifier: live.identifier }),
    ...(live.scope === undefined ? {} : { scope: live.scope }),
    ...(live.projectName === undefined ? {} : { project_name: live.projectName }),
    ...(owner === undefined ? {} : { owner }),
  };
}

export function conflict(message: string, candidates: readonly Candidate[]): Extract<Match, { kind: "conflict" }> {
  const sorted = candidates.toSorted((a, b) => (a.hash_id < b.hash_id ? -1 : 1));
  return { kind: "conflict", candidates: sorted, refused: conflictRefusal(message) };
}

export function conflictRefusal(message: string): Refusal {
  return {
    code: "conflict",
    message,
    hint: "name the one that is meant with lifecycle.import, or give this one another identifier",
  };
}
