import type { LockSection } from "../model/lockfile.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Key, Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import type { ReferenceCheck } from "../pipelines/meaning/check.ts";
import type { IntegrationUsage, UsagePlace, UsageReport } from "../pipelines/usages.ts";
import { harmlessJson, visibleText, withoutRunnerCommands } from "../model/printable.ts";
import { counted } from "../model/text.ts";
import { renderDiagnostics, type PathOf } from "./diagnostics.ts";
import { renderReportJson, reportDocument } from "./report-json.ts";
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

/** What a report of `refs` holds apart from its results. */
export interface RefsReportOptions {
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Where each integration is used, and which integrations of the lockfile no file and no pipeline uses. */
export function renderUsages(
  report: UsageReport,
  section: LockSection,
  { format, exit, diagnostics }: RefsReportOptions & { readonly format: HashFormat },
): string {
  const { used, unused, byNumber } = report;
  const rows = [...used].flatMap(([key, usages]) => usages.map((usage) => ({ key, ...usage })));
  if (format === "json" || format === "yaml") {
    const rest = { usages: rows.map(usageJson), unused, by_number: byNumber };
    const input = { command: "refs --usages", exit, diagnostics, rest } as const;
    return format === "json" ? renderReportJson(input) : harmlessYaml(reportDocument(input));
  }
  const lines = rows.map(({ key, place, context, outdated }) => [
    key,
    placeText(place),
    [context.pipeline, context.action].filter((name) => name !== undefined).join(" / "),
    outdated ? OUTDATED[place.kind] : "",
  ]);
  const listed = lines.length === 0 ? "" : textTable([["KEY", "PLACE", "PIPELINE / ACTION", ""], ...lines]);
  const rest = unused.map((key) => `${visibleText(key)} (${typeOf(key, section)}) ${unusedText(report)}\n`);
  return listed + withoutRunnerCommands(rest.join(""));
}

const OUTDATED: Readonly<Record<UsagePlace["kind"], string>> = {
  file: "(refs --write fixes it)",
  "web-page": "(outdated: fix it in the web page)",
  "git-link": "(outdated: fix it in the project's settings)",
};

function placeText(place: UsagePlace): string {
  if (place.kind === "file") return `${place.file}:${place.range.start.line}:${place.range.start.column}`;
  return place.kind === "web-page" ? `${place.project} (web page)` : `${place.project} (Git link)`;
}

function typeOf(key: Key, section: LockSection): string {
  return visibleText(section.get(key)?.type ?? "pending");
}

function unusedText({ asked, byNumber }: UsageReport): string {
  const where = asked ? `${NOT_IN_FILES} or in what the API returned` : NOT_IN_FILES;
  return byNumber === 0 ? where : `${where}, except perhaps by number`;
}

const NOT_IN_FILES = "isn't used in the files that were read";

function usageJson({ key, place, context, value, outdated }: IntegrationUsage & { readonly key: Key }): object {
  const { pipeline, action } = context;
  const where =
    place.kind === "file"
      ? { file: place.file, line: place.range.start.line, column: place.range.start.column }
      : { project: place.project };
  return { key, seen_in: place.kind, ...where, value, outdated, ...withoutUndefined({ pipeline, action }) };
}

/** The result of `refs --check`. */
export function renderCheck(
  report: ReferenceCheck,
  options: {
    readonly format: CheckFormat;
    readonly exit: number;
    readonly color: boolean;
    readonly files: number;
    readonly pathOf?: PathOf | undefined;
    readonly columns?: number | undefined;
  },
): string {
  const { diagnostics, pending, references, dynamic } = report;
  const { format, exit, color, files, pathOf, columns } = options;
  if (format === "json") {
    const rest = {
      files,
      references,
      dynamic,
      pending: pending.map(({ file, key, reference: { range } }) => ({
        key,
        file,
        line: range.start.line,
        column: range.start.column,
      })),
    };
    return renderReportJson({ command: "refs --check", exit, diagnostics, rest });
  }
  const found = renderDiagnostics(diagnostics, format, { color, pathOf, columns });
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

/** A table for people, with aligned columns. Its cells hold no commands for a terminal or a CI runner. */
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
