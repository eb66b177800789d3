import type { LockSection } from "../model/lockfile.ts";
import type { Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import type { ReferenceCheck } from "../pipelines/meaning/check.ts";
import type { UsageReport } from "../pipelines/usages.ts";
import { harmlessJson, visibleText, withoutRunnerCommands } from "../model/printable.ts";
import { counted } from "../model/text.ts";
import { diagnosticJson, renderDiagnostics } from "./diagnostics.ts";
import { displayWidth, padTo } from "./width.ts";
import { harmlessYaml } from "./harmless-yaml.ts";

export type HashFormat = "table" | "json" | "yaml" | "env";
export type CheckFormat = "text" | "json" | "github";

/** Key to hash. `env` gives `BUDDY_INTEGRATION_AWS_PROD=…`; two keys that would share a name are an error. */
export function renderHashes(section: LockSection, format: HashFormat): Result<string, string> {
  const rows = [...section].toSorted(([a], [b]) => (a < b ? -1 : 1));
  switch (format) {
    case "table":
      return success(
        textTable([
          ["KEY", "HASH", "IDENTIFIER", "TYPE"],
          ...rows.map(([key, { hashId, identifier, type }]) => [key, hashId, identifier ?? "", type]),
        ]),
      );
    case "json":
      return success(harmlessJson(Object.fromEntries(rows.map(([key, { hashId }]) => [key, hashId]))));
    case "yaml":
      return success(harmlessYaml(new Map(rows.map(([key, { hashId }]) => [key, hashId]))));
    case "env":
      return envLines(rows.map(([key, { hashId }]) => [key, hashId]));
    default:
      return format satisfies never;
  }
}

/** Where each integration is used, and which locked ones no file uses. */
export function renderUsages({ used, unused }: UsageReport, section: LockSection, format: HashFormat): string {
  const rows = [...used].flatMap(([key, usages]) =>
    usages.map(({ file, range, context, value, outdated }) => ({
      key,
      file,
      line: range.start.line,
      column: range.start.column,
      value,
      outdated,
      pipeline: context.pipeline,
      action: context.action,
    })),
  );
  if (format === "json" || format === "yaml") {
    const document = { usages: rows.map(withoutUndefined), unused };
    return format === "json" ? harmlessJson(document) : harmlessYaml(document);
  }
  const lines = rows.map(({ key, file, line, column, pipeline, action, outdated }) => [
    key,
    `${file}:${line}:${column}`,
    [pipeline, action].filter((name) => name !== undefined).join(" / "),
    outdated ? "(refs --write mends it)" : "",
  ]);
  const listed = lines.length === 0 ? "" : textTable([["KEY", "PLACE", "PIPELINE / ACTION", ""], ...lines]);
  const rest = unused.map(
    (key) =>
      `${visibleText(key)} (${visibleText(section.get(key)?.type ?? "pending")}) is used in none of the files that were read\n`,
  );
  return listed + withoutRunnerCommands(rest.join(""));
}

/** What `refs --check` found. */
export function renderCheck(
  report: ReferenceCheck,
  format: CheckFormat,
  { color, files }: { readonly color: boolean; readonly files: number },
): string {
  const { diagnostics, pending, references, dynamic } = report;
  if (format === "json") {
    const document = {
      report_format: "1.0",
      command: "refs --check",
      files,
      references,
      dynamic,
      pending: pending.map(({ file, key, reference: { range } }) => ({
        key,
        file,
        line: range.start.line,
        column: range.start.column,
      })),
      diagnostics: diagnostics.map(diagnosticJson),
    };
    return harmlessJson(document);
  }
  const found = renderDiagnostics(diagnostics, format, { color });
  if (format === "github") return found;
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [
    `${counted(references, "reference")} in ${counted(files, "file")}`,
    errors === 0 ? "no errors" : counted(errors, "error"),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
    ...(pending.length > 0 ? [`${pending.length} pending`] : []),
    ...(dynamic > 0 ? [`${dynamic} dynamic`] : []),
  ];
  return `${found}${parts.join(", ")}\n`;
}

function envLines(rows: readonly (readonly [string, string])[]): Result<string, string> {
  const names = new Map<string, string>();
  const lines: string[] = [];
  for (const [key, hashId] of rows) {
    const name = `BUDDY_INTEGRATION_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
    const other = names.get(name);
    if (other !== undefined) return failure(`the keys ${other} and ${key} would both be ${name}`);
    names.set(name, key);
    lines.push(`${name}=${hashId}\n`);
  }
  return success(lines.join(""));
}

/** For people: cells are as wide as they are shown, and hold nothing that a terminal or a runner would obey. */
function textTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((cell) => withoutRunnerCommands(visibleText(cell))));
  const widths = shown.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, displayWidth(cell))),
    [],
  );
  const lines = shown.map((row) => row.map((cell, index) => padTo(cell, widths[index] ?? 0)).join("  "));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function withoutUndefined<T extends object>(row: T): Partial<T> {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  return Object.assign({}, ...entries.map(([name, value]) => ({ [name]: value as unknown })));
}
