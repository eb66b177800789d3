import { diffArrays } from "diff";
import { visibleText } from "../model/printable.ts";
import { isList, isMap } from "../model/json.ts";
import type { Json } from "../model/integration.ts";
import type { DisplayNames } from "../plan/change.ts";
import type { FieldChange, SendReason } from "../plan/field-change.ts";
import { withEscapesWhereAlike } from "./look-alikes.ts";
import { shorten, shortenPair } from "./shorten.ts";

/** How much of values is shown. */
export interface TextLimits {
  /** Characters of one value. */
  readonly value: number;
  /** Lines of one list or map. */
  readonly lines: number;
}

/** An item of a list or an entry of a map: removed, added, or unchanged. */
export interface ItemLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** A changed field: `before → after` for single values, a line for each item for lists and maps. */
export interface FieldText {
  readonly path: string;
  /** Empty if the items show the value. */
  readonly value: string;
  /** Why it is sent, in parentheses. Empty if the file was edited. */
  readonly why: string;
  readonly items: readonly ItemLine[];
}

export function describeField(field: FieldChange, names: DisplayNames, limits: TextLimits): FieldText {
  const { after, compared_with: compared } = field;
  const path = visibleText(field.path);
  const why = REASON_TEXTS[field.reason];
  const before = hasBefore(field) ? field.before : undefined;
  if (isSingle(after) && (before === undefined || isSingle(before))) {
    const now = valueText(after);
    if (before === undefined) return { path, value: shorten(now, limits.value), why, items: [] };
    const [was, is] = shortenPair(...withEscapesWhereAlike(valueText(before), now), limits.value);
    const seen = compared === "last sent" ? `${was} (last sent)` : was;
    return { path, value: `${seen} → ${is}`, why, items: [] };
  }
  const since = before !== undefined && compared === "last sent" ? "(compared with what was last sent)" : "";
  if (before !== undefined && shapeOf(before) !== shapeOf(after)) {
    // Item by item, `[1]` and `1` would look alike.
    const items = [
      { kind: "gone", text: valueLine(valueText(before), before, limits).text },
      { kind: "new", text: valueLine(valueText(after), after, limits).text },
    ] as const;
    return { path, value: "", why: why === "" ? since : why, items };
  }
  const seen = before === undefined ? [] : itemLines(before, path, names, limits);
  const now = itemLines(after, path, names, limits);
  const items = itemDifference(
    seen.map(({ text }) => text),
    now.map(({ text }) => text),
  );
  return {
    path,
    value: isEmptyContainer(after) ? (isMap(after) ? "(empty map)" : "(empty)") : "",
    why: why === "" ? since : why,
    items: foldItems(items, limits.lines, now),
  };
}

/** Whether the former value is shown. A hidden value isn't, and a reference that was never sent has no former value. */
function hasBefore({ before, reason }: FieldChange): boolean {
  return before !== undefined && !isHiddenMarker(before) && !(reason === "never-sent" && isSingle(before));
}

/**
 * A value on one line, safe for a terminal: quoted text, `$NAME` for a reference, `(not shown)` for a hidden value. At any
 * depth, only a reference has no quotes, so no text can be mistaken for one.
 */
export function valueText(value: Json): string {
  const marked = markerText(value);
  if (marked !== undefined) return marked;
  if (isList(value)) return `[${value.map((item) => valueText(item)).join(",")}]`;
  if (!isMap(value)) return visibleText(JSON.stringify(value));
  const literal = value["$literal"];
  const map = literal !== undefined && isMap(literal) ? literal : value;
  return `{${Object.entries(map)
    .map(([name, item]) => `${visibleText(JSON.stringify(name))}:${valueText(item)}`)
    .join(",")}}`;
}

const REASON_TEXTS: Readonly<Record<SendReason, string>> = {
  edited: "",
  drift: "(changed in the workspace; put back)",
  rotated: "(rotated: the value isn't the one last sent)",
  "never-sent": "(not known to be sent)",
  resend: "(sent again on request)",
};

/** The removed and the added items. If the lists have little in common: all items before, then all items after. */
function itemDifference(before: readonly string[], after: readonly string[]): ItemLine[] {
  const parts = diffArrays([...before], [...after], { maxEditLength: 500 }) ?? [
    { value: [...before], added: false, removed: true },
    { value: [...after], added: true, removed: false },
  ];
  return parts.flatMap(({ value, added, removed }, index) => {
    // A removed item and the one that replaces it may look alike.
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

/**
 * Long runs of unchanged items, and items beyond `most`, are counted instead of listed. References among the latter are
 * still named: a long list must not hide them.
 */
function foldItems(items: readonly ItemLine[], most: number, now: readonly ValueLine[]): ItemLine[] {
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
  const shown = folded.slice(0, most);
  const texts = new Set(shown.map(({ text }) => text));
  const references = now.flatMap((line) => (texts.has(line.text) ? [] : line.references));
  const left = `… ${folded.length - most} more lines${referenceList(references)}`;
  return [...shown, { kind: "same", text: left }];
}

/** The text of an item of a list or an entry of a map, and the variables that it refers to. */
interface ValueLine {
  readonly text: string;
  readonly references: readonly string[];
}

function itemLines(value: Json, path: string, names: DisplayNames, limits: TextLimits): ValueLine[] {
  if (isSingle(value)) return [valueLine(valueText(value), value, limits)];
  if (isList(value)) return value.map((item) => valueLine(itemText(item, path, names), item, limits));
  return Object.entries(value ?? {}).map(([name, item]) =>
    valueLine(`${visibleText(name)}: ${valueText(item)}`, item, limits),
  );
}

/** If the text is cut, all its references are named after it. */
function valueLine(text: string, value: Json, limits: TextLimits): ValueLine {
  const references = referencesIn(value);
  const short = shorten(text, limits.value);
  return { text: short === text ? text : `${short}${referenceList(references)}`, references };
}

function referencesIn(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap((item) => referencesIn(item));
  if (!isMap(value)) return [];
  const { $secret: secret, $literal: literal } = value;
  if (typeof secret === "string") return [secret];
  const map = literal !== undefined && isMap(literal) ? literal : value;
  return Object.values(map).flatMap((item) => referencesIn(item));
}

function referenceList(references: readonly string[]): string {
  const names = [...new Set(references)].map((name) => `$${visibleText(name)}`);
  return names.length === 0 ? "" : `, with ${names.join(", ")}`;
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

function shapeOf(value: Json): "single" | "list" | "map" {
  if (isSingle(value)) return "single";
  return isList(value) ? "list" : "map";
}

function isEmptyContainer(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function isHiddenMarker(value: Json | undefined): boolean {
  return value !== undefined && isMap(value) && typeof value["$hidden"] === "string";
}

/** The text for a map that marks a withheld value in a plan; undefined for any other value. */
function markerText(value: Json): string | undefined {
  if (!isMap(value)) return undefined;
  // A literal map with such a name is wrapped in $literal.
  if (isHiddenMarker(value)) return "(not shown)";
  const [secret, pending] = [value["$secret"], value["$pending"]];
  if (typeof secret === "string") return `$${visibleText(secret)}`;
  return typeof pending === "string" ? `${visibleText(pending)} (doesn't exist yet)` : undefined;
}
