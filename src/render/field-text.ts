import { diffArrays } from "diff";
import { visibleText } from "../model/printable.ts";
import { isList, isMap } from "../model/json.ts";
import type { Json } from "../model/integration.ts";
import type { FieldChange, DisplayNames, SendReason } from "../plan/change.ts";
import { withEscapesWhereAlike } from "./look-alikes.ts";
import { shorten, shortenPair } from "./shorten.ts";

/** How much of values is shown. */
export interface TextLimits {
  /** Characters of one value. */
  readonly value: number;
  /** Lines of one list or map. */
  readonly lines: number;
}

/** An item of a list or an entry of a map: gone, new, or there before and after. */
export interface ItemLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** A changed field: `before → after` for single values, else a line for each item. */
export interface FieldText {
  readonly path: string;
  /** Empty where the items say it. */
  readonly value: string;
  /** Why it is sent, in parentheses; empty where that goes without saying. */
  readonly why: string;
  readonly items: readonly ItemLine[];
}

export function describeField(field: FieldChange, names: DisplayNames, limits: TextLimits): FieldText {
  const { after, compared_with: compared } = field;
  const path = visibleText(field.path);
  const why = REASON_TEXTS[field.reason];
  // A hidden value can't be compared by eye, so only the new one is shown.
  const before = isHiddenMarker(field.before) ? undefined : field.before;
  if (isSingle(after) && (before === undefined || isSingle(before))) {
    const now = valueText(after);
    if (before === undefined) return { path, value: shorten(now, limits.value), why, items: [] };
    const [was, is] = shortenPair(...withEscapesWhereAlike(valueText(before), now), limits.value);
    const seen = compared === "last sent" ? `${was} (last sent)` : was;
    return { path, value: `${seen} → ${is}`, why, items: [] };
  }
  const seen = before === undefined ? [] : itemLines(before, path, names, limits);
  const items = itemDifference(seen, itemLines(after, path, names, limits));
  const since = before !== undefined && compared === "last sent" ? "(compared with what was last sent)" : "";
  return {
    path,
    value: isEmptyContainer(after) ? "(empty)" : "",
    why: why === "" ? since : why,
    items: foldItems(items, limits.lines),
  };
}

/** A value on one line, safe for a terminal: quoted text, `$NAME` for a reference, `(not shown)` for what is hidden. */
export function valueText(value: Json): string {
  return markerText(value) ?? visibleText(JSON.stringify(withMarkerTexts(value)));
}

const REASON_TEXTS: Readonly<Record<SendReason, string>> = {
  edited: "",
  drift: "(changed in the workspace; put back)",
  rotated: "(rotated: the value isn't the one last sent)",
  "never-sent": "(never sent by this tool)",
  resend: "(sent again on request)",
};

/** What is gone and what is new; of lists that have little in common the one as a whole, then the other. */
function itemDifference(before: readonly string[], after: readonly string[]): ItemLine[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: 500 }) ?? [
    { value: [...before], added: false, removed: true },
    { value: [...after], added: true, removed: false },
  ];
  return parts.flatMap(({ value, added, removed }, index) => {
    // What stands in the place of what is gone may look like it.
    const gone = added ? parts[index - 1] : undefined;
    const now = removed ? parts[index + 1] : undefined;
    return value.map((text, at): ItemLine => {
      if (removed)
        return { kind: "gone", text: now?.added ? withEscapesWhereAlike(text, now.value[at] ?? text)[0] : text };
      if (added)
        return { kind: "new", text: gone?.removed ? withEscapesWhereAlike(gone.value[at] ?? text, text)[1] : text };
      return { kind: "same", text };
    });
  });
}

/** Unchanged items between changed ones, and what is more than enough, are counted instead of listed. */
function foldItems(items: readonly ItemLine[], most: number): ItemLine[] {
  const folded: ItemLine[] = [];
  let run: ItemLine[] = [];
  const close = (): void => {
    if (run.length > 4) folded.push({ kind: "same", text: `… ${run.length} unchanged` });
    else folded.push(...run);
    run = [];
  };
  for (const item of items) {
    if (item.kind === "same") run.push(item);
    else {
      close();
      folded.push(item);
    }
  }
  close();
  if (folded.length <= most) return folded;
  return [...folded.slice(0, most), { kind: "same", text: `… ${folded.length - most} more lines` }];
}

/** One line for each item of a list and each entry of a map. */
function itemLines(value: Json, path: string, names: DisplayNames, limits: TextLimits): string[] {
  if (isSingle(value)) return [shorten(valueText(value), limits.value)];
  if (isList(value)) return value.map((item) => shorten(itemText(item, path, names), limits.value));
  return Object.entries(value ?? {}).map(([name, item]) =>
    shorten(`${visibleText(name)}: ${valueText(item)}`, limits.value),
  );
}

function itemText(item: Json, path: string, names: DisplayNames): string {
  if (path === "allowed_pipelines" && typeof item === "number") return nameWithId(item, names.pipelines);
  if (path.startsWith("permissions.") && isMap(item) && typeof item["id"] === "number") {
    const who = nameWithId(item["id"], path === "permissions.users" ? names.users : names.groups);
    return `${who}: ${valueText(item["access_level"] ?? null).replaceAll('"', "")}`;
  }
  return valueText(item);
}

function nameWithId(id: number, names: Readonly<Record<string, string>>): string {
  const name = names[String(id)];
  return name === undefined ? String(id) : `${visibleText(name)} (${id})`;
}

function isSingle(value: Json): boolean {
  return typeof value !== "object" || value === null || markerText(value) !== undefined;
}

function isEmptyContainer(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function isHiddenMarker(value: Json | undefined): boolean {
  return value !== undefined && isMap(value) && typeof value["$hidden"] === "string";
}

/** What is shown for a map that stands in a plan for a value that isn't in it; undefined for any other value. */
function markerText(value: Json): string | undefined {
  if (!isMap(value)) return undefined;
  // Literal maps with such names are below $literal.
  if (isHiddenMarker(value)) return "(not shown)";
  const [secret, pending] = [value["$secret"], value["$pending"]];
  if (typeof secret === "string") return `$${visibleText(secret)}`;
  return typeof pending === "string" ? `${visibleText(pending)} (doesn't exist yet)` : undefined;
}

/** Markers inside of a value, as they are shown. */
function withMarkerTexts(value: Json): Json {
  const marked = markerText(value);
  if (marked !== undefined) return marked;
  if (isList(value)) return value.map((item) => withMarkerTexts(item));
  if (!isMap(value)) return value;
  const literal = value["$literal"];
  const map = literal !== undefined && isMap(literal) ? literal : value;
  return Object.fromEntries(Object.entries(map).map(([name, item]) => [name, withMarkerTexts(item)]));
}
