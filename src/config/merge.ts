import { isNull, type Entry, type MapNode, type Node, type Problem } from "./yaml/node.ts";
import { label } from "./label.ts";

/**
 * An integration with `defaults` under it: maps merge, lists and values replace, `null` drops a default. Every other
 * `null` is reported. Nothing is copied that needn't be; places stay those of the text.
 */
export function mergeDefaults(
  defaults: MapNode | undefined,
  own: MapNode,
  key: string,
  report: (problem: Problem) => void,
): MapNode {
  return merge(defaults, own, [key], report);
}

function merge(
  under: MapNode | undefined,
  over: MapNode,
  path: readonly (string | number)[],
  report: (problem: Problem) => void,
): MapNode {
  const entries = new Map<string, Entry>(under?.entries);
  for (const [name, entry] of over.entries) {
    const below = under?.entries.get(name);
    if (isNull(entry.value)) {
      if (below) entries.delete(name);
      else {
        report(nullProblem(entry, [...path, name]));
        entries.set(name, entry);
      }
    } else if (entry.value.kind === "map") {
      const base = below?.value.kind === "map" ? below.value : undefined;
      entries.set(name, { key: entry.key, value: merge(base, entry.value, [...path, name], report) });
    } else {
      reportNulls(entry.value, [...path, name], report);
      entries.set(name, entry);
    }
  }
  return { ...over, entries };
}

/** Reports every `null` in and under a node. */
export function reportNulls(node: Node, path: readonly (string | number)[], report: (problem: Problem) => void): void {
  if (node.kind === "map") {
    for (const [name, entry] of node.entries) {
      if (isNull(entry.value)) report(nullProblem(entry, [...path, name]));
      else reportNulls(entry.value, [...path, name], report);
    }
  } else if (node.kind === "list") {
    for (const [index, item] of node.items.entries()) {
      if (isNull(item)) report(nullProblem({ key: item, value: item }, [...path, index]));
      else reportNulls(item, [...path, index], report);
    }
  }
}

function nullProblem({ key, value }: Entry, path: readonly (string | number)[]): Problem {
  return {
    code: "null-value",
    severity: "error",
    message: `${label(path)} has no value`,
    hint:
      path.length === 2 && path[0] === "integrations"
        ? "an integration has at least a `type` and a `name`"
        : "take it out; `null` only drops a value of `defaults`",
    span: value.end > value.start ? value : key,
  };
}
