import type { Json } from "../model/integration.ts";
import { visibleText, withoutRunnerCommands } from "../model/printable.ts";
import type { ShownIntegration, ShownStatus } from "../overview/shown-integration.ts";
import type { FieldRow, FieldState } from "../overview/side-by-side.ts";
import { valueText } from "./field-text.ts";
import { shorten } from "./shorten.ts";
import { cutToWidth, wrapText } from "./width.ts";

/** @param columns of a terminal; undefined: lines are not cut */
export function renderShownIntegration(shown: ShownIntegration, columns: number | undefined): string {
  const groups = SECTIONS.flatMap(([title, states]) => {
    const rows = shown.fields.filter(({ state }) => states.includes(state));
    if (rows.length === 0) return [];
    const heading = columns === undefined ? title : wrapText(title, columns).join("\n");
    return [`\n${heading}\n\n${rows.map((row) => fieldRowLines(row, columns)).join("")}`];
  });
  return withoutRunnerCommands(head(shown) + groups.join(""));
}

const SECTIONS: readonly (readonly [string, readonly FieldState[]])[] = [
  ["The file and the workspace differ", ["differs", "drift"]],
  ["The same in the file and the workspace", ["same"]],
  ["In the file, and as last sent (the API never returns them)", ["as-sent"]],
  ["In the file, not compared (references, and what can't be seen here)", ["uncompared"]],
  ["Only in the workspace (not managed)", ["unmanaged"]],
];

const STATUS_TEXTS: Readonly<Record<ShownStatus, string>> = {
  managed: "managed",
  new: "in the file, not locked yet",
  orphan: "locked, no longer in the file",
  superseded: "a former integration of this key",
  gone: "locked, gone from the workspace",
  unmanaged: "not managed here",
};

function head(shown: ShownIntegration): string {
  const { key, hash_id: hashId, identifier, type, scope, project_name: project, superseded, candidates } = shown;
  const place = [scope, project].filter((part) => part !== undefined).join(" ");
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["key", key],
    ["status", STATUS_TEXTS[shown.status]],
    ["hash", hashId ?? "none was found in the workspace"],
    ["identifier", identifier],
    ["type", type],
    ["scope", place === "" ? undefined : place],
    ["disabled", shown.disabled && "yes"],
    ["protected", shown.protect && "yes"],
    ["credentials", shown.credentials && "unmanaged: they stay as they are in Buddy"],
    ["former", superseded?.join("\n              ")],
    ["candidates", candidates?.join("\n              ")],
  ];
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value = ""]) => `${name.padEnd(12)}  ${value.split("\n").map(visibleText).join("\n")}\n`)
    .join("");
}

function fieldRowLines(row: FieldRow, columns: number | undefined): string {
  const { path, state, file, workspace, last_sent: sent } = row;
  const name = visibleText(path);
  if (state === "unmanaged") return labelledLine(`  ${name}: `, workspace, columns);
  const own = labelledLine(`  ${name}: `, file, columns, row.assumed ? " (assumed to be the live value)" : "");
  if (workspace === undefined && sent === undefined) return own;
  const [label, other] = workspace === undefined ? ["last sent", sent] : ["workspace", workspace];
  const why = state === "drift" ? " (changed there since it was last sent)" : "";
  return own + labelledLine(`    ${label}: `, other, columns, why);
}

function labelledLine(start: string, value: Json | undefined, columns: number | undefined, end = ""): string {
  const text = value === undefined ? "(a name that can't be resolved)" : shorten(valueText(value), LONGEST_VALUE);
  const line = `${start}${text}${end}`;
  return `${columns === undefined ? line : cutToWidth(line, columns)}\n`;
}

const LONGEST_VALUE = 200;
