import { stringify } from "yaml";
import { harmlessOutput } from "../model/printable.ts";
import { yamlText } from "./yaml-text.ts";

/** YAML in its usual style. If it would hold commands for a terminal or a CI runner, all texts are quoted, and those escaped. */
export function harmlessYaml(value: unknown): string {
  const text = yamlText(value);
  if (harmlessOutput(text, "without-colors") === text) return text;
  const quoted = stringify(value, {
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "QUOTE_DOUBLE",
    // This escapes line ends, so that no text begins a line.
    doubleQuotedAsJSON: true,
  });
  return quoted
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeOf)
    .replaceAll(/##(?=\w*\[)/g, String.raw`#\x23`);
}

function escapeOf(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
}
