import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { harmlessJson } from "../model/printable.ts";
import { REPORT_FORMAT_MAJOR, type Plan } from "../plan/change.ts";
import { diagnosticJson, type PathOf } from "./diagnostics.ts";
import { outcomesJson } from "./outcomes.ts";
import { planDocument } from "./plan-json.ts";

/** Minor versions add fields, which readers ignore; a major version is another format, which readers refuse. */
export const REPORT_FORMAT = `${REPORT_FORMAT_MAJOR}.0`;

/** What came of one file of desired state. */
export interface FileReport {
  /** Its path from the top of the repository, with `/`. */
  readonly file: string;
  /** What the command would end with, had it been the only file. */
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where nothing could be planned. */
  readonly plan: Plan | undefined;
  /** Of an apply that got as far as that. */
  readonly outcomes: readonly Outcome[] | undefined;
}

/** What plan and apply report: one run for each file. */
export interface RunsReport {
  readonly command: "plan" | "apply";
  readonly exit: number;
  /** Of no file in particular. */
  readonly diagnostics: readonly Diagnostic[];
  readonly runs: readonly FileReport[];
}

/**
 * The report of plan and apply (schemas/report.schema.json): what `--format json` prints, and `--out` and `--report` write,
 * also when the run fails. Safe to publish.
 *
 * @param pathOf makes the paths of files in diagnostics those of the repository, as the runs' are
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

/** Warnings of pipelines name their files. They don't count for the plan's hash. */
function withPaths(plan: Plan, pathOf: PathOf): Plan {
  const warnings = plan.warnings.map((warning) =>
    warning.place === undefined
      ? warning
      : { ...warning, place: { ...warning.place, file: pathOf(warning.place.file) } },
  );
  return { ...plan, warnings };
}

/** What `refs` reports, and a command line that can't be understood. */
export interface ReportInput {
  /** Undefined when the arguments could not be understood. */
  readonly command?: "refs" | "refs --check" | "refs --usages";
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
  /** What only this command says. */
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
