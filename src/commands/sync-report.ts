import type { Outcome } from "../apply/outcome.ts";
import { pathsFromTop } from "../checkout/repository-top.ts";
import type { Written } from "../config/load-config.ts";
import { exitCode, type EndReason } from "../exit.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Plan } from "../plan/change.ts";
import { renderAnnotations } from "../render/annotations.ts";
import { renderMarkdown } from "../render/markdown.ts";
import { renderOutcomes } from "../render/outcomes.ts";
import type { PlaceOf } from "../render/place-of.ts";
import { renderPlanSummary, renderPlanText, type PlanTextOptions } from "../render/plan-text.ts";
import { renderRunsJson, type FileReport, type RunsReport } from "../render/report-json.ts";

import type { ConsoleOptions } from "./console.ts";
import { writeReportFiles, type ReportFilesOptions } from "./report-files.ts";
import type { Session } from "./session.ts";
import type { CommandStop } from "./stop.ts";

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
  /** Variables that an apply of it needs, and that aren't set here. */
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

/** What a run of `sync` has to say at its end, in whatever format. */
export type SyncReport = PlannedReport | AppliedReport | StoppedReport;

/**
 * Writes the result to the files that were asked for and to stdout. What went wrong is part of it in JSON and in
 * annotations; else it goes to stderr as well.
 *
 * @param placeOf places in the file, once it has been read
 * @returns the report's reasons, and more if a file could not be written; a command returns them in its turn
 */
export async function writeReport(
  session: Session<ReportOptions>,
  report: SyncReport,
  placeOf: PlaceOf = () => undefined,
): Promise<readonly EndReason[]> {
  const { io, options } = session;
  const { color, quiet } = options;
  session.console.progress?.end();
  const pathOf = await pathsFromTop(io);
  const file = pathOf(options.file);
  const unwritten = await writeReportFiles(session, renderRunsJson(runsReport(session, file, report), pathOf));
  const reasons: readonly EndReason[] = unwritten.length > 0 ? [...report.reasons, "invalid"] : report.reasons;
  const whole = runsReport(session, file, { ...report, reasons }, unwritten);
  const [run] = whole.runs;
  const shown = { ...run, command: whole.command, diagnostics: [...unwritten, ...report.diagnostics] };
  switch (options.format) {
    case "text":
      // The result comes last, where a person looks first.
      session.console.problems(shown.diagnostics);
      io.stdout.write(reportText(report, planTextOptions(session), quiet));
      break;
    case "json":
      io.stdout.write(renderRunsJson(whole, pathOf));
      break;
    case "markdown":
      io.stdout.write(renderMarkdown(shown));
      session.console.problems(shown.diagnostics);
      break;
    case "github":
      io.stdout.write(renderAnnotations({ ...shown, placeOf, pathOf }), "commands");
      // The log of the job is read as well.
      if (!quiet) io.stderr.write(reportText(report, { color }, quiet));
      break;
    default:
      options.format satisfies never;
  }
  return reasons;
}

/** @param unwritten problems of the run as a whole */
function runsReport(
  { io, options }: Session<ReportOptions>,
  file: string,
  { reasons, diagnostics, plan, ...ended }: SyncReport,
  unwritten: readonly Diagnostic[] = [],
): RunsReport & { readonly runs: readonly [FileReport] } {
  const exit = exitCode(reasons, io.signal);
  const outcomes = ended.kind === "applied" ? ended.outcomes : undefined;
  const run = { file, exit, diagnostics, plan, outcomes };
  return { command: options.mode, exit, diagnostics: unwritten, runs: [run] };
}

/** The width of the terminal matters to people alone: lines of a log aren't broken. */
export function planTextOptions({ io, options: { color } }: Session<ConsoleOptions>): PlanTextOptions {
  const { isTTY, columns } = io.stdout;
  return isTTY && columns !== undefined ? { color, columns } : { color };
}

/** A field's path in the plan as the file nests it: `permissions.users`, `extra.x.y` (where `x.y` is one name). */
export function placesInConfig(written: Written): PlaceOf {
  return (key, path) => {
    const [head, ...rest] = path?.split(".") ?? [];
    if (head === undefined) return written.placeOf(key);
    return written.placeOf(key, rest.length === 0 ? [head] : [head, rest.join(".")]);
  };
}

/** An apply has shown its plan before it began. */
function reportText(report: SyncReport, options: PlanTextOptions, quiet: boolean): string {
  if (report.kind === "applied") return renderOutcomes(report.outcomes, options);
  if (report.plan === undefined) return "";
  return quiet ? renderPlanSummary(report.plan, options) : renderPlanText(report.plan, options);
}
