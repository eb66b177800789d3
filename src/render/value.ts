import { diffArrays } from "diff";
import { visibleText } from "../config/words.ts";
import type { Json } from "../model.ts";
import type { FieldChange, Names, Reason } from "../plan/change.ts";

/** A line of a field's description: `same` and `note` lines are neither gone nor new. */
export interface ValueLine {
  readonly kind: "same" | "gone" | "new" | "change";
  readonly text: string;
}

/** A changed field in lines: `before → after` for a single value, a line diff for lists and maps. */
export function describeField(field: FieldChange, names: Names): ValueLine[] {
  const { path, before, after } = field;
  const why = reasonWords(field);
  if (isSingle(after) && (before === undefined || isSingle(before))) {
    const now = single(after);
    const then = before === undefined ? "" : `${single(before)} → `;
    return [{ kind: "change", text: `${path}: ${then}${now}${why}` }];
  }
  const lines = diffArrays(before === undefined ? [] : valueLines(before, path, names), valueLines(after, path, names));
  return [
    { kind: "change", text: `${path}:${why}` },
    ...lines.flatMap(({ value, added, removed }) =>
      value.map((text): ValueLine => ({ kind: added ? "new" : removed ? "gone" : "same", text })),
    ),
  ];
}

/** A value on one line, safe for a terminal: quoted text, `$NAME` for a reference, `(hidden)` for what isn't shown. */
export function single(value: Json): string {
  const marked = marker(value);
  if (marked !== undefined) return marked;
  return visibleText(JSON.stringify(unmarked(value)));
}

const REASONS: Readonly<Record<Reason, string>> = {
  edited: "",
  drift: "  (drift: changed in the workspace; put back)",
  rotated: "  (rotated)",
  "never-sent": "  (never sent by this tool)",
  resend: "  (re-sent on request)",
};

function reasonWords({ reason, compared_with }: FieldChange): string {
  const blind = compared_with === "last sent" ? "  (compared with what was last sent: the API doesn't show it)" : "";
  return REASONS[reason] + (reason === "edited" ? blind : "");
}

function isSingle(value: Json): boolean {
  return typeof value !== "object" || value === null || marker(value) !== undefined;
}

/** One line for each item of a list and each entry of a map. */
function valueLines(value: Json, path: string, names: Names): string[] {
  if (isSingle(value)) return [single(value)];
  if (Array.isArray(value)) return value.map((item: Json) => `- ${itemLine(item, path, names)}`);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([name, item]) => `${name}: ${single(item)}`);
  }
  return [single(value)];
}

function itemLine(item: Json, path: string, names: Names): string {
  if (path === "allowed_pipelines" && typeof item === "number") return numbered(item, names.pipelines);
  if (path.startsWith("permissions.") && isMap(item) && typeof item["id"] === "number") {
    const who = numbered(item["id"], path === "permissions.users" ? names.users : names.groups);
    return `${who}: ${single(item["access_level"] ?? null).replaceAll('"', "")}`;
  }
  return single(item);
}

function numbered(id: number, names: Readonly<Record<string, string>>): string {
  const name = names[String(id)];
  return name === undefined ? String(id) : `${visibleText(name)} (${id})`;
}

function marker(value: Json): string | undefined {
  if (!isMap(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  if (others.length > 0 || name === undefined) return undefined;
  const held = value[name];
  if (typeof held !== "string") return undefined;
  const content = visibleText(held);
  if (name === "$secret") return `$${content}`;
  if (name === "$hidden") return `(hidden: ${content})`;
  if (name === "$pending") return `${content} (doesn't exist yet)`;
  return undefined;
}

/** Markers inside of a value, as they are shown. */
function unmarked(value: Json): Json {
  const marked = marker(value);
  if (marked !== undefined) return marked;
  if (Array.isArray(value)) return value.map((item: Json) => unmarked(item));
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unmarked(item)]));
  return value;
}

function isMap(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
