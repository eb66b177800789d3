import { fieldInfo } from "../model/catalog.ts";
import { child, itemsOf, textOf, type MapNode, type Node, type ScalarNode } from "./yaml/node.ts";

/** What a string says that stands where a reference may stand. */
export type Reading =
  | { readonly kind: "text"; readonly text: string }
  /** `$NAME` or `${NAME}`. */
  | { readonly kind: "reference"; readonly name: string }
  /** Begins with `$` and is no reference. */
  | { readonly kind: "malformed" };

export function readText(text: string): Reading {
  if (!text.startsWith("$")) return { kind: "text", text };
  if (text.startsWith("$$")) return { kind: "text", text: text.slice(1) };
  const name = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$/.exec(text);
  const found = name?.[1] ?? name?.[2];
  return found === undefined ? { kind: "malformed" } : { kind: "reference", name: found };
}

export interface PlacedText {
  readonly node: ScalarNode;
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** Every string of an integration (merged) in which `$` means something: fields (in public ones only as `$$`), roles to assume, anything in `extra`. */
export function* referenceTexts(integration: MapNode): Generator<PlacedText> {
  for (const [name, { value }] of integration.entries) {
    const info = fieldInfo(name);
    if (info?.reference || info?.public) yield* one(value, [name]);
  }
  for (const [index, role] of itemsOf(child(integration, "role_assumptions")).entries()) {
    for (const name of ROLE_TEXTS) yield* one(child(role, name), ["role_assumptions", index, name]);
  }
  const extra = child(integration, "extra");
  if (extra?.kind === "map") yield* all(extra, ["extra"]);
}

/** Fields of `role_assumptions[]` that are text. */
export const ROLE_TEXTS = ["arn", "external_id"] as const;

function* one(node: Node | undefined, path: readonly (string | number)[]): Generator<PlacedText> {
  const text = textOf(node);
  if (node?.kind === "scalar" && text !== undefined) yield { node, path, text };
}

function* all(node: Node, path: readonly (string | number)[]): Generator<PlacedText> {
  if (node.kind === "map") for (const [name, entry] of node.entries) yield* all(entry.value, [...path, name]);
  else if (node.kind === "list") for (const [index, item] of node.items.entries()) yield* all(item, [...path, index]);
  else if (typeof node.value === "string") yield* one(node, path);
}
