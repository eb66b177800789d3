import { cutText, oneLine } from "../../model/printable.ts";
import { mapText, UNESCAPES, visibleCharacters, withoutInvisible } from "./escapes.ts";
import type { MappedText } from "./escapes.ts";

/** Stands where a value was. */
export const MASK = "[secret]";

/** Stands for all that the server said, when a value that was sent is too short to be told from ordinary words. */
export const WITHHELD = "(the server's words are left out: a value that was sent is too short to be found in them)";

/** Shorter values would be found in any sentence, and what is then masked would tell them. */
const SHORTEST = 4;
/** Servers cut what they echo: so many of a value's characters are enough. */
const ENOUGH = 8;

const MAX_WORDS = 10;
const MAX_LENGTH = 500;

/**
 * The server's words, fit to be shown: without any value that was sent, as it is or escaped (JSON, URL, HTML, twice
 * too) or in base64; on one line, without control characters, bounded. This is the one place where text is searched for
 * secrets: everywhere else they are left out by type, but here the text is the server's.
 */
export function scrubWords(words: readonly string[], sent: readonly string[]): readonly string[] {
  if (words.length === 0) return words;
  // Not "when one is contained": whether it is would tell something of the value.
  if (hasShortValue(sent)) return [WITHHELD];
  const needles = needlesFor(sent);
  const lines = words.slice(0, MAX_WORDS * 5).map((text) => shortenWords(oneLine(maskNeedles(text, needles))));
  return [...new Set(lines.filter((line) => line !== ""))].slice(0, MAX_WORDS);
}

/** The same for a single text that isn't needed: nothing is left of it when it might hold a value that was sent. */
export function scrubText(text: string, sent: readonly string[]): string {
  return hasShortValue(sent) ? "" : shortenWords(oneLine(maskNeedles(text, needlesFor(sent))));
}

/** Something to be searched for. */
interface Needle {
  readonly text: string;
  /** Without `=`, in the standard alphabet. */
  readonly base64: boolean;
  /** A value as a whole; else one of its lines. */
  readonly whole: boolean;
}

function hasShortValue(sent: readonly string[]): boolean {
  return sent.some((value) => value !== "" && visibleCharacters(value).length < SHORTEST);
}

function needlesFor(sent: readonly string[]): readonly Needle[] {
  const needles = new Map<string, Needle>();
  const add = (text: string, base64: boolean, whole: boolean): void => {
    if (!needles.has(text)) needles.set(text, { text, base64, whole });
  };
  for (const value of sent) {
    const pieces = [value, value.trim(), ...value.split(/[\r\n]+/).flatMap((line) => [line, line.trim()])];
    for (const [index, piece] of pieces.entries()) {
      const seen = visibleCharacters(piece);
      const whole = index < 2;
      if (seen.length < SHORTEST) continue;
      add(seen, false, whole);
      add(seen.replaceAll(" ", "+"), false, whole);
      for (const offset of [0, 1, 2]) add(base64At(piece, offset), true, whole);
    }
  }
  return [...needles.values()];
}

/** What base64 makes of the value wherever it starts in a group of three bytes, without what its neighbours decide. */
function base64At(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString("base64").slice(Math.ceil((offset * 8) / 6), whole);
}

function maskNeedles(text: string, needles: readonly Needle[]): string {
  const spans: [number, number][] = [];
  for (const form of unescapedForms(text)) {
    const seen = withoutInvisible(form);
    const standard = seen.text.replaceAll("-", "+").replaceAll("_", "/");
    for (const needle of needles) {
      const within = needle.base64 ? standard : seen.text;
      markNeedle(seen, within, needle, 0, spans);
      // What stands before a value can make an escape of its first characters: then its end is what is left to be found.
      if (needle.whole && form.text !== text && needle.text.length > ENOUGH)
        markNeedle(seen, within, needle, needle.text.length - ENOUGH, spans);
    }
  }
  return withMasks(text, spans);
}

/** The text as it is, and with up to two levels of escapes undone, of any kinds in any order. */
function unescapedForms(text: string): readonly MappedText[] {
  const forms = new Map([[text, mapText(text)]]);
  let latest = [...forms.values()];
  for (let depth = 0; depth < 2; depth += 1) {
    const undone = latest.flatMap((form) => UNESCAPES.map((unescape) => unescape(form)));
    latest = undone.filter((form) => !forms.has(form.text));
    for (const form of latest) forms.set(form.text, form);
  }
  return [...forms.values()];
}

const BASE64 = /[A-Za-z0-9+/=]/;

/** Notes where a needle stands, or as much of it as is there around the few characters of it that begin at `offset`. */
function markNeedle(form: MappedText, text: string, needle: Needle, offset: number, spans: [number, number][]): void {
  const wanted = needle.text;
  const piece = wanted.slice(offset, offset + ENOUGH);
  let reached = 0;
  for (let from = text.indexOf(piece); from !== -1; from = text.indexOf(piece, from + 1)) {
    let first = from;
    let last = from + piece.length;
    while (first > reached && text[first - 1] === wanted[offset - (from - first) - 1]) first -= 1;
    while (last - from + offset < wanted.length && text[last] === wanted[last - from + offset]) last += 1;
    if (last - first === wanted.length) from = last - 1;
    reached = last;
    if (needle.base64) {
      while (BASE64.test(text[first - 1] ?? "")) first -= 1;
      while (BASE64.test(text[last] ?? "")) last += 1;
    }
    spans.push([form.starts[first] ?? 0, form.ends[last - 1] ?? 0]);
  }
}

function withMasks(text: string, spans: readonly [number, number][]): string {
  let result = "";
  let done = 0;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start >= done) result += text.slice(done, start) + MASK;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
}

function shortenWords(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  return `${cutText(text, MAX_LENGTH - 1)}…`;
}
