import { visibleText } from "../model/printable.ts";
import { counted } from "../model/text.ts";
import type { Plan } from "../plan/change.ts";
import type { UnsentValue } from "../plan/field-change.ts";

/** Values of variables that were never sent: the plan sends them for the first time, or can't show them as changes. */
export interface UnsentSection {
  /** `2 integrations would also be sent values that are not here` */
  readonly title: string;
  /** `web.token ← $PROD`, safe for a terminal. */
  readonly lines: readonly string[];
}

/**
 * First the values that are sent now, then those that an apply with more variables would send. In both, values of
 * integrations that this plan adopts or records come first: nobody has reviewed them before, and text shows only some values.
 */
export function unsentSections({ unsent, changes }: Pick<Plan, "unsent" | "changes">): UnsentSection[] {
  const sent = changes.flatMap((change) =>
    change.action === "update" && change.refused === undefined
      ? change.fields.map(({ path }) => ({ key: change.key, path }))
      : [],
  );
  // A value may be only a part of the field that is sent.
  const isSent = ({ key, path, value }: UnsentValue): boolean =>
    value === "here" &&
    sent.some((field) => field.key === key && (path === field.path || path.startsWith(`${field.path}.`)));
  const recorded = new Set(
    changes.flatMap(({ action, key }) => (action === "adopt" || action === "record" ? [key] : [])),
  );
  const isNew = ({ key }: UnsentValue): boolean => recorded.has(key);
  const newFirst = [...unsent.filter(isNew), ...unsent.filter((value) => !isNew(value))];
  return [
    section(newFirst.filter(isSent), (count) => `${count} sent values for the first time`),
    section(
      newFirst.filter(({ value }) => value === "not here"),
      (count) => `${count} also be sent values that are not here`,
      "would",
    ),
  ].flat();
}

function section(values: readonly UnsentValue[], title: (count: string) => string, verb?: "would"): UnsentSection[] {
  if (values.length === 0) return [];
  const keys = new Set(values.map(({ key }) => key)).size;
  const subject = `${counted(keys, "integration")} ${verb ?? (keys === 1 ? "is" : "are")}`;
  return [{ title: title(subject), lines: values.map(unsentLine) }];
}

function unsentLine({ key, path, variable, needs }: UnsentValue): string {
  const condition = needs === undefined ? "" : `  (needs ${needs} in the file)`;
  return visibleText(`${key}.${path} ← $${variable}${condition}`);
}
