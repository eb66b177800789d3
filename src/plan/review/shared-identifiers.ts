import type { IntegrationWithIds, Key } from "../../model/integration.ts";
import type { SeenPlace } from "../../model/identity.ts";
import type { Change, Refusal } from "../change.ts";
import type { PlanContext } from "../input.ts";
import { conflictRefusal } from "../match/counterpart.ts";

type Known = Pick<PlanContext, "desired" | "lock" | "live" | "ownerOf">;

/**
 * An identifier in one place can have only one key. A change that would give a key the identifier of another one is refused,
 * whether the other one has it already or would get it too. The keys of a file never share an identifier, but an identifier
 * may also come from the lockfile or the workspace. If two keys would get the same one, neither does.
 */
export function refuseSharedIdentifiers(changes: readonly Change[], known: Known): Change[] {
  const wanted = new Map(known.desired.map((integration) => [integration.key, integration]));
  const claims = new Map(changes.flatMap((change) => claimOf(change, wanted)));
  if (claims.size === 0) return [...changes];
  const keys = new Map<string, Set<Key>>();
  const add = (claim: string, key: Key): unknown => keys.set(claim, (keys.get(claim) ?? new Set()).add(key));
  for (const [change, { claim }] of claims) add(claim, change.key);
  const changing = new Set([...claims.keys()].map(({ key }) => key));
  for (const [key, claim] of keptClaims(changes, wanted, known)) if (!changing.has(key)) add(claim, key);
  return changes.map((change): Change => {
    const claimed = claims.get(change);
    if (claimed === undefined || change.refused !== undefined) return change;
    const others = [...(keys.get(claimed.claim) ?? [])].filter((key) => key !== change.key);
    return others.length === 0 ? change : { ...change, refused: sharedRefusal(claimed.identifier, others) };
  });
}

interface IdentifierClaim {
  readonly identifier: string;
  /** The identifier with its place. */
  readonly claim: string;
}

type WantedByKey = ReadonlyMap<Key, IntegrationWithIds>;

/** The identifier that a change gives to its integration. */
function claimOf(change: Change, wanted: WantedByKey): [Change, IdentifierClaim][] {
  const identifier = newIdentifier(change);
  const place = wanted.get(change.key);
  return identifier === undefined || place === undefined
    ? []
    : [[change, { identifier, claim: claimText(identifier, place) }]];
}

function newIdentifier(change: Change): string | undefined {
  if (change.action === "create" || change.action === "replace") return change.identifier;
  if (change.action !== "update") return undefined;
  const after = change.fields.find(({ path }) => path === "identifier")?.after;
  return typeof after === "string" ? after : undefined;
}

/** The identifiers that wanted integrations have, unless a change gives them another one: also of keys that --only leaves out. */
function* keptClaims(
  changes: readonly Change[],
  wanted: WantedByKey,
  { lock, live, ownerOf }: Known,
): Generator<readonly [Key, string]> {
  for (const [lockKey, { hashId, identifier }] of lock) {
    const key = ownerOf(lockKey);
    const place = wanted.get(key);
    const view = live.get(hashId);
    const isGone = live.has(hashId) && view === undefined;
    const kept = view?.identifier ?? identifier;
    if (place === undefined || isGone || kept === undefined) continue;
    yield [key, claimText(kept, view?.scope === undefined ? place : view)];
  }
  for (const change of changes) {
    const place = wanted.get(change.key);
    if (change.action !== "adopt" || place === undefined || change.identifier === undefined) continue;
    yield [change.key, claimText(change.identifier, place)];
  }
}

function claimText(identifier: string, { scope, projectName }: SeenPlace): string {
  return JSON.stringify([identifier, scope, projectName]);
}

function sharedRefusal(identifier: string, others: readonly Key[]): Refusal {
  return conflictRefusal(
    `${others.toSorted().join(", ")} has the identifier ${identifier} in the same place, or would get it`,
    "give each key its own identifier in the file",
  );
}
