import type { Plan } from "../plan/change.ts";
import { summarizePlan } from "./summary.ts";

/**
 * The report that a merge request of GitLab shows (`artifacts:reports:terraform`): how many integrations the plans create,
 * update and delete. A replacement counts as a creation, since the old integration stays until `--prune`. Changes of only
 * the lockfile don't count.
 *
 * @param plans undefined for a run without a plan. GitLab then shows that the report failed, not that nothing changes.
 */
export function renderTerraformReport(plans: readonly (Plan | undefined)[]): string {
  if (plans.length === 0) return "{}\n";
  const total = { create: 0, update: 0, delete: 0 };
  for (const plan of plans) {
    if (plan === undefined) return "{}\n";
    const { counts } = summarizePlan(plan);
    total.create += counts.create + counts.replace;
    total.update += counts.update;
    total.delete += counts.delete;
  }
  return `${JSON.stringify(total)}\n`;
}
