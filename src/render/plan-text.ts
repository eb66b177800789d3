import { createColors } from "picocolors";
import { visibleText } from "../model/printable.ts";
import type { Action, Change, Plan } from "../plan/change.ts";
import type { FieldChange } from "../plan/field-change.ts";
import { planHash } from "../plan/review/plan-hash.ts";
import { alikeCreations } from "./alike-creations.ts";
import type { BlockLine } from "./block-line.ts";
import { changeBlocks, changeTitle, fieldLines, type ChangeBlock } from "./change-block.ts";
import { alarms, driftedFields, hashless, summaryLine } from "./summary.ts";
import type { Paint } from "./paint.ts";
import type { TextLimits } from "./field-text.ts";
import { unsentSections } from "./unsent-values.ts";
import { groupWarnings, warningText } from "./warnings.ts";
import { padTo, wrapText } from "./width.ts";
import { wrapLines } from "./wrap-lines.ts";

export interface PlanTextOptions {
  readonly color: boolean;
  /** Width of the terminal. Undefined for a log, whose lines are not broken. */
  readonly columns?: number;
}

/** The plan for a person at a terminal or in a CI log. */
export function renderPlanText(plan: Plan, { color, columns }: PlanTextOptions): string {
  const page = new PlanPage(color, columns);
  page.line(`${page.colors.bold(plan.workspace)} at ${visibleText(plan.api)}`);
  if (plan.offline) {
    page.section();
    page.prose(
      "Offline plan, made from the lockfile only. It can't show changes in the workspace, integrations that exist there already, or the numbers of names.",
      "",
    );
  }
  page.drift(plan);
  // A drift report shows only the drift, not the changes that would put it back.
  if (!plan.flags.drift) page.changes("Changes", plan);
  page.unsent(plan);
  page.warnings(plan);
  page.section();
  page.summary(plan);
  return page.text();
}

/** The summary of a plan and its refused changes, for `--quiet`. */
export function renderPlanSummary(plan: Plan, { color, columns }: PlanTextOptions): string {
  const page = new PlanPage(color, columns);
  page.changes("Refused", { ...plan, changes: plan.changes.filter(({ refused }) => refused !== undefined) });
  page.summary(plan);
  return page.text();
}

/** How much of values is shown in a terminal of this width, or in a log. */
export function textLimitsFor(columns: number | undefined): TextLimits {
  return { value: columns === undefined ? 116 : Math.min(Math.max(columns - 30, 40), 160), lines: 60 };
}

/** Indents the second line of a heading as far as the lines below the heading. */
const HEAD_HANG = 4;

/** How many of the values that are sent for the first time are listed. */
const MOST_UNSENT = 10;

/** Collects the lines of a plan. */
class PlanPage {
  readonly colors: ReturnType<typeof createColors>;
  readonly #lines: string[] = [];
  readonly #columns: number | undefined;
  readonly #limits: TextLimits;

  constructor(color: boolean, columns: number | undefined) {
    this.colors = createColors(color);
    this.#columns = columns;
    this.#limits = textLimitsFor(columns);
  }

  /** @param hang additional indentation of the second part of a broken line */
  line(text: string, hang?: number): void {
    this.#lines.push(wrapLines(text, this.#columns, hang));
  }

  /** Adds an empty line, unless the last line is empty. */
  section(title?: string): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.line("");
    if (title !== undefined) this.#lines.push(this.colors.bold(title), "");
  }

  prose(text: string, indent: string, paint: Paint = String): void {
    const lines = this.#columns === undefined ? [text] : wrapText(text, Math.max(30, this.#columns - indent.length));
    for (const line of lines) this.line(`${indent}${paint(line)}`);
  }

  drift(plan: Plan): void {
    const byKey = new Map<string, FieldChange[]>();
    for (const { change, field } of driftedFields(plan)) {
      byKey.set(change.key, [...(byKey.get(change.key) ?? []), driftAsItHappened(field)]);
    }
    if (byKey.size === 0) return;
    this.section("Drift: changed in the workspace since the last apply");
    for (const [key, fields] of byKey) {
      this.line(`  ${this.colors.bold(key)}`);
      for (const line of fieldLines(fields, plan.names, this.#limits)) this.#body(line);
    }
  }

  changes(title: string, plan: Plan): void {
    const listed = plan.changes.filter(({ action }) => action !== "keep");
    if (listed.length === 0) return;
    this.section(title);
    const alike = alikeCreations(listed, plan.names, this.#limits);
    const width = listed.reduce((most, { action }) => Math.max(most, action.length), 0);
    let before = false;
    for (const block of changeBlocks(listed, plan.names, this.#limits)) {
      const shown = alike.get(block.change);
      const lines = shown === undefined ? block.lines : [];
      const isLong = lines.length > 0;
      if (before || isLong) this.section();
      before = isLong;
      this.line(this.#head(block, width, shown), HEAD_HANG);
      for (const line of lines) this.#body(line);
    }
    this.section();
  }

  /** One line with the counts, the alarms, and the hash. */
  summary(plan: Plan): void {
    this.line(summaryLine(plan, ({ text, action }) => (action === undefined ? text : this.paint(action)(text))));
    for (const { label, names, refused } of alarms(plan)) {
      this.prose(`${this.colors.red(refused ? label : this.colors.bold(label))}: ${names}.`, "");
    }
    if (plan.flags.drift) return;
    const hash = planHash(plan);
    this.line(hash === undefined ? hashless(plan) : `Plan hash: ${hash}`);
  }

  unsent(plan: Plan): void {
    for (const { title, lines } of unsentSections(plan)) {
      this.section(title);
      for (const line of lines.slice(0, MOST_UNSENT)) this.line(`  ${line}`);
      if (lines.length > MOST_UNSENT)
        this.line(`  … and ${lines.length - MOST_UNSENT} more; --format json lists them all`);
    }
  }

  warnings(plan: Plan): void {
    const { warnings } = plan;
    if (warnings.length === 0) return;
    this.section(plan.flags.drift ? "Gone and duplicate" : "Warnings");
    for (const group of groupWarnings(warnings)) {
      this.prose(`! ${warningText(group)}`, "  ", this.colors.yellow);
      this.prose(visibleText(group.hint), "    ");
    }
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  paint(action: Action | "refused"): Paint {
    const { green, cyan, yellow, red, dim } = this.colors;
    switch (action) {
      case "create":
        return green;
      case "adopt":
      case "rename":
        return cyan;
      case "update":
        return yellow;
      case "replace":
      case "delete":
      case "conflict":
      case "refused":
        return red;
      case "record":
      case "forget":
      case "orphan":
      case "keep":
        return dim;
      default:
        return action satisfies never;
    }
  }

  /** @param instead a text that is shown instead of the details */
  #head({ change, symbol, headline }: ChangeBlock, width: number, instead?: string): string {
    const paint = this.paint(change.action);
    const text = instead === undefined ? headline : `${changeTitle(change, this.#limits)}  ${this.colors.dim(instead)}`;
    return `  ${paint(`${padTo(symbol, 3)} ${padTo(change.action, width)}`)}  ${styledHeadline(change, text, this.colors.bold)}`;
  }

  #body({ kind, text }: BlockLine): void {
    const { green, red, dim } = this.colors;
    switch (kind) {
      case "new":
        return this.line(`      ${green(text)}`);
      case "gone":
        return this.line(`      ${red(text)}`);
      case "same":
        return this.line(`      ${dim(text)}`);
      case "value":
        return this.line(`      ${text}`);
      case "note":
        return this.prose(text, "      ", dim);
      case "why":
        return this.prose(text, "      ", (line) => this.colors.bold(red(line)));
      case "hint":
        return this.prose(text, "      ");
      default:
        return kind satisfies never;
    }
  }
}

/** Drift is shown in the order in which it happened: from what was sent to what is live. */
function driftAsItHappened(field: FieldChange): FieldChange {
  const { before, after } = field;
  return { ...field, reason: "edited", compared_with: "live", before: after, after: before ?? null };
}

function styledHeadline(change: Change, headline: string, bold: Paint): string {
  const key = visibleText(change.key);
  return bold(key) + headline.slice(key.length);
}
