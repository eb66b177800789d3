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

/** `integration:` followed by nothing, null or an empty string refers to nothing. */
export function isEmptyValue(value: ScannedValue): boolean {
  return value.text === "" || (value.quote === "plain" && /^(~|null|Null|NULL)$/.test(value.text));
}
