import { visibleText, withoutRunnerCommands } from "../model/printable.ts";
import type { IntegrationRow } from "../overview/integration-row.ts";
import { cutToWidth, displayWidth, padTo } from "./width.ts";

/**
 * Integrations by place. If a line would be wider than the terminal, each integration takes two lines, so that no key and
 * no hash is broken.
 */
export function renderIntegrationRows(rows: readonly IntegrationRow[], columns: number | undefined): string {
  const groups = new Map<string, IntegrationRow[]>();
  for (const row of rows) groups.set(placeName(row), [...(groups.get(placeName(row)) ?? []), row]);
  return [...groups].map(([place, items]) => `${place}\n\n${placeTable(items, columns)}`).join("\n");
}

function placeName({ scope, project_name: project }: IntegrationRow): string {
  if (scope === "PROJECT" && project !== undefined) return withoutRunnerCommands(`Project ${visibleText(project)}`);
  if (scope === "WORKSPACE") return "Workspace";
  if (scope === undefined) return "Place not shown";
  return withoutRunnerCommands(`Scope ${visibleText(scope)}`);
}

function placeTable(rows: readonly IntegrationRow[], columns: number | undefined): string {
  const cells = rows.map((row) => [
    keyCell(row),
    row.hash_id,
    row.type,
    row.identifier ?? "-",
    row.name ?? "(gone from the workspace)",
  ]);
  const shown = [["KEY", "HASH", "TYPE", "IDENTIFIER", "NAME"], ...cells].map((row) =>
    row.map((cell) => withoutRunnerCommands(visibleText(cell))),
  );
  const lines = alignedLines(shown);
  if (columns === undefined || lines.every((line) => displayWidth(line) <= columns)) return lines.join("");
  return stackedLines(shown.slice(1), columns).join("");
}

/** Parentheses mark what isn't a key: a key has only letters, digits, `_` and `-`. */
function keyCell({ status, key = "" }: IntegrationRow): string {
  if (status === "unmanaged") return "(unmanaged)";
  return status === "superseded" ? `${key} (former)` : key;
}

function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, displayWidth(cell))),
    [],
  );
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, index) => padTo(cell, widths[index] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
  );
}

/** Key, type and name; below them the hash and the identifier. */
function stackedLines(rows: readonly (readonly string[])[], columns: number): string[] {
  return rows.flatMap(([key = "", hash = "", type = "", identifier = "", name = ""]) => {
    const head = `  ${key}  ${type}  `;
    const shortName = cutToWidth(name, Math.max(10, columns - displayWidth(head)));
    return [`${head}${shortName}`.trimEnd() + "\n", `      ${hash}  ${identifier}\n`];
  });
}
