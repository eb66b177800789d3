import picocolors from "picocolors";
import type { Diagnostic, Frame, Place } from "../model/diagnostic.ts";
import {
  harmlessJson,
  visibleText,
  withoutRunnerCommands,
  workflowData,
  workflowProperty,
} from "../model/printable.ts";
import type { Paint } from "./paint.ts";
import { displayWidth } from "./width.ts";

export type DiagnosticFormat = "text" | "json" | "github";

/**
 * Diagnostics as they are shown, in the order given; "" for none, but in JSON, which is always an array. Everything that
 * they hold may be shown already: nothing is masked here, and what a terminal or a runner would obey is taken out.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
  options: { readonly color: boolean; readonly pathOf?: PathOf | undefined },
): string {
  switch (format) {
    case "text":
      return withoutRunnerCommands(
        diagnostics.map((diagnostic) => `${diagnosticText(diagnostic, options.color)}\n`).join(""),
      );
    case "json":
      return harmlessJson(diagnostics.map(diagnosticJson));
    case "github":
      return diagnostics
        .map(({ code, severity, message, hint, place }) => {
          const text = hint === undefined ? message : `${message}\nhint: ${hint}`;
          return `${annotationCommand({ level: severity, title: code, text, ...(place && { place }) }, options.pathOf)}\n`;
        })
        .join("");
    default:
      return format satisfies never;
  }
}

/** A diagnostic in the stable form of all JSON outputs. Columns and lines from 1, offsets in UTF-16 units; the end is behind. */
export function diagnosticJson({
  code,
  severity,
  message,
  hint,
  place,
}: Diagnostic): Readonly<Record<string, unknown>> {
  const { start, end } = place?.range ?? {};
  return {
    code,
    severity,
    message,
    ...(hint !== undefined && { hint }),
    ...(place &&
      start &&
      end && {
        file: place.file,
        start: { line: start.line, column: start.column, offset: start.offset },
        end: { line: end.line, column: end.column, offset: end.offset },
      }),
  };
}

function diagnosticText({ code, severity, message, hint, place }: Diagnostic, color: boolean): string {
  const paint = picocolors.createColors(color);
  const start = place?.range.start;
  const where = place && start ? `${visibleText(place.file)}:${start.line}:${start.column}: ` : "";
  const tone = severity === "error" ? paint.red : paint.yellow;
  return [
    `${paint.bold(where)}${tone(paint.bold(severity))} ${paint.dim(`[${code}]`)}: ${visibleText(message)}`,
    ...(place?.frame && start ? frameLines(place.frame, start.line, tone, paint.dim) : []),
    ...(hint === undefined ? [] : [`  ${paint.cyan("hint:")} ${visibleText(hint)}`]),
  ].join("\n");
}

function frameLines({ line, column, width }: Frame, number: number, tone: Paint, dim: Paint): string[] {
  const gutter = String(number);
  const shown = visibleText(line);
  return [
    `  ${dim(`${gutter} |`)} ${shown}`,
    `  ${dim(`${" ".repeat(gutter.length)} |`)} ${caretPadding(shown, column - 1)}${tone("^".repeat(Math.max(1, width)))}`,
  ];
}

/** As wide as the text before the caret: wide characters (CJK, emoji) take two columns, marks that combine take none. */
function caretPadding(line: string, length: number): string {
  return " ".repeat(displayWidth(line.slice(0, length)));
}

/** Something that GitHub Actions shows at a line of a file, or in the run's summary. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  /** May have several lines. */
  readonly text: string;
  readonly place?: Place;
}

/** A file's path as the code host has it: from the top of the repository. */
export type PathOf = (file: string) => string;

/** A workflow command: `::error file=…,line=…::message`. Nothing in it can end it or begin another. */
export function annotationCommand({ level, title, text, place }: Annotation, pathOf: PathOf = (file) => file): string {
  const { start, end } = place?.range ?? {};
  const sameLine = start && end && start.line === end.line && end.column > start.column;
  const properties: readonly (readonly [string, string | number])[] = [
    ...(place && start
      ? ([
          ["file", pathOf(place.file)],
          ["line", start.line],
          ["col", start.column],
        ] as const)
      : []),
    ...(sameLine ? ([["endColumn", end.column]] as const) : []),
    ["title", title],
  ];
  const written = properties.map(([name, value]) => `${name}=${workflowProperty(String(value))}`).join(",");
  return `::${level} ${written}::${workflowData(text)}`;
}
