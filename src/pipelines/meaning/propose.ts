import type { HashId, Key, ListedIntegration } from "../../model/integration.ts";
import type { KnownIntegrations } from "./known-integrations.ts";

/** A free key for each integration that might be imported, made from its identifier or name. The same input gives the same keys. */
export function proposeKeys(found: readonly ListedIntegration[], known: KnownIntegrations): ReadonlyMap<HashId, Key> {
  const taken = new Set([...known.section.keys(), ...known.wanted.map((each) => each.key)]);
  const proposals = new Map<HashId, Key>();
  for (const live of found) {
    if (proposals.has(live.hashId)) continue;
    const key = freeKey(keySlug(live.identifier ?? live.name) || keySlug(live.type) || "integration", taken);
    taken.add(key);
    proposals.set(live.hashId, key);
  }
  return proposals;
}

/** Letters, digits and underscores, beginning with a letter: what the API accepts as an identifier everywhere. */
function keySlug(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");
  return plain
    .replace(/^[^a-z]+/, "")
    .replace(/_$/, "")
    .slice(0, 60);
}

function freeKey(wanted: Key, taken: ReadonlySet<Key>): Key {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}
