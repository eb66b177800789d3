import type { ErrorCode } from "yaml";
import type { YamlProblem, YamlSpan } from "./node.ts";

/** The parser's own messages may quote the text, so only its codes are used. */
const SYNTAX_MESSAGES: Readonly<Record<ErrorCode, readonly [message: string, hint?: string]>> = {
  ALIAS_PROPS: ["an alias (`*…`) can't have an anchor or a tag"],
  BAD_ALIAS: ["an anchor or alias without a name", "quote values that begin with `*` or `&`"],
  BAD_COLLECTION_TYPE: ["a tag that doesn't fit its value"],
  BAD_DIRECTIVE: ["a directive that YAML doesn't know"],
  BAD_DQ_ESCAPE: ["an escape that double quotes don't know", "write `\\\\` for a backslash, or use single quotes"],
  BAD_INDENT: ["the indentation doesn't fit the lines above"],
  BAD_PROP_ORDER: ["an anchor or tag in the wrong place"],
  BAD_SCALAR_START: ["a value can't begin with this character", "put the value in quotes"],
  BLOCK_AS_IMPLICIT_KEY: ["a map or list begins in the middle of a line", "put values that contain `: ` in quotes"],
  BLOCK_IN_FLOW: ["indented maps and lists can't be inside `{…}` or `[…]`"],
  DUPLICATE_KEY: ["this key is there twice"],
  IMPOSSIBLE: ["this can't be read as YAML"],
  KEY_OVER_1024_CHARS: ["a key that is too long, or a missing `:`"],
  MISSING_CHAR: ["something is missing here: a quote, a bracket, a comma, a `:` or a space"],
  MULTILINE_IMPLICIT_KEY: ["a key must be on one line", "is a `:` missing in the line above?"],
  MULTIPLE_ANCHORS: ["two anchors on one value"],
  MULTIPLE_DOCS: ["a second YAML document begins here"],
  MULTIPLE_TAGS: ["two tags on one value"],
  NON_STRING_KEY: ["a key must be text"],
  RESOURCE_EXHAUSTION: ["maps and lists are nested too deeply here"],
  TAB_AS_INDENT: ["YAML can't be indented with tabs", "use spaces"],
  TAG_RESOLVE_FAILED: ["a tag that can't be read"],
  UNEXPECTED_TOKEN: ["this can't be here", "is a quote, a bracket or a comma missing, or the indentation wrong?"],
};

export function syntaxProblem(code: ErrorCode, { start, end }: YamlSpan): YamlProblem {
  const [message, hint] = SYNTAX_MESSAGES[code];
  const span = { start, end: Math.max(end, start + 1) };
  return { code: "syntax", severity: "error", message, ...(hint !== undefined && { hint }), span };
}
