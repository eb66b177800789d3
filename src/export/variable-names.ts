import type { Key } from "../model/integration.ts";
import { CREDENTIAL_FILES, proposedReference } from "../model/reserved-variables.ts";

/** Gives each field of each integration its own variable. */
export class VariableNames {
  readonly #taken: Set<string>;
  readonly #names = new Map<string, string>();

  /** @param taken variables that a file already refers to: their values are not intended for new fields */
  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken.map((name) => name.toUpperCase()));
  }

  /** The variable of a field. The same field always gets the same variable. */
  of(key: Key, field: string): string {
    const id = `${key} ${field}`;
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const proposed = proposedReference(key, field).slice(1);
    let name = proposed;
    for (let number = 2; !this.#isFree(name); number++) name = `${proposed}_${number}`;
    this.#taken.add(name.toUpperCase());
    this.#names.set(id, name);
    return name;
  }

  /** Whether a name can be used: it isn't taken, and its `NAME_FILE` isn't the credential file of another tool. */
  #isFree(name: string): boolean {
    return !this.#taken.has(name.toUpperCase()) && !CREDENTIAL_FILES.includes(`${name.toUpperCase()}_FILE`);
  }
}
