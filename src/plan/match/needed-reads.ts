import { isSameIdentity, type IntegrationPlace } from "../../model/identity.ts";
import type { IntegrationWithIds, HashId, Key, ListedIntegration } from "../../model/integration.ts";
import type { LockEntry, LockSection } from "../../model/lockfile.ts";
import type { InterruptedCreate, ObservedWorkspace, PairedIntegration } from "../input.ts";
import { candidateHashes, counterpartLookups, type CounterpartLookup } from "./counterpart.ts";
import { twinsInPart } from "./doubtful-creations.ts";
import { indexAt, type ListIndex } from "./list-index.ts";
import type { ListedParts } from "./list-parts.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

// What a plan has to know of the workspace: the places whose lists it needs, and the hashes whose full view it needs.

/** Entries of the lockfile with their keys. */
export type LockedEntries = readonly (readonly [Key, LockEntry])[];

/** The current and the former hashes of a key. */
export function hashesOfEntry([key, { hashId, superseded }]: LockedEntries[number]): (readonly [HashId, Key])[] {
  return [hashId, ...superseded].map((hash) => [hash, key] as const);
}

/** The workspace itself, and each project that file or lockfile name. */
export function namedPlaces(desired: readonly IntegrationWithIds[], lock: LockSection): IntegrationPlace[] {
  const wanted = desired.map(({ projectName }) => projectName);
  const locked = [...lock.values()].map(({ lastSent }) => lastSent.get("project_name"));
  const projects = new Set([...wanted, ...locked].filter((name) => typeof name === "string"));
  return [
    { scope: "WORKSPACE" },
    ...[...projects].map((projectName): IntegrationPlace => ({ scope: "PROJECT", projectName })),
  ];
}

/** Unowned integrations with the type and name of a missing one. They may be in another project; then the plan warns. */
export function unownedNamesakes(
  searched: readonly PairedIntegration[],
  listed: readonly ListedIntegration[],
  lock: LockSection,
): readonly ListedIntegration[] {
  const owned = new Set([...lock].flatMap(([, { hashId, superseded }]) => [hashId, ...superseded]));
  const names = new Set(searched.flatMap(({ desired }) => typeAndName(desired) ?? []));
  return listed.filter(({ type, name, hashId }) => names.has(JSON.stringify([type, name])) && !owned.has(hashId));
}

/** Integrations that share type and identifier with a locked one of the same part. Each may be a duplicate; its full view decides. */
export function sharedIdentifiers(part: readonly ListedIntegration[], lock: LockSection): readonly ListedIntegration[] {
  const owned = new Set([...lock.values()].map(({ hashId }) => hashId));
  const nameOf = ({ type, identifier }: ListedIntegration): string => JSON.stringify([type, identifier]);
  const names = new Set(part.filter(({ hashId }) => owned.has(hashId)).map(nameOf));
  return part.filter((item) => item.identifier !== undefined && names.has(nameOf(item)) && !owned.has(item.hashId));
}

/** Undefined where the name comes from a reference. */
function typeAndName({ type, fields }: IntegrationWithIds): string | undefined {
  const name = fields.get("name");
  return typeof name === "string" ? JSON.stringify([type, name]) : undefined;
}

/** What interrupted creations may have made, whether it is still wanted or not: its hash must not be lost. */
export function interruptedHashes(
  interruptedCreates: ReadonlyMap<Key, InterruptedCreate>,
  index: ListIndex,
  parts: ListedParts,
): (readonly [HashId, Key])[] {
  return [...interruptedCreates].flatMap(([key, create]) => {
    const lookup: CounterpartLookup = { via: "journal", identifier: create.identifier };
    const twins = create.hashId === undefined ? twinsInPart(create, { parts }).map(({ hashId }) => hashId) : [];
    return [...candidateHashes([lookup], indexAt(create, index)), ...twins].map((hashId) => [hashId, key] as const);
  });
}

/** Gone, or set aside by a replacement that didn't finish. */
export function needsSearch(entry: LockEntry, live: ObservedWorkspace["live"]): boolean {
  const view = live.get(entry.hashId);
  return view === undefined || originalIdentifier(view) !== undefined;
}

/** Whether a new one will replace it. Then apply must know what existed before. */
export function isReplaced(
  desired: IntegrationWithIds,
  entry: LockEntry | undefined,
  live: ObservedWorkspace["live"],
): boolean {
  const view = entry === undefined ? undefined : live.get(entry.hashId);
  return view !== undefined && !isSameIdentity(desired, view);
}

/** Integrations that already have the identifier in the new place of a replacement. */
export function occupantsOf(
  desired: IntegrationWithIds,
  entry: LockEntry | undefined,
  live: ObservedWorkspace["live"],
  index: ListIndex,
): (readonly [HashId, Key])[] {
  const view = entry === undefined ? undefined : live.get(entry.hashId);
  const names = [
    desired.identifier,
    view?.identifier,
    view && originalIdentifier(view),
    entry?.identifier,
    desired.key,
    ...desired.lifecycle.movedFrom,
  ];
  const found = names.flatMap((identifier) =>
    identifier === undefined ? [] : [{ via: "identifier" as const, identifier }],
  );
  return candidateHashes(found, indexAt(desired, index)).map((hashId) => [hashId, desired.key] as const);
}

/** Everything that a wanted integration may find as its live counterpart. */
export function counterpartHashes(
  { desired, entry }: PairedIntegration,
  interrupted: InterruptedCreate | undefined,
  index: ListIndex,
): (readonly [HashId, Key])[] {
  const found = counterpartLookups(desired, entry, interrupted);
  const here = indexAt(desired, index);
  const setAside = found.flatMap(({ identifier }) => here.setAside.get(identifier) ?? []);
  const hashes = [...candidateHashes(found, here), ...setAside.map(({ hashId }) => hashId)];
  return hashes.map((hashId) => [hashId, desired.key] as const);
}
