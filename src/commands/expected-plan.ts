import { pathsFromTop } from "../checkout/repository-top.ts";
import { errorDiagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result } from "../model/integration.ts";
import type { Plan } from "../plan/change.ts";
import { classifyHash, planHash } from "../plan/review/plan-hash.ts";
import { comparePlans, type PlanDifference } from "../plan/review/compare-plans.ts";
import { findReviewedPlan, readReviewedReport } from "../plan/review/reviewed-report.ts";
import { readInput } from "./read-input.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { stop, type CommandStop } from "./stop.ts";

export interface ExpectOptions extends WorkspaceOptions {
  /** The reviewed plan: a file or `v2:sha256:…`; undefined: any plan will do. */
  readonly expect: string | undefined;
}

/** Whether the plan is the reviewed one; if not, why not, in words. */
export async function checkExpectedPlan(
  { io, options: { expect: expected, file } }: Session<ExpectOptions>,
  plan: Plan,
): Promise<Result<void, CommandStop>> {
  if (expected === undefined) return success(undefined);
  if (classifyHash(expected) !== "none") return checkExpectedHash(expected, plan);
  const bytes = await readInput(io, expected, LARGEST_PLAN);
  if (!bytes.ok) {
    const message = `${expected} (--expect) can't be read: ${bytes.error.message}`;
    return stop("invalid", errorDiagnostic("missing-file", message));
  }
  const wrong = (why: string): Result<never, CommandStop> =>
    stop("invalid", errorDiagnostic("wrong-plan", `${expected} (--expect): ${why}`, PLAN_AGAIN));
  const report = readReviewedReport(new TextDecoder().decode(bytes.value));
  if (!report.ok) return wrong(report.error);
  const { api, workspace } = plan;
  const reviewed = findReviewedPlan(report.value, { api, workspace, file: (await pathsFromTop(io))(file) });
  if (!reviewed.ok) {
    const { kind, why } = reviewed.error;
    return kind === "unusable"
      ? wrong(why)
      : stalePlanStop(plan, [{ message: `${expected} (--expect) ${why}` }], PLAN_AGAIN);
  }
  const differences = comparePlans(reviewed.value, plan);
  if (differences.length === 0) return success(undefined);
  return stalePlanStop(
    plan,
    differences,
    "have the new plan reviewed, or bring the workspace or the file back to what was reviewed",
  );
}

const PLAN_AGAIN = "plan again with this version and for this file, and have it reviewed";
const LARGEST_PLAN = 64 * 1024 * 1024;

function checkExpectedHash(expected: string, plan: Plan): Result<void, CommandStop> {
  const kind = classifyHash(expected);
  if (kind === "malformed") {
    const message = "--expect: this isn't a plan hash, which is v2:sha256: and 64 of 0-9 and a-f";
    return stop("invalid", errorDiagnostic("wrong-plan", message, "copy the whole hash from the end of the plan"));
  }
  if (kind === "other version") {
    const message = "--expect: planned by another version of buddy-integrations, whose hashes mean something else";
    return stop("invalid", errorDiagnostic("wrong-plan", message, PLAN_AGAIN));
  }
  const hash = planHash(plan);
  if (expected === hash) return success(undefined);
  const message = `the plan isn't the reviewed one: ${hash ?? "an offline plan has no hash"} instead of ${expected}`;
  return stalePlanStop(
    plan,
    [{ message }],
    "see what changed with `buddy-integrations plan`, and have it reviewed again",
  );
}

/** The current plan is reported too: it is what a reviewer has to look at next. */
function stalePlanStop(plan: Plan, differences: readonly PlanDifference[], hint: string): Result<never, CommandStop> {
  const diagnostics = differences.map(({ message }, index) =>
    errorDiagnostic("stale-plan", message, index === differences.length - 1 ? hint : undefined),
  );
  return failure({ reasons: ["stale"], plan, diagnostics });
}
