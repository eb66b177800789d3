import { UNPRINTABLE } from "../../model/printable.ts";

/**
 * A text in another form, with the way back: character `i` of it stands for `starts[i]` to `ends[i]` of the original.
 */
export interface MappedText {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export function mapText(text: string): MappedText {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    starts.push(index);
    ends.push(index + 1);
  }
  return { text, starts, ends };
}

/** One level of escapes undone, wherever one stands; the rest stays. */
export type Unescape = (mapped: MappedText) => MappedText;

/** Each kind by itself: a value may hold what looks like an escape of another kind. */
export const UNESCAPES: readonly Unescape[] = [
  (mapped) => replaceMapped(mapped, JSON_ESCAPE, decodeJson),
  (mapped) => replaceMapped(mapped, URL_ESCAPE, decodeUrl),
  (mapped) => replaceMapped(mapped, HTML_ESCAPE, decodeHtml),
];

/** Without line ends and other characters that can't be seen. */
export function withoutInvisible(mapped: MappedText): MappedText {
  return replaceMapped(mapped, UNPRINTABLE, () => "");
}

/** The text of {@link withoutInvisible}, without the way back. */
export function visibleCharacters(text: string): string {
  return text.replaceAll(UNPRINTABLE, "");
}

const JSON_ESCAPE = /\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\["'\\/bfnrt]/gi;
/** One character of UTF-8 at a time. */
const URL_ESCAPE =
  /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/gi;
const HTML_ESCAPE = /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|quot|amp|lt|gt|apos);/gi;

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\\b", "\b"],
  ["\\f", "\f"],
  ["\\n", "\n"],
  ["\\r", "\r"],
  ["\\t", "\t"],
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&apos;", "'"],
]);

function decodeJson(escape: string): string {
  const named = NAMED.get(escape);
  if (named !== undefined) return named;
  return escape.length === 2 ? escape.slice(1) : String.fromCharCode(Number.parseInt(escape.slice(2), 16));
}

function decodeUrl(escape: string): string {
  try {
    return decodeURIComponent(escape);
  } catch {
    return escape;
  }
}

function decodeHtml(escape: string): string {
  const lower = escape.toLowerCase();
  if (lower.startsWith("&#x")) return codePoint(Number.parseInt(lower.slice(3), 16));
  if (lower.startsWith("&#")) return codePoint(Number.parseInt(lower.slice(2), 10));
  return NAMED.get(lower) ?? escape;
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

function replaceMapped(mapped: MappedText, pattern: RegExp, replace: (found: string) => string): MappedText {
  // Most texts hold no escape of most kinds.
  if (mapped.text.search(pattern) === -1) return mapped;
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  let done = 0;
  const keep = (to: number): void => {
    text += mapped.text.slice(done, to);
    for (let index = done; index < to; index += 1) {
      starts.push(mapped.starts[index] ?? 0);
      ends.push(mapped.ends[index] ?? 0);
    }
  };
  for (const match of mapped.text.matchAll(pattern)) {
    keep(match.index);
    done = match.index + match[0].length;
    const replacement = replace(match[0]);
    text += replacement;
    for (let unit = 0; unit < replacement.length; unit += 1) {
      starts.push(mapped.starts[match.index] ?? 0);
      ends.push(mapped.ends[done - 1] ?? 0);
    }
  }
  keep(mapped.text.length);
  return { text, starts, ends };
}
