import type { DiagnosticCode } from "../../model/diagnostic-catalog.ts";
import { Composer, CST, Lexer, Parser, type Document } from "yaml";
import { isNullNode, type YamlNode, type YamlProblem, type YamlSpan } from "./node.ts";
import { buildTree, type AsideSpan } from "./tree.ts";
import { syntaxProblem } from "./errors.ts";

/**
 * The deepest nesting of maps and lists, and the most tokens of a file (8 for each field with its value). Reading
 * such a file takes at most 300 MiB and 2 s.
 */
const DEEPEST_YAML = 100;
const MOST_TOKENS = 750_000;
/** The longest value or comment line, in characters. */
const LONGEST_TOKEN = 1024 * 1024;

/** `none`: the text isn't YAML, is empty, or is too large. Then frames show no values at all. */
export type ParsedYaml =
  | {
      readonly kind: "tree";
      readonly root: YamlNode;
      readonly problems: readonly YamlProblem[];
      /** Text that isn't in the tree. */
      readonly aside: readonly AsideSpan[];
    }
  | { readonly kind: "none"; readonly problems: readonly YamlProblem[] };

/** YAML 1.2 text to a tree with places. One document, no tags, no directives; aliases and `<<` resolved within limits. */
export function parseYaml(text: string): ParsedYaml {
  const { documents, problems, fatal } = composeYaml(text);
  const [document] = documents;
  const syntax = documents
    .flatMap((each) => each.errors)
    .map(({ code, pos: [start, end] }) => syntaxProblem(code, { start, end }));
  if (fatal || syntax.length > 0) {
    return { kind: "none", problems: [...problems, ...firstPerLine(syntax, text)] };
  }
  const tree = document?.contents ? buildTree(document.contents) : undefined;
  if (!tree || isNullNode(tree.root)) {
    const hint = "begin with `version: 1` and `integrations: {}`";
    const empty = yamlError("empty-file", "the file is empty", { start: 0, end: 0 }, hint);
    return { kind: "none", problems: [...problems, empty] };
  }
  return { kind: "tree", root: tree.root, problems: [...problems, ...tree.problems], aside: tree.aside };
}

interface ComposedYaml {
  readonly documents: readonly Document.Parsed[];
  readonly problems: YamlProblem[];
  /** Whether reading stopped before the end. Then `problems` holds only the reason. */
  readonly fatal: boolean;
}

/** Reads token by token, so that a hostile file is refused before it uses up memory or stack. */
function composeYaml(text: string): ComposedYaml {
  const composer = new Composer({
    schema: "core",
    version: "1.2",
    merge: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const documents: Document.Parsed[] = [];
  const problems: YamlProblem[] = [];
  const stop = (problem: YamlProblem): ComposedYaml => ({ documents: [], problems: [problem], fatal: true });
  let begun = 0;
  const take = (token: CST.Token): YamlProblem | undefined => {
    const span = { start: token.offset, end: token.offset + 1 };
    if (token.type === "directive") {
      return yamlError("directive", "YAML directives (`%…`) aren't supported", span, "remove the line");
    }
    if (token.type === "document" && ++begun > 1) {
      const hint = "put everything into one document, without `---` between";
      return yamlError("several-documents", "a second YAML document begins here", span, hint);
    }
    if (token.type === "error") return syntaxProblem("UNEXPECTED_TOKEN", span);
    for (const document of composer.next(token)) documents.push(document);
    return undefined;
  };

  const parser = new Parser();
  let tokens = 0;
  let scalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const span = { start: parser.offset, end: parser.offset + lexeme.length };
    if (!scalar && lexeme.startsWith("!")) {
      problems.push(yamlError("tag", "YAML tags (`!…`) aren't supported", span, "remove the tag"));
    }
    if (!scalar && /^["']/.test(lexeme) && (lexeme.length === 1 || lexeme.at(-1) !== lexeme[0])) {
      const start = { ...span, end: span.start + 1 };
      return stop(
        yamlError("syntax", "the quote that begins here is never closed", start, "close it with the same quote"),
      );
    }
    scalar = lexeme === CST.SCALAR;
    if (++tokens > MOST_TOKENS) {
      return stop(
        yamlError("too-large", "the file holds more than about 90,000 fields", span, "split it into several files"),
      );
    }
    if (lexeme.length > LONGEST_TOKEN) {
      return stop(yamlError("too-large", "a value (or comment) of more than 1 MiB", { ...span, end: span.start + 1 }));
    }
    for (const token of parser.next(lexeme)) {
      const problem = take(token);
      if (problem) return stop(problem);
    }
    if (parser.stack.length > DEEPEST_YAML)
      return stop(yamlError("too-deep", "maps and lists are nested too deeply here", span));
  }
  for (const token of parser.end()) {
    const problem = take(token);
    if (problem) return stop(problem);
  }
  for (const document of composer.end(true, text.length)) documents.push(document);
  return { documents, problems, fatal: false };
}

function yamlError(code: DiagnosticCode, message: string, span: YamlSpan, hint?: string): YamlProblem {
  return { code, severity: "error", message, span, ...(hint !== undefined && { hint }) };
}

/** Keeps the first problem of each line, since one mistake makes the parser report several. */
function firstPerLine(problems: readonly YamlProblem[], text: string): YamlProblem[] {
  const kept: YamlProblem[] = [];
  /** The end of the last kept problem's line. */
  let lineEnd = -1;
  for (const problem of problems.toSorted((a, b) => a.span.start - b.span.start)) {
    if (problem.span.start <= lineEnd) continue;
    kept.push(problem);
    const newline = text.indexOf("\n", problem.span.start);
    lineEnd = newline === -1 ? Infinity : newline;
  }
  return kept;
}
