import type { Diagnostic, Frame, Place } from "../../model/diagnostic.ts";
import { fieldNames } from "../../model/catalog.ts";
import type { YamlProblem, YamlSpan } from "./node.ts";
import { lastIndexUpTo, lineAt, rangeOf, type SourceText } from "./source-text.ts";
import { visibleText } from "../../model/printable.ts";

/** What a frame may show of a text: spans in order, without overlaps; everything between them isn't a value. */
export interface FrameMask {
  readonly starts: readonly number[];
  readonly spans: readonly (YamlSpan & { readonly shown: boolean })[];
}

/** Replaces every value that isn't shown, whatever its length. */
const MASKED_VALUE = "•••";
/** How much of a long line is shown before and after the caret. */
const COLUMNS_BEFORE = 80;
const COLUMNS_AFTER = 100;

/**
 * Returns the function that turns a span (offsets in the text) into a place (what a diagnostic shows: file, line, column, and the
 * line with its values masked). `mask` is absent where the text can't be parsed. A place in something that isn't shown has no
 * length, since that would reveal the length of a secret.
 */
export function createPlacer(source: SourceText, mask: (() => FrameMask) | undefined): (span: YamlSpan) => Place {
  return (span) => {
    const line = lineAt(source, span.start);
    const window = {
      start: Math.max(line.start, span.start - COLUMNS_BEFORE),
      end: Math.min(line.end, span.start + COLUMNS_AFTER),
    };
    const pieces = mask ? linePieces(source.text, line, mask(), window) : unparsedPieces(source.text, line);
    const hidden = pieces.some((piece) => piece.masked && piece.start <= span.start && span.start < piece.end);
    const shown = mask && !hidden ? span : { start: span.start, end: span.start };
    const frame = frameOfPieces(pieces, line, { start: span.start, end: Math.min(span.end, line.end) });
    return { file: source.file, range: rangeOf(source, shown), ...(frame && { frame }) };
  };
}

export function toDiagnostic(problem: YamlProblem, place: (span: YamlSpan) => Place): Diagnostic {
  const { span, ...rest } = problem;
  return { ...rest, place: place(span) };
}

/** A part of a line, and the text that is shown for it. If it isn't masked, both have the same length. */
interface LinePiece extends YamlSpan {
  readonly text: string;
  readonly masked: boolean;
}

function maskedPiece(start: number, end: number, text = MASKED_VALUE): LinePiece {
  return { start, end, text, masked: true };
}

function shownPiece(text: string, start: number, end: number): LinePiece {
  return { start, end, text: visibleText(text.slice(start, end)), masked: false };
}

/** The keys and values that touch the window, and what is between them. */
function linePieces(text: string, line: YamlSpan, { starts, spans }: FrameMask, window: YamlSpan): LinePiece[] {
  const pieces: LinePiece[] = [];
  let index = spans.length > 0 ? lastIndexUpTo(starts, window.start) : 0;
  let at = line.start;
  if (window.start > line.start) at = Math.max(at, Math.min(spans[index]?.start ?? at, window.start));
  for (let span = spans[index]; span && span.start < window.end; span = spans[++index]) {
    if (span.end <= at) continue;
    pieces.push(...gapPieces(text, at, span.start));
    const start = Math.max(span.start, span.shown ? window.start : line.start);
    const end = Math.min(span.end, span.shown ? window.end : line.end);
    if (end > start) pieces.push(span.shown ? shownPiece(text, start, end) : maskedPiece(start, end));
    at = Math.min(span.end, line.end);
  }
  if (at < window.end) pieces.push(...gapPieces(text, at, Math.min(spans[index]?.start ?? line.end, line.end)));
  return pieces;
}

/** Between keys and values: punctuation is shown; comments, anchors and everything else is not. */
function gapPieces(text: string, start: number, end: number): LinePiece[] {
  let at = start;
  while (at < end && "-:,[]{}? \t".includes(text[at] ?? "")) at++;
  const instead = `${text[at] === "#" ? "# " : ""}${MASKED_VALUE}${/\s/.test(text[end - 1] ?? "") ? " " : ""}`;
  return [...(at > start ? [shownPiece(text, start, at)] : []), ...(end > at ? [maskedPiece(at, end, instead)] : [])];
}

const KNOWN_WORDS = new Set([
  ...fieldNames,
  "version",
  "workspace",
  "api",
  "defaults",
  "integrations",
  "extra",
  "lifecycle",
]);

/** The visible part of a line that can't be parsed: a known word and its colon, and no value. */
function unparsedPieces(text: string, line: YamlSpan): LinePiece[] {
  const [whole = "", indent = "", word = ""] = /^([\s-]*)(?:([a-z_]+):)?/.exec(text.slice(line.start, line.end)) ?? [];
  const known = KNOWN_WORDS.has(word);
  const end = line.start + (known ? whole : indent).length;
  if (end - line.start > COLUMNS_BEFORE) return [maskedPiece(line.start, line.end)];
  const rest =
    text.slice(end, line.end).trim() === ""
      ? []
      : [maskedPiece(end, line.end, known ? ` ${MASKED_VALUE}` : MASKED_VALUE)];
  return [shownPiece(text, line.start, end), ...rest];
}

function frameOfPieces(pieces: readonly LinePiece[], line: YamlSpan, caret: YamlSpan): Frame | undefined {
  const lead = (pieces[0]?.start ?? line.start) > line.start ? "…" : "";
  const tail = (pieces.at(-1)?.end ?? line.end) < line.end ? "…" : "";
  let text = lead;
  let from: number | undefined;
  let to = 0;
  for (const piece of pieces) {
    const blank = piece.text.length - piece.text.trimStart().length;
    const column = (offset: number) => text.length + (piece.masked ? blank : Math.max(0, offset - piece.start));
    if (from === undefined && caret.start < piece.end) from = column(caret.start);
    if (caret.end > piece.start)
      to = !piece.masked && caret.end < piece.end ? column(caret.end) : text.length + piece.text.trimEnd().length;
    text += piece.text;
  }
  if (text.trim() === "") return undefined;
  const start = from ?? text.length;
  return { line: `${text}${tail}`.trimEnd(), column: start + 1, width: Math.max(1, to - start) };
}
