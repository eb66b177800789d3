import type { YamlNode } from "./yaml/node.ts";

/** Fields in which an unquoted number is a number; in all others it is text, as it is written in the file. */
const NUMERIC_FIELDS = new Set(["version", "id", "duration", "rotate"]);

/**
 * Plain data for the validator: maps without a prototype. The value of an alias is shared. Top-level `x-…` is left
 * out, since it has no meaning.
 */
export function toPlainData(root: YamlNode): unknown {
  if (root.kind !== "map") return plainValue(root, false);
  const data = emptyMap();
  for (const [name, entry] of root.entries)
    if (!name.startsWith("x-")) data[name] = plainValue(entry.value, NUMERIC_FIELDS.has(name));
  return data;
}

function plainValue(node: YamlNode, numeric: boolean): unknown {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "number" && !numeric ? node.text : node.value;
    case "list":
      return node.items.map((item) => plainValue(item, numeric));
    case "map": {
      const data = emptyMap();
      for (const [name, entry] of node.entries) data[name] = plainValue(entry.value, NUMERIC_FIELDS.has(name));
      return data;
    }
    default:
      return node satisfies never;
  }
}

function emptyMap(): Record<string, unknown> {
  const map: Record<string, unknown> = Object.create(null);
  return map;
}
