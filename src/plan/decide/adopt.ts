import type { IntegrationWithIds, HashId, LiveIntegration } from "../../model/integration.ts";
import type { Adopt, Change, Conflict, Refusal } from "../change.ts";
import { planCreate, supersededHashes } from "./create.ts";
import { buildLockEntry } from "../compare/lock-entry.ts";
import { entryFacts, changeHeader, planFields, fieldSources } from "./update.ts";
import type { ObservedWorkspace, PlanContext, PairedIntegration } from "../input.ts";
import { compareFields } from "../compare/compare-fields.ts";
import {
  immutableDifferences,
  indexAt,
  counterpartLookups,
  matchByIdentifier,
  matchImport,
  type CounterpartMatch,
} from "../match/counterpart.ts";
import { unreadableProject } from "../match/list-parts.ts";
import { isBegunAs } from "../match/interrupted-creates.ts";
import { matchSetAside, withManagedIdentifier } from "../match/set-aside.ts";

/** Not locked, or locked and gone. */
export function planUnlocked(wanted: PairedIntegration, context: PlanContext, observed: ObservedWorkspace): Change[] {
  const match = findCounterpart(wanted, context, observed);
  switch (match.kind) {
    case "none":
      return [planCreate(wanted, context)];
    case "conflict":
      return [planConflict(wanted, match)];
    case "found":
      return planAdoption(wanted, match.live, match.via, context);
    default:
      return match satisfies never;
  }
}

function findCounterpart(
  { desired, entry }: PairedIntegration,
  context: PlanContext,
  observed: ObservedWorkspace,
): CounterpartMatch {
  const made = context.interruptedCreates.get(desired.key);
  const view = (hashId: HashId): LiveIntegration | undefined => observed.live.get(hashId);
  const imported = desired.lifecycle.import;
  if (imported !== undefined && !entry?.superseded.includes(imported)) {
    return matchImport(desired, imported, view(imported), context.owners);
  }
  const madeLive = made?.hashId === undefined ? undefined : view(made.hashId);
  if (madeLive !== undefined && isFreeFor(desired.key, madeLive.hashId, context)) {
    if (immutableDifferences(desired, madeLive).length === 0) return { kind: "found", live: madeLive, via: "journal" };
  }
  const unread = unreadableConflict(desired, observed);
  if (unread !== undefined) return unread;
  const found = counterpartLookups(desired, entry, isBegunAs(desired, made) ? made.identifier : undefined);
  const match = matchByIdentifier(desired, found, indexAt(desired, context.index), view, context.owners);
  return match.kind === "none" ? matchSetAside(desired, found, context, view) : match;
}

/** While a project's part can't be read, what is listed there may be what is wanted. */
function unreadableConflict(
  desired: IntegrationWithIds,
  { parts }: ObservedWorkspace,
): Extract<CounterpartMatch, { kind: "conflict" }> | undefined {
  const refused = unreadableProject(desired, parts);
  return refused === undefined ? undefined : { kind: "conflict", candidates: [], refused };
}

/** A live integration is taken over; what differs from the file follows as an update. */
export function planAdoption(
  wanted: PairedIntegration,
  live: LiveIntegration,
  via: Adopt["via"],
  context: PlanContext,
): Change[] {
  const { fields, unknown } = compareFields(fieldSources(wanted, live, undefined, context), []);
  const differences = fields.filter((field) => field.compared_with === "live");
  const free = via === "import" || via === "journal" || differences.length === 0 || context.flags.adopt;
  const adopt: Adopt = {
    action: "adopt",
    ...changeHeader(wanted),
    hash_id: live.hashId,
    via,
    supersedes: supersededHashes(live.identifier ?? wanted.desired.key, wanted, context).filter(
      (h) => h !== live.hashId,
    ),
    differences,
    unknown,
  };
  const taken = buildLockEntry({ ...entryFacts(wanted, live, undefined, context), peek: true });
  const managed = { ...wanted, desired: withManagedIdentifier(wanted.desired, live, undefined, context) };
  const updates = planFields(managed, live, taken, context).filter(({ action }) => action === "update");
  if (free) return [adopt, ...updates];
  const names = differences.map(({ path }) => path).join(", ");
  const refused: Refusal = {
    code: "needs-adopt",
    message: `an integration with this identifier exists and differs from the file in ${names}`,
    hint: `allow it with --adopt, or with lifecycle.import: ${live.hashId}`,
  };
  // Without the values of references it would be allowed: the plan has to be the same then, but for the refusals.
  const isReviewed = differences.some(({ basis }) => basis === "file");
  return [adopt, ...(isReviewed ? [] : updates)].map((change) => ({ ...change, refused }));
}

export function planConflict(
  wanted: PairedIntegration,
  { candidates, refused }: Extract<CounterpartMatch, { kind: "conflict" }>,
): Conflict {
  return { action: "conflict", ...changeHeader(wanted), candidates, refused };
}

/** Whether a live integration belongs to no other key. */
export function isFreeFor(key: string, hashId: HashId, { owners }: PlanContext): boolean {
  const owner = owners.get(hashId);
  return owner === undefined || owner === key;
}
