import { isSameIdentity, type Identity } from "../../model/identity.ts";
import type { LockedLifecycle, LockEntry, LockSection } from "../../model/lockfile.ts";
import type { IntegrationWithIds, HashId, Key, LiveIntegration } from "../../model/integration.ts";
import type { InterruptedCreate, ObservedWorkspace } from "../input.ts";
import { listPartOf } from "./list-parts.ts";
import { pairWithLockfile } from "./pairing.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

/**
 * The lock section, with integrations that interrupted creations made and that no wanted integration will adopt, so that
 * no hash is lost. A key that the file no longer names, or that it now wants differently, gets an entry. A replacement
 * that was given up becomes a former hash of its key. One whose key is no longer wanted replaces the old integration.
 */
export function withInterruptedCreates(
  section: LockSection,
  made: ReadonlyMap<Key, InterruptedCreate>,
  desired: readonly IntegrationWithIds[],
  observed: ObservedWorkspace,
): LockSection {
  const owned = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const wanted = new Map(pairWithLockfile(desired, section).map((paired) => [paired.desired.key, paired]));
  const entries = new Map(section);
  for (const [key, create] of made) {
    // Only a key of the file may adopt it.
    if (create.isLookUpOnly) continue;
    const [live, ...others] = createdCandidates(create, observed);
    if (live === undefined || others.length > 0 || owned.has(live.hashId)) continue;
    const paired = wanted.get(key);
    const integration = paired?.desired;
    // The lockfile may still have the integration under its former key.
    const lockedAs = paired?.movedFrom ?? key;
    const entry = section.get(lockedAs);
    const isStillThere = entry !== undefined && observed.live.get(entry.hashId) !== undefined;
    const follows = !isStillThere || create.replaces === entry.hashId;
    // If it is still wanted, the plan adopts it, and shows that.
    if (integration !== undefined && follows && willBeAdopted(integration, live)) continue;
    if (entry === undefined) entries.set(key, entryWithoutLockfile(create, live, integration, owned, observed));
    else if (follows && integration === undefined) entries.set(lockedAs, entryOfReplacement(entry, live));
    else entries.set(lockedAs, withFormerHash(entry, live.hashId));
  }
  return entries;
}

/** The entry of a key that only the journal has, with the new integration and the one that it should replace. The file may want the old one again. */
function entryWithoutLockfile(
  create: InterruptedCreate,
  made: LiveIntegration,
  wanted: IntegrationWithIds | undefined,
  owned: ReadonlySet<HashId>,
  observed: ObservedWorkspace,
): LockEntry {
  const replaced =
    create.replaces === undefined || owned.has(create.replaces) ? undefined : observed.live.get(create.replaces);
  if (replaced === undefined) return entryOfCreated(made, create.lifecycle);
  const isTakenBack = wanted !== undefined && isSameIdentity(wanted, replaced);
  const [current, former] = isTakenBack ? [replaced, made] : [made, replaced];
  return withFormerHash(entryOfCreated(current, create.lifecycle), former.hashId);
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

/** What an interrupted creation may have made; only that one if its hash is known. */
export function createdCandidates(
  made: InterruptedCreate,
  { live, parts }: Pick<ObservedWorkspace, "live" | "parts">,
): readonly LiveIntegration[] {
  if (made.hashId !== undefined) return [live.get(made.hashId)].flatMap((view) => view ?? []);
  const part = listPartOf(made);
  const listed = part === undefined ? undefined : parts.get(part);
  if (listed === undefined || "why" in listed) return [];
  return listed.flatMap(({ hashId, identifier }): LiveIntegration[] => {
    const view = identifier === made.identifier ? live.get(hashId) : undefined;
    return view !== undefined && isSameIdentity(made, view) ? [view] : [];
  });
}

/** Whether an interrupted creation requested what is wanted now: the same type in the same place. */
export function isBegunAs(wanted: Identity, begun: InterruptedCreate | undefined): begun is InterruptedCreate {
  return (
    begun !== undefined &&
    begun.type === wanted.type &&
    begun.scope === wanted.scope &&
    begun.projectName === wanted.projectName
  );
}

function entryOfCreated(live: LiveIntegration, lifecycle: LockedLifecycle): LockEntry {
  // A temporary identifier isn't recorded.
  const identifier = originalIdentifier(live) ?? live.identifier;
  return {
    hashId: live.hashId,
    ...(identifier === undefined ? {} : { identifier }),
    type: live.type,
    lifecycle,
    lastSent: new Map([
      ...(live.scope === undefined ? [] : [["scope", live.scope] as const]),
      ...(live.projectName === undefined ? [] : [["project_name", live.projectName] as const]),
    ]),
    superseded: [],
    formerIdentifiers: [],
  };
}
