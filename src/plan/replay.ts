import type { LockEntry, LockSection } from "../lockfile.ts";
import type { HashId, Key, Live } from "../model.ts";
import type { MadeBefore, Observed } from "./input.ts";

/**
 * The lock section with what interrupted creates made and no wanted integration will adopt, so that no hash is lost:
 * keys that the file no longer names get an entry, a replacement that is no longer wanted becomes superseded.
 */
export function replayed(
  section: LockSection,
  made: ReadonlyMap<Key, MadeBefore>,
  wanted: ReadonlySet<Key>,
  observed: Observed,
): LockSection {
  const owned = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const entries = new Map(section);
  for (const [key, create] of made) {
    const live = madeLive(create, observed);
    if (live === undefined || owned.has(live.hashId)) continue;
    const entry = section.get(key);
    if (entry === undefined && !wanted.has(key)) entries.set(key, freshEntry(live));
    if (entry !== undefined && create.replaces === entry.hashId && !wanted.has(key)) {
      entries.set(key, {
        ...freshEntry(live),
        lifecycle: entry.lifecycle,
        superseded: [...entry.superseded, entry.hashId],
      });
    }
  }
  return entries;
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
  const superseded: readonly HashId[] = [];
  return {
    hashId: live.hashId,
    ...(live.identifier === undefined ? {} : { identifier: live.identifier }),
    type: live.type,
    lifecycle: { protect: false, onRemove: "delete" },
    lastSent: new Map(),
    superseded,
    formerIdentifiers: [],
  };
}
