import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { jsonExcess } from "../model/json-excess.ts";
import { DEEPEST_REPORT } from "../model/limits.ts";
import { REPORT_FORMAT_MAJOR, type Change } from "../plan/change.ts";
import { planHash } from "../plan/review/plan-hash.ts";
import type { FileReport, RunsReport } from "./report-json.ts";
import { validate, type SavedDiagnostic, type SavedOutcome, type SavedRun } from "./report-schema.generated.js";

/**
 * Reads a report that plan or apply wrote. The report may come from somebody else's run, so it must match its schema, and
 * its hash must be the hash of its plan.
 *
 * @returns the report, or what is wrong with it; that text quotes nothing of the report
 */
export function readSavedReport(text: string): Result<RunsReport, string> {
  const excess = jsonExcess(text, DEEPEST_REPORT);
  if (excess !== undefined) return failure(`it ${excess}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure("it isn't JSON");
  }
  if (typeof value !== "object" || value === null || !("report_format" in value)) return failure("it isn't a report");
  const version = value.report_format;
  if (typeof version !== "string" || !new RegExp(`^${REPORT_FORMAT_MAJOR}\\.\\d+$`).test(version)) {
    return failure(`another version wrote it: its report_format isn't ${REPORT_FORMAT_MAJOR}.x`);
  }
  if (!validate(value)) return failure("it doesn't match schemas/report.schema.json");
  const { command, exit_code: exit, diagnostics, runs } = value;
  if ((command !== "plan" && command !== "apply") || runs === undefined) {
    return failure("it isn't the report of a plan or an apply");
  }
  const files: FileReport[] = [];
  for (const run of runs) {
    const { plan } = run;
    if (plan !== undefined && planHash(plan) !== plan.hash) {
      return failure("its hash doesn't match its plan: it was edited, or another version wrote it");
    }
    const outcomes = outcomesOf(run);
    if (!outcomes.ok) return outcomes;
    const { file, exit_code, diagnostics: problems } = run;
    files.push({ file, exit: exit_code, diagnostics: problems.map(diagnosticOf), plan, outcomes: outcomes.value });
  }
  return success({ command, exit, diagnostics: diagnostics.map(diagnosticOf), runs: files });
}

function diagnosticOf({ code, severity, message, hint, file, start, end }: SavedDiagnostic): Diagnostic {
  return {
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(file === undefined || start === undefined || end === undefined
      ? {}
      : { place: { file, range: { start, end } } }),
  };
}

/** The outcomes with their changes. A report holds the cause of a failure only as text. */
function outcomesOf({ plan, outcomes }: SavedRun): Result<readonly Outcome[] | undefined, string> {
  if (outcomes === undefined) return success(undefined);
  const left = [...(plan?.changes ?? [])];
  const found: Outcome[] = [];
  for (const outcome of outcomes) {
    const index = left.findIndex((change) => change.action === outcome.action && change.key === outcome.key);
    const [change] = index === -1 ? [] : left.splice(index, 1);
    if (change === undefined) return failure("it has an outcome of a change that its plan doesn't have");
    found.push(savedOutcome(change, outcome));
  }
  return success(found);
}

function savedOutcome(change: Change, saved: SavedOutcome): Outcome {
  switch (saved.outcome) {
    case "done":
      return { change, kind: "done", hashId: saved.hash_id ?? "", remarks: saved.remarks ?? [] };
    case "failed":
    case "unknown": {
      const { message = "", hint } = saved;
      return {
        change,
        kind: saved.outcome,
        cause: { kind: "state", message, ...(hint === undefined ? {} : { hint }) },
      };
    }
    case "refused":
    case "not-started":
      return { change, kind: saved.outcome };
    default:
      return saved.outcome satisfies never;
  }
}
