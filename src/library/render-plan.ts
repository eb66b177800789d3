import { harmlessJson } from "../model/printable.ts";
import type { Outcome } from "../apply/outcome.ts";
import type { Plan } from "../plan/change.ts";
import { renderComment } from "../render/markdown.ts";
import { renderRunsJson, type RunsReport } from "../render/report-json.ts";
import { renderOutcomes } from "../render/outcomes.ts";
import { planDocument } from "../render/plan-json.ts";
import { renderPlanText } from "../render/plan-text.ts";

/** What the renderers show: a plan, or the outcomes of its apply if there are any. */
export interface Shown {
  readonly plan: Plan;
  readonly outcomes?: readonly Outcome[];
}

/**
 * Renders text for a terminal or a log.
 * @param layout `columns`: the width of the terminal; without it no line is wrapped
 */
export function renderText(
  { plan: shown, outcomes }: Shown,
  layout: { readonly color?: boolean; readonly columns?: number } = {},
): string {
  const { color = false, columns } = layout;
  if (outcomes !== undefined) return renderOutcomes(outcomes, { color });
  return renderPlanText(shown, { color, ...(columns === undefined ? {} : { columns }) });
}

/** Renders a comment for a pull request, of less than 65,536 characters. Destroyed integrations come first. */
export function renderMarkdown({ plan: shown, outcomes }: Shown): string {
  const common = { plan: shown, diagnostics: [], exit: 0 };
  return outcomes === undefined
    ? renderComment({ command: "plan", ...common })
    : renderComment({ command: "apply", ...common, outcomes });
}

/** Renders a plan as a JSON document (schemas/plan.schema.json), with its hash. It is safe to publish. */
export function renderJson(shown: Plan): string {
  return harmlessJson(planDocument(shown));
}

/**
 * Renders the report of a plan or an apply (schemas/report.schema.json), as `--out` writes it. `--expect` accepts it
 * as the reviewed plan, if its runs name their files from the top of the repository.
 */
export function renderReport(report: RunsReport): string {
  return renderRunsJson(report);
}
