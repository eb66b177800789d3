import { isCollection, isMap, isNode, isPair, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";

/** New entries of `integrations`, in both styles that the file may have. */
export interface NewBlocks {
  /** Indented by two, each line ending with a line feed. */
  readonly block: string;
  /** For within braces, each on one line. */
  readonly flow: readonly string[];
}

/**
 * Adds integrations to the text of a file, after the existing ones. Every other byte stays: comments, anchors, line
 * ends. The one exception is an empty `{}`, which is removed. Undefined if there is no place for them, for example
 * because `integrations` is an alias.
 */
export function insertBlocks(text: string, blocks: NewBlocks): string | undefined {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = text.slice(mark.length);
  const document = parseDocument(body, { schema: "core", version: "1.2", merge: false, uniqueKeys: false });
  const root: unknown = document.contents;
  if (document.errors.length > 0 || !isMap(root)) return undefined;
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === "integrations");
  const value: unknown = pair?.value;
  if (pair === undefined || !isMap(value) || value.range == null) return undefined;
  const inserted = insertInto(body, { root, pair, value }, blocks);
  return inserted === undefined ? undefined : `${mark}${inserted}`;
}

interface IntegrationsPlace {
  readonly root: YAMLMap;
  readonly pair: Pair;
  readonly value: YAMLMap;
}

function insertInto(body: string, { root, pair, value }: IntegrationsPlace, blocks: NewBlocks): string | undefined {
  const [start = 0, end = 0] = value.range ?? [];
  const last = value.items.at(-1);
  if (last === undefined) {
    const isBare = /^\{\s*\}$/.test(body.slice(start, end));
    if (root.flow === true || !isBare) return insertAt(body, start + 1, ` ${blocks.flow.join(", ")} `);
    const before = body.slice(0, start).replace(/ +$/, "");
    const rest = body.slice(end);
    const column = columnOf(body, isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0);
    return insertLines(`${before}${rest}`, nextLine(rest) + before.length, blocks.block, column + 2);
  }
  const lastEnd = endOf(last);
  const first: unknown = value.items[0]?.key;
  if (lastEnd === undefined || !isNode(first) || first.range == null) return undefined;
  if (value.flow === true) return insertAt(body, lastEnd, `, ${blocks.flow.join(", ")}`);
  const column = columnOf(body, first.range[0]);
  const isLineStart = body[lastEnd - 1] === "\n";
  const after = isLineStart ? lastEnd : lastEnd + nextLine(body.slice(lastEnd));
  return insertLines(body, afterComments(body, after, column), blocks.block, column);
}

function insertAt(body: string, at: number, text: string): string {
  return `${body.slice(0, at)}${text}${body.slice(at)}`;
}

/** Where the text of an entry ends, without what follows it on its line. */
function endOf({ key, value }: Pair): number | undefined {
  return (isNode(value) ? endOfNode(value) : undefined) ?? (isNode(key) ? key.range?.[1] : undefined);
}

function endOfNode(node: Node): number | undefined {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isPair(last)) return endOf(last);
    if (isNode(last)) return endOfNode(last);
  }
  const [start, end] = node.range ?? [];
  return start === end ? undefined : end;
}

/** The distance to the beginning of the next line, or to the end. */
function nextLine(text: string): number {
  const end = text.indexOf("\n");
  return end === -1 ? text.length : end + 1;
}

function columnOf(body: string, offset: number): number {
  return offset - (body.lastIndexOf("\n", offset - 1) + 1);
}

/** Comments that are indented further than the keys belong to the entry above them. */
function afterComments(body: string, start: number, column: number): number {
  let at = start;
  for (;;) {
    const line = body.slice(at, at + nextLine(body.slice(at)));
    if (!/^ *#/.test(line) || line.search("#") <= column) return at;
    at += line.length;
  }
}

function insertLines(body: string, at: number, block: string, column: number): string {
  const before = body.slice(0, at);
  const newline = /\r?\n/.exec(lastLine(before))?.[0] ?? /\r?\n/.exec(body)?.[0] ?? "\n";
  const indented = block.replaceAll(/^(?=.)/gm, " ".repeat(Math.max(0, column - 2))).replaceAll("\n", newline);
  const gap = before === "" || before.endsWith("\n") ? "" : newline;
  return `${before}${gap}${column < 2 ? withLessIndent(indented) : indented}${body.slice(at)}`;
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n", text.length - 2) + 1);
}

/** For keys that are indented by one space. */
function withLessIndent(text: string): string {
  return text.replaceAll(/^ (?=.)/gm, "");
}
