import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic, Place, Range } from "../model/diagnostic.ts";
import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import type { Change, PlanWarning } from "../plan/change.ts";
import type { PathOf } from "./diagnostics.ts";
import { describeNotDone, notDone } from "./outcomes.ts";
import type { PlaceOf } from "./place-of.ts";
import type { FileReport, RunsReport } from "./report-json.ts";
import { driftedFields } from "./summary.ts";
import { groupWarnings, warningText } from "./warnings.ts";

/** Something that a reviewer should see at a line of a file. It is for systems that compare findings between runs. */
export interface ReportedFinding {
  readonly code: DiagnosticCode;
  readonly level: "error" | "warning";
  readonly message: string;
  readonly hint: string | undefined;
  /** Its path from the top of the repository. */
  readonly file: string;
  /** Undefined: the file as a whole. */
  readonly range: Range | undefined;
  /** Together with the code and the file, it identifies the finding, even when its line changes. */
  readonly subject: string;
}

/** Finds the places of findings. */
export interface FindingPlaces {
  /** The places in the file of a run. */
  readonly placesOf: (file: string) => PlaceOf;
  readonly pathOf: PathOf;
}

/** Problems, refused changes, warnings and failed changes of all runs. Errors come first. */
export function findingsOfRuns(
  { diagnostics, runs }: RunsReport,
  { placesOf, pathOf }: FindingPlaces,
): ReportedFinding[] {
  const [first] = runs;
  const whole = diagnosticFindings(diagnostics, { pathOf, file: first?.file ?? "integrations.yaml" });
  const found = runs.flatMap((run) => findingsOfRun(run, placesOf(run.file), pathOf));
  return errorsFirst([...whole, ...found]);
}

/** @param file shows the findings that have no place */
export function diagnosticFindings(
  diagnostics: readonly Diagnostic[],
  { pathOf, file }: { readonly pathOf: PathOf; readonly file: string },
): ReportedFinding[] {
  return diagnostics.map(({ code, severity, message, hint, place }) => ({
    ...whereIs(place, file, pathOf),
    code,
    level: severity,
    message,
    hint,
    subject: message,
  }));
}

function findingsOfRun(
  { file, diagnostics, plan, outcomes }: FileReport,
  placeOf: PlaceOf,
  pathOf: PathOf,
): ReportedFinding[] {
  const problems = diagnosticFindings(diagnostics, { pathOf, file });
  if (plan === undefined) return problems;
  const at = (change: Change) => ({ ...whereIs(placeOf(change.key), file, pathOf), subject: subjectOf(change) });
  const refused = plan.changes.flatMap((change): ReportedFinding[] => {
    const { key, action, refused: refusal } = change;
    if (refusal === undefined) return [];
    const { code, message, hint } = refusal;
    return [{ ...at(change), code, level: "error", message: `${action} ${key}: ${message}`, hint }];
  });
  const failed = notDone(outcomes ?? []).flatMap((outcome): ReportedFinding[] => {
    // It is in `refused` already.
    if (outcome.kind === "refused") return [];
    const { change } = outcome;
    const { message = "it was not started", hint } = describeNotDone(outcome);
    return [
      {
        ...at(change),
        code: codeOfOutcome(outcome),
        level: "error",
        message: `${change.action} ${change.key}: ${message}`,
        hint,
      },
    ];
  });
  const warnings = plan.warnings.map((warning) => warningFinding(warning, file, { placeOf, pathOf }));
  const drift = driftedFields(plan).map(({ change: { key }, field: { path } }): ReportedFinding => ({
    ...whereIs(placeOf(key, path), file, pathOf),
    code: "drift",
    level: "warning",
    message: `${key}: ${path} was changed in the workspace since the last apply`,
    hint: undefined,
    subject: JSON.stringify([key, path]),
  }));
  return [...problems, ...failed, ...refused, ...warnings, ...(outcomes === undefined ? drift : [])];
}

function warningFinding(
  warning: PlanWarning,
  file: string,
  { placeOf, pathOf }: { readonly placeOf: PlaceOf; readonly pathOf: PathOf },
): ReportedFinding {
  const { code, hint, key, path, place: elsewhere } = warning;
  const [group] = groupWarnings([warning]);
  const message = group === undefined ? warning.message : warningText(group);
  const base = { code, level: "warning", message, hint } as const;
  if (elsewhere === undefined) {
    return { ...base, ...whereIs(placeOf(key, path), file, pathOf), subject: JSON.stringify([key, path ?? ""]) };
  }
  const start = { line: elsewhere.line, column: elsewhere.column, offset: 0 };
  // A warning about a pipeline has a place in the pipeline's file.
  return {
    ...base,
    file: pathOf(elsewhere.file),
    range: { start, end: start },
    subject: JSON.stringify([key, message]),
  };
}

/** If the API failed, the code is that of the API's failure. */
function codeOfOutcome(outcome: Exclude<Outcome, { readonly kind: "done" | "refused" }>): DiagnosticCode {
  if (outcome.kind === "not-started") return "not-started";
  return outcome.cause.kind === "api" ? `api-${outcome.cause.failure.kind}` : "change-failed";
}

/** It has the hash of a deletion, since one key can have several deletions. */
function subjectOf(change: Change): string {
  return JSON.stringify([change.action, change.key, change.action === "delete" ? change.hash_id : ""]);
}

function whereIs(place: Place | undefined, file: string, pathOf: PathOf): Pick<ReportedFinding, "file" | "range"> {
  return place === undefined ? { file, range: undefined } : { file: pathOf(place.file), range: place.range };
}

function errorsFirst(findings: readonly ReportedFinding[]): ReportedFinding[] {
  return (["error", "warning"] as const).flatMap((level) => findings.filter((finding) => finding.level === level));
}

/** A system recognizes a finding by its fingerprint in the next run. It doesn't depend on lines, and no two are equal. */
export function fingerprintsOf(findings: readonly ReportedFinding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ code, file, subject }) => {
    const about = JSON.stringify([code, file, subject]);
    const count = seen.get(about) ?? 0;
    seen.set(about, count + 1);
    return count === 0 ? about : JSON.stringify([code, file, subject, count]);
  });
}
