import type { Until } from "../../model/diagnostic.ts";

/** A half-open range of offsets (UTF-16 units from 0) in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Span {
  readonly kind: "scalar";
  /** As YAML 1.2 (core schema) reads it. */
  readonly value: null | boolean | number | string;
  /** Of an unquoted number its source text (`007`, `1e5`); of text the text itself. */
  readonly text: string;
}

export interface ListNode extends Span {
  readonly kind: "list";
  readonly items: readonly Node[];
  /** Nodes in it and under it, those behind aliases counted each time. */
  readonly size: number;
}

export interface MapNode extends Span {
  readonly kind: "map";
  /** `<<` is resolved already. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly size: number;
}

export interface Entry {
  readonly key: Span;
  readonly value: Node;
}

/** A YAML value with its place. What stands behind an alias is shared, so a tree can be a graph without cycles. */
export type Node = ScalarNode | ListNode | MapNode;

/** A diagnostic before its place is worked out. Text never holds a value of the file, but for fields that may be shown. */
export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
  readonly until?: Until;
  readonly span: Span;
}

export type Path = readonly (string | number)[];

export function isNull(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.value === null;
}

/** The value of a map's entry, where the node is a map and has it. */
export function child(node: Node | undefined, name: string): Node | undefined {
  return node?.kind === "map" ? node.entries.get(name)?.value : undefined;
}

/** Text of a scalar that is text or an unquoted number. */
export function textOf(node: Node | undefined): string | undefined {
  if (node?.kind !== "scalar") return undefined;
  return typeof node.value === "string" || typeof node.value === "number" ? node.text : undefined;
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

/**
 * Where a path leads, or as far as it leads: a scalar's own span, of a map or list the key that holds it (of a list's
 * item its beginning).
 */
export function spanOf(root: Node, path: Path, fallback: Span = root): Span {
  let node = root;
  let span = fallback;
  for (const step of path) {
    if (node.kind === "map" && typeof step === "string") {
      const entry = node.entries.get(step);
      if (!entry) break;
      node = entry.value;
      span = node.kind === "scalar" && node.end > node.start ? node : entry.key;
    } else if (node.kind === "list" && typeof step === "number") {
      const item = node.items[step];
      if (!item) break;
      node = item;
      span = node;
    } else break;
  }
  return span;
}

export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(String(step))?.value;
    else if (node?.kind === "list") node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}
