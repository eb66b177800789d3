import { ReferenceReader } from "./reference-reader.ts";
import type { FoundReference, PipelineLimits } from "./reference-reader.ts";
import { readTokens } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** No key, anchor or block scalar begins without one of these. */
const MATTERS = /[:&|>]/;

/**
 * Finds references in a text that isn't valid YAML: each line is read on its own, so that a fault spoils no other line.
 * Block scalars are still told by their indentation.
 */
export function readReferencesByLine(
  text: string,
  start: number,
  limits: PipelineLimits,
): Pick<ReferenceReader, "found" | "excess"> {
  const reader = new ReferenceReader(start, limits);
  /** Lines that are indented by more than this belong to a block scalar. */
  let block: number | undefined;
  for (let at = start; at < text.length && reader.excess === undefined;) {
    const newline = text.indexOf("\n", at);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, newline === -1 ? next : newline);
    const indent = line.search(/[^ \r]/);
    if (block !== undefined && indent !== -1 && indent <= block) block = undefined;
    if (block === undefined && MATTERS.test(line)) {
      const opener = new BlockOpener(at);
      readTokens(line, at, (token) => {
        opener.accept(token);
        return reader.accept(token);
      });
      block = opener.column;
    }
    reader.finish(next);
    at = next;
  }
  return { found: reader.found.map(withoutFlow), excess: reader.excess };
}

/** Notices, while the tokens of a line pass by, that a block scalar begins. */
class BlockOpener {
  /** Of the key or `-` that the block scalar belongs to. */
  column: number | undefined;
  readonly #lineStart: number;
  #owner: number;

  constructor(lineStart: number) {
    this.#lineStart = lineStart;
    this.#owner = lineStart;
  }

  accept(token: Token): void {
    if (token.kind === "block-header") this.column ??= this.#owner - this.#lineStart;
    else if (token.kind !== "colon") this.#owner = token.offset;
  }
}

/** The second line of a flow map looks like a block line, so its `}` seems to be part of the value. */
function withoutFlow(found: FoundReference): FoundReference {
  const { value } = found;
  if (found.kind !== "literal" || value.quote !== "plain") return found;
  const length = value.text.search(/[\s,}\]]/);
  if (length <= 0) return found;
  const end = value.start + length;
  return { ...found, value: { ...value, end, text: value.text.slice(0, length) }, at: { start: value.start, end } };
}
