import { Reader } from "./reader.ts";
import type { Found } from "./reader.ts";
import { readTokens } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** No key, anchor or block scalar begins without one of these. */
const MATTERS = /[:&|>]/;

/**
 * Finds references in a text that isn't valid YAML: each line is read on its own, so that a fault spoils no other line.
 * Block scalars are still told by their indentation.
 */
export function readLines(text: string, start: number): Found[] {
  const reader = new Reader(start);
  /** Lines that are indented by more than this belong to a block scalar. */
  let block: number | undefined;
  for (let at = start; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, newline === -1 ? next : newline);
    const indent = line.search(/[^ \r]/);
    if (block !== undefined && indent !== -1 && indent <= block) block = undefined;
    if (block === undefined && MATTERS.test(line)) {
      const tokens: Token[] = [];
      readTokens(line, at, (token) => tokens.push(token) > 0);
      for (const token of tokens) reader.accept(token);
      block = blockColumn(tokens, at);
    }
    reader.finish(next);
    at = next;
  }
  return reader.found.map(withoutFlow);
}

/** The column of the key or `-` that a block scalar belongs to, if one begins in this line. */
function blockColumn(tokens: readonly Token[], lineStart: number): number | undefined {
  const header = tokens.findIndex((token) => token.kind === "block-header");
  const before = tokens.slice(0, Math.max(0, header));
  const owner = before.at(before.at(-1)?.kind === "colon" ? -2 : -1);
  return header === -1 ? undefined : (owner?.offset ?? lineStart) - lineStart;
}

/** The second line of a flow map looks like a block line, so its `}` seems to be part of the value. */
function withoutFlow(found: Found): Found {
  const { value } = found;
  if (found.kind !== "literal" || value.quote !== "plain") return found;
  const length = value.text.search(/[\s,}\]]/);
  if (length <= 0) return found;
  const end = value.start + length;
  return { ...found, value: { ...value, end, text: value.text.slice(0, length) }, at: { start: value.start, end } };
}
