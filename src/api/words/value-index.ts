import { isRecord } from "../../model/json.ts";
import { searchForms } from "./search-forms.ts";
import type { KnownValue } from "./known-value.ts";

/** This many characters of a value in a row count as a part of it; fewer occur in any sentence. */
const STRETCH = 8;
/** Values shorter than this occur in any sentence. */
const SHORTEST = 4;

interface WholeValue {
  readonly text: string;
  readonly variable: string;
}

/**
 * What counts as part of a known value:
 * - any eight characters in a row of a longer one, and of each text inside a JSON value;
 * - the whole value if it has four to seven characters, or if the API returns its field.
 */
export class ValueIndex {
  /** Whether a secret is too short to search for. */
  readonly hasTooShort: boolean;
  readonly #stretches = new Map<string, string>();
  /** By their first characters. */
  readonly #wholes = new Map<string, WholeValue[]>();

  constructor(values: readonly KnownValue[]) {
    this.hasTooShort = values.some(({ value, use }) => use === "secret" && value !== "" && isTooShort(value));
    for (const { variable, value, use } of values) {
      if (use === "returned") this.#addWhole(value, variable);
      else for (const text of [value, ...textsInJson(value)]) this.#add(text, variable);
    }
  }

  /** The variable whose value this text holds a part of. @param counts whether a found part counts. @param text a search form. */
  find(text: string, counts: (found: string) => boolean): string | undefined {
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      const wholes = this.#wholes.get(text.slice(at, at + SHORTEST));
      const whole = wholes?.find((each) => text.startsWith(each.text, at) && counts(each.text));
      if (whole !== undefined) return whole.variable;
      const stretch = text.slice(at, at + STRETCH);
      const variable = this.#stretches.get(stretch);
      if (variable !== undefined && counts(stretch)) return variable;
    }
    return undefined;
  }

  #add(value: string, variable: string): void {
    for (const text of searchForms(value)) {
      if (text.length < STRETCH) this.#addForm(text, variable);
      for (let at = 0; at + STRETCH <= text.length; at += 1)
        this.#stretches.set(text.slice(at, at + STRETCH), variable);
    }
  }

  #addWhole(value: string, variable: string): void {
    for (const text of searchForms(value)) this.#addForm(text, variable);
  }

  #addForm(text: string, variable: string): void {
    const whole = { text: text.trim(), variable };
    if (whole.text.length < SHORTEST) return;
    const start = whole.text.slice(0, SHORTEST);
    const others = this.#wholes.get(start);
    if (others === undefined) this.#wholes.set(start, [whole]);
    else others.push(whole);
  }
}

function isTooShort(value: string): boolean {
  return searchForms(value)[0].trim().length < SHORTEST;
}

/** Every text in a value that is a list or an object of JSON, such as the private key of a service account. */
function textsInJson(value: string): readonly string[] {
  if (!/^\s*[[{]/.test(value)) return [];
  const texts: string[] = [];
  try {
    const pending: unknown[] = [JSON.parse(value)];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      if (typeof item === "string") texts.push(item);
      else if (Array.isArray(item)) for (const inner of item as readonly unknown[]) pending.push(inner ?? false);
      else if (isRecord(item)) for (const inner of Object.values(item)) pending.push(inner ?? false);
    }
  } catch {
    // It isn't JSON.
  }
  return texts;
}
