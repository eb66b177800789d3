import { isNullNode, type MapEntry, type MapNode, type YamlNode, type YamlProblem } from "./yaml/node.ts";
import { pathLabel } from "./path-label.ts";

/**
 * An integration with `defaults` under it: maps merge, lists and values replace, `null` drops a default. Every other
 * `null` is reported. Nodes are copied only when necessary; places stay those of the text.
 */
export function mergeDefaults(
  defaults: MapNode | undefined,
  own: MapNode,
  key: string,
  report: (problem: YamlProblem) => void,
): MapNode {
  return mergeMaps(defaults, own, ["integrations", key], report);
}

function mergeMaps(
  under: MapNode | undefined,
  over: MapNode,
  path: readonly (string | number)[],
  report: (problem: YamlProblem) => void,
): MapNode {
  const entries = new Map<string, MapEntry>(under?.entries);
  for (const [name, entry] of over.entries) {
    const below = under?.entries.get(name);
    if (isNullNode(entry.value)) {
      if (below) entries.delete(name);
      else {
        report(nullProblem(entry, [...path, name]));
        entries.set(name, entry);
      }
    } else if (entry.value.kind === "map") {
      const base = below?.value.kind === "map" ? below.value : undefined;
      entries.set(name, { key: entry.key, value: mergeMaps(base, entry.value, [...path, name], report) });
    } else {
      reportNulls(entry.value, [...path, name], report);
      entries.set(name, entry);
    }
  }
  return { ...over, entries };
}

/** Reports every `null` in and under a node. */
export function reportNulls(
  node: YamlNode,
  path: readonly (string | number)[],
  report: (problem: YamlProblem) => void,
): void {
  if (node.kind === "map") {
    for (const [name, entry] of node.entries) {
      if (isNullNode(entry.value)) report(nullProblem(entry, [...path, name]));
      else reportNulls(entry.value, [...path, name], report);
    }
  } else if (node.kind === "list") {
    for (const [index, item] of node.items.entries()) {
      if (isNullNode(item)) report(nullProblem({ key: item, value: item }, [...path, index]));
      else reportNulls(item, [...path, index], report);
    }
  }
}

function nullProblem({ key, value }: MapEntry, path: readonly (string | number)[]): YamlProblem {
  return {
    code: "null-value",
    severity: "error",
    message: `${pathLabel(path)} has no value`,
    hint:
      path.length === 2 && path[0] === "integrations"
        ? "an integration has at least a `type` and a `name`"
        : "remove it; `null` only drops a value of `defaults`",
    span: value.end > value.start ? value : key,
  };
}
