import { createColors } from "picocolors";
import { describeFailure } from "../api/words/describe.ts";
import type { FailureCause, Outcome } from "../apply/outcome.ts";
import { visibleText } from "../model/printable.ts";
import type { Action } from "../plan/change.ts";
import { changeHeadline } from "./change-block.ts";
import { padTo } from "./width.ts";

/** One line as soon as a change is done, so that a CI log alone is enough to recover: action, key and hash. */
export function outcomeLine(outcome: Outcome): string | undefined {
  const { change } = outcome;
  switch (outcome.kind) {
    case "done": {
      const { remarks, hashId } = outcome;
      const remark = remarks.length === 0 ? "" : `  (warning: ${remarks.map(visibleText).join("; ")})`;
      return `${DONE_LABEL[change.action]} ${visibleText(change.key)} ${hashId}${remark}`;
    }
    case "failed":
    case "unknown": {
      const { message, hint } = describeCause(outcome.cause);
      const what = outcome.kind === "failed" ? "failed" : "outcome unknown";
      return `${what}: ${change.action} ${visibleText(change.key)}: ${message}${hint === undefined ? "" : `\n  ${hint}`}`;
    }
    case "refused":
    case "not-started":
      return undefined;
    default:
      return outcome satisfies never;
  }
}

/** What became of the plan, with all that was planned and not done. */
export function renderOutcomes(outcomes: readonly Outcome[], options: { readonly color: boolean }): string {
  const colors = createColors(options.color);
  const lines = [colors.bold(outcomesSummary(outcomes))];
  for (const outcome of notDone(outcomes)) {
    const { what, message, hint } = describeNotDone(outcome);
    lines.push(`  ${colors.red(padTo(NOT_DONE_LABEL[outcome.kind], 15))}  ${what}`);
    if (message !== undefined) lines.push(`      ${message}`);
    if (hint !== undefined) lines.push(`      ${colors.cyan("hint:")} ${hint}`);
  }
  return `${lines.join("\n")}\n`;
}

/** What was planned and not done, failures first. */
export function notDone(outcomes: readonly Outcome[]): Exclude<Outcome, { readonly kind: "done" }>[] {
  const left = outcomes.filter((outcome) => outcome.kind !== "done");
  return NOT_DONE_KINDS.flatMap((kind) => left.filter((outcome) => outcome.kind === kind));
}

/** `Apply: 19 done, 1 failed.` */
export function outcomesSummary(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return "Apply: nothing to do.";
  const count = (kind: Outcome["kind"]): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const left = NOT_DONE_KINDS.flatMap((kind) => (count(kind) > 0 ? [`${count(kind)} ${NOT_DONE_LABEL[kind]}`] : []));
  return `Apply: ${[`${count("done")} done`, ...left].join(", ")}.`;
}

/** Something that was planned and not done, and why; safe for a terminal. */
export interface NotDoneText {
  /** `create  aws_prod  AMAZON "AWS production"  (…)` */
  readonly what: string;
  readonly message?: string;
  readonly hint?: string;
}

export function describeNotDone(outcome: Exclude<Outcome, { readonly kind: "done" }>): NotDoneText {
  const { change } = outcome;
  const what = `${change.action}  ${changeHeadline(change, { value: 80 })}`;
  switch (outcome.kind) {
    case "refused": {
      const { message = "", hint } = change.refused ?? {};
      return { what, message: visibleText(message), ...(hint === undefined ? {} : { hint: visibleText(hint) }) };
    }
    case "failed":
    case "unknown":
      return { what, ...describeCause(outcome.cause) };
    case "not-started":
      return { what };
    default:
      return outcome satisfies never;
  }
}

/** Outcomes in the stable form of the JSON report. */
export function outcomesJson(outcomes: readonly Outcome[]): readonly Readonly<Record<string, unknown>>[] {
  return outcomes.map((outcome) => {
    const { action, key } = outcome.change;
    const base = { action, key, outcome: outcome.kind };
    switch (outcome.kind) {
      case "done":
        return { ...base, hash_id: outcome.hashId, remarks: outcome.remarks };
      case "failed":
      case "unknown":
        return { ...base, ...describeCause(outcome.cause) };
      case "refused": {
        const { basis: _basis, ...refused } = outcome.change.refused ?? {};
        return { ...base, ...refused };
      }
      case "not-started":
        return base;
      default:
        return outcome satisfies never;
    }
  });
}

const DONE_LABEL: Readonly<Record<Action, string>> = {
  create: "created",
  adopt: "adopted",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  rename: "renamed",
  record: "recorded",
  forget: "forgot",
  conflict: "conflict",
  orphan: "left",
  keep: "kept",
};

/** What is called how when it wasn't done. */
export const NOT_DONE_LABEL: Readonly<Record<Exclude<Outcome["kind"], "done">, string>> = {
  failed: "failed",
  unknown: "outcome unknown",
  refused: "refused",
  "not-started": "not started",
};

const NOT_DONE_KINDS = ["failed", "unknown", "not-started", "refused"] as const;

/** Why it failed, in the server's words where it said any; safe for a terminal. */
function describeCause(cause: FailureCause): { readonly message: string; readonly hint?: string } {
  const told = cause.kind === "state" ? cause : describeFailure(cause.failure);
  const hint = cause.hint ?? told.hint;
  return { message: visibleText(told.message), ...(hint === undefined ? {} : { hint: visibleText(hint) }) };
}
