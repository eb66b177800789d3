import { fieldInfo } from "../model/catalog.ts";
import { childNode, listItems, scalarText, type MapNode, type YamlNode, type ScalarNode } from "./yaml/node.ts";

/** What a string means in a place where a reference is allowed. */
export type ReferenceReading =
  | { readonly kind: "text"; readonly text: string }
  /** `$NAME` or `${NAME}`. */
  | { readonly kind: "reference"; readonly name: string }
  /** Begins with `$` and isn't a reference. */
  | { readonly kind: "malformed" };

export function readReferenceText(text: string): ReferenceReading {
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

/**
 * Every string of an integration (with `defaults` merged) in which `$` has a meaning: fields (in public ones only as
 * `$$`), roles to assume, and anything in `extra`.
 */
export function* referenceTexts(integration: MapNode): Generator<PlacedText> {
  for (const [name, { value }] of integration.entries) {
    const info = fieldInfo(name);
    if (info?.reference || info?.public) yield* placedText(value, [name]);
  }
  for (const [index, role] of listItems(childNode(integration, "role_assumptions")).entries()) {
    for (const name of ROLE_TEXTS) yield* placedText(childNode(role, name), ["role_assumptions", index, name]);
  }
  const extra = childNode(integration, "extra");
  if (extra?.kind === "map") yield* placedTextsUnder(extra, ["extra"]);
}

/** A reference with its place. */
export interface PlacedReference {
  readonly node: ScalarNode;
  readonly path: readonly (string | number)[];
  readonly name: string;
}

/** Every reference of an integration (with `defaults` merged). */
export function* placedReferences(integration: MapNode): Generator<PlacedReference> {
  for (const { node, path, text } of referenceTexts(integration)) {
    const reading = readReferenceText(text);
    if (reading.kind === "reference") yield { node, path, name: reading.name };
  }
}

/** Fields of `role_assumptions[]` that are text. */
export const ROLE_TEXTS = ["arn", "external_id"] as const;

function* placedText(node: YamlNode | undefined, path: readonly (string | number)[]): Generator<PlacedText> {
  const text = scalarText(node);
  if (node?.kind === "scalar" && text !== undefined) yield { node, path, text };
}

function* placedTextsUnder(node: YamlNode, path: readonly (string | number)[]): Generator<PlacedText> {
  if (node.kind === "map")
    for (const [name, entry] of node.entries) yield* placedTextsUnder(entry.value, [...path, name]);
  else if (node.kind === "list")
    for (const [index, item] of node.items.entries()) yield* placedTextsUnder(item, [...path, index]);
  else if (typeof node.value === "string") yield* placedText(node, path);
}
