import { describeFailure } from "../api/describe.ts";
import type { Cause, Outcome } from "../apply/outcome.ts";
import { headline } from "./plan-text.ts";

/** One line as soon as a change is done, so that a CI log alone is enough to recover: action, key and hash. */
export function outcomeLine(outcome: Outcome): string | undefined {
  const { change } = outcome;
  switch (outcome.kind) {
    case "done": {
      const { remarks, hashId } = outcome;
      const remark = remarks.length === 0 ? "" : `  (warning: ${remarks.join("; ")})`;
      return `${DONE[change.action] ?? change.action} ${change.key} ${hashId}${remark}`;
    }
    case "failed":
    case "unknown": {
      const { message, hint } = describeCause(outcome.cause);
      const what = outcome.kind === "failed" ? "failed" : "outcome unknown";
      return `${what}: ${change.action} ${change.key}: ${message}${hint === undefined ? "" : `\n  ${hint}`}`;
    }
    case "refused":
    case "not-started":
      return undefined;
    default:
      return outcome satisfies never;
  }
}

/** What became of the plan, with all that was planned and not done. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  const count = (kind: Outcome["kind"]): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const counts = [
    `${count("done")} done`,
    ...LEFT.flatMap(([kind, words]) => (count(kind) > 0 ? [`${count(kind)} ${words}`] : [])),
  ];
  const left = outcomes.filter(({ kind }) => kind !== "done").map(leftLine);
  return `${[`Apply: ${counts.join(", ")}.`, ...left].join("\n")}\n`;
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
      case "refused":
        return { ...base, ...outcome.change.refused };
      case "not-started":
        return base;
      default:
        return outcome satisfies never;
    }
  });
}

const DONE: Readonly<Record<string, string>> = {
  create: "created",
  adopt: "adopted",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  rename: "renamed",
  record: "recorded",
  forget: "forgot",
};

const LEFT: readonly (readonly [Outcome["kind"], string])[] = [
  ["failed", "failed"],
  ["unknown", "with unknown outcome"],
  ["refused", "refused"],
  ["not-started", "not started"],
];

function leftLine(outcome: Outcome): string {
  const what = headline(outcome.change);
  switch (outcome.kind) {
    case "refused":
      return `  refused      ${outcome.change.action}  ${what}: ${outcome.change.refused?.message ?? ""}`;
    case "not-started":
      return `  not started  ${outcome.change.action}  ${what}`;
    case "failed":
    case "unknown":
      return `  ${outcome.kind.padEnd(12)} ${outcome.change.action}  ${what}: ${describeCause(outcome.cause).message}`;
    case "done":
      return "";
    default:
      return outcome satisfies never;
  }
}

function describeCause(cause: Cause): { readonly message: string; readonly hint?: string } {
  if (cause.kind === "state")
    return { message: cause.message, ...(cause.hint === undefined ? {} : { hint: cause.hint }) };
  const { message, hint } = describeFailure(cause.failure);
  const said = cause.hint ?? hint;
  return { message, ...(said === undefined ? {} : { hint: said }) };
}
