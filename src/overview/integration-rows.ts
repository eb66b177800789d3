import type { HashId, Key, ListedIntegration, LiveIntegration } from "../model/integration.ts";
import { SCOPES, type SeenPlace } from "../model/identity.ts";
import type { LockSection } from "../model/lockfile.ts";
import { compareTexts } from "../model/text.ts";
import type { IntegrationRow, RowStatus } from "./integration-row.ts";
import { listedItems, listedPlaces, type ReadParts } from "./listed-places.ts";

/** What was read of a workspace to give an overview of it. */
export interface OverviewSources {
  readonly parts: ReadParts;
  readonly section: LockSection;
  /** Full views of {@link hashesToRead}; undefined if there is no such integration. */
  readonly views: ReadonlyMap<HashId, LiveIntegration | undefined>;
}

/**
 * The hashes to read one by one, because the list doesn't show enough: whether a locked integration that isn't listed
 * exists (scope ENVIRONMENT is in no list), and where an integration belongs that an older server lists in every
 * part.
 */
export function hashesToRead(parts: ReadParts, section: LockSection): (readonly [HashId, Key])[] {
  const listed = listedItems(parts);
  const places = listedPlaces(parts);
  const locked = [...section].flatMap(([key, { hashId, superseded }]) =>
    [hashId, ...superseded].filter((hash) => !listed.has(hash)).map((hash) => [hash, key] as const),
  );
  const unplaced = [...listed].filter(([hashId]) => !places.has(hashId));
  return [...locked, ...unplaced.map(([hashId, { item }]) => [hashId, item.name] as const)];
}

/** Every integration that is listed or locked, by place: the workspace's own first, then those of each project. */
export function integrationRows({ parts, section, views }: OverviewSources): readonly IntegrationRow[] {
  const owners = ownersByHash(section);
  const places = listedPlaces(parts);
  const rows: IntegrationRow[] = [];
  const listed = listedItems(parts);
  for (const [hashId, { item }] of listed) {
    const view = views.get(hashId);
    const { scope, projectName } = view ?? places.get(hashId) ?? {};
    rows.push(integrationRow(item, { scope, projectName }, owners.get(hashId)));
  }
  for (const [hashId, owner] of owners) {
    if (listed.has(hashId)) continue;
    const view = views.get(hashId);
    if (view !== undefined) rows.push(integrationRow(view, view, owner));
    else if (owner.status === "managed" && views.has(hashId)) rows.push(goneRow(owner.key, hashId, section));
  }
  return rows.toSorted(compareRows);
}

interface HashOwner {
  readonly key: Key;
  readonly status: RowStatus;
}

function ownersByHash(section: LockSection): ReadonlyMap<HashId, HashOwner> {
  const owners = new Map<HashId, HashOwner>();
  for (const [key, { superseded }] of section) {
    for (const hashId of superseded) owners.set(hashId, { key, status: "superseded" });
  }
  for (const [key, { hashId }] of section) owners.set(hashId, { key, status: "managed" });
  return owners;
}

function integrationRow(
  { hashId, identifier, type, name }: ListedIntegration,
  { scope, projectName }: SeenPlace,
  owner: HashOwner | undefined,
): IntegrationRow {
  return {
    status: owner?.status ?? "unmanaged",
    ...(owner !== undefined && { key: owner.key }),
    hash_id: hashId,
    ...(identifier !== undefined && { identifier }),
    type,
    name,
    ...(scope !== undefined && { scope }),
    ...(projectName !== undefined && { project_name: projectName }),
  };
}

function goneRow(key: Key, hashId: HashId, section: LockSection): IntegrationRow {
  const entry = section.get(key);
  return {
    status: "gone",
    key,
    hash_id: hashId,
    ...(entry?.identifier !== undefined && { identifier: entry.identifier }),
    type: entry?.type ?? "",
  };
}

function compareRows(a: IntegrationRow, b: IntegrationRow): number {
  return (
    scopeRank(a) - scopeRank(b) ||
    compareTexts(a.project_name ?? "", b.project_name ?? "") ||
    Number(a.key === undefined) - Number(b.key === undefined) ||
    compareTexts(a.key ?? "", b.key ?? "") ||
    compareTexts(a.name ?? "", b.name ?? "") ||
    compareTexts(a.hash_id, b.hash_id)
  );
}

function scopeRank({ scope }: IntegrationRow): number {
  const rank = SCOPES.indexOf(scope ?? "");
  return rank === -1 ? SCOPES.length : rank;
}
