import type { Change, Plan } from "./change.ts";
import { flagsOf, planHash, reviewedChanges } from "./hash.ts";
import { canonicalJson } from "./value.ts";

/** A difference between the reviewed plan and the one of now, in words. */
export interface Difference {
  readonly message: string;
}

/**
 * How the plan of now differs from the reviewed one. A remainder is accepted: changes of the reviewed plan that are no
 * longer due, because an earlier try did them.
 */
export function comparePlans(reviewed: Plan, now: Plan): Difference[] {
  const hash = planHash(now);
  if (hash !== undefined && hash === planHash(reviewed)) return [];
  const differences: Difference[] = [];
  if (reviewed.api !== now.api || reviewed.workspace !== now.workspace) {
    differences.push({
      message: `reviewed was ${reviewed.workspace} at ${reviewed.api}, and this is ${now.workspace} at ${now.api}`,
    });
  }
  if (reviewed.offline || now.offline) differences.push({ message: "an offline plan can't be expected" });
  if (canonicalJson(flagsOf(reviewed)) !== canonicalJson(flagsOf(now))) {
    differences.push({ message: `reviewed was with other flags: ${flagWords(reviewed)} instead of ${flagWords(now)}` });
  }
  if (!reviewed.empty_lock && now.empty_lock) {
    differences.push({ message: "the lockfile is empty now, and wasn't when the plan was reviewed" });
  }
  const seen = new Set(reviewedChanges(reviewed));
  for (const change of now.changes) {
    const [essence] = reviewedChanges({ changes: [change] });
    if (essence === undefined || seen.has(essence)) continue;
    const before = reviewed.changes.find((other) => other.key === change.key && other.action === change.action);
    differences.push({
      message: before === undefined ? `not reviewed: ${words(change)}` : `reviewed otherwise: ${words(change)}`,
    });
  }
  return [...differences, ...vanished(reviewed, now)];
}

/** Reviewed changes that are neither due nor done. */
function vanished(reviewed: Plan, now: Plan): Difference[] {
  const due = new Set(reviewedChanges(now));
  const known = new Set(now.changes.map(({ key }) => key));
  return reviewed.changes.flatMap((change) => {
    const [essence] = reviewedChanges({ changes: [change] });
    if (essence === undefined || due.has(essence) || change.refused !== undefined) return [];
    const isRemoval = change.action === "delete" || change.action === "forget";
    // What is done shows as an integration that is kept, or as one that is no longer there.
    return isRemoval || known.has(change.key) ? [] : [{ message: `no longer planned: ${words(change)}` }];
  });
}

function words({ action, key, type, name }: Change): string {
  return `${action} ${key} (${type} ${JSON.stringify(name)})`;
}

function flagWords(plan: Plan): string {
  const set = Object.entries(flagsOf(plan)).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll("_", "-")}`;
    if (value === false || (Array.isArray(value) && value.length === 0)) return [];
    return value === true ? [flag] : [`${flag} ${canonicalJson(value).replaceAll(/["[\]]/g, "")}`];
  });
  return set.length === 0 ? "none" : set.join(" ");
}
