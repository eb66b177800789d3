import type { Diagnostic, Frame, Place } from "../diagnostic.ts";
import { fieldNames } from "../catalog.ts";
import type { Mask } from "./mask.ts";
import type { Problem, Span } from "./node.ts";
import { lastIndexUpTo, lineAt, rangeOf, type Source } from "./source.ts";
import { visibleText } from "./words.ts";

/** Stands for every value that isn't shown, whatever its length. */
const MASKED = "•••";
const BEFORE = 80;
const AFTER = 100;

/** Gives spans their places; `mask` is absent where the text can't be parsed. */
export function createPlacer(source: Source, mask: (() => Mask) | undefined): (span: Span) => Place {
  return (span) => {
    const line = lineAt(source, span.start);
    const pieces = mask ? piecesOf(source.text, line, mask(), span.start) : unparsed(source.text, line);
    const frame = assemble(pieces, source.text, { start: span.start, end: Math.min(span.end, line.end) });
    return { file: source.file, range: rangeOf(source, span), ...(frame && { frame }) };
  };
}

export function toDiagnostic(problem: Problem, place: (span: Span) => Place): Diagnostic {
  const { span, ...rest } = problem;
  return { ...rest, place: place(span) };
}

/** A part of a line: as it stands in the text, or other text in its stead. */
interface Piece extends Span {
  readonly instead?: string;
}

/** The pieces near the caret: keys, values, and what is between them. */
function piecesOf(text: string, line: Span, { starts, spans }: Mask, caret: number): Piece[] {
  const pieces: Piece[] = [];
  let index = spans.length > 0 ? lastIndexUpTo(starts, Math.max(line.start, caret - BEFORE)) : 0;
  const first = spans[index];
  let at = first && first.start > line.start ? first.start : line.start;
  for (let span = spans[index]; span && span.start < line.end && at < caret + AFTER; span = spans[++index]) {
    if (span.end <= line.start) continue;
    if (span.start > at) pieces.push(...gap(text, { start: at, end: span.start }));
    const piece = { start: Math.max(span.start, line.start), end: Math.min(span.end, line.end) };
    pieces.push(span.shown ? piece : { ...piece, instead: MASKED });
    at = piece.end;
  }
  if (at < line.end && at < caret + AFTER) pieces.push(...gap(text, { start: at, end: line.end }));
  return pieces;
}

/** Between keys and values: punctuation is shown; comments, anchors and everything else is not. */
function gap(text: string, span: Span): Piece[] {
  let at = span.start;
  while (at < span.end && "-:,[]{}? \t".includes(text[at] ?? "")) at++;
  return [
    { start: span.start, end: at },
    { start: at, end: span.end, instead: MASKED },
  ].filter((piece) => piece.end > piece.start);
}

const WORDS = new Set([...fieldNames, "version", "workspace", "api", "defaults", "integrations", "extra", "lifecycle"]);

/** Of a line that can't be parsed: a known word and its colon, and no value. */
function unparsed(text: string, line: Span): Piece[] {
  const shown = text.slice(line.start, line.end);
  const [whole = "", indent = "", word = ""] = /^([\s-]*)(?:([a-z_]+):)?/.exec(shown) ?? [];
  const kept = line.start + (WORDS.has(word) ? whole.length : indent.length);
  const rest = { start: kept, end: line.end, instead: WORDS.has(word) ? ` ${MASKED}` : MASKED };
  return [{ start: line.start, end: kept }, ...(shown.slice(kept - line.start).trim() ? [rest] : [])];
}

function assemble(pieces: readonly Piece[], text: string, caret: Span): Frame | undefined {
  let line = "";
  let from: number | undefined;
  let to = 0;
  for (const piece of pieces) {
    const shown =
      piece.instead ??
      visibleText(text.slice(Math.max(piece.start, caret.start - BEFORE), Math.min(piece.end, caret.start + AFTER)));
    const cut = piece.instead === undefined ? Math.max(0, caret.start - BEFORE - piece.start) : 0;
    const column = (offset: number) =>
      piece.instead === undefined
        ? line.length + Math.min(offset - piece.start - cut, shown.length)
        : line.length + shown.length - shown.trimStart().length;
    if (from === undefined && caret.start < piece.end) from = column(Math.max(caret.start, piece.start));
    if (piece.start < caret.end)
      to = piece.instead === undefined && caret.end <= piece.end ? column(caret.end) : line.length + shown.length;
    line += shown;
  }
  if (line.trim() === "") return undefined;
  const start = from ?? line.length;
  return clip(line, start, Math.max(1, to - start));
}

function clip(line: string, start: number, width: number): Frame {
  const cut = Math.max(0, start - BEFORE);
  const lead = cut > 0 ? "…" : "";
  const rest = line.slice(cut, start + AFTER);
  const shown = `${lead}${rest}${line.length > start + AFTER ? "…" : ""}`.trimEnd();
  const column = start - cut + lead.length;
  return { line: shown, column: column + 1, width: Math.max(1, Math.min(width, shown.length - column)) };
}
