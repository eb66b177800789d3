import type { LockSection } from "../model/lockfile.ts";
import type { HashId, Key } from "../model/integration.ts";
import { orderChanges } from "./action-order.ts";
import { isPassive, type Change, type LockRecord, type Plan, type Refusal } from "./change.ts";
import type { ObservedWorkspace, PlanContext, PlanInput } from "./input.ts";
import { keyFilter, passesKeyFilter } from "./match/key-filter.ts";
import { refuseWantedElsewhere } from "./match/other-files.ts";
import { lockState } from "./match/lock-state.ts";
import { doubtfulCreations } from "./match/doubtful-creations.ts";
import { checkJournal } from "./match/journal-claims.ts";
import { indexParts } from "./match/list-index.ts";
import { displayNames } from "./display-names.ts";
import { assumedRecords, notAssumedWarnings } from "./decide/assume.ts";
import { planRemoval, planSuperseded } from "./decide/remove.ts";
import { withInterruptedCreates } from "./match/interrupted-creates.ts";
import { applySafetyRules, keepAdoptedIntegrations, refuseSharedAdoptions } from "./review/safety.ts";
import { refuseSharedIdentifiers } from "./review/shared-identifiers.ts";
import { planWanted } from "./decide/wanted.ts";
import { unsentValues } from "./review/unsent-values.ts";
import { sortWarnings, warningsFor } from "./review/warnings.ts";

/**
 * Compares the desired state, the live workspace and the lockfile, and returns an ordered list of changes. `plan` and
 * `apply` both use this one pure function.
 */
export function planIntegrations(input: PlanInput): Plan {
  const { desired, flags, observed } = input;
  const journal =
    observed === "offline"
      ? { creates: input.interruptedCreates, refused: new Map<Key, Refusal>() }
      : checkJournal(input.interruptedCreates, input.lock, desired, observed);
  const lock =
    observed === "offline" ? input.lock : withInterruptedCreates(input.lock, journal.creates, desired, observed);
  const { live, parts } = observed === "offline" ? NOTHING_READ : observed;
  const refusedKeys = new Map([...journal.refused, ...input.unknownNames]);
  const { wanted, unwanted, ...state } = lockState(input, lock, refusedKeys);
  const context: PlanContext = {
    ...input,
    ...state,
    interruptedCreates: journal.creates,
    refusedKeys,
    live,
    parts,
    index: indexParts(parts),
    doubtful: doubtfulCreations({ observed: { live, parts }, lock, creates: input.interruptedCreates }),
  };

  const chosen = wanted.filter((item) => passesKeyFilter(item, flags));
  const isSelected = keyFilter(flags);
  const chosenUnwanted = unwanted.filter(([key]) => isSelected(key));

  const changes = [
    ...chosen.flatMap((item) => planWanted(item, context)),
    ...chosen.flatMap(({ desired: { key }, entry }) => (entry ? planSuperseded(key, entry, context) : [])),
    ...chosenUnwanted.flatMap(([key, entry]) => planRemoval(key, entry, context)),
  ];
  const isThere = (hashId: HashId): boolean => observed === "offline" || live.get(hashId) !== undefined;
  // A run that removes the protection only records that. A later run may delete or replace the integration.
  const protectedKeys = new Set([
    ...wanted
      .filter((item) => item.desired.lifecycle.protect || item.entry?.lifecycle.protect)
      .map(({ desired: { key } }) => key),
    ...unwanted.filter(([, entry]) => entry.lifecycle.protect).map(([key]) => key),
  ]);
  const careful = changes.map((change) =>
    refuseWantedElsewhere(refuseKey(withoutJournaledDeletion(change, input.lock), context), input.others),
  );
  const single = refuseSharedIdentifiers(refuseSharedAdoptions(careful), context);
  const safe = applySafetyRules(keepAdoptedIntegrations(single), {
    existing: new Set([...context.lock].flatMap(([key, { hashId }]) => (isThere(hashId) ? [key] : []))),
    protectedKeys,
    flags,
  });
  const ordered = orderChanges(
    flags.assume_sent === undefined
      ? [...safe, ...recordsFromJournal(input.lock, lock, safe)]
      : assumedRecords(chosen, flags.assume_sent, context),
  );
  const plan = {
    api: input.target.api,
    workspace: input.target.workspace,
    flags,
    empty_lock: input.lock.size === 0,
    offline: observed === "offline",
    changes: ordered,
    unsent: flags.assume_sent === undefined ? unsentValues(chosen, ordered) : [],
    ...countUnmanaged(lock, context, ordered),
    left_out: wanted.length - chosen.length + (unwanted.length - chosenUnwanted.length),
    names: displayNames(input, ordered),
  };
  const assumed = flags.assume_sent === undefined ? [] : notAssumedWarnings(chosen, flags.assume_sent, context);
  return { ...plan, warnings: sortWarnings([...warningsFor(ordered, context), ...assumed]) };
}

/** The number of listed integrations that no key has, and that this plan doesn't adopt. One that the plan forgets isn't counted yet. */
function countUnmanaged(
  lock: LockSection,
  { parts, others: { owners, held } }: PlanContext,
  changes: readonly Change[],
): Pick<Plan, "unmanaged"> {
  const lists = [...parts.values()].flatMap((part) => ("why" in part ? [] : [part]));
  if (lists.length === 0) return {};
  const adopted = new Set(changes.flatMap((change) => (change.action === "adopt" ? [change.hash_id] : [])));
  const locked = new Set([...lock.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const listed = new Set(lists.flat().map(({ hashId }) => hashId));
  const isFree = (hashId: HashId): boolean => [locked, owners, adopted, held].every((known) => !known.has(hashId));
  return { unmanaged: [...listed].filter(isFree).length };
}

const NOTHING_READ: ObservedWorkspace = { live: new Map(), parts: new Map() };

/**
 * A deletion never relies on the journal alone. What only the journal knows is recorded first. A later run deletes it, and
 * the plan of that run shows the deletion to reviewers.
 */
function withoutJournaledDeletion(change: Change, recorded: LockSection): Change {
  if (change.action !== "delete") return change;
  const entry = recorded.get(change.key);
  const isRecorded = entry?.hashId === change.hash_id || entry?.superseded.includes(change.hash_id) === true;
  return isRecorded ? change : { ...change, action: "orphan" };
}

function refuseKey(change: Change, { refusedKeys }: PlanContext): Change {
  const refused = refusedKeys.get(change.key);
  return refused === undefined || isPassive(change) || change.refused ? change : { ...change, refused };
}

/** Records of what only the journal knows, for keys that no other change of the plan records. */
function recordsFromJournal(recorded: LockSection, lock: LockSection, changes: readonly Change[]): LockRecord[] {
  const done = new Set(changes.filter((change) => !isPassive(change) && !change.refused).map(({ key }) => key));
  return [...lock].flatMap(([key, entry]): LockRecord[] => {
    const before = recorded.get(key);
    if (before === entry || done.has(key)) return [];
    const { type, hashId } = entry;
    const details = before?.hashId === hashId ? [{ path: "superseded" }] : [{ path: "hash_id" }];
    const name = changes.find((change) => change.key === key)?.name ?? key;
    return [{ action: "record", key, type, name, hash_id: hashId, details, basis: "journal" }];
  });
}
