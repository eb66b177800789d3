import { visibleText, withoutRunnerCommands } from "../model/printable.ts";
import { renderOutcomes } from "./outcomes.ts";
import { renderPlanSummary, renderPlanText, type PlanTextOptions } from "./plan-text.ts";
import { resultOf } from "./markdown-runs.ts";
import type { FileReport, RunsReport } from "./report-json.ts";

/**
 * The result of a run as text. It has no plan for an apply, which printed it before. With several files, each has a heading,
 * and a list of all results comes last.
 */
export function renderRunsText({ runs }: Pick<RunsReport, "runs">, options: PlanTextOptions, quiet: boolean): string {
  const [only, ...others] = runs;
  if (only === undefined) return "";
  if (others.length === 0) return fileText(only, options, quiet);
  const texts = runs.map((run) => {
    const text = fileText(run, options, quiet);
    return text === "" ? "" : `${fileHeading(run.file)}\n${text}\n`;
  });
  const results = runs.map((run) => withoutRunnerCommands(`${visibleText(run.file)}: ${resultOf(run)}\n`));
  return [...texts, ...results].join("");
}

/** The heading above the text about a file. */
export function fileHeading(file: string): string {
  return withoutRunnerCommands(`== ${visibleText(file)} ==`);
}

function fileText({ plan, outcomes }: FileReport, options: PlanTextOptions, quiet: boolean): string {
  if (outcomes !== undefined) return renderOutcomes(outcomes, options);
  if (plan === undefined) return "";
  return quiet ? renderPlanSummary(plan, options) : renderPlanText(plan, options);
}
