import { stripVTControlCharacters } from "node:util";
import { squeezed, UNESCAPES, unmapped } from "./escapes.ts";
import type { Mapped } from "./escapes.ts";

/** Stands where a value was. */
export const MASK = "[secret]";

/** Stands for all that the server said, when a value that was sent is too short to be told from ordinary words. */
export const WITHHELD = "(the server's words are left out: a value that was sent is too short to be found in them)";

/** Shorter values would be found in any sentence, and what is then masked would tell them. */
const SHORTEST = 4;
/** Servers cut what they echo: so many of a value's first characters are enough. */
const HEAD = 8;

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
  if (hasShort(sent)) return [WITHHELD];
  const needles = needlesFor(sent);
  const lines = words.slice(0, MAX_WORDS * 5).map((text) => shortened(oneLine(masked(text, needles))));
  return [...new Set(lines.filter((line) => line !== ""))].slice(0, MAX_WORDS);
}

/** The same for a single text that isn't needed: nothing is left of it when it might hold a value that was sent. */
export function scrubText(text: string, sent: readonly string[]): string {
  return hasShort(sent) ? "" : shortened(oneLine(masked(text, needlesFor(sent))));
}

interface Needles {
  readonly plain: readonly string[];
  /** Without `=`, in the standard alphabet. */
  readonly base64: readonly string[];
}

function hasShort(sent: readonly string[]): boolean {
  return sent.some((value) => value !== "" && visible(value).length < SHORTEST);
}

function needlesFor(sent: readonly string[]): Needles {
  const pieces = new Set(
    sent.flatMap((value) => [value, ...value.split(/[\r\n]+/)]).flatMap((text) => [text, text.trim()]),
  );
  const plain = new Set<string>();
  const base64 = new Set<string>();
  for (const piece of pieces) {
    const seen = visible(piece);
    if (seen.length < SHORTEST) continue;
    plain.add(seen).add(seen.replaceAll(" ", "+"));
    for (const offset of [0, 1, 2]) base64.add(base64At(piece, offset));
  }
  return { plain: [...plain], base64: [...base64] };
}

/** What base64 makes of the value wherever it starts in a group of three bytes, without what its neighbours decide. */
function base64At(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString("base64").slice(Math.ceil((offset * 8) / 6), whole);
}

function masked(text: string, needles: Needles): string {
  const spans: [number, number][] = [];
  for (const form of formsOf(text)) {
    const seen = squeezed(form);
    for (const needle of needles.plain) mark(seen, seen.text, needle, spans);
    const standard = seen.text.replaceAll("-", "+").replaceAll("_", "/");
    for (const needle of needles.base64) mark(seen, standard, needle, spans, BASE64);
  }
  return withMasks(text, spans);
}

/** The text as it is, and with up to two levels of escapes undone, of any kinds in any order. */
function formsOf(text: string): readonly Mapped[] {
  const forms = new Map([[text, unmapped(text)]]);
  let latest = [...forms.values()];
  for (let depth = 0; depth < 2; depth += 1) {
    const undone = latest.flatMap((form) => UNESCAPES.map((unescape) => unescape(form)));
    latest = undone.filter((form) => !forms.has(form.text));
    for (const form of latest) forms.set(form.text, form);
  }
  return [...forms.values()];
}

const BASE64 = /[A-Za-z0-9+/=]/;

/** Notes where a needle, or the head of a long one, stands. @param around what belongs to a find, left and right of it. */
function mark(form: Mapped, text: string, needle: string, spans: [number, number][], around?: RegExp): void {
  const head = needle.slice(0, HEAD);
  for (let from = text.indexOf(head); from !== -1; from = text.indexOf(head, from + 1)) {
    let first = from;
    let last = from + head.length;
    while (last - from < needle.length && text[last] === needle[last - from]) last += 1;
    const end = last;
    while (around?.test(text[first - 1] ?? "") === true) first -= 1;
    while (around?.test(text[last] ?? "") === true) last += 1;
    spans.push([form.starts[first] ?? 0, form.ends[last - 1] ?? 0]);
    if (end - from === needle.length) from = end - 1;
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

function visible(text: string): string {
  return squeezed(unmapped(text)).text;
}

/** What a terminal or a CI log would obey is taken out; every run of blanks becomes one space. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\s\u2028\u2029]+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .trim();
}

function shortened(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  const cut = text.slice(0, MAX_LENGTH - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
