import { resolve } from "node:path";
import { EXIT } from "../exit.ts";
import { readBytes } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import type { Plan } from "../plan/change.ts";
import { comparePlans, type PlanDifference } from "../plan/review/compare-plans.ts";
import { planHash } from "../plan/review/plan-hash.ts";
import { readReviewedPlan } from "../plan/review/reviewed-plan.ts";
import { errorDiagnostic, type CommandStop } from "./command-stop.ts";

/** Whether the plan is the reviewed one; if not, why not, in words. */
export async function checkExpectation(plan: Plan, expected: string, io: Io): Promise<CommandStop | undefined> {
  const hash = planHash(plan);
  if (expected.startsWith("sha256:") && !/^sha256:[0-9a-f]{64}$/.test(expected)) {
    const message = "--expect: that is no plan hash: sha256: and 64 of 0-9 and a-f";
    return { exit: EXIT.invalid, diagnostics: [errorDiagnostic("wrong-plan", message)] };
  }
  if (expected.startsWith("sha256:")) {
    if (expected === hash) return undefined;
    const message = `the plan isn't the reviewed one: ${hash ?? "an offline plan has no hash"} instead of ${expected}`;
    return stalePlanStop(plan, [{ message }], "see what changed with sync --plan, and have it reviewed again");
  }
  const bytes = await readBytes(resolve(io.cwd, expected), LARGEST_PLAN);
  if (!bytes.ok) {
    return {
      exit: EXIT.invalid,
      diagnostics: [errorDiagnostic("missing-file", `${expected} (--expect) can't be read: ${bytes.error.message}`)],
    };
  }
  const reviewed = readReviewedPlan(new TextDecoder().decode(bytes.value));
  if (!reviewed.ok) {
    return {
      exit: EXIT.invalid,
      diagnostics: [errorDiagnostic("wrong-plan", `${expected} (--expect): ${reviewed.error}`)],
    };
  }
  const differences = comparePlans(reviewed.value, plan);
  if (differences.length === 0) return undefined;
  return stalePlanStop(
    plan,
    differences,
    "have the new plan reviewed, or bring the workspace or the file back to what was reviewed",
  );
}

const LARGEST_PLAN = 64 * 1024 * 1024;

/** With the plan of now, since that is what a reviewer has to look at next. */
function stalePlanStop(plan: Plan, differences: readonly PlanDifference[], hint: string): CommandStop {
  return {
    exit: EXIT.stale,
    plan,
    diagnostics: differences.map(({ message }, index) =>
      errorDiagnostic("stale-plan", message, index === differences.length - 1 ? hint : undefined),
    ),
  };
}
