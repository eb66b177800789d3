import type { HashId, IntegrationWithIds, Key } from "../../model/integration.ts";
import { inApplyOrder, orderChanges } from "../action-order.ts";
import {
  isNotReviewed,
  isPassive,
  type Adopt,
  type Change,
  type LockRecord,
  type Plan,
  type Update,
} from "../change.ts";
import type { FieldChange, UnsentValue } from "../field-change.ts";
import { comparableDesired } from "../compare/comparable.ts";
import { lastSentPart } from "../compare/lock-entry.ts";
import { shownDesired } from "../compare/shown-fields.ts";
import type { ObservedWorkspace } from "../input.ts";
import { forgottenHashes, takenOverHashes } from "./taken-over.ts";
import { leftOut } from "./left-out.ts";
import { createsField, createsWithVariable, ReviewedChanges } from "./reviewed-changes.ts";
import type { ReviewedPlan } from "./reviewed-plan.ts";
import { splitUpdate } from "./split-update.ts";

/** A plan, and what it was made from. */
export interface PlanWithInputs {
  readonly plan: Plan;
  readonly desired: readonly IntegrationWithIds[];
  readonly observed: ObservedWorkspace;
}

/**
 * The plan, in which every change that no reviewed plan shows is refused (`not-reviewed`). An update is compared field by
 * field, every other change as a whole. Two things need no review: a new value of an unchanged reference, and what the
 * journal recovers.
 */
export function reviewedPart({ plan, desired, observed }: PlanWithInputs, reviewed: readonly ReviewedPlan[]): Plan {
  const context: ReviewContext = {
    reviewed: new ReviewedChanges(reviewed),
    unsent: plan.unsent,
    desired: new Map(desired.map((integration) => [integration.key, integration])),
    live: observed.live,
  };
  const stuck = new Set<Key>();
  for (;;) {
    const changes = new Review(context, stuck).refuseUnreviewed(plan.changes);
    const more = blockedIdentifiers(changes).filter((key) => !stuck.has(key));
    if (more.length === 0) return withoutLeftOut({ ...plan, changes: orderChanges(changes) }, context);
    for (const key of more) stuck.add(key);
  }
}

interface ReviewContext {
  readonly reviewed: ReviewedChanges;
  readonly unsent: readonly UnsentValue[];
  readonly desired: ReadonlyMap<Key, IntegrationWithIds>;
  readonly live: ObservedWorkspace["live"];
}

/** Compares the changes of a plan with reviewed plans, in the order of an apply: a change follows those that it needs. */
class Review {
  readonly #context: ReviewContext;
  /** Keys whose new identifier still belongs to another integration. */
  readonly #stuck: ReadonlySet<Key>;
  readonly #left = new Map<Key, Change[]>();
  readonly #adopted = new Map<Key, Adopt>();
  /** Hashes that stay in the lockfile, since no reviewed plan forgets them, by their key. */
  readonly #locked = new Map<HashId, Key>();

  constructor(context: ReviewContext, stuck: ReadonlySet<Key>) {
    this.#context = context;
    this.#stuck = stuck;
  }

  refuseUnreviewed(changes: readonly Change[]): Change[] {
    return inApplyOrder(changes).flatMap((change) => {
      if (isPassive(change) || change.refused !== undefined) return [change];
      const parts = this.#reviewChange(change);
      const left = parts.filter(isNotReviewed);
      if (left.length > 0) this.#left.set(change.key, [...(this.#left.get(change.key) ?? []), ...left]);
      if (change.action === "adopt" && left.length === 0) this.#adopted.set(change.key, change);
      if (change.action === "forget" && left.length > 0)
        for (const hashId of forgottenHashes(change)) this.#locked.set(hashId, change.key);
      return parts;
    });
  }

  #reviewChange(change: Change): Change[] {
    const needed = (this.#left.get(change.key) ?? []).find((left) => needs(change, left));
    if (needed !== undefined)
      return [
        { ...change, refused: leftOut(`it needs the ${WORDS[needed.action] ?? needed.action}, which isn't reviewed`) },
      ];
    const [owner] = takenOverHashes(change).flatMap((hashId) => this.#locked.get(hashId) ?? []);
    if (owner !== undefined)
      return [
        { ...change, refused: leftOut(`the lockfile still has it as ${owner}, since no reviewed plan drops that`) },
      ];
    if (change.action === "update") return this.#reviewUpdate(change);
    if (this.#stuck.has(change.key) && (change.action === "create" || change.action === "replace"))
      return [{ ...change, refused: OCCUPIED }];
    if (this.#isWholeReviewed(change)) return [change];
    const why = this.#context.reviewed.hasOther(change)
      ? "a reviewed plan has it with other details"
      : "it isn't in a reviewed plan";
    return [{ ...change, refused: leftOut(why) }];
  }

  #isWholeReviewed(change: Change): boolean {
    const { reviewed } = this.#context;
    if (reviewed.hasWhole(change)) return true;
    if (change.action === "adopt") return isRecovered(change) || reviewed.creationOf(change) !== undefined;
    return change.action === "record" && this.#isRecordReviewed(change);
  }

  /** Whether each detail is in a reviewed record, or in a reviewed update that somebody has since made by hand. */
  #isRecordReviewed(record: LockRecord): boolean {
    const { reviewed, desired } = this.#context;
    const integration = desired.get(record.key);
    const wanted = integration === undefined ? [] : [...comparableDesired(integration)];
    const isDone = (part: string): boolean =>
      wanted.some(
        ([path, value]) =>
          (part === lastSentPart(path) || (path === "identifier" && IDENTIFIER_PARTS.has(part))) &&
          reviewed.hasField(record, path, shownDesired(path, value)),
      );
    return record.details.every((detail) => reviewed.hasDetail(record, detail) || isDone(detail.path));
  }

  #reviewUpdate(update: Update): Change[] {
    const { reviewed, unsent, desired, live } = this.#context;
    const [integration, view] = [desired.get(update.key), live.get(update.hash_id)];
    if (integration === undefined || view === undefined)
      return [{ ...update, refused: leftOut("the file or the workspace no longer has it") }];
    const adopted = this.#adopted.get(update.key);
    const made = adopted?.hash_id === update.hash_id ? reviewed.creationOf(adopted) : undefined;
    const isValueReviewed = (value: UnsentValue): boolean =>
      reviewed.hasUnsent(value) || (made !== undefined && createsWithVariable(made, value));
    const ownValues = unsent.filter(({ key }) => key === update.key);
    const unreviewedValues = ownValues.filter((value) => !isValueReviewed(value)).map(({ path }) => path);
    const isFieldReviewed = (field: FieldChange): boolean => {
      if (field.path === "identifier" && this.#stuck.has(update.key)) return false;
      if (reviewed.hasField(update, field.path, field.after)) return true;
      if (made !== undefined && createsField(made, field)) return true;
      if (field.basis !== "secret" || isWithin(field.path, unreviewedValues)) return false;
      const places = ownValues.map(({ path }) => path);
      return field.reason !== "never-sent" || isWithin(field.path, places);
    };
    const isLifecycleReviewed = (detail: Update["lifecycle"][number]): boolean => reviewed.hasLifecycle(update, detail);
    return splitUpdate(update, {
      desired: integration,
      live: view,
      isFieldReviewed,
      isLifecycleReviewed,
      unreviewedValues,
    });
  }
}

const WORDS: Readonly<Partial<Record<Change["action"], string>>> = {
  adopt: "adoption",
  record: "record in the lockfile",
};
const OCCUPIED = leftOut("another integration still has its identifier, and no reviewed plan changes that");
const IDENTIFIER_PARTS: ReadonlySet<string> = new Set(["identifier", "former_identifiers"]);

/** Whether a change of the same key can't be done without the other one. */
function needs(change: Change, other: Change): boolean {
  if (other.action === "rename") return true;
  if (other.action === "adopt") return change.action === "update";
  // A new integration is recorded with the whole lifecycle of the file.
  const isNew = change.action === "create" || change.action === "replace" || change.action === "adopt";
  return isNew && other.action === "record";
}

/** Whether an interrupted run of this checkout made it, as its journal says. Dropping a protection always needs a review. */
function isRecovered({ via, origin, details }: Adopt): boolean {
  const dropsProtection = details.some(({ path, before }) => path === "lifecycle.protect" && before === true);
  return via === "journal" && origin === "created" && !dropsProtection;
}

/** Whether one of these places is at or below a path. */
function isWithin(path: string, places: readonly string[]): boolean {
  return places.some((place) => place === path || place.startsWith(`${path}.`));
}

/** Keys that would get an identifier which another one keeps, since its update is left out. */
function blockedIdentifiers(changes: readonly Change[]): Key[] {
  const kept = new Map<unknown, Key>();
  for (const change of changes) {
    if (change.action !== "update" || !isNotReviewed(change)) continue;
    for (const { path, before } of change.fields) if (path === "identifier") kept.set(before, change.key);
  }
  const isKept = (identifier: unknown, key: Key): boolean => kept.has(identifier) && kept.get(identifier) !== key;
  return changes.flatMap((change) => {
    if (change.refused !== undefined) return [];
    if (change.action === "create" || change.action === "replace")
      return isKept(change.identifier, change.key) ? [change.key] : [];
    if (change.action !== "update") return [];
    return change.fields.some(({ path, after }) => path === "identifier" && isKept(after, change.key))
      ? [change.key]
      : [];
  });
}

/** The plan without warnings and values that are only about left-out changes. */
function withoutLeftOut(plan: Plan, { reviewed }: ReviewContext): Plan {
  const left = plan.changes.filter(isNotReviewed);
  if (left.length === 0) return plan;
  const done = plan.changes.filter((change) => !isPassive(change) && change.refused === undefined);
  const active = new Set(done.map(({ key }) => key));
  const idle = new Set(left.map(({ key }) => key).filter((key) => !active.has(key)));
  const isSent = ({ key, path }: UnsentValue): boolean =>
    done.some(
      (change) =>
        change.action === "update" && change.key === key && change.fields.some((field) => isWithin(field.path, [path])),
    );
  const isLeft = (key: Key, path: string | undefined): boolean =>
    left.some(
      (change) =>
        change.action === "update" && change.key === key && change.fields.some((field) => field.path === path),
    );
  return {
    ...plan,
    warnings: plan.warnings.filter(({ key, path }) => !idle.has(key) && !isLeft(key, path)),
    unsent: plan.unsent.filter((value) => !idle.has(value.key) && (isSent(value) || reviewed.hasUnsent(value))),
  };
}
