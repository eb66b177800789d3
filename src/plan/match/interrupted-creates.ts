import type { LockedLifecycle, LockEntry, LockSection } from "../../model/lockfile.ts";
import type { DesiredIntegration, HashId, Key, Live } from "../../model/integration.ts";
import type { MadeBefore, Observed } from "../input.ts";
import { immutableDifferences } from "./counterpart.ts";
import { isInPlace, partOf, type Place } from "./parts.ts";

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
    const entry = section.get(key);
    const isStillThere = entry !== undefined && observed.live.get(entry.hashId) !== undefined;
    const follows = !isStillThere || create.replaces === entry.hashId;
    // What is wanted is adopted; the plan shows it.
    if (integration !== undefined && follows && isAdopted(integration, live)) continue;
    if (entry === undefined) entries.set(key, freshEntry(live, create.lifecycle));
    else if (follows && integration === undefined) entries.set(key, replaced(entry, live));
    else entries.set(key, withFormer(entry, live.hashId));
  }
  return entries;
}

function isAdopted(integration: DesiredIntegration, live: Live): boolean {
  const { import: imported } = integration.lifecycle;
  const isMeant = imported === undefined || imported === live.hashId;
  return isMeant && immutableDifferences(integration, live).length === 0;
}

function replaced(entry: LockEntry, live: Live): LockEntry {
  return { ...freshEntry(live, entry.lifecycle), superseded: [...entry.superseded, entry.hashId] };
}

function withFormer(entry: LockEntry, hashId: HashId): LockEntry {
  return { ...entry, superseded: [...entry.superseded, hashId] };
}

function madeLive(made: MadeBefore, { live, parts }: Observed): Live | undefined {
  if (made.hashId !== undefined) return live.get(made.hashId);
  const place = placeOfMade(made);
  const part = partOf(place);
  const listed = part === undefined ? undefined : parts.get(part);
  if (listed === undefined || "why" in listed) return undefined;
  const alike = listed.flatMap(({ hashId, identifier }): Live[] => {
    const view = identifier === made.identifier ? live.get(hashId) : undefined;
    return view !== undefined && view.type === made.type && isInPlace(place, view) ? [view] : [];
  });
  return alike.length === 1 ? alike[0] : undefined;
}

/** Where an interrupted creation was to be made. */
export function placeOfMade({ scope, project }: MadeBefore): Place {
  return { scope, ...(project === undefined ? {} : { projectName: project }) };
}

function freshEntry(live: Live, lifecycle: LockedLifecycle): LockEntry {
  return {
    hashId: live.hashId,
    ...(live.identifier === undefined ? {} : { identifier: live.identifier }),
    type: live.type,
    lifecycle,
    lastSent: new Map(),
    superseded: [],
    formerIdentifiers: [],
  };
}
