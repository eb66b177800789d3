import type { YamlSpan } from "../../config/yaml/node.ts";

/** The default of a parameter or variable. */
export interface TemplateDefault {
  readonly text: string;
  /** Its place in the text that was searched. */
  readonly span: YamlSpan;
}

/** `!{name:default}`, as a whole. */
export function parameterDefault(source: string): TemplateDefault | undefined {
  const found = /^(!\{[^{}:]*:)([^{}\s]+)\}$/.exec(source);
  if (found === null) return undefined;
  const [, before = "", text = ""] = found;
  return { text, span: { start: before.length, end: before.length + text.length } };
}

/** A known hash in a text that is one placeholder from end to end: `!{name:HASH}`, `${NAME:-HASH}`, `${NAME:-${OTHER:-HASH}}`, `{{ … "HASH" }}`. */
export function defaultHash(source: string, hashes: ReadonlySet<string>): TemplateDefault | undefined {
  if (!/^(?:!\{[^{}]*\}|\$\{(?:[^{}]|\{[^{}]*\})*\}|\{\{[^{}]*\}\})$/.test(source)) return undefined;
  for (const found of source.matchAll(/[A-Za-z0-9]{20,}/g)) {
    const [text] = found;
    if (hashes.has(text)) return { text, span: { start: found.index, end: found.index + text.length } };
  }
  return undefined;
}
