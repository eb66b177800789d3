import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { harmlessJson } from "../model/printable.ts";
import { REPORT_FORMAT_MAJOR, type Plan } from "../plan/change.ts";
import { diagnosticJson, type PathOf } from "./diagnostics.ts";
import { outcomesJson } from "./outcomes.ts";
import { planDocument } from "./plan-json.ts";

/** Minor versions add fields, which readers ignore; a major version is another format, which readers refuse. */
export const REPORT_FORMAT = `${REPORT_FORMAT_MAJOR}.0`;

/** The result for one file of desired state. */
export interface FileReport {
  /** Its path from the top of the repository, with `/`. */
  readonly file: string;
  /** The exit code that the command would have if this were its only file. */
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined if no plan could be made. */
  readonly plan: Plan | undefined;
  /** Undefined if nothing was applied. */
  readonly outcomes: readonly Outcome[] | undefined;
}

/** What plan and apply report: one run for each file. */
export interface RunsReport {
  readonly command: "plan" | "apply";
  readonly exit: number;
  /** Those that belong to no single file. */
  readonly diagnostics: readonly Diagnostic[];
  readonly runs: readonly FileReport[];
}

/**
 * The report of plan and apply (schemas/report.schema.json): what `--format json` prints, and `--out` and `--report` write,
 * also when the run fails. Safe to publish.
 *
 * @param pathOf turns the paths in diagnostics into paths from the top of the repository, as the runs have them
 */
export function renderRunsJson(report: RunsReport, pathOf: PathOf = (file) => file): string {
  const { command, exit, diagnostics, runs } = report;
  return harmlessJson({
    report_format: REPORT_FORMAT,
    command,
    exit_code: exit,
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic, pathOf)),
    runs: runs.map((run) => fileReportJson(run, pathOf)),
  });
}

function fileReportJson({ file, exit, diagnostics, plan, outcomes }: FileReport, pathOf: PathOf): object {
  return {
    file,
    exit_code: exit,
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic, pathOf)),
    ...(plan === undefined ? {} : { plan: planDocument(withPaths(plan, pathOf)) }),
    ...(outcomes === undefined ? {} : { outcomes: outcomesJson(outcomes) }),
  };
}

/** The plan with paths of the repository in its warnings about pipelines. Warnings don't change the plan's hash. */
function withPaths(plan: Plan, pathOf: PathOf): Plan {
  const warnings = plan.warnings.map((warning) =>
    warning.place === undefined
      ? warning
      : { ...warning, place: { ...warning.place, file: pathOf(warning.place.file) } },
  );
  return { ...plan, warnings };
}

/** The report of `refs`, or of a command line that can't be parsed. */
export interface ReportInput {
  /** Undefined if the arguments could not be parsed. */
  readonly command?: "refs" | "refs --check" | "refs --usages";
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
  /** The properties that only this command has. */
  readonly rest?: object;
}

/** What `refs --format json` prints, also when it fails (schemas/report.schema.json). */
export function renderReportJson(input: ReportInput): string {
  return harmlessJson(reportDocument(input));
}

export function reportDocument({ command, exit, diagnostics, rest }: ReportInput): object {
  return {
    report_format: REPORT_FORMAT,
    ...(command === undefined ? {} : { command }),
    exit_code: exit,
    diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic)),
    ...rest,
  };
}
