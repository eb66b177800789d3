import { readScalar } from "./scalar.ts";

/** The parsed content of lines: a scalar, a list or a map. */
export type BlockTree = null | boolean | number | string | readonly BlockTree[] | ReadonlyMap<string, BlockTree>;

/** Deeper than any lockfile. The limit keeps a hostile text from using up the stack. */
const DEEPEST_BLOCK = 200;

/**
 * Reads block style as `write.ts` writes it, a line at a time. It doesn't check the text: any other text gives some result,
 * or undefined. The caller writes the result again and compares.
 */
export function readBlockStyle(text: string): BlockTree | undefined {
  return new BlockReader(text).block(0, 0);
}

const SPACE = 0x20;

class BlockReader {
  readonly #text: string;
  #next = 0;
  /** The indentation of the current line, and its content without the dashes that were already read. */
  #indent = 0;
  #content = "";

  constructor(text: string) {
    this.#text = text;
    this.#read();
  }

  /** Reads the map or list whose lines have this indentation. */
  block(indent: number, depth: number): BlockTree | undefined {
    if (this.#indent !== indent || depth > DEEPEST_BLOCK) return undefined;
    return this.#content.startsWith("- ") ? this.#list(indent, depth) : this.#map(indent, depth);
  }

  #list(indent: number, depth: number): BlockTree | undefined {
    const items: BlockTree[] = [];
    while (this.#indent === indent && this.#content.startsWith("- ")) {
      const rest = this.#content.slice(2);
      const hasParts = /^[-?] /.test(rest) || splitKey(rest) !== undefined;
      if (hasParts) {
        this.#indent += 2;
        this.#content = rest;
      } else this.#read();
      const item = hasParts ? this.block(indent + 2, depth + 1) : readSimpleValue(rest);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #map(indent: number, depth: number): BlockTree | undefined {
    const map = new Map<string, BlockTree>();
    while (this.#indent === indent) {
      const split = this.#content.startsWith("? ") ? this.#explicitKey(indent) : splitKey(this.#content);
      if (split === undefined) return undefined;
      this.#read();
      const value = split.rest === "" ? this.block(indent + 2, depth + 1) : readSimpleValue(split.rest.slice(1));
      // Leave this name to the YAML reader, which refuses it with a place.
      if (value === undefined || split.key === "__proto__") return undefined;
      map.set(split.key, value);
    }
    return map;
  }

  /** A long key is on its own line, after `?`, and its value is on the next one, after `:`. */
  #explicitKey(indent: number): SplitKey | undefined {
    const key = readScalar(this.#content.slice(2));
    this.#read();
    const isEntry = this.#indent === indent && this.#content.startsWith(":");
    return isEntry && typeof key === "string" ? { key, rest: this.#content.slice(1) } : undefined;
  }

  #read(): void {
    const start = this.#next;
    const end = this.#text.indexOf("\n", start);
    if (end === -1) {
      this.#indent = -1;
      this.#content = "";
      return;
    }
    let at = start;
    while (this.#text.charCodeAt(at) === SPACE) at += 1;
    this.#indent = at - start;
    this.#content = this.#text.slice(at, end);
    this.#next = end + 1;
  }
}

const QUOTED_KEY = /^"(?:[^"\\]|\\.)*"(?=:)/;

/** A key, and the text after its colon. */
interface SplitKey {
  readonly key: string;
  readonly rest: string;
}

function splitKey(content: string): SplitKey | undefined {
  if (content.startsWith('"')) {
    const [quoted] = QUOTED_KEY.exec(content) ?? [];
    const key = quoted === undefined ? undefined : readScalar(quoted);
    return quoted === undefined || typeof key !== "string"
      ? undefined
      : { key, rest: content.slice(quoted.length + 1) };
  }
  const colon = content.endsWith(":") ? content.length - 1 : content.indexOf(": ");
  return colon <= 0 ? undefined : { key: content.slice(0, colon), rest: content.slice(colon + 1) };
}

function readSimpleValue(text: string): BlockTree | undefined {
  if (text === "{}") return new Map<string, BlockTree>();
  return text === "[]" ? [] : readScalar(text);
}
