import { identifierOf, isInPlace, isSameIdentity } from "../../model/identity.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import type { IntegrationWithIds, HashId, LiveIntegration } from "../../model/integration.ts";
import type { Adopt } from "../change.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { conflictCandidate, conflictMatch, type CounterpartLookup, type CounterpartMatch } from "./counterpart.ts";
import { isBegunAs } from "./interrupted-creates.ts";
import { indexAt } from "./list-index.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

/** The integration that an interrupted replacement already created: it has the identifier, and the old one was set aside. */
export function findReplacement(wanted: PairedIntegration, entry: LockEntry, context: PlanContext): CounterpartMatch {
  const { desired } = wanted;
  const { live } = context;
  const free = (hashId: HashId): boolean => (context.owners.get(hashId) ?? desired.key) === desired.key;
  const begun = context.interruptedCreates.get(desired.key);
  const made = begun?.hashId;
  // A journal of unknown origin can only lead to it by its identifier, below.
  const isKnown = made !== undefined && free(made) && !context.leaving.has(made) && !begun?.isLookUpOnly;
  const known = isKnown ? live.get(made) : undefined;
  if (known !== undefined && isSameIdentity(desired, known)) {
    return { kind: "found", live: known, via: "journal" };
  }
  const identifier = identifierOf(desired, entry);
  const alike = (indexAt(desired, context.index).byIdentifier.get(identifier) ?? [])
    .flatMap(({ hashId }) => live.get(hashId) ?? [])
    .filter((other) => free(other.hashId) && isSameIdentity(desired, other));
  // Without the journal it may be somebody else's: then it is adopted like any other with the identifier.
  const isOurs =
    begun?.replaces === entry.hashId &&
    isBegunAs(desired, begun) &&
    !begun.isLookUpOnly &&
    !alike.some(({ hashId }) => context.leaving.has(hashId));
  return onlyMatch(alike, desired, context, identifier, isOurs ? "journal" : "identifier");
}

/**
 * An integration that was set aside for a replacement which nobody manages any more. It may have been given up, so this
 * one gets its identifier back. Only the journal shows that this key began it; otherwise it is adopted like any other.
 */
export function matchSetAside(
  desired: IntegrationWithIds,
  lookups: readonly CounterpartLookup[],
  context: PlanContext,
): CounterpartMatch {
  const replaced = context.interruptedCreates.get(desired.key)?.replaces;
  for (const { via, identifier } of lookups) {
    const alike = (indexAt(desired, context.index).setAside.get(identifier) ?? [])
      .filter(({ hashId }) => !context.owners.has(hashId) && !context.former.has(hashId))
      .flatMap(({ hashId }) => context.live.get(hashId) ?? [])
      .filter((view) => isSameIdentity(desired, view));
    const isBegun = alike.some(({ hashId }) => hashId === replaced);
    if (alike.length > 0) return onlyMatch(alike, desired, context, identifier, isBegun ? "journal" : via);
  }
  return { kind: "none" };
}

/**
 * The wanted integration with a managed identifier, if the live one was set aside under a temporary identifier. So the live
 * one gets its identifier back if the replacement is no longer wanted. If another one has that identifier by now, the key
 * becomes the identifier.
 */
export function withManagedIdentifier(
  desired: IntegrationWithIds,
  live: LiveIntegration,
  entry: LockEntry | undefined,
  { index, lock, live: views }: PlanContext,
): IntegrationWithIds {
  const original = originalIdentifier(live);
  if (original === undefined || desired.identifier !== undefined) return desired;
  const locked = entry === undefined || originalIdentifier(entry) !== undefined ? undefined : entry.identifier;
  const identifier = locked ?? original;
  const isListed = (indexAt(desired, index).byIdentifier.get(identifier) ?? []).some(
    (item) => item.hashId !== live.hashId && isInPlace(desired, views.get(item.hashId) ?? item),
  );
  const isLocked = [...lock].some(
    ([key, other]) =>
      other !== entry &&
      key !== desired.key &&
      other.identifier === identifier &&
      isInPlace(desired, views.get(other.hashId) ?? lockedPlace(other)),
  );
  return { ...desired, identifier: isListed || isLocked ? desired.key : identifier };
}

/** The place of a locked integration that wasn't read. */
function lockedPlace({ lastSent }: LockEntry): Pick<LiveIntegration, "scope" | "projectName"> {
  const [scope, projectName] = [lastSent.get("scope"), lastSent.get("project_name")];
  return {
    ...(typeof scope === "string" ? { scope } : {}),
    ...(typeof projectName === "string" ? { projectName } : {}),
  };
}

function onlyMatch(
  lives: readonly LiveIntegration[],
  desired: IntegrationWithIds,
  { owners }: PlanContext,
  identifier: string,
  via: Adopt["via"],
): CounterpartMatch {
  const [first, ...others] = lives;
  if (first === undefined) return { kind: "none" };
  if (others.length === 0) return { kind: "found", live: first, via };
  const candidates = lives.map((live) => conflictCandidate(desired, live, owners));
  return conflictMatch(`${lives.length} integrations have the identifier ${identifier}`, candidates);
}
