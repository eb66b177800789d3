import { errorDiagnostic } from "../model/diagnostic.ts";
import { LARGEST_REPORT } from "../model/limits.ts";
import { renderAnnotations } from "../render/annotations.ts";
import type { PlaceOf } from "../render/place-of.ts";
import { renderRunsMarkdown } from "../render/markdown-runs.ts";
import { renderRunsJson, type RunsReport } from "../render/report-json.ts";
import { renderRunsText } from "../render/runs-text.ts";
import { readSavedReport } from "../render/saved-report.ts";
import type { EndReason } from "../exit.ts";
import type { ConsoleOptions } from "./console.ts";
import { readInput } from "./inputs/read-input.ts";
import type { Session } from "./session.ts";
import { reportStop, stop } from "./stop.ts";
import { planTextOptions } from "./sync/sync-report.ts";

export interface RenderOptions extends ConsoleOptions {
  /** A report that plan or apply wrote. */
  readonly report: string;
  readonly format: "text" | "json" | "markdown" | "github";
}

/**
 * `render`: prints a saved report as the run that wrote it would have. Needs no file of desired state, token or
 * network.
 */
export async function render(session: Session<RenderOptions>): Promise<readonly EndReason[]> {
  const { io, options, console } = session;
  const bytes = await readInput(io, options.report, LARGEST_REPORT);
  if (!bytes.ok) {
    const message = `${options.report} can't be read: ${bytes.error.message}`;
    return reportStop(session, stop("invalid", errorDiagnostic("missing-file", message)).error);
  }
  const read = readSavedReport(new TextDecoder().decode(bytes.value));
  if (!read.ok) {
    const hint = "render shows what plan or apply wrote with --out or --report x.json, or printed with --format json";
    return reportStop(
      session,
      stop("invalid", errorDiagnostic("wrong-report", `${options.report}: ${read.error}`, hint)).error,
    );
  }
  const report = read.value;
  switch (options.format) {
    case "text":
      for (const diagnostics of [report.diagnostics, ...report.runs.map((run) => run.diagnostics)]) {
        console.problems(diagnostics);
      }
      io.stdout.write(renderRunsText(report, planTextOptions(session), options.quiet));
      break;
    case "json":
      io.stdout.write(renderRunsJson(report));
      break;
    case "markdown":
      io.stdout.write(renderRunsMarkdown(report));
      break;
    case "github":
      io.stdout.write(renderAnnotations(savedRunAnnotations(report)), "commands");
      break;
    default:
      options.format satisfies never;
  }
  return [];
}

/** The report doesn't have the place of each key, so annotations point to the top of the file. */
function savedRunAnnotations({ diagnostics, runs }: RunsReport) {
  const start = { line: 1, column: 1, offset: 0 };
  return [
    { diagnostics },
    ...runs.map((run) => {
      const placeOf: PlaceOf = () => ({ file: run.file, range: { start, end: start } });
      return { ...run, placeOf };
    }),
  ];
}
