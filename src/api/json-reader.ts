import type { Json } from "../model/integration.ts";
import { isRecord } from "../model/json.ts";

/** How deep a response may nest. What is kept of it is later walked recursively. */
const MAX_DEPTH = 64;

/** What is wrong with a response, first problem first. The words contain names and numbers, never text of the response. */
export type DecodeProblems = string[];

/**
 * An object of a response. Null and missing mean the same (`undefined`). A value of a wrong type is noted in `problems` and
 * read as missing, so a decoder can read everything and check the problems once, at the end.
 */
export class JsonReader {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: DecodeProblems;

  constructor(json: unknown, problems: DecodeProblems, path = "") {
    this.#problems = problems;
    this.#path = path;
    if (!isRecord(json)) this.#note(path === "" ? "it" : path, "is not an object");
    this.#object = isRecord(json) ? json : {};
  }

  text(name: string): string | undefined {
    return this.#read(name, "text", (value) => typeof value === "string");
  }

  /** A list of texts. */
  texts(name: string): readonly string[] | undefined {
    return this.#read(
      name,
      "a list of texts",
      (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string"),
    );
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, "true or false", (value) => typeof value === "boolean");
  }

  /** A whole number that JavaScript holds exactly. */
  number(name: string): number | undefined {
    return this.#read(name, "a whole number", (value): value is number => Number.isSafeInteger(value));
  }

  object(name: string): JsonReader | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : new JsonReader(value, this.#problems, this.#at(name));
  }

  objects(name: string): readonly JsonReader[] | undefined {
    return this.each(name, (item) => item);
  }

  /** Reads the items one after the other, so that the readers of a large list aren't in memory together. */
  each<T>(name: string, read: (item: JsonReader) => T): readonly T[] | undefined {
    const items = this.#read(name, "a list", (value): value is unknown[] => Array.isArray(value));
    return items?.map((item, index) => read(new JsonReader(item, this.#problems, `${this.#at(name)}[${index}]`)));
  }

  /** The value. If it is missing, that is noted, and `instead` is returned. */
  required<T>(name: string, value: T | undefined, instead: T): T {
    if (value === undefined) this.problem(name, "is missing");
    return value ?? instead;
  }

  /** Every member that is set and not among these. */
  rest(without: ReadonlySet<string>): Map<string, Json> {
    const rest = new Map<string, Json>();
    for (const name of Object.keys(this.#object)) {
      const value = this.#object[name];
      if (without.has(name) || value === null) continue;
      if (isJson(value, MAX_DEPTH)) rest.set(name, value);
      else this.#note("it", "is nested too deeply");
    }
    return rest;
  }

  problem(name: string, what: string): void {
    this.#note(this.#at(name), what);
  }

  #get(name: string): unknown {
    // Inherited members don't count.
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }

  #read<T>(name: string, kind: string, fits: (value: unknown) => value is T): T | undefined {
    const value = this.#get(name);
    if (value === undefined || fits(value)) return value;
    this.problem(name, `is not ${kind}`);
    return undefined;
  }

  #at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  #note(where: string, what: string): void {
    if (this.#problems.length < 10) this.#problems.push(`${where} ${what}`);
  }
}

function isJson(value: unknown, depth: number): value is Json {
  if (typeof value !== "object" || value === null) {
    return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  }
  return depth > 0 && Object.values(value).every((inner) => isJson(inner, depth - 1));
}
