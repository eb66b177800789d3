import { ReferenceReader } from "./reference-reader.ts";
import type { PipelineLimits } from "./pipeline-limits.ts";
import type { FoundReference } from "./reference-collector.ts";
import type { ScanKnowledge } from "./reference-keys.ts";
import { readTokens } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** No key, anchor, block scalar or hash begins without one of these. */
const MATTERS = /[:&|>]|[A-Za-z0-9]{20}/;

/**
 * Finds references in a text that isn't valid YAML: each line is read on its own, so that a fault affects no other line.
 * Block scalars are still recognised by their indentation.
 */
export function readReferencesByLine(
  text: string,
  start: number,
  knowledge: ScanKnowledge,
  limits: PipelineLimits,
): Pick<ReferenceReader, "found" | "excess" | "ignoredLines"> {
  const reader = new ReferenceReader(start, knowledge, limits);
  /** Lines that are indented by more than this belong to a block scalar. */
  let block: number | undefined;
  let opened = false;
  for (let at = start; at < text.length && reader.excess === undefined;) {
    const newline = text.indexOf("\n", at);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, newline === -1 ? next : newline).replace(/\r$/, "");
    const indent = line.search(/[^ \r]/);
    if (block !== undefined && indent !== -1 && indent <= block) block = undefined;
    if (opened && block !== undefined && isLastOfBlock(text, next, block)) {
      // The whole text of a block scalar may be a hash.
      reader.accept({ kind: "block", source: line, offset: at });
    }
    opened = false;
    if (block === undefined && MATTERS.test(line)) {
      const opener = new BlockOpener(at);
      readTokens(line, at, (token) => {
        opener.accept(token);
        return withoutFlowSigns(token).every((piece) => reader.accept(piece));
      });
      block = opener.column;
      opened = block !== undefined;
    }
    reader.finish(next);
    at = next;
  }
  return { found: reader.found.map(withoutFlow), excess: reader.excess, ignoredLines: reader.ignoredLines };
}

/** Whether no other line with text follows in a block scalar that belongs to this column. */
function isLastOfBlock(text: string, next: number, block: number): boolean {
  const following = /^(?:[ \r]*\n)*( *)\S/.exec(text.slice(next, next + 1000));
  return following === null || (following[1] ?? "").length <= block;
}

/** Notices, token by token, that a block scalar begins in a line. */
class BlockOpener {
  /** The column of the key or `-` that the block scalar belongs to. */
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

/** The second line of a flow list or map looks like one text, which may hold a hash: `HASH, HASH }`. */
function withoutFlowSigns(token: Token): Token[] {
  const { kind, source, offset } = token;
  if (kind !== "plain" || !/[A-Za-z0-9]{20}/.test(source) || !/[,}\]]/.test(source)) return [token];
  return [...source.matchAll(/[^,[\]{}]+/g)].flatMap((found): Token[] => {
    const piece = found[0].trim();
    const start = offset + found.index + found[0].indexOf(piece);
    if (piece === "") return [];
    return [
      { kind: "plain", source: piece, offset: start },
      { kind: "comma", source: ",", offset: start + piece.length },
    ];
  });
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
