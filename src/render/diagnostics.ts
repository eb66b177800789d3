import picocolors from "picocolors";
import type { Diagnostic, Frame } from "../diagnostic.ts";

export type DiagnosticFormat = "text" | "json" | "github";

/**
 * Diagnostics as they are shown, in the order given; "" for none, but in JSON, which is always an array. Everything that
 * they hold may be shown already: nothing is masked here, control characters are made harmless.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
  options: { readonly color: boolean },
): string {
  switch (format) {
    case "text":
      return diagnostics.map((diagnostic) => `${asText(diagnostic, options.color)}\n`).join("");
    case "json":
      return `${JSON.stringify(diagnostics.map(diagnosticJson), null, 2)}\n`;
    case "github":
      return diagnostics.map((diagnostic) => `${asAnnotation(diagnostic)}\n`).join("");
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

function asText({ code, severity, message, hint, place }: Diagnostic, color: boolean): string {
  const paint = picocolors.createColors(color);
  const start = place?.range.start;
  const where = place && start ? `${harmless(place.file)}:${start.line}:${start.column}: ` : "";
  const tone = severity === "error" ? paint.red : paint.yellow;
  return [
    `${paint.bold(where)}${tone(paint.bold(severity))} ${paint.dim(`[${code}]`)}: ${harmless(message)}`,
    ...(place?.frame && start
      ? frameLines(
          place.frame,
          start.line,
          (text) => tone(text),
          (text) => paint.dim(text),
        )
      : []),
    ...(hint === undefined ? [] : [`  ${paint.cyan("hint:")} ${harmless(hint)}`]),
  ].join("\n");
}

type Paint = (text: string) => string;

function frameLines({ line, column, width }: Frame, number: number, tone: Paint, dim: Paint): string[] {
  const gutter = String(number);
  const shown = harmless(line);
  return [
    `  ${dim(`${gutter} |`)} ${shown}`,
    `  ${dim(`${" ".repeat(gutter.length)} |`)} ${padding(shown, column - 1)}${tone("^".repeat(Math.max(1, width)))}`,
  ];
}

/** As wide as the text before the caret: wide characters (CJK, emoji) take two columns, marks that combine take none. */
function padding(line: string, length: number): string {
  let width = 0;
  for (const character of line.slice(0, length)) width += columns(character);
  return " ".repeat(width);
}

function columns(character: string): number {
  if (/\p{M}|\u200D|\uFE0F/u.test(character)) return 0;
  return /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1;
}

function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD");
}

/** A workflow command of GitHub Actions: `::error file=…,line=…::message`. */
function asAnnotation({ code, severity, message, hint, place }: Diagnostic): string {
  const { start, end } = place?.range ?? {};
  const sameLine = start && end && start.line === end.line && end.column > start.column;
  const properties: readonly (readonly [string, string | number])[] = [
    ...(place && start
      ? ([
          ["file", place.file],
          ["line", start.line],
          ["col", start.column],
        ] as const)
      : []),
    ...(sameLine ? ([["endColumn", end.column]] as const) : []),
    ["title", code],
  ];
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(",");
  return `::${severity} ${written}::${escapeData(hint === undefined ? message : `${message}\nhint: ${hint}`)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
