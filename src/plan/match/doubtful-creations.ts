import { isSameIdentity } from "../../model/identity.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { HashId, Key, ListedIntegration, LiveIntegration } from "../../model/integration.ts";
import { compareTexts, shellWord } from "../../model/text.ts";
import type { Refusal } from "../change.ts";
import type { InterruptedCreate, ObservedWorkspace } from "../input.ts";
import { createdCandidates } from "./interrupted-creates.ts";
import { listPartOf } from "./list-parts.ts";

/**
 * Servers may change an identifier, or ignore it. So a new integration that has the type and name of an unanswered
 * creation, but another identifier, may be the created one. This tool can't know.
 */
export function newTwins(
  { type, name, identifier, alike }: Pick<InterruptedCreate, "type" | "name" | "identifier" | "alike">,
  listed: readonly ListedIntegration[],
): readonly ListedIntegration[] {
  if (name === undefined || alike === undefined) return [];
  const before = new Set(alike);
  return listed.filter(
    (item) => item.type === type && item.name === name && item.identifier !== identifier && !before.has(item.hashId),
  );
}

/** The sources in which twins of an interrupted creation are looked up. */
export interface TwinSearch {
  readonly observed: Pick<ObservedWorkspace, "live" | "parts">;
  /** What the lockfile holds. */
  readonly lock: LockSection;
  readonly creates: ReadonlyMap<Key, InterruptedCreate>;
}

/**
 * Integrations that an interrupted creation may have created under another identifier, sorted. Empty if it is known what
 * was created, or if nothing new is similar. Integrations of the lockfile or of another journal record don't count.
 */
export function doubtfulHashes(create: InterruptedCreate, search: TwinSearch): readonly HashId[] {
  const { observed, lock, creates } = search;
  if (create.hashId !== undefined) return [];
  const owned = new Set<HashId | undefined>([
    ...[...lock.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]),
    ...[...creates.values()].map(({ hashId }) => hashId),
  ]);
  if (createdCandidates(create, observed).some(({ hashId }) => !owned.has(hashId))) return [];
  // An integration with the exact identifier of another unanswered creation belongs to that one.
  const others = [...creates.values()].filter((other) => other !== create && other.hashId === undefined);
  const isAnothers = (hashId: HashId): boolean =>
    others.some((other) => createdCandidates(other, observed).some((view) => view.hashId === hashId));
  return twinsInPart(create, observed)
    .map(({ hashId }) => hashId)
    .filter((hashId) => !owned.has(hashId) && !isAnothers(hashId) && mayBeFrom(create, observed.live.get(hashId)))
    .toSorted(compareTexts);
}

/** The keys for which it isn't known what was created. */
export function doubtfulCreations(search: TwinSearch): Map<Key, readonly HashId[]> {
  return new Map(
    [...search.creates].flatMap(([key, create]) => {
      const hashes = doubtfulHashes(create, search);
      return hashes.length === 0 ? [] : [[key, hashes] as const];
    }),
  );
}

/** Twins in the part of the list where the interrupted creation would appear. Their full view may show another place. */
export function twinsInPart(
  create: InterruptedCreate,
  { parts }: Pick<ObservedWorkspace, "parts">,
): readonly ListedIntegration[] {
  const part = listPartOf(create);
  const listed = part === undefined ? undefined : parts.get(part);
  return listed === undefined || "why" in listed ? [] : newTwins(create, listed);
}

/** Whether an integration may come from this creation. One that can't be read may. */
function mayBeFrom(create: InterruptedCreate, live: LiveIntegration | undefined): boolean {
  return live === undefined || isSameIdentity(create, live);
}

/** Nothing is created for the key until a person says whether one of these belongs to it. */
export function doubtfulRefusal(key: Key, hashes: readonly HashId[]): Refusal {
  const [first = ""] = hashes;
  const several = hashes.length > 1;
  return {
    code: "doubtful-creation",
    message: `the response to its creation was lost, and ${hashes.join(", ")} ${several ? "have" : "has"} appeared since, with the same type and name but another identifier: ${several ? "one of them" : "it"} may be the new integration`,
    hint: `if it is, run \`buddy-integrations import ${shellWord(key)} ${first}\`; if it is not, apply with --recreate ${shellWord(key)}`,
  };
}
