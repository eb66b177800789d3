import { LOCKFILE_VERSION, type Lockfile, type LockEntry, type LockedLifecycle } from "../../model/lockfile.ts";
import type { Json } from "../../model/integration.ts";
import { isList } from "../../model/json.ts";
import { formatScalar, formatText } from "./scalar.ts";

const HEADER = "# Written by buddy-integrations. Commit it; don't edit it.\n";
/** A longer key needs YAML's explicit form. */
const LONGEST_KEY = 1000;

/**
 * Writes the canonical text: YAML, sorted, with the same bytes for the same content. It isn't written by a YAML
 * library, since that takes seconds for 10,000 integrations.
 */
export function formatLockfile(lock: Lockfile): string {
  return [...lockfilePieces(lock)].join("");
}

/** The same text in pieces: the beginning, then each integration. */
export function* lockfilePieces({ sections }: Lockfile): Generator<string> {
  const writer = new LockfileWriter();
  writer.value(0, "lockfile_version:", LOCKFILE_VERSION);
  writer.open(0, "workspaces:", sections.size);
  yield HEADER + writer.take();
  for (const [name, section] of sortedByName([...sections])) {
    writer.line(2, writer.key(2, name));
    writer.open(4, "integrations:", section.size);
    for (const [key, entry] of sortedByName([...section])) {
      writer.entry(6, key, entry);
      yield writer.take();
    }
    yield writer.take();
  }
}

const INDENTS: readonly string[] = Array.from({ length: 32 }, (_, indent) => " ".repeat(indent));

/**
 * Writes lines in block style, with two spaces for each level. The `head` is what precedes a value on its line:
 * `name:` or `-`.
 */
class LockfileWriter {
  #text = "";
  /** The beginning of the next line, instead of its indentation: the dashes of the list items that begin on it. */
  #lead = "";

  /** Returns what was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  line(indent: number, content: string): void {
    this.#text += this.#lead === "" ? (INDENTS[indent] ?? " ".repeat(indent)) : this.#lead;
    this.#text += `${content}\n`;
    this.#lead = "";
  }

  /** Returns the head of a map's entry. A long key is written on a line before it. */
  key(indent: number, name: string): string {
    if (name.length <= LONGEST_KEY) return `${formatText(name)}:`;
    this.line(indent, `? ${formatText(name)}`);
    return ":";
  }

  /** Writes the line before a map's entries. */
  open(indent: number, head: string, size: number): void {
    this.line(indent, size === 0 ? `${head} {}` : head);
  }

  entry(indent: number, key: string, entry: LockEntry): void {
    const { hashId, identifier, type, lifecycle, lastSent, superseded, formerIdentifiers } = entry;
    this.line(indent, this.key(indent, key));
    const at = indent + 2;
    this.value(at, "hash_id:", hashId);
    if (identifier !== undefined) this.value(at, "identifier:", identifier);
    this.value(at, "type:", type);
    this.#map(at, "lifecycle:", lifecycleMap(lifecycle));
    this.#map(at, "last_sent:", lastSent);
    if (superseded.length > 0) this.value(at, "superseded:", superseded);
    if (formerIdentifiers.length > 0) this.value(at, "former_identifiers:", formerIdentifiers);
  }

  value(indent: number, head: string, value: Json): void {
    if (typeof value !== "object" || value === null) this.line(indent, `${head} ${formatScalar(value)}`);
    else if (isList(value)) this.#list(indent, head, value);
    else this.#nested(indent, head, Object.entries(value));
  }

  /** Writes nothing for an empty map. */
  #map(indent: number, head: string, map: ReadonlyMap<string, Json>): void {
    if (map.size > 0) this.#nested(indent, head, [...map]);
  }

  #list(indent: number, head: string, items: readonly Json[]): void {
    if (items.length === 0) return this.line(indent, `${head} []`);
    this.#begin(indent, head);
    for (const item of items) this.value(indent + 2, "-", item);
    return undefined;
  }

  #nested(indent: number, head: string, entries: readonly (readonly [string, Json])[]): void {
    if (entries.length === 0) return this.line(indent, `${head} {}`);
    this.#begin(indent, head);
    for (const [name, item] of sortedByName(entries)) {
      this.value(indent + 2, this.key(indent + 2, name), item);
    }
    return undefined;
  }

  /** Writes the head. The first part of a list item is on the line of its dash. */
  #begin(indent: number, head: string): void {
    if (head !== "-") this.line(indent, head);
    else this.#lead = `${this.#lead === "" ? " ".repeat(indent) : this.#lead}- `;
  }
}

/** The lifecycle settings that differ from the defaults. */
function lifecycleMap({ protect, onRemove, rotate }: LockedLifecycle): ReadonlyMap<string, Json> {
  const map = new Map<string, Json>();
  if (protect) map.set("protect", true);
  if (onRemove !== "delete") map.set("on_remove", onRemove);
  if (rotate !== undefined) map.set("rotate", rotate);
  return map;
}

/** Entries that were read from a lockfile are sorted already. */
function sortedByName<E extends readonly [string, unknown]>(entries: readonly E[]): readonly E[] {
  const isSorted = entries.every(
    (entry, index) => index === 0 || compareEntryNames(entries[index - 1] ?? entry, entry) <= 0,
  );
  return isSorted ? entries : entries.toSorted(compareEntryNames);
}

function compareEntryNames([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
