import type { Plan } from "../plan/change.ts";
import { summarizePlan } from "./summary.ts";

/**
 * What the merge request of GitLab shows of plans (`artifacts:reports:terraform`): how much is to add, change and delete.
 * A replacement adds, since the old integration stays until `--prune`. What changes only the lockfile isn't counted.
 * @param plans undefined: a run that has no plan. GitLab then says that the report failed, and not that nothing changes.
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
