import { isSameIdentity } from "../../model/identity.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import type { HashId, LiveIntegration } from "../../model/integration.ts";
import type { Adopt, Change, LockRecord, Refusal } from "../change.ts";
import type { RecordedDetail } from "../field-change.ts";
import { planCreate, supersededHashes } from "./create.ts";
import { buildLockEntry, entryDifferences, lifecycleDifferences, type EntryFacts } from "../compare/lock-entry.ts";
import { changeHeader } from "./change-header.ts";
import { planConflict } from "./conflict.ts";
import { entryFacts, planFields, fieldSources, withoutRotation } from "./update.ts";
import type { InterruptedCreate, PlanContext, PairedIntegration } from "../input.ts";
import { compareFields } from "../compare/compare-fields.ts";
import { counterpartLookups, matchByIdentifier, matchImport, type CounterpartMatch } from "../match/counterpart.ts";
import { indexAt } from "../match/list-index.ts";
import { unreadableProject } from "../match/list-parts.ts";
import { createdCandidates, isBegunAs } from "../match/interrupted-creates.ts";
import { claimRefusal } from "../match/journal-claims.ts";
import { matchSetAside, withManagedIdentifier } from "../match/set-aside.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";

/** Decides on an integration that isn't locked, or is locked and gone. */
export function planUnlocked(wanted: PairedIntegration, context: PlanContext): Change[] {
  const match = findCounterpart(wanted, context);
  switch (match.kind) {
    case "none":
      return [...goneRecords(wanted), planCreate(wanted, context)];
    case "conflict":
      return [planConflict(wanted, match.refused, match.candidates)];
    case "found":
      return planAdoption(wanted, match.live, match.via, context);
    default:
      return match satisfies never;
  }
}

/** The file can still change the lifecycle of an integration that is gone, so that its protection can be removed first. */
function goneRecords(wanted: PairedIntegration): LockRecord[] {
  const { desired, entry } = wanted;
  if (entry === undefined) return [];
  const details = lifecycleDifferences(entry.lifecycle, withoutRotation(wanted, entry).desired.lifecycle);
  const base = { action: "record", ...changeHeader(wanted), type: desired.type, hash_id: entry.hashId } as const;
  return details.length === 0 ? [] : [{ ...base, details, basis: "file" }];
}

function findCounterpart({ desired, entry }: PairedIntegration, context: PlanContext): CounterpartMatch {
  const { live, owners } = context;
  const interrupted = context.interruptedCreates.get(desired.key);
  const imported = desired.lifecycle.import;
  if (imported !== undefined && !entry?.superseded.includes(imported)) {
    return matchImport(desired, imported, live.get(imported), owners);
  }
  const unverified = unverifiedClaim({ desired, entry, movedFrom: undefined }, interrupted, context);
  if (unverified !== undefined) return { kind: "conflict", candidates: [], refused: unverified };
  const made = interrupted?.hashId === undefined ? undefined : live.get(interrupted.hashId);
  if (made !== undefined && isFreeFor(desired.key, made.hashId, context) && isSameIdentity(desired, made)) {
    return { kind: "found", live: made, via: interrupted?.isLookUpOnly ? "identifier" : "journal" };
  }
  // A project that can't be read may already contain the wanted integration.
  const refused = unreadableProject(desired, context.parts);
  if (refused !== undefined) return { kind: "conflict", candidates: [], refused };
  const begun = isBegunAs(desired, interrupted) && !wasLockedBefore(interrupted, context) ? interrupted : undefined;
  const lookups = counterpartLookups(desired, entry, begun);
  const match = matchByIdentifier(desired, lookups, indexAt(desired, context.index), live, context);
  return match.kind === "none" ? matchSetAside(desired, lookups, context) : match;
}

/** The lockfile has what the interrupted creation seems to have made under another key, which leaves it now. */
function wasLockedBefore(begun: InterruptedCreate, context: PlanContext): boolean {
  const candidates = createdCandidates(begun, context);
  return candidates.length > 0 && candidates.every(({ hashId }) => context.leaving.has(hashId));
}

/** A journal of unknown origin must not lead to an integration that neither the file nor the lockfile names. */
function unverifiedClaim(
  { desired, entry }: PairedIntegration,
  interrupted: InterruptedCreate | undefined,
  context: PlanContext,
): Refusal | undefined {
  if (interrupted?.isLookUpOnly === undefined) return undefined;
  const own = counterpartLookups(desired, entry).map(({ identifier }) => identifier);
  const claimed = createdCandidates(interrupted, context).find(
    ({ hashId, identifier }) => isFreeFor(desired.key, hashId, context) && !own.includes(identifier ?? ""),
  );
  if (claimed === undefined) return undefined;
  return claimRefusal(claimed.hashId, "it isn't known who wrote the journal, and the file doesn't name its identifier");
}

/** A live integration is adopted; what differs from the file follows as an update. */
export function planAdoption(
  wanted: PairedIntegration,
  live: LiveIntegration,
  via: Adopt["via"],
  context: PlanContext,
): Change[] {
  const { fields, unknown } = compareFields(fieldSources(wanted, live, undefined, context), []);
  const differences = fields.filter((field) => field.compared_with === "live");
  const isAllowed = via === "import" || via === "journal" || differences.length === 0 || context.flags.adopt;
  const origin = isOurCreation(wanted, live, via, context) ? "created" : "adopted";
  const facts: EntryFacts = { ...entryFacts(wanted, live, withoutValues(wanted.entry), context), origin };
  const adopt: Adopt = {
    action: "adopt",
    ...changeHeader(wanted),
    hash_id: live.hashId,
    via,
    origin,
    ...(live.identifier === undefined ? {} : { identifier: live.identifier }),
    ...(live.scope === undefined ? {} : { scope: live.scope }),
    ...(live.projectName === undefined ? {} : { project_name: live.projectName }),
    details: adoptedDetails(wanted, facts),
    supersedes: supersededHashes(live.identifier ?? wanted.desired.key, wanted, context).filter(
      (h) => h !== live.hashId,
    ),
    differences,
    unknown,
  };
  const taken = buildLockEntry(facts, "without-values");
  const managed = { ...wanted, desired: withManagedIdentifier(wanted.desired, live, undefined, context) };
  const updates = planFields(managed, live, taken, context).filter(({ action }) => action === "update");
  if (isAllowed) return [adopt, ...updates];
  const names = differences.map(({ path }) => path).join(", ");
  // Only secret values differ, so a plan without them would allow this. Keep the same changes, so that both plans have
  // one hash.
  const isReviewed = differences.some(({ basis }) => basis === "file");
  const refused: Refusal = {
    code: "needs-adopt",
    ...(isReviewed ? {} : { basis: "secret" }),
    message: `an integration with this identifier exists and differs from the file in ${names}`,
    hint: `allow it with --adopt, or with lifecycle.import: ${live.hashId}`,
  };
  return [adopt, ...(isReviewed ? [] : updates)].map((change) => ({
    ...change,
    // A refusal that a plan without the values has too is kept: it is part of the hash.
    refused: change.refused !== undefined && change.refused.basis === undefined ? change.refused : refused,
  }));
}

/** An interrupted run of this tool created it, with only the fields that the file named. */
function isOurCreation(
  { desired }: PairedIntegration,
  live: LiveIntegration,
  via: Adopt["via"],
  { interruptedCreates }: PlanContext,
): boolean {
  return via === "journal" && interruptedCreates.has(desired.key) && originalIdentifier(live) === undefined;
}

/** What an adoption records, except the hash and the identifier, which the change itself has. */
function adoptedDetails({ desired, entry }: PairedIntegration, facts: EntryFacts): RecordedDetail[] {
  const after = buildLockEntry(facts, "without-values");
  const before: LockEntry = { ...after, lastSent: new Map() };
  return [...lifecycleDifferences(entry?.lifecycle, desired.lifecycle), ...entryDifferences(before, after)];
}

/** What a key's entry keeps when another integration replaces the old one. */
function withoutValues(entry: LockEntry | undefined): LockEntry | undefined {
  return entry && { ...entry, lastSent: new Map() };
}

/** Whether the journal may lead a key to a live integration: one that had another key until this plan isn't the key's. */
function isFreeFor(key: string, hashId: HashId, { owners, leaving }: PlanContext): boolean {
  return (owners.get(hashId) ?? key) === key && !leaving.has(hashId);
}
