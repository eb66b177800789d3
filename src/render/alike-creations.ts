import { visibleText } from "../model/printable.ts";
import type { Change, Create, DisplayNames } from "../plan/change.ts";
import type { FieldChange } from "../plan/field-change.ts";
import { describeField, type TextLimits } from "./field-text.ts";

/** From this many similar creations on, the first one included, all but the first have one line each. */
const MANY = 4;
/** A creation may differ from the first one in this many fields: more would be hard to read on one line. */
const MOST_DIFFERENCES = 2;

/**
 * Creations that are like an earlier one, each with a text that is shown instead of its fields: `like web_1; token
 * $WEB_2_TOKEN`. Fields that the text doesn't name are equal. Values are compared before they are shortened.
 */
export function alikeCreations(
  changes: readonly Change[],
  names: DisplayNames,
  limits: TextLimits,
): ReadonlyMap<Change, string> {
  const groups = new Map<string, Create[]>();
  for (const change of changes) {
    if (change.action !== "create" || !isOrdinary(change)) continue;
    const group = groups.get(sharedPart(change));
    if (group === undefined) groups.set(sharedPart(change), [change]);
    else group.push(change);
  }
  const texts = new Map<Change, string>();
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const alike = others.flatMap((other) => {
      const differences = differingFields(first, other);
      return differences.length <= MOST_DIFFERENCES ? [{ other, differences }] : [];
    });
    if (alike.length + 1 < MANY) continue;
    for (const { other, differences } of alike) {
      const parts = differences
        .map((field) => describeField(field, names, limits))
        .map(({ path, value }) => `${path} ${value}`);
      texts.set(other, [`like ${visibleText(first.key)}`, ...parts].join("; "));
    }
  }
  return texts;
}

/** Whether one line can say all about a creation. */
function isOrdinary(change: Create): boolean {
  return change.refused === undefined && change.recreates === undefined && change.identifier === change.key;
}

/** What has to be equal in similar creations: all except the key, the name and single values. */
function sharedPart({ type, scope, project_name: project, fields, lifecycle, supersedes, pending }: Create): string {
  const comparable = ownFields(fields).map((field) => (fitsOneLine(field) ? { ...field, after: null } : field));
  const details = lifecycle.filter(({ path }) => path !== "identifier");
  return JSON.stringify([type, scope, project, comparable, details, supersedes, pending]);
}

function differingFields(first: Create, other: Create): FieldChange[] {
  const models = ownFields(first.fields);
  return ownFields(other.fields).filter(
    (field, index) => JSON.stringify(field.after) !== JSON.stringify(models[index]?.after),
  );
}

/** Without the name and the identifier: the line always shows the name and the key. */
function ownFields(fields: readonly FieldChange[]): FieldChange[] {
  return fields.filter(({ path }) => path !== "name" && path !== "identifier");
}

/** Whether the value fits on one line: text, a number, a reference. */
function fitsOneLine({ after }: FieldChange): boolean {
  return typeof after !== "object" || after === null || "$secret" in after;
}
