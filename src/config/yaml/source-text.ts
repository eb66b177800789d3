import type { Position, Range } from "../../model/diagnostic.ts";
import type { YamlSpan } from "./node.ts";

/** Offsets in ascending order. */
export type Offsets = ArrayLike<number>;

/**
 * A text and where its lines begin. Lines end with LF; a CR before it belongs to the line's end. A byte order mark takes
 * up no column, since no editor shows it.
 */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly lineStarts: Offsets;
}

export function createSource(file: string, text: string): SourceText {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  const lineStarts = new Uint32Array(lines);
  if (text.startsWith("\u{FEFF}")) lineStarts[0] = 1;
  for (let line = 1, at = -1; line < lines; line++) lineStarts[line] = (at = text.indexOf("\n", at + 1)) + 1;
  return { file, text, lineStarts };
}

export function positionOf(source: SourceText, offset: number): Position {
  const line = lastIndexUpTo(source.lineStarts, offset);
  return { line: line + 1, column: Math.max(0, offset - (source.lineStarts[line] ?? 0)) + 1, offset };
}

export function rangeOf(source: SourceText, span: YamlSpan): Range {
  return { start: positionOf(source, span.start), end: positionOf(source, span.end) };
}

/** The line in which an offset lies, without its end. */
export function lineAt(source: SourceText, offset: number): YamlSpan {
  const line = lastIndexUpTo(source.lineStarts, offset);
  const start = source.lineStarts[line] ?? 0;
  const next = source.lineStarts[line + 1];
  const end = next === undefined ? source.text.length : next - 1;
  return { start, end: end > start && source.text[end - 1] === "\r" ? end - 1 : end };
}

/** Index of the last number that is not above `limit`, in an ascending list whose first number is not above it. */
export function lastIndexUpTo(ascending: Offsets, limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
