import { UNPRINTABLE } from "../../model/printable.ts";

/**
 * A text in the form in which values are searched for: one letter case, decomposed characters, no invisible characters. Once with spaces (`+`
 * means a space in forms, several count as one) and once without, so that line breaks of the server don't matter.
 */
export function searchForms(text: string): readonly [spaced: string, dense: string] {
  const folded = text.replaceAll(UNPRINTABLE, "").toUpperCase().normalize("NFD");
  return [folded.replaceAll(/[\s+]+/g, " "), folded.replaceAll(/[\s+]/g, "")];
}

/** All readings of a server's text: as it is, with up to two levels of escapes decoded, and its base64 decoded. */
export function decodedForms(text: string): ReadonlySet<string> {
  const forms = new Set([text]);
  let latest = [text];
  for (let depth = 0; depth < 2; depth += 1) {
    latest = latest.flatMap(unescapedForms).filter((form) => !forms.has(form));
    for (const form of latest) forms.add(form);
  }
  const decoded = [...forms].map(decodeBase64).filter((form) => form !== "");
  for (const form of decoded.flatMap((each) => [each, ...unescapedForms(each)])) forms.add(form);
  return forms;
}

/** One level of escapes decoded. Each kind separately: a value may hold what looks like an escape of another kind. */
function unescapedForms(text: string): string[] {
  return [
    text.replaceAll(JSON_ESCAPE, decodeJson),
    text.replaceAll(URL_ESCAPE, decodeUrl),
    text.replaceAll(HTML_ESCAPE, decodeHtml),
  ];
}

/** The text before a value decides where it begins in a group of four characters, so each beginning is tried. */
function decodeBase64(text: string): string {
  const standard = text.replaceAll(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/");
  const decoded = [...standard.matchAll(BASE64)].flatMap(([run]) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), "base64").toString()),
  );
  return decoded.join("|");
}

const BASE64 = /[A-Za-z0-9+/]{6,}/g;
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
