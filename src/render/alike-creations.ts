import { visibleText } from "../model/printable.ts";
import type { Change, Create, DisplayNames, FieldChange } from "../plan/change.ts";
import { describeField, type TextLimits } from "./field-text.ts";

/** From this many alike creations on, the first included, all but the first have one line each. */
const MANY = 4;
/** In so many fields may one differ from the first: more is not read in a line. */
const MOST_DIFFERENCES = 2;

/**
 * Creations like an earlier one, with what is said instead of their fields: `like web_1; token $WEB_2_TOKEN`. Whatever
 * isn't named there is equal, and a value is compared as it is, not as it is shortened.
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
  const told = new Map<Change, string>();
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const alike = others.flatMap((other) => {
      const differences = differingFields(first, other);
      return differences.length <= MOST_DIFFERENCES ? [{ other, differences }] : [];
    });
    if (alike.length + 1 < MANY) continue;
    for (const { other, differences } of alike) {
      const texts = differences.map((field) => describeField(field, names, limits));
      const parts = texts.map(({ path, value }) => `${path} ${value}`);
      told.set(other, [`like ${visibleText(first.key)}`, ...parts].join("; "));
    }
  }
  return told;
}

/** Nothing about it needs more than a line. */
function isOrdinary(change: Create): boolean {
  return change.refused === undefined && change.recreates === undefined && change.identifier === change.key;
}

/** What has to be equal: all but the key, the name and single values. */
function sharedPart({ type, scope, project_name: project, fields, lifecycle, supersedes, pending }: Create): string {
  const comparable = ownFields(fields).map((field) => (isSingle(field) ? { ...field, after: null } : field));
  const details = lifecycle.filter(({ path }) => path !== "identifier");
  return JSON.stringify([type, scope, project, comparable, details, supersedes, pending]);
}

function differingFields(first: Create, other: Create): FieldChange[] {
  const models = ownFields(first.fields);
  return ownFields(other.fields).filter(
    (field, index) => JSON.stringify(field.after) !== JSON.stringify(models[index]?.after),
  );
}

/** The name and the key are said in any case. */
function ownFields(fields: readonly FieldChange[]): FieldChange[] {
  return fields.filter(({ path }) => path !== "name" && path !== "identifier");
}

/** A value of one line: text, a number, a reference. */
function isSingle({ after }: FieldChange): boolean {
  return typeof after !== "object" || after === null || "$secret" in after;
}
