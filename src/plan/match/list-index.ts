import type { IntegrationPlace } from "../../model/identity.ts";
import type { ListedIntegration } from "../../model/integration.ts";
import { listPartOf, type ListedParts, type ListPart } from "./list-parts.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

/** One part's integrations by identifier. Those that were set aside for a replacement are under the identifier that they had. */
export interface PartIndex {
  readonly byIdentifier: ReadonlyMap<string, readonly ListedIntegration[]>;
  readonly setAside: ReadonlyMap<string, readonly ListedIntegration[]>;
}

/** The parts that were read. */
export type ListIndex = ReadonlyMap<ListPart, PartIndex>;

export function indexParts(parts: ListedParts): ListIndex {
  return new Map(
    [...parts].flatMap(([part, listed]): [ListPart, PartIndex][] => {
      if ("why" in listed) return [];
      const byIdentifier = groupListed(listed, ({ identifier }) => identifier);
      return [[part, { byIdentifier, setAside: groupListed(listed, originalIdentifier) }]];
    }),
  );
}

/** The listed integrations in the part where an integration of this place would be. */
export function indexAt(place: IntegrationPlace, index: ListIndex): PartIndex {
  const part = listPartOf(place);
  return (part === undefined ? undefined : index.get(part)) ?? EMPTY_PART;
}

const EMPTY_PART: PartIndex = { byIdentifier: new Map(), setAside: new Map() };

function groupListed(
  listed: readonly ListedIntegration[],
  nameOf: (item: ListedIntegration) => string | undefined,
): Map<string, ListedIntegration[]> {
  const groups = new Map<string, ListedIntegration[]>();
  for (const item of listed) {
    const name = nameOf(item);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
