import { identityDifferences, isInPlace, isSameIdentity, knownIdentifier } from "../../model/identity.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import {
  isKey,
  type IntegrationWithIds,
  type HashId,
  type Key,
  type LiveIntegration,
} from "../../model/integration.ts";
import { compareTexts } from "../../model/text.ts";
import type { Adopt, ConflictCandidate, Refusal } from "../change.ts";
import type { InterruptedCreate, PlanContext } from "../input.ts";
import type { PartIndex } from "./list-index.ts";

/** One way of looking for the live counterpart, strongest first. */
export interface CounterpartLookup {
  readonly via: Adopt["via"];
  readonly identifier: string;
}

/** What a search for the live counterpart found. */
export type CounterpartMatch =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly live: LiveIntegration; readonly via: Adopt["via"] }
  | {
      readonly kind: "conflict";
      readonly candidates: readonly ConflictCandidate[];
      readonly refused: Refusal;
    };

/**
 * The identifiers by which the live counterpart of a wanted integration is looked up: the file's, or the one in the
 * lockfile, or the one that an interrupted creation requested.
 */
export function counterpartLookups(
  desired: IntegrationWithIds,
  entry: LockEntry | undefined,
  interrupted?: Pick<InterruptedCreate, "identifier" | "isLookUpOnly">,
): CounterpartLookup[] {
  const all: CounterpartLookup[] = [];
  const add = (via: CounterpartLookup["via"], identifier: string | undefined): void => {
    if (identifier !== undefined && !all.some((known) => known.identifier === identifier))
      all.push({ via, identifier });
  };
  add(interrupted?.isLookUpOnly ? "identifier" : "journal", interrupted?.identifier);
  add("identifier", knownIdentifier(desired, entry));
  add("key", desired.key);
  for (const former of desired.lifecycle.movedFrom) add("moved_from", former);
  return all;
}

/** Every hash whose full view is needed to decide on a match. */
export function candidateHashes(found: readonly CounterpartLookup[], index: PartIndex): HashId[] {
  return found.flatMap(({ identifier }) => (index.byIdentifier.get(identifier) ?? []).map((item) => item.hashId));
}

/**
 * The live counterpart by identifier: the first lookup that finds something decides. Only integrations of the wanted
 * scope and project count, since an identifier may be unique only there. Of several, the one of the wanted type is chosen.
 */
export function matchByIdentifier(
  desired: IntegrationWithIds,
  found: readonly CounterpartLookup[],
  index: PartIndex,
  live: ReadonlyMap<HashId, LiveIntegration | undefined>,
  { owners, lock, wantedKeys }: Pick<PlanContext, "owners" | "lock" | "wantedKeys">,
): CounterpartMatch {
  for (const [rank, { via, identifier }] of found.entries()) {
    const lives = (index.byIdentifier.get(identifier) ?? [])
      .flatMap((item) => live.get(item.hashId) ?? [])
      .filter((view) => isInPlace(desired, view));
    const alike = lives.filter((view) => isSameIdentity(desired, view));
    const relevant = (alike.length > 0 ? alike : lives).filter((view) => {
      const owner = owners.get(view.hashId);
      if (owner === undefined || owner === desired.key) return true;
      // An integration of another key doesn't match by a weaker name. A wanted one of another type may lose its identifier.
      return rank === 0 && (alike.length > 0 || !wantedKeys.has(owner));
    });
    const [first, ...others] = relevant;
    if (first === undefined) continue;
    const candidates = relevant.map((view) => conflictCandidate(desired, view, owners));
    if (others.length > 0) {
      return conflictMatch(`${relevant.length} integrations have the identifier ${identifier}`, candidates);
    }
    const owner = owners.get(first.hashId);
    if (owner !== undefined && owner !== desired.key) {
      const message = `the integration with the identifier ${identifier} belongs to the key ${owner}`;
      const isOrphan = lock.has(owner) && !wantedKeys.has(owner);
      const wayOut = `${isOrphan ? "delete that one with --prune and apply again, or " : ""}give this one another identifier`;
      return conflictMatch(message, candidates, `${handOverHint(owner)}; otherwise ${wayOut}`);
    }
    const differs = identityDifferences(desired, first);
    if (differs.length > 0) {
      return conflictMatch(
        `the integration with the identifier ${identifier} differs in ${differs.join(", ")}`,
        candidates,
      );
    }
    return { kind: "found", live: first, via };
  }
  return { kind: "none" };
}

/** The live counterpart that `lifecycle.import` names. */
export function matchImport(
  desired: IntegrationWithIds,
  hashId: HashId,
  live: LiveIntegration | undefined,
  owners: ReadonlyMap<HashId, Key>,
): CounterpartMatch {
  if (live === undefined)
    return conflictMatch(`lifecycle.import names ${hashId}, and there is no such integration`, []);
  const owner = owners.get(hashId);
  const candidates = [conflictCandidate(desired, live, owners)];
  if (owner !== undefined && owner !== desired.key) {
    const message = `lifecycle.import names ${hashId}, which belongs to the key ${owner}`;
    return conflictMatch(message, candidates, `${handOverHint(owner)}; otherwise name another one`);
  }
  const differs = identityDifferences(desired, live);
  if (differs.length > 0) {
    const message = `lifecycle.import names ${hashId}, which differs in ${differs.join(", ")}`;
    return conflictMatch(message, candidates, `write ${identityInWords(live)}, or name another one`);
  }
  return { kind: "found", live, via: "import" };
}

/**
 * How a key gets the integration of another one: `lifecycle.import` can't take it.
 *
 * @param owner a key, or `KEY of FILE` for one of another file
 */
function handOverHint(owner: string): string {
  return isKey(owner)
    ? `if ${owner} is its former key, write lifecycle.moved_from: [${owner}] here, and leave out the block of ${owner}`
    : `to move it here, take out the block of ${owner}`;
}

/** A name that comes from a reference, of this key or of the owner's, must not be shown: the key is shown instead. */
export function conflictCandidate(
  desired: IntegrationWithIds,
  live: LiveIntegration,
  owners: ReadonlyMap<HashId, Key>,
): ConflictCandidate {
  const owner = owners.get(live.hashId);
  const isPlain = typeof desired.fields.get("name") === "string" && (owner ?? desired.key) === desired.key;
  return {
    hash_id: live.hashId,
    type: live.type,
    name: isPlain ? live.name : (owner ?? desired.key),
    ...(live.identifier === undefined ? {} : { identifier: live.identifier }),
    ...(live.scope === undefined ? {} : { scope: live.scope }),
    ...(live.projectName === undefined ? {} : { project_name: live.projectName }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** As it must be written in the file. */
function identityInWords({ type, scope, projectName }: LiveIntegration): string {
  const place = scope === undefined ? [] : [`scope: ${scope}`];
  return [`type: ${type}`, ...place, ...(projectName === undefined ? [] : [`project_name: ${projectName}`])].join(", ");
}

export function conflictMatch(
  message: string,
  candidates: readonly ConflictCandidate[],
  hint?: string,
): Extract<CounterpartMatch, { kind: "conflict" }> {
  const sorted = candidates.toSorted((a, b) => compareTexts(a.hash_id, b.hash_id));
  return { kind: "conflict", candidates: sorted, refused: conflictRefusal(message, hint) };
}

export function conflictRefusal(
  message: string,
  hint = "name the right one with lifecycle.import, or give this one another identifier",
): Refusal {
  return { code: "conflict", message, hint };
}
