import { codeSpan } from "./markdown-code.ts";
import { COMMENT_LIMIT, markdownSection, renderComment } from "./markdown.ts";
import { outcomesSummary } from "./outcomes.ts";
import type { FileReport, RunsReport } from "./report-json.ts";
import { summaryLine } from "./summary.ts";
import { truncateSections, type PageSection } from "./truncate-sections.ts";

/** Characters between two sections. */
const SEPARATOR = 2;

/**
 * One comment for all files: a table, then a section for each file whose details the table doesn't show. The sections
 * share the room: small ones are shown whole, and the others are cut to the same length.
 */
export function renderRunsMarkdown({ command, exit, diagnostics, runs }: RunsReport): string {
  const [only, ...others] = runs;
  if (only !== undefined && others.length === 0) {
    return renderComment({ ...only, command, diagnostics: [...diagnostics, ...only.diagnostics] });
  }
  if (only === undefined) return renderComment({ command, exit, diagnostics });
  const head = [
    `<!-- buddy-integrations ${command} -->`,
    `### Buddy integrations: ${command} for ${runs.length} files`,
    ...(diagnostics.length === 0 ? [] : [markdownSection({ diagnostics }, "#### Problems of the whole run", LEAST)]),
    ...truncateSections([tableOf(runs)], COMMENT_LIMIT / 4),
  ];
  const detailed = runs.filter(hasDetails);
  let room = COMMENT_LIMIT - head.join("\n\n").length - MORE_FILES;
  const sections = new Map<FileReport, string>();
  const sizes = new Map(detailed.map((run) => [run, runSection(run, COMMENT_LIMIT).length]));
  const bySize = detailed.toSorted((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
  for (const [index, run] of bySize.entries()) {
    const share = Math.floor(room / (bySize.length - index)) - SEPARATOR;
    if (share < LEAST) continue;
    const section = runSection(run, share);
    // A section that can't be cut further is only in the log.
    if (section.length > share) continue;
    sections.set(run, section);
    room -= section.length + SEPARATOR;
  }
  const shown = detailed.flatMap((run) => sections.get(run) ?? []);
  const left = detailed.length - shown.length;
  const more = left === 0 ? [] : [`… and ${left} more files: see the job's log, or the report`];
  return `${[...head, ...shown, ...more].join("\n\n")}\n`;
}

/** A shorter section would hold only its title. */
const LEAST = 600;
const MORE_FILES = 100;

function runSection(run: FileReport, limit: number): string {
  const workspace = run.plan === undefined ? "" : ` (${codeSpan(run.plan.workspace)})`;
  return markdownSection(run, `#### ${codeSpan(run.file)}${workspace}`, limit);
}

/** Whether a file needs a section. If there is nothing to do, the table shows all. */
function hasDetails({ exit, diagnostics, plan, outcomes }: FileReport): boolean {
  if (exit !== 0 || diagnostics.length > 0 || plan === undefined) return true;
  const hasChanges = plan.changes.some(({ action }) => action !== "keep");
  return hasChanges || plan.warnings.length > 0 || plan.unsent.length > 0 || (outcomes ?? []).length > 0;
}

function tableOf(runs: readonly FileReport[]): PageSection {
  const head = ["| file | workspace | result |", "| --- | --- | --- |"];
  return {
    lines: runs.map(tableRow),
    wrap: (shown) => [...head, ...shown].join("\n"),
    more: (left) => `| … and ${left} more | | |`,
  };
}

function tableRow(run: FileReport): string {
  const cells = [codeSpan(run.file), run.plan === undefined ? "" : codeSpan(run.plan.workspace), resultOf(run)];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The result for a file, in one line. */
export function resultOf({ exit, plan, outcomes }: FileReport): string {
  if (plan === undefined) return `failed (exit ${exit})`;
  const text = outcomes === undefined ? summaryLine(plan) : outcomesSummary(outcomes);
  return exit === 0 || exit === 2 ? text : `${text} (exit ${exit})`;
}
