import type { HashId, Key } from "../../model/integration.ts";
import { flagsOf, planHash, reviewedChanges, reviewedUnsent } from "./plan-hash.ts";
import { canonicalJson } from "../compare/compare-values.ts";
import type { ReviewedChange, ReviewedPlan } from "./reviewed-plan.ts";

/** A difference between the reviewed plan and the one of now, in words. */
export interface PlanDifference {
  readonly message: string;
}

/**
 * How the plan of now differs from the reviewed one. A remainder is accepted: changes of the reviewed plan that are no
 * longer due, because an earlier try did them.
 */
export function comparePlans(reviewed: ReviewedPlan, now: ReviewedPlan): PlanDifference[] {
  const hash = planHash(now);
  if (hash !== undefined && hash === planHash(reviewed)) return [];
  const differences: PlanDifference[] = [];
  if (reviewed.api !== now.api || reviewed.workspace !== now.workspace) {
    differences.push({
      message: `reviewed was ${reviewed.workspace} at ${reviewed.api}, and this is ${now.workspace} at ${now.api}`,
    });
  }
  if (reviewed.offline || now.offline) differences.push({ message: "an offline plan can't be expected" });
  if (canonicalJson(flagsOf(reviewed)) !== canonicalJson(flagsOf(now))) {
    differences.push({
      message: `reviewed was with other flags: ${describeFlags(reviewed)} instead of ${describeFlags(now)}`,
    });
  }
  if (!reviewed.empty_lock && now.empty_lock) {
    differences.push({ message: "the lockfile is empty now, and wasn't when the plan was reviewed" });
  }
  const seen = new Set(reviewedChanges(reviewed));
  const [before, left] = [changesByKey(reviewed), changesByKey(now)];
  for (const change of now.changes) {
    const [reviewable] = reviewedChanges({ changes: [change] });
    if (reviewable === undefined || seen.has(reviewable)) continue;
    const sameKey = before.get(change.key) ?? [];
    if (completesReviewed(change, left.get(change.key) ?? [], sameKey)) continue;
    const isOtherwise = sameKey.some(({ action }) => action === change.action);
    differences.push({
      message: isOtherwise
        ? `reviewed otherwise: ${describeChange(change)}`
        : `not reviewed: ${describeChange(change)}`,
    });
  }
  return [...differences, ...unreviewedValues(reviewed, now), ...vanishedChanges(reviewed, now)];
}

/** Values that would be sent for the first time and that the reviewed plan doesn't list, nor its creation of the key. */
function unreviewedValues(reviewed: ReviewedPlan, now: ReviewedPlan): PlanDifference[] {
  const seen = new Set(reviewedUnsent(reviewed));
  const before = changesByKey(reviewed);
  return now.unsent.flatMap((value) => {
    const [text = ""] = reviewedUnsent({ unsent: [value] });
    if (seen.has(text) || isNamedByCreation(value, before.get(value.key) ?? [])) return [];
    const { key, path, variable } = value;
    return [{ message: `not reviewed: ${key}.${path} would be sent $${variable} if it is set` }];
  });
}

/** What an interrupted creation made is adopted, so that its values count as never sent. */
function isNamedByCreation(
  { path, variable }: ReviewedPlan["unsent"][number],
  reviewed: readonly ReviewedChange[],
): boolean {
  return reviewed.some(
    (change) =>
      (change.action === "create" || change.action === "replace") &&
      change.refused === undefined &&
      change.fields.some(
        (field) =>
          (path === field.path || path.startsWith(`${field.path}.`)) &&
          canonicalJson(field.after).includes(canonicalJson({ $secret: variable })),
      ),
  );
}

/**
 * What an earlier try made, as its journal says, and the lockfile doesn't hold yet. If its creation was reviewed, so are
 * its adoption, and an update that sends what the creation named. Both lists hold the changes of one key.
 */
function completesReviewed(
  change: ReviewedChange,
  now: readonly ReviewedChange[],
  reviewed: readonly ReviewedChange[],
): boolean {
  const made = reviewed.find((other) => other.action === "create" || other.action === "replace");
  if (made === undefined || made.refused !== undefined || made.type !== change.type) return false;
  if (change.refused !== undefined) return false;
  if (change.action === "adopt") return change.via === "journal" && isSamePlace(change, made);
  const isTaken = now.some((other) => other.action === "adopt" && other.via === "journal");
  if (change.action !== "update" || !isTaken) return false;
  const sent = new Set(made.fields.map(({ path, after }) => canonicalJson([path, after])));
  return change.fields.every(({ path, after }) => sent.has(canonicalJson([path, after])));
}

/** Whether what was found is what the reviewed creation was to make. */
function isSamePlace(
  found: Extract<ReviewedChange, { action: "adopt" }>,
  made: Extract<ReviewedChange, { action: "create" | "replace" }>,
): boolean {
  return found.identifier === made.identifier && found.scope === made.scope && found.project_name === made.project_name;
}

/** Reviewed changes that are neither due nor done. */
function vanishedChanges(reviewed: ReviewedPlan, now: ReviewedPlan): PlanDifference[] {
  const due = new Set(reviewedChanges(now));
  const left = changesByKey(now);
  return reviewed.changes.flatMap((change) => {
    const [reviewable] = reviewedChanges({ changes: [change] });
    if (reviewable === undefined || due.has(reviewable) || change.refused !== undefined) return [];
    const others = left.get(change.key) ?? [];
    // Already reported, as the same action in another form.
    const isTold = others.some(({ action }) => action === change.action);
    return isTold || isDone(change, others) ? [] : [{ message: `no longer planned: ${describeChange(change)}` }];
  });
}

function changesByKey({ changes }: ReviewedPlan): ReadonlyMap<Key, readonly ReviewedChange[]> {
  const groups = new Map<Key, ReviewedChange[]>();
  for (const change of changes) {
    const group = groups.get(change.key);
    if (group === undefined) groups.set(change.key, [change]);
    else group.push(change);
  }
  return groups;
}

/** What is done shows as an integration that is kept, or as one that is no longer there. */
function isDone(change: ReviewedChange, now: readonly ReviewedChange[]): boolean {
  switch (change.action) {
    case "delete":
    case "forget":
      return !now.some((other) => hashOfChange(other) === change.hash_id);
    case "replace":
      return now.some((other) => hashOfChange(other) !== undefined && hashOfChange(other) !== change.hash_id);
    case "create":
    case "adopt":
    case "update":
    case "rename":
    case "record":
      return now.length > 0;
    case "conflict":
    case "orphan":
    case "keep":
      return true;
    default:
      return change satisfies never;
  }
}

function hashOfChange(change: ReviewedChange): HashId | undefined {
  return "hash_id" in change ? change.hash_id : undefined;
}

function describeChange({ action, key, type, name }: ReviewedChange): string {
  return `${action} ${key} (${type} ${JSON.stringify(name)})`;
}

function describeFlags(plan: ReviewedPlan): string {
  const set = Object.entries(flagsOf(plan)).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll("_", "-")}`;
    if (value === false || (Array.isArray(value) && value.length === 0)) return [];
    return value === true ? [flag] : [`${flag} ${canonicalJson(value).replaceAll(/["[\]]/g, "")}`];
  });
  return set.length === 0 ? "none" : set.join(" ");
}
