import { CST, Lexer } from "yaml";

/** What a lexeme is, as far as finding references needs to know. Spaces, directives and most comments are left out. */
export type TokenKind =
  | "plain"
  | "single"
  | "double"
  | "alias"
  | "anchor"
  | "tag"
  | "block-header"
  | "block"
  | "colon"
  | "dash"
  | "question"
  | "comma"
  | "open-map"
  | "close-map"
  | "open-seq"
  | "close-seq"
  | "newline"
  | "comment"
  | "marker"
  | "flow-cut";

export interface Token {
  readonly kind: TokenKind;
  readonly source: string;
  /** In UTF-16 units from the start of the file. */
  readonly offset: number;
}

/**
 * Reads a text with the lexer of `yaml`, which is linear and keeps nothing: a parsed document of 5 MiB would take
 * seconds and half a gigabyte. `base` is where the text begins in its file; reading ends when `visit` returns false.
 */
export function readTokens(text: string, base: number, visit: (token: Token) => boolean): void {
  let offset = base;
  let content: TokenKind = "plain";
  let scalarIsNext = false;
  for (const source of new Lexer().lex(text)) {
    if (scalarIsNext) {
      scalarIsNext = false;
      if (source !== "" && !visit({ kind: content, source, offset })) return;
      content = "plain";
    } else if (source === CST.SCALAR) {
      scalarIsNext = true;
      continue;
    } else if (source === CST.FLOW_END) {
      if (!visit({ kind: "flow-cut", source, offset })) return;
      continue;
    } else if (source === CST.DOCUMENT) {
      continue;
    } else {
      const kind = tokenKind(source);
      if (kind === "block-header") content = "block";
      if (kind !== undefined && !visit({ kind, source, offset })) return;
    }
    offset += source.length;
  }
}

const KINDS: Partial<Record<NonNullable<ReturnType<typeof CST.tokenType>>, TokenKind>> = {
  "single-quoted-scalar": "single",
  "double-quoted-scalar": "double",
  "block-scalar-header": "block-header",
  "map-value-ind": "colon",
  "seq-item-ind": "dash",
  "explicit-key-ind": "question",
  "flow-map-start": "open-map",
  "flow-map-end": "close-map",
  "flow-seq-start": "open-seq",
  "flow-seq-end": "close-seq",
  "doc-start": "marker",
  "doc-end": "marker",
  alias: "alias",
  anchor: "anchor",
  tag: "tag",
  comma: "comma",
  newline: "newline",
};

/** The comment that asks to ignore its line. */
const IGNORE = /#[ \t]*buddy-integrations:[ \t]*ignore\s*$/;

function tokenKind(source: string): TokenKind | undefined {
  const type = CST.tokenType(source);
  if (type === "comment") return IGNORE.test(source) ? "comment" : undefined;
  return type === null ? undefined : KINDS[type];
}
