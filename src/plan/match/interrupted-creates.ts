import { isSameIdentity } from "../../model/identity.ts";
import type { LockedLifecycle, LockEntry, LockSection } from "../../model/lockfile.ts";
import type { IntegrationWithIds, HashId, Key, LiveIntegration } from "../../model/integration.ts";
import type { InterruptedCreate, ObservedWorkspace } from "../input.ts";
import { listPartOf } from "./list-parts.ts";

/**
 * The lock section with what interrupted creates made and no wanted integration will adopt, so that no hash is lost: keys
 * that the file no longer names, or wants otherwise by now, get an entry; a replacement that was given up becomes a former
 * hash, one whose key is no longer wanted takes the old one's place.
 */
export function withInterruptedCreates(
  section: LockSection,
  made: ReadonlyMap<Key, InterruptedCreate>,
  desired: readonly IntegrationWithIds[],
  observed: ObservedWorkspace,
): LockSection {
  const owned = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const wanted = new Map(desired.map((integration) => [integration.key, integration]));
  const entries = new Map(section);
  for (const [key, create] of made) {
    const live = createdLive(create, observed);
    if (live === undefined || owned.has(live.hashId)) continue;
    const integration = wanted.get(key);
    const entry = section.get(key);
    const isStillThere = entry !== undefined && observed.live.get(entry.hashId) !== undefined;
    const follows = !isStillThere || create.replaces === entry.hashId;
    // What is wanted is adopted; the plan shows it.
    if (integration !== undefined && follows && willBeAdopted(integration, live)) continue;
    if (entry === undefined) entries.set(key, entryOfCreated(live, create.lifecycle));
    else if (follows && integration === undefined) entries.set(key, entryOfReplacement(entry, live));
    else entries.set(key, withFormerHash(entry, live.hashId));
  }
  return entries;
}

function willBeAdopted(integration: IntegrationWithIds, live: LiveIntegration): boolean {
  const { import: imported } = integration.lifecycle;
  const isMeant = imported === undefined || imported === live.hashId;
  return isMeant && isSameIdentity(integration, live);
}

function entryOfReplacement(entry: LockEntry, live: LiveIntegration): LockEntry {
  return { ...entryOfCreated(live, entry.lifecycle), superseded: [...entry.superseded, entry.hashId] };
}

function withFormerHash(entry: LockEntry, hashId: HashId): LockEntry {
  return { ...entry, superseded: [...entry.superseded, hashId] };
}

function createdLive(made: InterruptedCreate, { live, parts }: ObservedWorkspace): LiveIntegration | undefined {
  if (made.hashId !== undefined) return live.get(made.hashId);
  const part = listPartOf(made);
  const listed = part === undefined ? undefined : parts.get(part);
  if (listed === undefined || "why" in listed) return undefined;
  const alike = listed.flatMap(({ hashId, identifier }): LiveIntegration[] => {
    const view = identifier === made.identifier ? live.get(hashId) : undefined;
    return view !== undefined && isSameIdentity(made, view) ? [view] : [];
  });
  return alike.length === 1 ? alike[0] : undefined;
}

function entryOfCreated(live: LiveIntegration, lifecycle: LockedLifecycle): LockEntry {
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
