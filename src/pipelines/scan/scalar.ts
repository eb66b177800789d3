import { CST, parse } from "yaml";

/** How a value is written; `none`: it never needs quotes, such as a block scalar or a part of a text. */
export type QuoteStyle = "plain" | "single" | "double" | "none";

/** The text that a flow scalar stands for, its quotes, escapes and folds resolved. Never a number: `007` stays `007`. */
export function decodeScalar(source: string, quote: Exclude<QuoteStyle, "none">): string {
  if (quote === "plain") return source.includes("\n") ? resolveScalar("scalar", source) : source;
  if (!source.includes("\\") && !source.includes("\n") && !(quote === "single" && source.includes("''", 1))) {
    return source.slice(1, isClosedQuote(source) ? -1 : undefined);
  }
  return resolveScalar(quote === "single" ? "single-quoted-scalar" : "double-quoted-scalar", source);
}

function resolveScalar(type: CST.FlowScalar["type"], source: string): string {
  const token: CST.FlowScalar = { type, offset: 0, indent: 0, source };
  return CST.resolveAsScalar(token, false, () => undefined)?.value ?? "";
}

/** Whether a quoted scalar ends with its quote; one that is escaped or doubled doesn't close. */
export function isClosedQuote(source: string): boolean {
  const quote = source[0];
  const twin = quote === "'" ? "'" : "\\";
  let start = source.length - 1;
  if (start < 1 || source[start] !== quote) return false;
  while (start > 1 && source[start - 1] === twin) start -= 1;
  return (source.length - 1 - start) % 2 === 0;
}

/** A value as it must be written in this quote style; for quoted styles, the text between the quotes. */
export function encodeScalar(value: string, quote: QuoteStyle): string {
  if (quote === "single") return value.replaceAll("'", "''");
  if (quote === "double") return JSON.stringify(value).slice(1, -1);
  if (quote === "none") return value;
  return isPlainScalar(value) ? value : JSON.stringify(value);
}

/** Whether a plain scalar of this text is read as this text, by YAML 1.1 and 1.2: digits, `1e5`, `0x1f` and `no` are not. */
function isPlainScalar(value: string): boolean {
  return (
    /^\w[\w.-]*$/.test(value) &&
    [parse(value), parse(value, { version: "1.1" })].every((read: unknown) => read === value)
  );
}

/** What Buddy or a template fills in later: `$VAR`, `!param`, `!{param:default}`, `{{ param }}`. */
export function isDynamicValue(value: string): boolean {
  return value.startsWith("!") || value.includes("$") || value.includes("!{") || value.includes("{{");
}
