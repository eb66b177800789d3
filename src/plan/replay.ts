import type { LockEntry, LockSection } from "../lockfile.ts";
import type { DesiredIntegration, HashId, Key, Live } from "../model.ts";
import type { MadeBefore, Observed } from "./input.ts";
import { immutableDifferences } from "./match.ts";

/**
 * The lock section with what interrupted creates made and no wanted integration will adopt, so that no hash is lost: keys
 * that the file no longer names, or wants otherwise by now, get an entry; a replacement that was given up becomes a former
 * hash, one whose key is no longer wanted takes the old one's place.
 */
export function replayed(
  section: LockSection,
  made: ReadonlyMap<Key, MadeBefore>,
  desired: readonly DesiredIntegration[],
  observed: Observed,
): LockSection {
  const owned = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const wanted = new Map(desired.map((integration) => [integration.key, integration]));
  const entries = new Map(section);
  for (const [key, create] of made) {
    const live = madeLive(create, observed);
    if (live === undefined || owned.has(live.hashId)) continue;
    const integration = wanted.get(key);
    // What is wanted is adopted; the plan shows it.
    if (integration !== undefined && immutableDifferences(integration, live).length === 0) continue;
    const entry = section.get(key);
    if (entry === undefined) entries.set(key, freshEntry(live));
    else if (create.replaces === entry.hashId) {
      entries.set(key, integration === undefined ? replaced(entry, live) : withFormer(entry, live.hashId));
    }
  }
  return entries;
}

function replaced(entry: LockEntry, live: Live): LockEntry {
  return { ...freshEntry(live), lifecycle: entry.lifecycle, superseded: [...entry.superseded, entry.hashId] };
}

function withFormer(entry: LockEntry, hashId: HashId): LockEntry {
  return { ...entry, superseded: [...entry.superseded, hashId] };
}

function madeLive(made: MadeBefore, { live, listed }: Observed): Live | undefined {
  if (made.hashId !== undefined) return live.get(made.hashId);
  const alike = listed.flatMap(({ hashId, identifier }): Live[] => {
    const view = identifier === made.identifier ? live.get(hashId) : undefined;
    const same = view?.type === made.type && view.scope === made.scope && view.projectName === made.project;
    return view !== undefined && same ? [view] : [];
  });
  return alike.length === 1 ? alike[0] : undefined;
}

function freshEntry(live: Live): LockEntry {
  return {
    hashId: live.hashId,
    ...(live.identifier === undefined ? {} : { identifier: live.identifier }),
    type: live.type,
    lifecycle: { protect: false, onRemove: "delete" },
    lastSent: new Map(),
    superseded: [],
    formerIdentifiers: [],
  };
}
