import type { Action, Change, FieldChange, Plan } from "../plan/change.ts";

/** What the counts of a plan are called, in the order in which they are told. */
const COUNTED: readonly (readonly [Action, string])[] = [
  ["create", "to create"],
  ["adopt", "to adopt"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["rename", "to rename"],
  ["record", "to record"],
  ["forget", "to forget"],
];

export interface Summary {
  readonly counts: Readonly<Record<Action, number>>;
  readonly refused: number;
  /** Values that can't be compared. */
  readonly unknown: number;
}

export function summarize(plan: Plan): Summary {
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
  let refused = 0;
  let unknown = 0;
  for (const change of plan.changes) {
    if (change.refused === undefined) counts[change.action] += 1;
    else refused += 1;
    if ("unknown" in change) unknown += change.unknown.length;
  }
  return { counts, refused, unknown };
}

/** One line: `Plan: 2 to create, 1 to update; 3 unchanged.` */
export function summaryLine(plan: Plan): string {
  const { counts, refused, unknown } = summarize(plan);
  const doing = COUNTED.flatMap(([action, words]) => (counts[action] > 0 ? [`${counts[action]} ${words}`] : []));
  const rest = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(counts.orphan > 0 ? [`${counts.orphan} no longer in the file (left alone; --prune deletes)`] : []),
    ...(counts.keep > 0 ? [`${counts.keep} unchanged`] : []),
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? "value" : "values"} unknown`] : []),
    ...(plan.left_out > 0 ? [`${plan.left_out} left out by --only`] : []),
  ];
  const head = doing.length === 0 ? "nothing to do" : doing.join(", ");
  return `Plan: ${[head, ...rest].join("; ")}.`;
}

/** Fields that changed in the workspace, apart from what changed in the file. */
export function driftOf(plan: Plan): { readonly change: Change; readonly field: FieldChange }[] {
  return plan.changes.flatMap((change) =>
    change.action === "update"
      ? change.fields.filter(({ reason }) => reason === "drift").map((field) => ({ change, field }))
      : [],
  );
}
