import type { Outcome } from "../../apply/outcome.ts";
import { pathsFromTop } from "../../checkout/repository-top.ts";
import type { ParsedConfig } from "../../config/load-config.ts";
import { exitCode, type EndReason } from "../../exit.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Plan } from "../../plan/change.ts";
import { renderAnnotations, type AnnotationsInput } from "../../render/annotations.ts";
import { renderCodeQuality } from "../../render/code-quality.ts";
import { findingsOfRuns } from "../../render/findings.ts";
import { renderRunsMarkdown } from "../../render/markdown-runs.ts";
import type { PlaceOf } from "../../render/place-of.ts";
import type { PlanTextOptions } from "../../render/plan-text.ts";
import { renderRunsJson, type FileReport, type RunsReport } from "../../render/report-json.ts";
import { renderRunsText } from "../../render/runs-text.ts";
import { renderSarif } from "../../render/sarif.ts";
import { renderTerraformReport } from "../../render/terraform-report.ts";

import type { ConsoleOptions } from "../console.ts";
import { writeReportFiles, type ReportFilesOptions } from "./report-files.ts";
import type { Session } from "../session.ts";
import type { CommandStop } from "../stop.ts";

export interface ReportOptions extends ReportFilesOptions {
  readonly mode: "plan" | "apply";
  readonly format: "text" | "json" | "markdown" | "github";
}

/** The plan was made. */
export interface PlannedReport {
  readonly kind: "planned";
  readonly reasons: readonly EndReason[];
  readonly diagnostics: readonly Diagnostic[];
  readonly plan: Plan;
  /** Variables that an apply of the plan needs, and that aren't set here. */
  readonly missing: readonly string[];
}

/** The plan was carried out, as far as the outcomes say. */
export interface AppliedReport {
  readonly kind: "applied";
  readonly reasons: readonly EndReason[];
  readonly diagnostics: readonly Diagnostic[];
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
}

/** Nothing was planned, or the plan wasn't carried out. */
export interface StoppedReport extends CommandStop {
  readonly kind: "stopped";
}

/** The result of `plan` or `apply` for one file, in any format. */
export type SyncReport = PlannedReport | AppliedReport | StoppedReport;

/** How one file of a run ended. */
export interface FileEnd {
  /** The path from the top of the repository. */
  readonly file: string;
  readonly report: SyncReport;
  /** Where keys and fields are in the file. Finds nothing if the file could not be read. */
  readonly placeOf: PlaceOf;
}

/** How a run ended: problems of the run as a whole, and the end of each file. */
export interface RunEnd {
  readonly diagnostics: readonly Diagnostic[];
  readonly reasons: readonly EndReason[];
  readonly files: readonly FileEnd[];
}

/**
 * Writes the result to stdout and to the files of `--out` and `--report`. JSON and annotations contain the problems;
 * with the other formats the problems go to stderr.
 * @returns the reasons of all files, and of a report that could not be written
 */
export async function writeReport(session: Session<ReportOptions>, ended: RunEnd): Promise<readonly EndReason[]> {
  const { io, options, console } = session;
  const { color, quiet } = options;
  console.progress?.end();
  const pathOf = await pathsFromTop(io);
  const places = new Map(ended.files.map(({ file, placeOf }) => [file, placeOf]));
  const placesOf = (file: string): PlaceOf => places.get(file) ?? (() => undefined);
  const report = runsReport(session, ended);
  const unwritten = await writeReportFiles(session, (kind) => {
    switch (kind) {
      case "json":
        return renderRunsJson(report, pathOf);
      case "markdown":
        return renderRunsMarkdown(report);
      case "sarif":
        return renderSarif(findingsOfRuns(report, { placesOf, pathOf }), report.exit);
      case "code-quality":
        return renderCodeQuality(findingsOfRuns(report, { placesOf, pathOf }));
      case "terraform":
        return renderTerraformReport(report.runs.map(({ plan }) => plan));
      default:
        return kind satisfies never;
    }
  });
  const whole: RunEnd =
    unwritten.length === 0
      ? ended
      : {
          ...ended,
          diagnostics: [...ended.diagnostics, ...unwritten],
          reasons: [...ended.reasons, "invalid"],
        };
  const shown = runsReport(session, whole);
  switch (options.format) {
    case "text":
      // Print the result last, where a person looks first.
      console.problems(whole.diagnostics);
      sayProblems(session, whole.files);
      io.stdout.write(renderRunsText(shown, planTextOptions(session), quiet));
      break;
    case "json":
      io.stdout.write(renderRunsJson(shown, pathOf));
      break;
    case "markdown":
      io.stdout.write(renderRunsMarkdown(shown));
      console.problems(whole.diagnostics);
      sayProblems(session, whole.files);
      break;
    case "github":
      io.stdout.write(renderAnnotations(annotationInputs(shown, placesOf), pathOf), "commands");
      // People also read the log of the job.
      if (!quiet) io.stderr.write(renderRunsText(shown, { color }, quiet));
      break;
    default:
      options.format satisfies never;
  }
  return [...whole.reasons, ...whole.files.flatMap(({ report: { reasons } }) => reasons)];
}

function annotationInputs({ diagnostics, runs }: RunsReport, placesOf: (file: string) => PlaceOf): AnnotationsInput[] {
  return [{ diagnostics }, ...runs.map((run) => ({ ...run, placeOf: placesOf(run.file) }))];
}

/** Writes the problems. With several files, those of each file are below its name. */
function sayProblems({ console }: Session<ReportOptions>, files: readonly FileEnd[]): void {
  for (const { file, report } of files) {
    console.problems(report.diagnostics, files.length > 1 ? file : undefined);
  }
}

function runsReport({ io, options }: Session<ReportOptions>, { diagnostics, reasons, files }: RunEnd): RunsReport {
  const all = [...reasons, ...files.flatMap(({ report }) => report.reasons)];
  const runs = files.map(({ file, report }): FileReport => ({
    file,
    exit: exitCode(report.reasons, io.signal),
    diagnostics: report.diagnostics,
    plan: report.plan,
    outcomes: report.kind === "applied" ? report.outcomes : undefined,
  }));
  return { command: options.mode, exit: exitCode(all, io.signal), diagnostics, runs };
}

/** The width only applies to a terminal: lines of a log aren't wrapped. */
export function planTextOptions({ io, options: { color } }: Session<ConsoleOptions>): PlanTextOptions {
  const { isTTY, columns } = io.stdout;
  return isTTY && columns !== undefined ? { color, columns } : { color };
}

/**
 * Finds places in the file by a field's path in the plan, such as `permissions.users` or `extra.x.y` (where `x.y` is
 * one name).
 */
export function placesInConfig(written: ParsedConfig): PlaceOf {
  return (key, path) => {
    const [head, ...rest] = path?.split(".") ?? [];
    if (head === undefined) return written.placeOf(key);
    return written.placeOf(key, rest.length === 0 ? [head] : [head, rest.join(".")]);
  };
}
