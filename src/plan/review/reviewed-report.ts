import { jsonExcess } from "../../model/json-excess.ts";
import { DEEPEST_REPORT } from "../../model/limits.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { isCount, isObject, isText, listOf, objectOf, type CheckedBy } from "./checked-json.ts";
import { REPORT_FORMAT_MAJOR } from "../change.ts";
import { readReviewedPlan, type ReviewedPlan } from "./reviewed-plan.ts";

/** The parts of a plan's report that are needed to find a plan in it. The plans themselves are not checked yet. */
export type ReviewedReport = CheckedBy<typeof isReviewedReport>;

/** Which run of a report is meant: a plan is for one file and one workspace. */
export interface RunSubject {
  readonly api: string;
  readonly workspace: string;
  /** From the top of the repository. */
  readonly file: string;
}

/** Reads what `--out`, `--report` and `--format json` wrote. @returns the report, or what is wrong with it, in words */
export function readReviewedReport(text: string): Result<ReviewedReport, string> {
  const excess = jsonExcess(text, DEEPEST_REPORT);
  if (excess !== undefined) return failure(`it ${excess}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure("it isn't JSON");
  }
  if (!isObject(value)) return failure("it isn't the report of a plan");
  const version = "report_format" in value ? value.report_format : undefined;
  // Earlier versions wrote a plan without a report around it.
  if (version === undefined && !("plan_format" in value)) return failure("it isn't the report of a plan");
  if (typeof version !== "string" || !new RegExp(`^${REPORT_FORMAT_MAJOR}\\.\\d+$`).test(version)) {
    return failure(`planned by another version: its report_format isn't ${REPORT_FORMAT_MAJOR}.x`);
  }
  const command = "command" in value ? value.command : undefined;
  if (command !== "plan") return failure("it isn't the report of a plan");
  return isReviewedReport(value) ? success(value) : failure("it isn't a complete report");
}

/** `absent`: the report has no plan for this file and workspace; `unusable`: it has one that can't be relied on. */
export interface NoReviewedPlan {
  readonly kind: "absent" | "unusable";
  readonly why: string;
}

/** The plan of a report for this file and workspace. @returns the plan, or why there is none, in words */
export function findReviewedPlan(report: ReviewedReport, subject: RunSubject): Result<ReviewedPlan, NoReviewedPlan> {
  const ofFile = report.runs.filter(({ file }) => file === subject.file);
  const found = ofFile.filter(({ plan }) => isFor(plan, subject));
  const [run, second] = found;
  const named = `${subject.workspace} at ${subject.api} for ${subject.file}`;
  if (run?.plan === undefined) {
    const failed = ofFile.find(({ plan }) => plan === undefined);
    const isFailed = failed !== undefined;
    const why = isFailed
      ? `has no plan for ${subject.file}: planning ended with ${failed.exit_code}`
      : `holds no run of ${named}`;
    return failure({ kind: "absent", why });
  }
  if (second !== undefined) return failure({ kind: "unusable", why: `it holds two runs of ${named}` });
  // A plan that was refused as a whole wasn't reviewed. It may differ from a plan of an earlier review (`stale-plan`).
  const refusal = run.diagnostics.find(({ code, severity }) => severity === "error" && code !== "stale-plan");
  if (refusal !== undefined) {
    return failure({ kind: "unusable", why: `its plan for ${subject.file} was refused as a whole: ${refusal.code}` });
  }
  const plan = readReviewedPlan(run.plan);
  return plan.ok ? plan : failure({ kind: "unusable", why: plan.error });
}

const isAnyObject = (value: unknown): value is object => isObject(value);

const isReviewedRun = objectOf(
  {
    file: isText,
    exit_code: isCount,
    diagnostics: listOf(objectOf({ code: isText, severity: isText, message: isText }, {})),
  },
  { plan: isAnyObject },
);

const isReviewedReport = objectOf({ runs: listOf(isReviewedRun) }, {});

function isFor(plan: object | undefined, { api, workspace }: RunSubject): boolean {
  if (plan === undefined || !("api" in plan) || !("workspace" in plan)) return false;
  return plan.api === api && plan.workspace === workspace;
}
