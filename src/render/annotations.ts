import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic, Place } from "../model/diagnostic.ts";
import type { Change, Plan } from "../plan/change.ts";
import { planHash } from "../plan/review/hash.ts";
import type { Locate } from "./locate.ts";
import { headline } from "./change-block.ts";
import { asAnnotation, type Annotation } from "./diagnostics.ts";
import { LEFT, leftOver, outcomesLine, undone } from "./outcomes.ts";
import { destructive, driftOf, summaryLine } from "./summary.ts";
import { groupWarnings, warningText } from "./warnings.ts";

export interface AnnotationsInput {
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  readonly outcomes?: readonly Outcome[];
  readonly locate?: Locate;
}

/**
 * Workflow commands of GitHub Actions, the gravest first, since it shows ten errors and ten warnings of a step: what
 * failed, what is refused, what is destroyed, warnings, drift, and a summary with the plan's hash.
 */
export function renderAnnotations({ diagnostics, plan, outcomes, locate = () => undefined }: AnnotationsInput): string {
  const problems = diagnostics.map(({ code, severity, message, hint, place }): Annotation => ({
    level: severity,
    title: code,
    text: lines(message, hint && `hint: ${hint}`),
    ...at(place),
  }));
  const found =
    plan === undefined ? [] : outcomes === undefined ? ofPlan(plan, locate) : ofOutcomes(plan, outcomes, locate);
  const all = [...problems, ...found];
  const grave = LEVELS.flatMap((level) => all.filter((annotation) => annotation.level === level));
  return grave.map((annotation) => `${asAnnotation(annotation)}\n`).join("");
}

const LEVELS = ["error", "warning", "notice"] as const;

function ofPlan(plan: Plan, locate: Locate): Annotation[] {
  return [
    ...plan.changes.flatMap((change) => refusal(change, locate)),
    ...losses(plan, locate),
    ...remarks(plan, locate),
    summary(plan, summaryLine(plan)),
  ];
}

function ofOutcomes(plan: Plan, outcomes: readonly Outcome[], locate: Locate): Annotation[] {
  const left = undone(outcomes).flatMap((outcome): Annotation[] => {
    const { change } = outcome;
    if (outcome.kind === "refused") return refusal(change, locate);
    const { what, message, hint } = leftOver(outcome);
    return [
      {
        level: "error",
        title: `${LEFT[outcome.kind]}: ${change.action} ${change.key}`,
        text: lines(message ?? what, hint && `hint: ${hint}`),
        ...at(locate(change.key)),
      },
    ];
  });
  const odd = outcomes.flatMap((outcome) => {
    if (outcome.kind !== "done") return [];
    const { change, remarks: said } = outcome;
    const title = `${change.action} ${change.key}`;
    return said.map((text): Annotation => ({ level: "warning", title, text, ...at(locate(change.key)) }));
  });
  return [...left, ...odd, summary(plan, outcomesLine(outcomes))];
}

function refusal(change: Change, locate: Locate): Annotation[] {
  const { refused, action, key } = change;
  if (refused === undefined) return [];
  return [
    {
      level: "error",
      title: `refused: ${action} ${key}`,
      text: lines(refused.message, refused.hint && `hint: ${refused.hint}`),
      ...at(locate(key)),
    },
  ];
}

function losses(plan: Plan, locate: Locate): Annotation[] {
  return destructive(plan).map((change) => ({
    level: "warning",
    title: `${change.action === "delete" ? "deletes" : "replaces"} ${change.key}`,
    text: `${change.action}  ${headline(change, { value: 80 })}`,
    ...at(locate(change.key)),
  }));
}

function remarks(plan: Plan, locate: Locate): Annotation[] {
  const warnings = groupWarnings(plan.warnings).map((group): Annotation => ({
    level: "warning",
    title: group.code,
    text: lines(warningText(group), `hint: ${group.hint}`),
    ...at(locate(group.first.key, group.first.path)),
  }));
  const drift = driftOf(plan).map(({ change: { key }, field: { path } }): Annotation => ({
    level: "notice",
    title: "drift",
    text: `${key}: ${path} was changed in the workspace, and this plan puts it back`,
    ...at(locate(key, path)),
  }));
  return [...warnings, ...drift];
}

function summary(plan: Plan, text: string): Annotation {
  const hash = planHash(plan);
  return { level: "notice", title: plan.workspace, text: lines(text, hash && `Plan hash: ${hash}`) };
}

function at(place: Place | undefined): { readonly place?: Place } {
  return place === undefined ? {} : { place };
}

function lines(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join("\n");
}
