import { pathsFromTop } from "../../checkout/repository-top.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { LARGEST_REPORT } from "../../model/limits.ts";
import type { Plan } from "../../plan/change.ts";
import { conditionDifferences } from "../../plan/review/plan-conditions.ts";
import { classifyHash, planHash } from "../../plan/review/plan-hash.ts";
import { reviewedPart, type PlanWithInputs } from "../../plan/review/reviewed-part.ts";
import type { ReviewedPlan } from "../../plan/review/reviewed-plan.ts";
import { findReviewedPlan, readReviewedReport } from "../../plan/review/reviewed-report.ts";
import { readInput } from "../inputs/read-input.ts";
import type { Session, WorkspaceOptions } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";

export interface ExpectOptions extends WorkspaceOptions {
  /** Reviewed plans: files, or one hash `v2:sha256:…`. Empty: any plan may be applied. */
  readonly expect: readonly string[];
}

/**
 * The part of the plan that was reviewed. With files, changes that none of them shows are refused (`not-reviewed`).
 * With a hash, the result is the whole plan or a stop.
 */
export async function expectedPart(
  session: Session<ExpectOptions>,
  prepared: PlanWithInputs,
): Promise<Result<Plan, CommandStop>> {
  const { plan } = prepared;
  const { expect } = session.options;
  const hash = expect.find((each) => classifyHash(each) !== "none");
  if (hash !== undefined) return expect.length === 1 ? checkExpectedHash(hash, plan) : SEVERAL;
  if (expect.length === 0) return success(plan);
  const reviewed = await readReviewedPlans(session, expect, plan);
  if (!reviewed.ok) return reviewed;
  const several = expect.length > 1;
  const differences = reviewed.value.flatMap(({ file, plan: each }) =>
    conditionDifferences(each, plan).map((message) => (several ? `${file}: ${message}` : message)),
  );
  if (differences.length > 0) return stalePlanStop(plan, differences, CONDITIONS_HINT);
  return success(
    reviewedPart(
      prepared,
      reviewed.value.map((each) => each.plan),
    ),
  );
}

const PLAN_AGAIN = "plan again with this version and for this file, and have it reviewed";
const CONDITIONS_HINT = "plan and apply with the same workspace, host and flags, or plan again and have it reviewed";

const SEVERAL = stop(
  "invalid",
  errorDiagnostic(
    "wrong-plan",
    "--expect: a hash is for a whole plan, so there can be no other --expect",
    "pass the files that plan --out wrote instead: there can be several",
  ),
);

interface FoundPlan {
  readonly file: string;
  readonly plan: ReviewedPlan;
}

/**
 * The reviewed plans for this file and workspace. A report may be about other files, so it has one or none. Reports
 * all problems of all reports at once.
 */
async function readReviewedPlans(
  { io, options: { file: desired } }: Session<ExpectOptions>,
  files: readonly string[],
  plan: Plan,
): Promise<Result<readonly FoundPlan[], CommandStop>> {
  const { api, workspace } = plan;
  const subject = { api, workspace, file: (await pathsFromTop(io))(desired) };
  const [plans, problems, absent]: [FoundPlan[], Diagnostic[], string[]] = [[], [], []];
  for (const file of files) {
    const wrong = (why: string): void => {
      problems.push(errorDiagnostic("wrong-plan", `${file} (--expect): ${why}`, PLAN_AGAIN));
    };
    const bytes = await readInput(io, file, LARGEST_REPORT);
    if (!bytes.ok) {
      problems.push(errorDiagnostic("missing-file", `${file} (--expect) can't be read: ${bytes.error.message}`));
      continue;
    }
    const report = readReviewedReport(new TextDecoder().decode(bytes.value));
    if (!report.ok) {
      wrong(report.error);
      continue;
    }
    const found = findReviewedPlan(report.value, subject);
    if (found.ok) plans.push({ file, plan: found.value });
    else if (found.error.kind === "absent") absent.push(`${file} (--expect) ${found.error.why}`);
    else wrong(found.error.why);
  }
  if (problems.length > 0) return stop("invalid", ...problems);
  return plans.length > 0 ? success(plans) : stalePlanStop(plan, absent, PLAN_AGAIN);
}

function checkExpectedHash(expected: string, plan: Plan): Result<Plan, CommandStop> {
  const kind = classifyHash(expected);
  if (kind === "malformed") {
    const message = "--expect: this isn't a plan hash, which is v2:sha256: and 64 hex digits (0-9, a-f)";
    return stop("invalid", errorDiagnostic("wrong-plan", message, "copy the whole hash from the end of the plan"));
  }
  if (kind === "other version") {
    const message = "--expect: this hash is from another version of buddy-integrations, whose hashes can't be compared";
    return stop("invalid", errorDiagnostic("wrong-plan", message, PLAN_AGAIN));
  }
  const hash = planHash(plan);
  if (expected === hash) return success(plan);
  const message = `the plan isn't the reviewed one: its hash is ${hash ?? "missing (offline)"}, and not ${expected}`;
  return stalePlanStop(
    plan,
    [message],
    "see what changed with `buddy-integrations plan`, and have it reviewed again; with a file of --out instead of a hash, the reviewed part is applied",
  );
}

/** Reports the current plan too, since a reviewer has to look at it next. */
function stalePlanStop(plan: Plan, differences: readonly string[], hint: string): Result<never, CommandStop> {
  const diagnostics = differences.map((message, index) =>
    errorDiagnostic("stale-plan", message, index === differences.length - 1 ? hint : undefined),
  );
  return failure({ reasons: ["stale"], plan, diagnostics });
}
