import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic, Place } from "../model/diagnostic.ts";
import { isNotReviewed, type Change, type Plan, type PlanWarning } from "../plan/change.ts";
import { planHash } from "../plan/review/plan-hash.ts";
import type { PlaceOf } from "./place-of.ts";
import { changeHeadline } from "./change-block.ts";
import { annotationCommand, type Annotation, type PathOf } from "./diagnostics.ts";
import { describeNotDone, notDoneLabel, outcomesSummary, notDone } from "./outcomes.ts";
import { destructiveChanges, driftedFields, summaryLine, unprotectedKeys } from "./summary.ts";
import { brokenPipelines, groupWarnings, warningText } from "./warnings.ts";

export interface AnnotationsInput {
  /** The file of the run. */
  readonly file?: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan | undefined;
  readonly outcomes?: readonly Outcome[] | undefined;
  readonly placeOf?: PlaceOf;
}

/**
 * Workflow commands of GitHub Actions. GitHub shows only ten errors and ten warnings of a step, so the most severe come
 * first: failures, refusals, deletions, replacements and dropped protection, warnings, drift, and a summary with the plan's hash. One list for
 * all files.
 */
export function renderAnnotations(inputs: readonly AnnotationsInput[], pathOf?: PathOf): string {
  const isOneOfSeveral = inputs.filter(({ plan }) => plan !== undefined).length > 1;
  const all = inputs.flatMap(({ file, ...input }) =>
    annotationsOf(input, isOneOfSeveral && file !== undefined ? `, ${file}` : ""),
  );
  const errorsFirst = LEVELS.flatMap((level) => all.filter((annotation) => annotation.level === level));
  return errorsFirst.map((annotation) => `${annotationCommand(annotation, pathOf)}\n`).join("");
}

/** @param ofFile follows the workspace in the title of the summary */
function annotationsOf(
  { diagnostics, plan, outcomes, placeOf = () => undefined }: AnnotationsInput,
  ofFile: string,
): Annotation[] {
  const problems = diagnostics.map(({ code, severity, message, hint, place }): Annotation => ({
    level: severity,
    title: code,
    text: joinLines(message, hint && `hint: ${hint}`),
    ...optionalPlace(place),
  }));
  const found =
    plan === undefined
      ? []
      : outcomes === undefined
        ? planAnnotations(plan, placeOf, ofFile)
        : outcomeAnnotations(plan, outcomes, placeOf, ofFile);
  return [...problems, ...found];
}

const LEVELS = ["error", "warning", "notice"] as const;

function planAnnotations(plan: Plan, placeOf: PlaceOf, ofFile: string): Annotation[] {
  return [
    ...plan.changes.flatMap((change) => refusalAnnotations(change, placeOf)),
    ...lossAnnotations(plan, placeOf),
    ...warningAnnotations(plan, placeOf),
    summaryAnnotation(plan, summaryLine(plan), ofFile),
  ];
}

function outcomeAnnotations(plan: Plan, outcomes: readonly Outcome[], placeOf: PlaceOf, ofFile: string): Annotation[] {
  const left = notDone(outcomes).flatMap((outcome): Annotation[] => {
    const { change } = outcome;
    if (outcome.kind === "refused") return refusalAnnotations(change, placeOf);
    const { what, message, hint } = describeNotDone(outcome);
    return [
      {
        level: "error",
        title: `${notDoneLabel(outcome)}: ${change.action} ${change.key}`,
        text: joinLines(message ?? what, hint && `hint: ${hint}`),
        ...optionalPlace(placeOf(change.key)),
      },
    ];
  });
  const remarkAnnotations = outcomes.flatMap((outcome) => {
    if (outcome.kind !== "done") return [];
    const { change, remarks } = outcome;
    const title = `${change.action} ${change.key}`;
    return remarks.map((text): Annotation => ({
      level: "warning",
      title,
      text,
      ...optionalPlace(placeOf(change.key)),
    }));
  });
  const warnings = planWarningAnnotations(brokenPipelines(plan), placeOf);
  return [...left, ...remarkAnnotations, ...warnings, summaryAnnotation(plan, outcomesSummary(outcomes), ofFile)];
}

function refusalAnnotations(change: Change, placeOf: PlaceOf): Annotation[] {
  const { refused, action, key } = change;
  if (refused === undefined) return [];
  return [
    {
      level: "error",
      title: `${isNotReviewed(change) ? "not reviewed" : "refused"}: ${action} ${key}`,
      text: joinLines(refused.message, leftOutFields(change), refused.hint && `hint: ${refused.hint}`),
      ...optionalPlace(placeOf(key)),
    },
  ];
}

/** The fields that were not reviewed: an update may be left out only in part. */
function leftOutFields(change: Change): string | undefined {
  if (change.action !== "update" || !isNotReviewed(change)) return undefined;
  return `left out: ${change.fields.map(({ path }) => path).join(", ")}`;
}

function lossAnnotations(plan: Plan, placeOf: PlaceOf): Annotation[] {
  const gone = destructiveChanges(plan).map((change): Annotation => ({
    level: "warning",
    title: `${change.action === "delete" ? "deletes" : "replaces"} ${change.key}`,
    text: `${change.action}  ${changeHeadline(change, { value: 80 })}`,
    ...optionalPlace(placeOf(change.key)),
  }));
  const unprotected = unprotectedKeys(plan).map((key): Annotation => ({
    level: "warning",
    title: `drops the protection of ${key}`,
    text: `${key} is no longer protected: a later run may delete or replace it`,
    ...optionalPlace(placeOf(key)),
  }));
  return [...gone, ...unprotected];
}

function planWarningAnnotations(plan: Pick<Plan, "warnings">, placeOf: PlaceOf): Annotation[] {
  return groupWarnings(plan.warnings).map((group): Annotation => ({
    level: "warning",
    title: group.code,
    text: joinLines(warningText(group), `hint: ${group.hint}`),
    ...optionalPlace(placeOfWarning(group.first, placeOf)),
  }));
}

function warningAnnotations(plan: Plan, placeOf: PlaceOf): Annotation[] {
  const drift = driftedFields(plan).map(({ change: { key, refused }, field: { path } }): Annotation => ({
    level: "notice",
    title: "drift",
    text: `${key}: ${path} was changed in the workspace${plan.flags.drift ? "" : whatPlanDoes(refused)}`,
    ...optionalPlace(placeOf(key, path)),
  }));
  return [...planWarningAnnotations(plan, placeOf), ...drift];
}

function whatPlanDoes(refused: Change["refused"]): string {
  return `, and this plan ${refused === undefined ? "puts it back" : "leaves it"}`;
}

/** A warning about a pipeline is shown in the pipeline's file. */
function placeOfWarning({ key, path, place }: PlanWarning, placeOf: PlaceOf): Place | undefined {
  if (place === undefined) return placeOf(key, path);
  const { file, line, column } = place;
  const at = { line, column, offset: 0 };
  return { file, range: { start: at, end: at } };
}

function summaryAnnotation(plan: Plan, text: string, ofFile: string): Annotation {
  const hash = planHash(plan);
  return { level: "notice", title: `${plan.workspace}${ofFile}`, text: joinLines(text, hash && `Plan hash: ${hash}`) };
}

function optionalPlace(place: Place | undefined): { readonly place?: Place } {
  return place === undefined ? {} : { place };
}

function joinLines(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== "").join("\n");
}
