import type { HashId, ListedIntegration } from "../model/integration.ts";
import type { ListPart } from "../plan/match/list-parts.ts";
import { projectOfPart } from "../plan/match/list-parts.ts";

/** The parts of the list that were read. */
export type ReadParts = ReadonlyMap<ListPart, readonly ListedIntegration[]>;

export interface ListedPlace {
  readonly scope: string;
  readonly projectName?: string;
}

/**
 * Where each listed integration belongs, as far as the list shows it: in a field, or because only one part of the
 * list has the integration. An older server lists everything in each part; then only the full view shows it.
 */
export function listedPlaces(parts: ReadParts): ReadonlyMap<HashId, ListedPlace> {
  const places = new Map<HashId, ListedPlace>();
  for (const [hashId, { item, in: partNames }] of listedItems(parts)) {
    const place = statedPlace(item) ?? (parts.size > 1 ? placeOfParts(partNames, parts) : undefined);
    if (place !== undefined) places.set(hashId, place);
  }
  return places;
}

interface ListedItem {
  readonly item: ListedIntegration;
  readonly in: readonly ListPart[];
}

/** Every listed integration once, with the parts that have it. */
export function listedItems(parts: ReadParts): ReadonlyMap<HashId, ListedItem> {
  const items = new Map<HashId, ListedItem>();
  for (const [part, listed] of parts) {
    for (const item of listed) items.set(item.hashId, { item, in: [...(items.get(item.hashId)?.in ?? []), part] });
  }
  return items;
}

function statedPlace({ scope, projectName }: ListedIntegration): ListedPlace | undefined {
  if (scope === undefined) return undefined;
  return { scope, ...(projectName === undefined ? {} : { projectName }) };
}

function placeOfParts([part, ...others]: readonly ListPart[], parts: ReadParts): ListedPlace | undefined {
  if (part === undefined || others.length > 0 || !parts.has("WORKSPACE")) return undefined;
  const projectName = projectOfPart(part);
  return projectName === undefined ? { scope: "WORKSPACE" } : { scope: "PROJECT", projectName };
}
