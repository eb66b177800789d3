import type { DiagnosticCode } from "../../model/diagnostic-catalog.ts";
import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap } from "yaml";
import type { MapEntry, ListNode, MapNode, YamlNode, YamlProblem, ScalarNode, YamlSpan } from "./node.ts";

/** The most nodes that all aliases together may stand for. */
const MOST_ALIASED = 500_000;

export interface YamlTree {
  readonly root: YamlNode;
  readonly problems: readonly YamlProblem[];
  /** Text that isn't in the tree: dropped keys (shown), and aliases and values (not shown). */
  readonly aside: readonly AsideSpan[];
}

export interface AsideSpan extends YamlSpan {
  readonly shown: boolean;
}

/** Turns the parser's nodes into ours: resolves aliases and `<<`, checks that keys are text, unique and harmless. */
export function buildTree(contents: ParsedNode): YamlTree {
  const builder = new TreeBuilder();
  return { root: builder.node(contents), problems: builder.problems, aside: builder.aside };
}

class TreeBuilder {
  readonly problems: YamlProblem[] = [];
  readonly aside: AsideSpan[] = [];
  /** `undefined` while the anchored node is being built. */
  readonly #anchors = new Map<string, YamlNode | undefined>();
  #aliased = 0;

  node(node: ParsedNode | null): YamlNode {
    if (node === null) return emptyNode({ start: 0, end: 0 });
    const span = spanOfNode(node);
    if (isAlias(node)) return this.#alias(node.source, span);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, undefined);
    const built = isMap(node) ? this.#map(node) : isSeq(node) ? this.#list(node.items, span) : scalarNode(node, span);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, built);
    return built;
  }

  #alias(name: string, span: YamlSpan): YamlNode {
    this.aside.push({ ...span, shown: false });
    const target = this.#anchors.get(name);
    if (!target) {
      const self = this.#anchors.has(name);
      const message = self
        ? "an alias (`*…`) within the value that it stands for"
        : "an alias (`*…`) without an anchor (`&…`) before it";
      const hint = self ? undefined : "quote values that begin with `*`";
      this.#refuse("alias", message, span, hint);
      return emptyNode(span);
    }
    const size = sizeOf(target);
    if (this.#aliased + size > MOST_ALIASED) {
      this.#refuse("alias-explosion", "aliases stand for too much: this one would go beyond 500,000 values", span);
      return emptyNode(span);
    }
    this.#aliased += size;
    return target;
  }

  #list(items: readonly ParsedNode[], span: YamlSpan): ListNode {
    const built = items.map((item) => this.node(item));
    return { kind: "list", items: built, size: totalSize(built), ...span };
  }

  #map(map: YAMLMap.Parsed): MapNode {
    const entries = new Map<string, MapEntry>();
    const merged: YamlNode[] = [];
    const seen = new Set<string>();
    for (const pair of map.items) {
      const name = this.#key(pair);
      const value = this.node(pair.value);
      const key = spanOfNode(pair.key);
      const placed = pair.value === null ? emptyNode({ start: key.end, end: key.end }) : value;
      if (name === undefined) {
        this.#drop(placed);
      } else if (seen.has(name)) {
        this.#drop(placed, key);
        this.#refuse("duplicate-key", "this key is twice in the same map", key, "keep one of the two");
      } else {
        seen.add(name);
        if (name === "<<" && isPlainKey(pair)) {
          merged.push(placed);
          this.aside.push({ ...key, shown: true });
        } else entries.set(name, { key, value: placed });
      }
    }
    for (const source of merged) this.#merge(entries, source);
    return {
      kind: "map",
      entries,
      size: totalSize([...entries.values()].map((entry) => entry.value)),
      ...spanOfNode(map),
    };
  }

  /** Adds merged entries. The map's own entries take precedence, then the first of several maps. */
  #merge(entries: Map<string, MapEntry>, source: YamlNode): void {
    for (const map of source.kind === "list" ? source.items : [source]) {
      if (map.kind !== "map") {
        this.#refuse("merge", "`<<` takes a map, or a list of maps", map, "write `<<: *anchor`");
        continue;
      }
      for (const [name, entry] of map.entries) if (!entries.has(name)) entries.set(name, entry);
    }
  }

  #key(pair: Pair<ParsedNode, ParsedNode | null>): string | undefined {
    const { key } = pair;
    const span = spanOfNode(key);
    if (!isScalar(key) || typeof key.value !== "string") {
      if (!isScalar(key)) this.node(key);
      this.#drop(span);
      this.#refuse("non-string-key", "a key must be text", span, isScalar(key) ? "put the key in quotes" : undefined);
      return undefined;
    }
    if (key.value === "__proto__") {
      this.aside.push({ ...span, shown: true });
      this.#refuse("forbidden-key", "`__proto__` can't be a key", span);
      return undefined;
    }
    return key.value;
  }

  #drop(value: YamlSpan, key?: YamlSpan): void {
    this.aside.push({ start: value.start, end: value.end, shown: false });
    if (key) this.aside.push({ ...key, shown: true });
  }

  #refuse(code: DiagnosticCode, message: string, span: YamlSpan, hint?: string): void {
    this.problems.push({ code, severity: "error", message, span, ...(hint !== undefined && { hint }) });
  }
}

function scalarNode(node: ParsedNode, span: YamlSpan): ScalarNode {
  if (!isScalar(node)) return emptyNode(span);
  const { value } = node;
  if (typeof value === "string") return { kind: "scalar", value, text: value, ...span };
  if (typeof value === "number" || typeof value === "boolean") {
    return { kind: "scalar", value, text: node.source ?? String(value), ...span };
  }
  return emptyNode(span);
}

function emptyNode({ start, end }: YamlSpan): ScalarNode {
  return { kind: "scalar", value: null, text: "", start, end };
}

function isPlainKey(pair: Pair<ParsedNode, ParsedNode | null>): boolean {
  return isScalar(pair.key) && pair.key.type === "PLAIN";
}

function spanOfNode(node: ParsedNode): YamlSpan {
  return { start: node.range[0], end: node.range[1] };
}

function sizeOf(node: YamlNode): number {
  return node.kind === "scalar" ? 1 : node.size;
}

function totalSize(nodes: readonly YamlNode[]): number {
  return nodes.reduce((sum, node) => sum + sizeOf(node), 1);
}
