import type { LockSection } from "../lockfile.ts";
import type { DesiredIntegration, HashId, Key } from "../model.ts";
import { ACTION_ORDER, type Change, type Plan } from "./change.ts";
import type { PlanContext, PlanInput, Wanted } from "./input.ts";
import { indexList } from "./match.ts";
import { namesOf } from "./names.ts";
import { planRemoval, planSuperseded } from "./removal.ts";
import { applySafetyRules, refuseSharedAdoptions } from "./safety.ts";
import { planWanted } from "./wanted.ts";
import { warningsFor } from "./warnings.ts";

/** (desired, live, lock) to an ordered list of changes: the one function behind `--plan` and `--apply`. Pure. */
export function planIntegrations(input: PlanInput): Plan {
  const { desired, lock, flags } = input;
  const owners = new Map([...lock].map(([key, entry]) => [entry.hashId, key]));
  const wantedKeys = new Set(desired.map(({ key }) => key));
  const wanted = desired.map((integration) => locate(integration, lock, wantedKeys));
  const moved = new Set(wanted.flatMap(({ movedFrom }) => movedFrom ?? []));
  const movedTo = new Map(wanted.flatMap(({ desired: to, movedFrom }) => (movedFrom ? [[movedFrom, to.key]] : [])));
  const isSelected = selection(flags.only);
  const index = indexList(input.observed === "offline" ? [] : input.observed.listed);
  const context: PlanContext = { ...input, owners: rekeyed(owners, movedTo), index };

  const unwanted = [...lock].filter(([key]) => !wantedKeys.has(key) && !moved.has(key));
  const chosen = wanted.filter(
    ({ desired: { key }, movedFrom }) => isSelected(key) || (movedFrom !== undefined && isSelected(movedFrom)),
  );
  const chosenUnwanted = unwanted.filter(([key]) => isSelected(key));

  const changes = [
    ...chosen.flatMap((item) => planWanted(item, context)),
    ...chosen.flatMap(({ desired: { key }, entry }) => (entry ? planSuperseded(key, entry, context) : [])),
    ...chosenUnwanted.flatMap(([key, entry]) => planRemoval(key, entry, context)),
  ];
  const protectedKeys = new Set([
    ...desired.filter(({ lifecycle }) => lifecycle.protect).map(({ key }) => key),
    ...unwanted.filter(([, entry]) => entry.lifecycle.protect).map(([key]) => key),
  ]);
  const safe = applySafetyRules(refuseSharedAdoptions(changes), {
    locked: lock.size,
    protectedKeys,
    flags,
  });
  const plan = {
    api: input.target.api,
    workspace: input.target.workspace,
    flags,
    empty_lock: lock.size === 0,
    offline: input.observed === "offline",
    changes: inOrder(safe),
    left_out: wanted.length - chosen.length + (unwanted.length - chosenUnwanted.length),
    names: namesOf(input),
  };
  return { ...plan, warnings: warningsFor(plan.changes, context) };
}

/** The keys and globs of `--only`; none means every key. */
export function selection(only: readonly string[]): (key: Key) => boolean {
  if (only.length === 0) return () => true;
  const patterns = only.map((glob) => {
    const source = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${source.replaceAll(/\*+/g, ".*").replaceAll("?", ".")}$`, "s");
  });
  return (key) => patterns.some((pattern) => pattern.test(key));
}

/** The lock entry of a wanted integration: under its key, or under the first of its former keys that is free to move. */
export function locate(desired: DesiredIntegration, lock: LockSection, wantedKeys: ReadonlySet<Key>): Wanted {
  const entry = lock.get(desired.key);
  if (entry !== undefined) return { desired, entry };
  const movedFrom = desired.lifecycle.movedFrom.find((former) => lock.has(former) && !wantedKeys.has(former));
  const moved = movedFrom === undefined ? undefined : lock.get(movedFrom);
  return movedFrom === undefined || moved === undefined ? { desired } : { desired, entry: moved, movedFrom };
}

/** A renamed integration belongs to its new key already. */
function rekeyed(owners: ReadonlyMap<HashId, Key>, movedTo: ReadonlyMap<Key, Key>): ReadonlyMap<HashId, Key> {
  return new Map([...owners].map(([hashId, key]) => [hashId, movedTo.get(key) ?? key]));
}

function inOrder(changes: readonly Change[]): Change[] {
  const rank = (change: Change): number => ACTION_ORDER.indexOf(change.action);
  return changes.toSorted(
    (a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || (hashOf(a) < hashOf(b) ? -1 : 1),
  );
}

function hashOf(change: Change): HashId {
  return "hash_id" in change ? change.hash_id : "";
}
