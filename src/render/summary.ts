import { visibleText } from "../model/printable.ts";
import { isDestructive } from "../plan/loss.ts";
import { isNotReviewed, type Action, type Change, type Plan } from "../plan/change.ts";
import type { FieldChange } from "../plan/field-change.ts";
import { counted } from "../model/text.ts";
import { fewOf } from "./shorten.ts";

/** The words for the counts of a plan, in the order in which they are shown. */
const COUNTED: readonly (readonly [Action, string])[] = [
  ["create", "to create"],
  ["adopt", "to adopt"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["rename", "to rename"],
  ["record", "to record in the lockfile"],
  ["forget", "to drop from the lockfile"],
];

export interface PlanSummary {
  readonly counts: Readonly<Record<Action, number>>;
  readonly refused: number;
  /** How many changes `--expect` left out. */
  readonly notReviewed: number;
  /** How many values can't be compared. */
  readonly unknown: number;
}

/** Refused changes count as refused, and changes that aren't reviewed as not reviewed; neither counts for its action. */
export function summarizePlan(plan: Plan): PlanSummary {
  const counts: Record<Action, number> = {
    rename: 0,
    record: 0,
    adopt: 0,
    update: 0,
    create: 0,
    replace: 0,
    delete: 0,
    forget: 0,
    orphan: 0,
    conflict: 0,
    keep: 0,
  };
  let [refused, notReviewed] = [0, 0];
  const unknown = new Set<string>();
  for (const change of plan.changes) {
    if (change.refused === undefined) counts[change.action] += 1;
    else if (isNotReviewed(change)) notReviewed += 1;
    else refused += 1;
    // An integration can have two changes (adopt and update) with the same values.
    if ("unknown" in change) for (const { path } of change.unknown) unknown.add(`${change.key} ${path}`);
  }
  return { counts, refused, notReviewed, unknown: unknown.size };
}

/** A part of the summary. `action` decides its colour. */
export interface SummaryPart {
  readonly text: string;
  readonly action?: Action | "refused";
}

/** `2 to create`, `1 refused`, `3 unchanged`: first what will be done, then the rest. */
export function summaryParts(plan: Plan): {
  readonly doing: readonly SummaryPart[];
  readonly rest: readonly SummaryPart[];
} {
  const { counts, refused, notReviewed, unknown } = summarizePlan(plan);
  const doing = COUNTED.flatMap(([action, words]): SummaryPart[] =>
    counts[action] > 0 ? [{ text: `${counts[action]} ${words}`, action }] : [],
  );
  const orphans = `${counts.orphan} left alone (--prune deletes)`;
  const rest: SummaryPart[] = [
    ...(refused > 0 ? [{ text: `${refused} refused`, action: "refused" as const }] : []),
    ...(notReviewed > 0 ? [{ text: `${notReviewed} not reviewed`, action: "refused" as const }] : []),
    ...(counts.orphan > 0 ? [{ text: orphans }] : []),
    ...(counts.keep > 0 ? [{ text: `${counts.keep} unchanged` }] : []),
    ...(unknown > 0 ? [{ text: `${unknown} ${unknown === 1 ? "value" : "values"} not compared` }] : []),
    ...((plan.unmanaged ?? 0) > 0 ? [{ text: `${plan.unmanaged} unmanaged (see list --unmanaged)` }] : []),
    ...(plan.left_out > 0 ? [{ text: `${plan.left_out} left out by ${leftOutBy(plan)}` }] : []),
  ];
  return { doing: doing.length === 0 ? [{ text: "nothing to do" }] : doing, rest };
}

/** One line: `Plan: 2 to create, 1 to update; 3 unchanged.` */
export function summaryLine(plan: Plan, paint: (part: SummaryPart) => string = ({ text }) => text): string {
  return plan.flags.drift ? driftLine(plan) : planLine(plan, paint);
}

/** `Drift: 2 fields of 1 integration, 1 gone, 1 duplicate.` */
function driftLine(plan: Plan): string {
  const fields = driftedFields(plan).length;
  const integrations = plan.changes.filter(({ action }) => action === "update").length;
  const warned = (code: string): number => plan.warnings.filter((warning) => warning.code === code).length;
  const [gone, duplicates] = [warned("gone"), warned("duplicate")];
  const parts = [
    ...(fields === 0 ? [] : [`${counted(fields, "field")} of ${counted(integrations, "integration")}`]),
    ...(gone === 0 ? [] : [`${gone} gone`]),
    ...(duplicates === 0 ? [] : [counted(duplicates, "duplicate")]),
  ];
  const left = plan.left_out > 0 ? `; ${plan.left_out} left out by ${leftOutBy(plan)}` : "";
  return `Drift: ${parts.length === 0 ? "none" : parts.join(", ")}${left}.`;
}

function leftOutBy({ flags: { only, exclude = [] } }: Plan): string {
  return exclude.length === 0 ? "--only" : only.length === 0 ? "--exclude" : "--only and --exclude";
}

function planLine(plan: Plan, paint: (part: SummaryPart) => string = ({ text }) => text): string {
  const { doing, rest } = summaryParts(plan);
  return `Plan: ${[doing.map(paint).join(", "), ...rest.map(paint)].join("; ")}.`;
}

/** Fields that somebody changed in the workspace. */
export function driftedFields(plan: Plan): { readonly change: Change; readonly field: FieldChange }[] {
  return plan.changes.flatMap((change) =>
    change.action === "update"
      ? change.fields.filter(({ reason }) => reason === "drift").map((field) => ({ change, field }))
      : [],
  );
}

/** Changes that delete or replace something and are not refused. */
export function destructiveChanges(plan: Plan): Change[] {
  return plan.changes.filter((change) => isDestructive(change) && change.refused === undefined);
}

/** Lines below the summary for what no reader should overlook: `Deletes: old, older.` */
export function alarms(plan: Plan): { readonly label: string; readonly names: string; readonly refused: boolean }[] {
  const keys = (changes: readonly Change[]): string => fewOf([...new Set(changes.map(lostName))], 10);
  const doomed = destructiveChanges(plan);
  const lines = [
    { label: "Deletes", names: keys(doomed.filter(({ action }) => action === "delete")), refused: false },
    {
      label: "Gives a new hash to",
      names: keys(doomed.filter(({ action }) => action !== "delete")),
      refused: false,
    },
    {
      label: "Drops the protection of",
      names: fewOf(
        unprotectedKeys(plan).map((key) => visibleText(key)),
        10,
      ),
      refused: false,
    },
    { label: "Refuses", names: refusedNames(plan), refused: true },
    { label: "Leaves out what isn't reviewed", names: notReviewedNames(plan), refused: true },
  ];
  return lines.filter(({ names }) => names !== "");
}

function lostName(change: Change): string {
  const isOld = change.action === "delete" && change.which !== "current";
  return `${visibleText(change.key)}${isOld ? " (a former hash)" : ""}`;
}

/** Keys whose protection this plan drops: a later run may delete or replace them. */
export function unprotectedKeys({ changes }: Plan): string[] {
  const keys = changes.flatMap((change) => {
    if (change.refused !== undefined) return [];
    const details =
      change.action === "record" || change.action === "adopt" || change.action === "forget" ? change.details : [];
    return details.some(({ path, before }) => path === "lifecycle.protect" && before === true) ? [change.key] : [];
  });
  return [...new Set(keys)];
}

function notReviewedNames({ changes }: Plan): string {
  return fewOf(
    changes.filter(isNotReviewed).map(({ action, key }) => `${visibleText(key)} (${action})`),
    10,
  );
}

function refusedNames({ changes }: Plan): string {
  const refused = changes.flatMap(({ action, key, refused: why }) =>
    why === undefined || why.code === "not-reviewed"
      ? []
      : [`${visibleText(key)} (${action === "conflict" ? why.code : `${action}: ${why.code}`})`],
  );
  return fewOf(refused, 10);
}

/** Why a plan has no hash. */
export function hashless({ offline }: Plan): string {
  return offline
    ? "An offline plan has no hash, so apply --expect can't use it."
    : "This plan leaves out changes, so it has no hash. A plan without --expect has one.";
}
