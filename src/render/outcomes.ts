import { createColors } from "picocolors";
import { describeFailure, describeSharedFailure, failureCauseKey } from "../api/words/describe.ts";
import type { FailureCause, Outcome } from "../apply/outcome.ts";
import { visibleText } from "../model/printable.ts";
import { isNotReviewed, type Action, type Change } from "../plan/change.ts";
import { changeHeadline } from "./change-block.ts";
import { padTo } from "./width.ts";
import { wrapLines } from "./wrap-lines.ts";

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

/** The same for the outcomes of one run. If several failures have the same cause, only the first of them shows it. */
export function outcomeLines(): (outcome: Outcome) => string | undefined {
  const firstOf = new Map<string, string>();
  return (outcome) => {
    if (outcome.kind !== "failed" && outcome.kind !== "unknown") return outcomeLine(outcome);
    const { action, key } = outcome.change;
    const cause = JSON.stringify([outcome.kind, causeKey(outcome.cause)]);
    const first = firstOf.get(cause);
    if (first === undefined) {
      firstOf.set(cause, key);
      return outcomeLine(outcome);
    }
    const what = outcome.kind === "failed" ? "failed" : "outcome unknown";
    return `${what}: ${action} ${visibleText(key)}: for the same reason as ${visibleText(first)}`;
  };
}

/** All that was planned and not done, and a summary at the end. */
export function renderOutcomes(
  outcomes: readonly Outcome[],
  { color, columns }: { readonly color: boolean; readonly columns?: number },
): string {
  const colors = createColors(color);
  const lines = notDoneGroups(outcomes).flatMap(({ label, what, message, hint }) => [
    `  ${colors.red(padTo(label, 15))}  ${what}`,
    ...(message === undefined ? [] : [`      ${message}`]),
    ...(hint === undefined ? [] : [`      ${colors.cyan("hint:")} ${hint}`]),
  ]);
  if (lines.length > 0) lines.push("");
  lines.push(colors.bold(outcomesSummary(outcomes)));
  return `${lines.map((line) => wrapLines(line, columns, NOT_DONE_HANG)).join("\n")}\n`;
}

const NOT_DONE_HANG = 4;

/** The changes that were not done for one cause. */
export interface NotDoneGroup extends NotDoneText {
  readonly label: string;
}

/** Failures come first. Changes with the same action and the same cause are one group, which lists their keys. */
export function notDoneGroups(outcomes: readonly Outcome[]): NotDoneGroup[] {
  const groups = new Map<string, [NotDoneOutcome, ...NotDoneOutcome[]]>();
  for (const outcome of notDone(outcomes)) {
    const cause = JSON.stringify([outcome.kind, outcome.change.action, whyNotDone(outcome)]);
    const group = groups.get(cause);
    if (group === undefined) groups.set(cause, [outcome]);
    else group.push(outcome);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const label = notDoneLabel(first);
    if (group.length === 1) return { label, ...describeNotDone(first) };
    const names = group.map(({ change }) => nameOfChange(change)).join(", ");
    return { label, ...describeNotDone(first, "shared"), what: `${first.change.action}  ${names}` };
  });
}

/** It has the hash of a deletion, since one key can have several deletions. */
function nameOfChange(change: Change): string {
  const key = visibleText(change.key);
  return change.action === "delete" ? `${key} (${change.hash_id})` : key;
}

function whyNotDone(outcome: NotDoneOutcome): unknown {
  switch (outcome.kind) {
    case "failed":
    case "unknown":
      return causeKey(outcome.cause);
    case "refused":
      return [outcome.change.refused?.message, outcome.change.refused?.hint];
    case "not-started":
      return undefined;
    default:
      return outcome satisfies never;
  }
}

function causeKey(cause: FailureCause): string {
  return cause.kind === "state" ? JSON.stringify(cause) : JSON.stringify([failureCauseKey(cause.failure), cause.hint]);
}

/** What was planned and not done, failures first. */
export function notDone(outcomes: readonly Outcome[]): NotDoneOutcome[] {
  const left = outcomes.filter((outcome) => outcome.kind !== "done");
  return NOT_DONE_KINDS.flatMap((kind) => left.filter((outcome) => outcome.kind === kind));
}

type NotDoneOutcome = Exclude<Outcome, { readonly kind: "done" }>;

/** `Apply: 19 done, 1 failed.` */
export function outcomesSummary(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return "Apply: nothing to do.";
  const labels = notDone(outcomes).map(notDoneLabel);
  const left = [...NOT_DONE_KINDS.map((kind) => NOT_DONE_LABEL[kind]), NOT_REVIEWED].flatMap((label) => {
    const count = labels.filter((each) => each === label).length;
    return count > 0 ? [`${count} ${label}`] : [];
  });
  return `Apply: ${[`${outcomes.length - labels.length} done`, ...left].join(", ")}.`;
}

/** What was planned and not done, and why. Safe for a terminal. */
export interface NotDoneText {
  /** `create  aws_prod  AMAZON "AWS production"  (…)` */
  readonly what: string;
  readonly message?: string;
  readonly hint?: string;
}

/** @param cause `shared`: other changes failed for the same cause, so the text leaves out the request of this one */
export function describeNotDone(outcome: NotDoneOutcome, cause: "own" | "shared" = "own"): NotDoneText {
  const { change } = outcome;
  const what = `${change.action}  ${changeHeadline(change, { value: 80 })}`;
  switch (outcome.kind) {
    case "refused": {
      const { message = "", hint } = change.refused ?? {};
      return { what, message: visibleText(message), ...(hint === undefined ? {} : { hint: visibleText(hint) }) };
    }
    case "failed":
    case "unknown":
      return { what, ...describeCause(outcome.cause, cause) };
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

/** The word for why a change was not done. */
export function notDoneLabel({ kind, change }: NotDoneOutcome): string {
  return kind === "refused" && isNotReviewed(change) ? NOT_REVIEWED : NOT_DONE_LABEL[kind];
}

const NOT_REVIEWED = "not reviewed";

const NOT_DONE_LABEL: Readonly<Record<Exclude<Outcome["kind"], "done">, string>> = {
  failed: "failed",
  unknown: "outcome unknown",
  refused: "refused",
  "not-started": "not started",
};

const NOT_DONE_KINDS = ["failed", "unknown", "not-started", "refused"] as const;

/** Why a change failed, with the server's message if it returned one. Safe for a terminal. */
function describeCause(
  cause: FailureCause,
  of: "own" | "shared" = "own",
): { readonly message: string; readonly hint?: string } {
  const describe = of === "own" ? describeFailure : describeSharedFailure;
  const described = cause.kind === "state" ? cause : describe(cause.failure);
  const hint = cause.hint ?? described.hint;
  return { message: visibleText(described.message), ...(hint === undefined ? {} : { hint: visibleText(hint) }) };
}
