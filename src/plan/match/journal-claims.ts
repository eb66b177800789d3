import { isSameIdentity } from "../../model/identity.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { HashId, IntegrationWithIds, Key, LiveIntegration } from "../../model/integration.ts";
import type { Refusal } from "../change.ts";
import type { InterruptedCreate, ObservedWorkspace } from "../input.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

/** What the journal says, checked against the lockfile and what is live. */
export interface CheckedJournal {
  /** Without claims that aren't believed. */
  readonly creates: ReadonlyMap<Key, InterruptedCreate>;
  /** Keys with an impossible claim in the journal: nothing is done for them. */
  readonly refused: ReadonlyMap<Key, Refusal>;
}

/**
 * A journal is a file, and anybody may have written it. It may claim that an interrupted run created an integration. This
 * is believed only if the integration has the requested type, scope and project and the returned identifier, and belongs to
 * no other key. It may also claim that another integration is the predecessor. This is believed only if the lockfile or the
 * identifier of that one confirms it.
 */
export function checkJournal(
  creates: ReadonlyMap<Key, InterruptedCreate>,
  lock: LockSection,
  desired: readonly IntegrationWithIds[],
  observed: ObservedWorkspace,
): CheckedJournal {
  const wanted = new Map(desired.map((integration) => [integration.key, integration]));
  const believed = new Map<Key, InterruptedCreate>();
  const refused = new Map<Key, Refusal>();
  for (const [key, create] of creates) {
    const integration = wanted.get(key);
    const live = create.hashId === undefined ? undefined : observed.live.get(create.hashId);
    const why =
      live === undefined ? undefined : whyDisbelieved(create, live, ownersOf(live.hashId, lock), key, integration);
    const isUnknownKey = integration === undefined && !lock.has(key);
    if (why === undefined) believed.set(key, withBelievedPredecessor(create, key, integration, lock, observed));
    // If the file names the integration, or the lockfile has it under its new key, the journal isn't needed.
    else if (integration?.lifecycle.import === undefined && !(isUnknownKey && isOwned(create, lock)))
      refused.set(key, claimRefusal(create.hashId ?? "", why));
  }
  return { creates: believed, refused };
}

/** Why a live integration can't be the one that an interrupted run created for this key. */
function whyDisbelieved(
  create: InterruptedCreate,
  live: LiveIntegration,
  owners: readonly Key[],
  key: Key,
  wanted: IntegrationWithIds | undefined,
): string | undefined {
  const own = [key, ...(wanted?.lifecycle.movedFrom ?? [])];
  const other = owners.find((owner) => !own.includes(owner));
  if (other !== undefined) return `it belongs to the key ${other}`;
  // The lockfile confirms the claim.
  if (owners.length > 0) return undefined;
  if (!isSameIdentity(create, live)) return "it has another type, scope or project than requested";
  const { identifier, returnedIdentifier = identifier } = create;
  const now = originalIdentifier(live) ?? live.identifier;
  if (now === returnedIdentifier || (now === undefined && create.returnedIdentifier === undefined)) return undefined;
  return `its identifier is ${now ?? "empty"}, and ${returnedIdentifier} was returned`;
}

function ownersOf(hashId: HashId, lock: LockSection): readonly Key[] {
  return [...lock].flatMap(([key, entry]) =>
    entry.hashId === hashId || entry.superseded.includes(hashId) ? [key] : [],
  );
}

function isOwned({ hashId = "" }: InterruptedCreate, lock: LockSection): boolean {
  return ownersOf(hashId, lock).length > 0;
}

/** @param why after "but" */
export function claimRefusal(hashId: HashId, why: string): Refusal {
  return {
    code: "journal-claim",
    message: `the journal says that an interrupted apply created ${hashId} for this key, but ${why}`,
    hint: `if it belongs to this key, write lifecycle.import: ${hashId}; otherwise remove the lines of this key from the journal beside the lockfile`,
  };
}

/**
 * The replaced one becomes a former hash of the key, which `--prune` deletes. So the journal alone isn't enough: the
 * lockfile must have it, or it must have a temporary identifier from our replacement.
 */
function withBelievedPredecessor(
  create: InterruptedCreate,
  key: Key,
  wanted: IntegrationWithIds | undefined,
  lock: LockSection,
  { live }: ObservedWorkspace,
): InterruptedCreate {
  const { replaces, ...rest } = create;
  if (replaces === undefined) return create;
  const view = live.get(replaces);
  const own = [key, ...(wanted?.lifecycle.movedFrom ?? [])];
  const isLocked = own.some((each) => lock.get(each)?.hashId === replaces);
  const isSetAside = view !== undefined && originalIdentifier(view) !== undefined;
  return isLocked || (isSetAside && create.isLookUpOnly === undefined) ? create : rest;
}
