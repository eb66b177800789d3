import type { Outcome } from "../apply/outcome.ts";
import type { Written } from "../config/load-config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import type { Plan } from "../plan/change.ts";
import { renderAnnotations } from "../render/annotations.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import type { PlaceOf } from "../render/place-of.ts";
import { withoutRunnerCommands } from "../model/printable.ts";
import { renderMarkdown } from "../render/markdown.ts";
import { renderOutcomes } from "../render/outcomes.ts";
import { renderPlanText, type PlanTextOptions } from "../render/plan-text.ts";
import { renderReportJson } from "../render/report-json.ts";

export type ReportFormat = "text" | "json" | "markdown" | "github";

/** What a run of `sync` has to say at its end, in whatever format. */
export interface SyncReport {
  readonly command: "sync --plan" | "sync --apply";
  readonly exit: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  readonly outcomes?: readonly Outcome[];
  /** Places in the file, once it has been read. */
  readonly placeOf?: PlaceOf;
}

export interface ReportOptions {
  readonly format: ReportFormat;
  readonly color: boolean;
  readonly quiet: boolean;
}

/** Writes the result to stdout. What went wrong is part of it in JSON and in annotations; else it goes to stderr as well. */
export function writeReport(result: SyncReport, options: ReportOptions, io: Io): ExitCode {
  const { format, color } = options;
  const problems = withoutRunnerCommands(renderDiagnostics(result.diagnostics, "text", { color }));
  switch (format) {
    case "text":
      io.stdout.write(withoutRunnerCommands(reportText(result, textOptions(options, io))));
      io.stderr.write(problems);
      break;
    case "json":
      io.stdout.write(renderReportJson(result));
      break;
    case "markdown":
      io.stdout.write(renderMarkdown(result));
      io.stderr.write(problems);
      break;
    case "github":
      io.stdout.write(renderAnnotations(result));
      // The log of the job is read as well.
      if (!options.quiet) io.stderr.write(withoutRunnerCommands(reportText(result, { color })));
      break;
    default:
      format satisfies never;
  }
  return result.exit;
}

/** The width of the terminal matters to people alone: lines of a log aren't broken. */
export function textOptions({ color }: Pick<ReportOptions, "color">, { stdout }: Pick<Io, "stdout">): PlanTextOptions {
  const { isTTY, columns } = stdout;
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
function reportText({ plan, outcomes }: SyncReport, options: PlanTextOptions): string {
  if (outcomes !== undefined) return renderOutcomes(outcomes, options);
  return plan === undefined ? "" : renderPlanText(plan, options);
}
