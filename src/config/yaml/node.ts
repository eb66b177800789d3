import type { DiagnosticCode } from "../../model/diagnostic-catalog.ts";
import type { Until } from "../../model/diagnostic.ts";

/** A half-open range of offsets (UTF-16 units from 0) in the text. */
export interface YamlSpan {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends YamlSpan {
  readonly kind: "scalar";
  /** As YAML 1.2 (core schema) reads it. */
  readonly value: null | boolean | number | string;
  /** The source text of an unquoted number (`007`, `1e5`), or the text itself. */
  readonly text: string;
}

export interface ListNode extends YamlSpan {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
  /** The number of nodes in it, itself included. The nodes of an alias are counted each time. */
  readonly size: number;
}

export interface MapNode extends YamlSpan {
  readonly kind: "map";
  /** `<<` is resolved already. */
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly size: number;
}

export interface MapEntry {
  readonly key: YamlSpan;
  readonly value: YamlNode;
}

/** A YAML value with its place. The value of an alias is shared, so the tree may be a graph without cycles. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** A diagnostic before its place is worked out. Its text holds values of the file only from fields that may be shown. */
export interface YamlProblem {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
  readonly until?: Until;
  readonly span: YamlSpan;
}

export type YamlPath = readonly (string | number)[];

export function isNullNode(node: YamlNode | undefined): boolean {
  return node?.kind === "scalar" && node.value === null;
}

/** The value of a map's entry, where the node is a map and has it. */
export function childNode(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return node?.kind === "map" ? node.entries.get(name)?.value : undefined;
}

/** Text of a scalar that is text or an unquoted number. */
export function scalarText(node: YamlNode | undefined): string | undefined {
  if (node?.kind !== "scalar") return undefined;
  return typeof node.value === "string" || typeof node.value === "number" ? node.text : undefined;
}

export function listItems(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "list" ? node.items : [];
}

/**
 * The span at a path, or at the longest part of the path that exists. For a scalar it is the scalar's own span, for a
 * map or list the key that holds it, and for an item of a list the item.
 */
export function spanAtPath(root: YamlNode, path: YamlPath, fallback: YamlSpan = root): YamlSpan {
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

export function nodeAtPath(root: YamlNode, path: YamlPath): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(String(step))?.value;
    else if (node?.kind === "list") node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}
