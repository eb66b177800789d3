import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { isNotReviewed, type Change, type Plan } from "../plan/change.ts";
import { planHash } from "../plan/review/plan-hash.ts";
import { cutText, visibleText } from "../model/printable.ts";
import { counted } from "../model/text.ts";
import type { BlockLine } from "./block-line.ts";
import { changeBlocks, type ChangeBlock } from "./change-block.ts";
import { codeSpan, codeFence } from "./markdown-code.ts";
import { renderDiagnostics } from "./diagnostics.ts";
import { notDoneGroups, outcomeLine, outcomesSummary } from "./outcomes.ts";
import { truncateSections, type PageSection } from "./truncate-sections.ts";
import { isDestructive } from "../plan/loss.ts";
import { destructiveChanges, driftedFields, hashless, summaryLine, unprotectedKeys } from "./summary.ts";
import type { TextLimits } from "./field-text.ts";
import { brokenPipelines, groupWarnings, warningText } from "./warnings.ts";
import { unsentSections } from "./unsent-values.ts";

/** What a comment shows of a run. */
export interface MarkdownInput {
  readonly command: "plan" | "apply";
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan | undefined;
  readonly outcomes?: readonly Outcome[] | undefined;
}

/** GitHub's limit is 65,536 characters. Some are left for text that a workflow adds. */
export const COMMENT_LIMIT = 64_000;

const COMMENT_TEXT_LIMITS: TextLimits = { value: 160, lines: 40 };
/** More changes than this are folded. */
const MOST_UNFOLDED = 20;

/** A comment for a pull request: first what is deleted or replaced, then what is refused; the plan's hash comes last. */
export function renderComment(input: MarkdownInput): string {
  const { command, plan } = input;
  const mark = `<!-- buddy-integrations ${command}${plan === undefined ? "" : ` ${plan.workspace}`} -->`;
  return `${[mark, markdownSection(input, commentTitle(input), COMMENT_LIMIT - mark.length - 3)].join("\n\n")}\n`;
}

/** The part of a comment about one file, with at most `limit` characters. */
export function markdownSection(
  { plan, outcomes, diagnostics }: Pick<MarkdownInput, "plan" | "outcomes" | "diagnostics">,
  title: string,
  limit: number,
): string {
  const problems = problemSection(diagnostics, limit / 2);
  if (plan === undefined) return [title, ...problems].join("\n\n");
  const hash = planHash(plan);
  const tail = plan.flags.drift ? [] : [hash === undefined ? hashless(plan) : `Plan hash: ${codeSpan(hash)}`];
  const body = outcomes === undefined ? planBody(plan, problems) : outcomeBody(plan, outcomes, problems);
  const around = [title, ...tail].join("\n\n").length;
  return [title, ...truncateSections(body, limit - around - 2), ...tail].join("\n\n");
}

function planBody(plan: Plan, problems: readonly string[]): (PageSection | string)[] {
  const listed = plan.changes.filter(({ action }) => action !== "keep");
  const isAlarming = (change: Change): boolean => change.refused !== undefined || isDestructive(change);
  const alarming = changeBlocks(listed.filter(isAlarming), plan.names, COMMENT_TEXT_LIMITS);
  if (plan.flags.drift)
    return [`**${summaryLine(plan)}**`, ...problems, ...driftSection(plan), ...warningSection(plan)];
  const ordinary = changeBlocks(
    listed.filter((change) => !isAlarming(change)),
    plan.names,
    COMMENT_TEXT_LIMITS,
  );
  return [
    ...alerts(plan),
    `**${summaryLine(plan)}**`,
    ...problems,
    ...driftSection(plan),
    ...(alarming.length === 0
      ? []
      : [
          changesSection(
            plan.changes.some(isNotReviewed)
              ? "Deleted, replaced, refused or left out"
              : "Deleted, replaced or refused",
            alarming,
            true,
          ),
        ]),
    ...(ordinary.length === 0 ? [] : [changesSection("Changes", ordinary, ordinary.length <= MOST_UNFOLDED)]),
    ...unsentSections(plan).map(({ title, lines }): PageSection => ({
      wrap: (shown) => collapsibleDetails(title, codeFence(shown, "text"), lines.length <= MOST_UNFOLDED),
      lines,
      more: (count) => `… ${count} more lines: see the job's log`,
    })),
    ...warningSection(plan),
  ];
}

function outcomeBody(plan: Plan, outcomes: readonly Outcome[], problems: readonly string[]): (PageSection | string)[] {
  const left = notDoneGroups(outcomes).flatMap(({ label, what, message, hint }) => [
    `! ${label}: ${what}`,
    ...[message, hint].flatMap((text) => (text ? [`      ${text}`] : [])),
  ]);
  const done = outcomes.flatMap((outcome) => (outcome.kind === "done" ? [outcomeLine(outcome) ?? ""] : []));
  const more = (count: number): string => `… ${count} more lines: see the job's log`;
  return [
    `**${outcomesSummary(outcomes)}**`,
    ...problems,
    ...(left.length === 0 ? [] : [{ wrap: (lines: readonly string[]) => codeFence(lines, "diff"), lines: left, more }]),
    ...(done.length === 0
      ? []
      : [
          {
            wrap: (lines: readonly string[]) =>
              collapsibleDetails(`${done.length} done`, codeFence(lines, "text"), false),
            lines: done,
            more,
          },
        ]),
    ...warningSection(brokenPipelines(plan)),
  ];
}

function commentTitle({ command, plan, exit }: MarkdownInput): string {
  const failed = plan === undefined ? ` failed (exit ${exit})` : "";
  return `### Buddy integrations: ${command}${plan === undefined ? failed : ` for ${codeSpan(plan.workspace)}`}`;
}

/** Alerts of GitHub's Markdown, for what no reviewer should overlook. */
function alerts(plan: Plan): string[] {
  const doomed = destructiveChanges(plan);
  const refused = plan.changes.filter((change) => change.refused !== undefined && !isNotReviewed(change));
  const lines = (items: readonly string[]): string[] => [
    ...items.slice(0, MOST_UNFOLDED).map((item) => `> - ${item}`),
    ...(items.length > MOST_UNFOLDED ? [`> - and ${items.length - MOST_UNFOLDED} more`] : []),
  ];
  const short = (text: string): string => codeSpan(text.length > 200 ? `${cutText(text, 200)}…` : text);
  const unreviewed = plan.changes.filter(isNotReviewed).map(({ action, key }) => `${action} ${short(key)}`);
  const caution = doomed.map((change) => {
    const hash = change.action === "create" ? change.recreates : "hash_id" in change ? change.hash_id : undefined;
    return `**${DESTRUCTION_VERBS[change.action] ?? change.action}** ${short(change.key)}${hash === undefined ? "" : ` (${short(hash)})`}`;
  });
  const unprotected = unprotectedKeys(plan).map(short);
  const important = refused.map((change) => `${change.action} ${short(change.key)}: ${change.refused?.code ?? ""}`);
  return [
    ...(caution.length === 0
      ? []
      : [
          [
            "> [!CAUTION]",
            `> **${counted(caution.length, "integration")} deleted or replaced:**`,
            ...lines(caution),
          ].join("\n"),
        ]),
    ...(unprotected.length === 0
      ? []
      : [
          [
            "> [!CAUTION]",
            `> **${counted(unprotected.length, "integration")} no longer protected from being deleted or replaced:**`,
            ...lines(unprotected),
          ].join("\n"),
        ]),
    ...(important.length === 0
      ? []
      : [["> [!WARNING]", `> **${counted(important.length, "change")} refused:**`, ...lines(important)].join("\n")]),
    ...(unreviewed.length === 0
      ? []
      : [
          [
            "> [!WARNING]",
            `> **${counted(unreviewed.length, "change")} not reviewed, and left out:**`,
            ...lines(unreviewed),
          ].join("\n"),
        ]),
  ];
}

const DESTRUCTION_VERBS: Readonly<Record<string, string>> = {
  delete: "deletes",
  replace: "replaces",
  create: "recreates",
};

function driftSection(plan: Plan): PageSection[] {
  const drift = driftedFields(plan);
  if (drift.length === 0) return [];
  const isPutBack = !plan.flags.drift && drift.every(({ change }) => change.refused === undefined);
  const keys = [...new Set(drift.map(({ change }) => change.key))];
  const lines = keys.map((key) => {
    const paths = drift.filter(({ change }) => change.key === key).map(({ field }) => field.path);
    return `- ${codeSpan(key)}: ${paths.map(codeSpan).join(", ")}`;
  });
  return [
    {
      wrap: (shown) =>
        [
          `**Drift: changed in the workspace since the last apply${isPutBack ? ", and put back by this plan" : ""}**`,
          "",
          ...shown,
        ].join("\n"),
      lines,
      more: (left) => `- and ${left} more`,
    },
  ];
}

function changesSection(summary: string, blocks: readonly ChangeBlock[], open: boolean): PageSection {
  const lines = blocks.flatMap(diffLines);
  return {
    wrap: (shown) => collapsibleDetails(`${summary} (${blocks.length})`, codeFence(shown, "diff"), open),
    lines,
    more: (left) => `# … ${left} more lines: see the job's log, or the plan that --out wrote`,
  };
}

function warningSection({ warnings }: Pick<Plan, "warnings">): PageSection[] {
  if (warnings.length === 0) return [];
  const lines = groupWarnings(warnings).flatMap((group) => [
    `! ${warningText(group)}`,
    `    ${visibleText(group.hint)}`,
  ]);
  return [
    {
      wrap: (shown) => ["**Warnings**", "", codeFence(shown, "text")].join("\n"),
      lines,
      more: (left) => `… ${left} more lines`,
    },
  ];
}

function problemSection(diagnostics: readonly Diagnostic[], limit: number): string[] {
  if (diagnostics.length === 0) return [];
  const lines = renderDiagnostics(diagnostics, "text", { color: false }).trimEnd().split("\n");
  const shown = lines.slice(0, 300).map((line) => (line.length > 500 ? `${cutText(line, 500)}…` : line));
  const kept: string[] = [];
  let length = 0;
  for (const line of shown) {
    length += line.length + 1;
    if (length > limit) break;
    kept.push(line);
  }
  if (kept.length < lines.length) kept.push(`… ${lines.length - kept.length} more lines: see the job's log`);
  return [codeFence(kept, "text")];
}

/** GitHub colours the lines of a diff by their first character: `+` green, `-` red, `!` orange. */
function diffLines({ change, headline, lines }: ChangeBlock): string[] {
  const mark = change.refused === undefined ? DIFF_MARKS[change.action] : "!";
  return [`${mark} ${change.action}  ${headline}`, ...lines.map(diffLine)];
}

const DIFF_MARKS: Readonly<Record<ChangeBlock["change"]["action"], string>> = {
  create: "+",
  adopt: "+",
  update: "!",
  replace: "-",
  delete: "-",
  rename: " ",
  record: " ",
  forget: " ",
  orphan: " ",
  conflict: "!",
  keep: " ",
};

function diffLine({ kind, text }: BlockLine): string {
  const mark = kind === "new" ? "+" : kind === "gone" ? "-" : kind === "why" ? "!" : " ";
  return `${mark}     ${text}`;
}

function collapsibleDetails(summary: string, content: string, open: boolean): string {
  return [`<details${open ? " open" : ""}><summary>${summary}</summary>`, "", content, "", "</details>"].join("\n");
}
