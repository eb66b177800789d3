import { readTokens, type Token } from "./tokens.ts";

/**
 * Whether a text is a file of this tool, a desired state or a lockfile: these hold hashes and names of integrations and
 * aren't pipelines, whatever their name is. Pipelines are lists, or several documents.
 */
export function isOwnFile(text: string): boolean {
  if (!/version/.test(text)) return false;
  const reader = new TopKeyReader();
  const start = text.startsWith("\u{FEFF}") ? 1 : 0;
  for (let at = start; at < text.length && !reader.isOver;) {
    // Line by line, so that a lockfile with a merge conflict is recognised too.
    const newline = text.indexOf("\n", at);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, next);
    if (/^[^\s#]/.test(line)) reader.line(line);
    at = next;
  }
  return reader.isOwn || isOwnFlowMap(text.slice(start));
}

/** Keys without indentation, as long as the text is one map. */
class TopKeyReader {
  readonly #keys = new Set<string>();
  #documents = 0;
  #isList = false;

  get isOver(): boolean {
    return this.#isList || this.#documents > 1;
  }

  get isOwn(): boolean {
    return !this.isOver && isOwnKeySet(this.#keys);
  }

  line(line: string): void {
    if (/^---(?:\s|$)/.test(line)) {
      if (this.#keys.size > 0 || this.#documents > 0) this.#documents += 2;
      else this.#documents = 1;
    } else if (/^(?:-(?:\s|$)|[[{])/.test(line) && this.#keys.size === 0) this.#isList = true;
    else {
      const key = /^(?:"([^"\\]*)"|'([^']*)'|([A-Za-z_]+))\s*:(?:\s|$)/.exec(line);
      const name = key?.[1] ?? key?.[2] ?? key?.[3];
      if (name !== undefined) this.#keys.add(name);
    }
  }
}

/** `{ "version": 1, "integrations": … }`, which is YAML too. */
function isOwnFlowMap(text: string): boolean {
  if (!/^(?:\s|#[^\n]*\n)*\{/.test(text)) return false;
  const keys = new Set<string>();
  let depth = 0;
  let held: Token | undefined;
  let isOneMap = true;
  readTokens(text, 0, (token) => {
    if (token.kind === "open-map" || token.kind === "open-seq") depth += 1;
    if (token.kind === "close-map" || token.kind === "close-seq") depth -= 1;
    if (token.kind === "marker" && keys.size > 0) isOneMap = false;
    if (token.kind === "colon" && depth === 1 && held !== undefined)
      keys.add(held.source.replaceAll(/^["']|["']$/g, ""));
    held = token.kind === "plain" || token.kind === "double" || token.kind === "single" ? token : undefined;
    return isOneMap;
  });
  return isOneMap && isOwnKeySet(keys);
}

function isOwnKeySet(keys: ReadonlySet<string>): boolean {
  return keys.has("lockfile_version") || (keys.has("version") && keys.has("integrations"));
}
