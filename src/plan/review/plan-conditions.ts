import { canonicalJson } from "../compare/compare-values.ts";
import { flagsOf } from "./plan-hash.ts";
import type { ReviewedPlan } from "./reviewed-plan.ts";

/** The conditions that differ between the reviewed plan and the plan of this run, in words. If there are any, nothing is applied. */
export function conditionDifferences(reviewed: ReviewedPlan, now: ReviewedPlan): string[] {
  const differences: string[] = [];
  if (reviewed.api !== now.api || reviewed.workspace !== now.workspace) {
    differences.push(
      `the reviewed plan is for ${reviewed.workspace} at ${reviewed.api}, and this run for ${now.workspace} at ${now.api}`,
    );
  }
  if (reviewed.offline || now.offline) differences.push("an offline plan can't be applied");
  if (canonicalJson(flagsOf(reviewed)) !== canonicalJson(flagsOf(now))) {
    differences.push(`the reviewed plan has other flags: ${describeFlags(reviewed)} instead of ${describeFlags(now)}`);
  }
  if (!reviewed.empty_lock && now.empty_lock) {
    differences.push("the lockfile is empty now, and wasn't when the plan was reviewed");
  }
  return differences;
}

function describeFlags(plan: ReviewedPlan): string {
  const set = Object.entries(flagsOf(plan)).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll("_", "-")}`;
    if (value === false || (Array.isArray(value) && value.length === 0)) return [];
    return value === true ? [flag] : [`${flag} ${canonicalJson(value).replaceAll(/["[\]]/g, "")}`];
  });
  return set.length === 0 ? "none" : set.join(" ");
}
