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
import { cutToWidth, displayWidth } from "./width.ts";
import { wrapLines } from "./wrap-lines.ts";

export type DiagnosticFormat = "text" | "json" | "github";

/**
 * Diagnostics in their order. Without any, text is empty and JSON is an empty array. Nothing is masked here: diagnostics
 * hold no secrets. Control characters of a terminal and commands of a CI runner are removed.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
  options: {
    readonly color: boolean;
    readonly pathOf?: PathOf | undefined;
    /** Width of the terminal, at which lines are broken. Undefined for a log. */
    readonly columns?: number | undefined;
  },
): string {
  switch (format) {
    case "text":
      return withoutRunnerCommands(
        diagnostics.map((diagnostic) => `${diagnosticText(diagnostic, options)}\n`).join(""),
      );
    case "json":
      return harmlessJson(diagnostics.map((diagnostic) => diagnosticJson(diagnostic)));
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

/**
 * A diagnostic in the stable form of all JSON outputs. Columns and lines begin at 1, offsets count UTF-16 units, and the
 * end is exclusive.
 */
export function diagnosticJson(
  { code, severity, message, hint, place }: Diagnostic,
  pathOf: PathOf = (file) => file,
): Readonly<Record<string, unknown>> {
  const { start, end } = place?.range ?? {};
  return {
    code,
    severity,
    message,
    ...(hint !== undefined && { hint }),
    ...(place &&
      start &&
      end && {
        file: pathOf(place.file),
        start: { line: start.line, column: start.column, offset: start.offset },
        end: { line: end.line, column: end.column, offset: end.offset },
      }),
  };
}

function diagnosticText(
  { code, severity, message, hint, place }: Diagnostic,
  { color, columns }: { readonly color: boolean; readonly columns?: number | undefined },
): string {
  const paint = picocolors.createColors(color);
  const start = place?.range.start;
  const where = place && start ? `${visibleText(place.file)}:${start.line}:${start.column}: ` : "";
  const tone = severity === "error" ? paint.red : paint.yellow;
  const head = `${paint.bold(where)}${tone(paint.bold(severity))} ${paint.dim(`[${code}]`)}: ${visibleText(message)}`;
  return [
    wrapLines(head, columns),
    ...(place?.frame && start
      ? frameLines(fittingFrame(place.frame, start.line, columns), start.line, tone, paint.dim)
      : []),
    ...(hint === undefined ? [] : [wrapLines(`  ${paint.cyan("hint:")} ${visibleText(hint)}`, columns)]),
  ].join("\n");
}

/** The frame itself if its line fits; otherwise the marked part of the line, with a little of the text before it. */
function fittingFrame(frame: Frame, number: number, columns: number | undefined): Frame {
  const width = (columns ?? Infinity) - String(number).length - FRAME_MARGIN;
  const shown = visibleText(frame.line);
  if (displayWidth(shown) <= width || width < LEAST_FRAME) return frame;
  const before = shown.slice(0, frame.column - 1);
  const from = Math.max(0, before.length - Math.floor(width / 3));
  const start = from === 0 ? "" : "…";
  const line = cutToWidth(start + shown.slice(from), width);
  const column = start.length + before.length - from + 1;
  const room = width - displayWidth(line.slice(0, column - 1));
  return { line, column, width: Math.max(1, Math.min(frame.width, room)) };
}

/** Width of `  12 | ` without the number. */
const FRAME_MARGIN = 5;
const LEAST_FRAME = 20;

function frameLines({ line, column, width }: Frame, number: number, tone: Paint, dim: Paint): string[] {
  const gutter = String(number);
  const shown = visibleText(line);
  return [
    `  ${dim(`${gutter} |`)} ${shown}`,
    `  ${dim(`${" ".repeat(gutter.length)} |`)} ${caretPadding(shown, column - 1)}${tone("^".repeat(Math.max(1, width)))}`,
  ];
}

/** Spaces as wide as the text before the caret: wide characters (CJK, emoji) take two columns, combining marks take none. */
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

/** Turns the path of a file into its path from the top of the repository. */
export type PathOf = (file: string) => string;

/** A workflow command: `::error file=…,line=…::message`. Its texts are escaped, so that none can end it or begin another. */
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
