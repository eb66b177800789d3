import type { YamlSpan } from "../../config/yaml/node.ts";
import { decodeScalar, isClosedQuote, type QuoteStyle } from "./scalar.ts";
import type { Token } from "./tokens.ts";

/** A scalar that is a value, without its quotes. */
export interface ScannedValue extends YamlSpan {
  readonly text: string;
  readonly quote: QuoteStyle;
  /** It is the default of a parameter or variable. */
  readonly isDefault: boolean;
}

export function tokenSpan(token: Token): YamlSpan {
  return { start: token.offset, end: token.offset + token.source.length };
}

export function insideQuotes(token: Token): YamlSpan {
  const { start, end } = tokenSpan(token);
  if (token.kind !== "single" && token.kind !== "double") return { start, end };
  return { start: start + 1, end: isClosedQuote(token.source) ? end - 1 : end };
}

export function scannedValue(token: Token): ScannedValue {
  const quote = token.kind === "single" || token.kind === "double" ? token.kind : "plain";
  const { start, end } = insideQuotes(token);
  return { start, end, text: decodeScalar(token.source, quote), quote, isDefault: false };
}

/** The longest form of a hash in a file, with any escapes and folds. */
export const LONGEST_WITH_HASH = 1000;

/** The text of a block scalar; undefined if it isn't on one line, or is too long for a hash. */
export function blockValue({ source, offset }: Token): ScannedValue | undefined {
  if (source.length > LONGEST_WITH_HASH) return undefined;
  const text = source.trim();
  if (text === "" || text.includes("\n")) return undefined;
  const start = offset + source.indexOf(text);
  return { start, end: start + text.length, text, quote: "none", isDefault: false };
}

/** `integration:` followed by nothing, null or an empty string refers to nothing. */
export function isEmptyValue(value: ScannedValue): boolean {
  return value.text === "" || (value.quote === "plain" && /^(~|null|Null|NULL)$/.test(value.text));
}
