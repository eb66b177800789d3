import { visibleText } from "../model/printable.ts";
import type { ItemLine } from "./field-text.ts";

/** `value`: a field; `note`: less important than the fields; `why`: why it is refused; `hint`: what would allow it. */
export interface BlockLine {
  readonly kind: ItemLine["kind"] | "value" | "note" | "why" | "hint";
  readonly text: string;
}

export function noteLine(text: string): BlockLine {
  return { kind: "note", text };
}

/** Names on one line, after a label. No names: no line. */
export function listLines(label: string, names: readonly string[]): BlockLine[] {
  return names.length === 0 ? [] : [noteLine(`${label}: ${visibleText(names.join(", "))}`)];
}
