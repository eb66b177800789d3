import { Composer, CST, Lexer, Parser, type Document } from "yaml";
import type { Node, Problem, Span } from "./node.ts";
import { buildTree } from "./tree.ts";
import { syntaxProblem } from "./yaml-errors.ts";

/** How deep maps and lists may nest, and how many tokens (about 12 to a field with its value) a file may hold. */
const DEEPEST = 100;
const MOST_TOKENS = 800_000;

export interface Parsed {
  /** Absent when the text is no YAML (or too much of it): then frames show no values at all. */
  readonly root?: Node;
  readonly problems: readonly Problem[];
  /** Text that isn't in the tree and may hold values: aliases, entries that were dropped. */
  readonly aside: readonly Span[];
}

/** YAML 1.2 text to a tree with places. One document, no tags, no directives; aliases and `<<` resolved within limits. */
export function parseYaml(text: string): Parsed {
  const { documents, problems, fatal } = compose(text);
  const [document] = documents;
  const syntax = documents.flatMap((each) => each.errors).map((error) => syntaxProblem(error));
  if (fatal || syntax.length > 0) return { problems: [...problems, ...firstPerLine(syntax, text)], aside: [] };
  if (!document?.contents) {
    const span = { start: 0, end: 0 };
    const hint = "begin with `version: 1` and `integrations: {}`";
    problems.push({ code: "empty-file", severity: "error", message: "the file is empty", hint, span });
    return { problems, aside: [] };
  }
  const tree = buildTree(document.contents);
  return { root: tree.root, problems: [...problems, ...tree.problems], aside: tree.aside };
}

interface Composed {
  readonly documents: readonly Document.Parsed[];
  readonly problems: Problem[];
  /** Whether reading stopped before the end. */
  readonly fatal: boolean;
}

/** Token by token, so that a hostile file is given up before it takes memory or stack. */
function compose(text: string): Composed {
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
  const problems: Problem[] = [];
  const refuse = (code: string, message: string, span: Span, hint?: string) =>
    problems.push({ code, severity: "error", message, span, ...(hint !== undefined && { hint }) });

  const parser = new Parser();
  let begun = 0;
  let tokens = 0;
  let scalar = false;
  const take = (parts: Iterable<CST.Token>): boolean => {
    for (const token of parts) {
      const span = { start: token.offset, end: token.offset + 1 };
      if (token.type === "directive") {
        refuse("directive", "YAML directives (`%…`) aren't supported", span, "take the line out");
      }
      if (token.type === "document" && ++begun > 1) {
        refuse(
          "several-documents",
          "a second YAML document begins here",
          span,
          "put everything into one document, without `---` between",
        );
        return false;
      }
      for (const document of composer.next(token)) documents.push(document);
    }
    return true;
  };
  for (const lexeme of new Lexer().lex(text)) {
    const span = { start: parser.offset, end: parser.offset + lexeme.length };
    if (!scalar && lexeme.startsWith("!")) {
      refuse("tag", "YAML tags (`!…`) aren't supported", span, "take the tag out");
    }
    scalar = lexeme === CST.SCALAR;
    if (++tokens > MOST_TOKENS) {
      refuse(
        "too-large",
        "the file holds too much: more than about 60,000 fields",
        span,
        "split it into several files",
      );
      return { documents, problems, fatal: true };
    }
    if (!take(parser.next(lexeme))) return { documents, problems, fatal: true };
    if (parser.stack.length > DEEPEST) {
      refuse("too-deep", "maps and lists are nested too deeply here", span);
      return { documents, problems, fatal: true };
    }
  }
  if (!take(parser.end())) return { documents, problems, fatal: true };
  for (const document of composer.end(true, text.length)) documents.push(document);
  return { documents, problems, fatal: false };
}

/** One slip makes the parser complain several times. */
function firstPerLine(problems: readonly Problem[], text: string): Problem[] {
  const kept: Problem[] = [];
  for (const problem of problems.toSorted((a, b) => a.span.start - b.span.start)) {
    const last = kept.at(-1);
    if (!last || text.slice(last.span.start, problem.span.start).includes("\n")) kept.push(problem);
  }
  return kept;
}
