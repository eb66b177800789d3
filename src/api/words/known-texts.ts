import { cutText, oneLine } from "../../model/printable.ts";
import { searchForms, decodedForms } from "./search-forms.ts";
import { HARMLESS_TEXTS } from "./harmless-texts.ts";
import type { KnownValue } from "./known-value.ts";
import { ValueIndex } from "./value-index.ts";

/** The call that the server's words are about. */
export interface AnsweredCall {
  readonly path: string;
  /** With its `?`. */
  readonly query?: string;
  /** Every value of a reference in the body. */
  readonly sent: readonly KnownValue[];
}

/** The reason to withhold a text: `it contains part of $NAME`. */
export type WithholdReason = string;

const MAX_WORDS = 10;
const MAX_LENGTH = 500;
/** More than is shown, so that a value is recognised even if the shown text ends in the middle of it. */
const SEARCHED_LENGTH = 2 * MAX_LENGTH;

/**
 * What a run knows: the values that must not be shown, and the public texts of the file. Only the server's words are searched
 * for secrets. Everywhere else, types keep secrets out, but the server's text has no types.
 */
export class KnownTexts {
  readonly #values: readonly KnownValue[];
  readonly #literals: readonly string[];
  #index: ValueIndex | undefined;
  #harmless: string | undefined;

  /** @param literals texts of the file that aren't references. */
  constructor(values: readonly KnownValue[], literals: readonly string[]) {
    this.#values = values;
    this.#literals = literals;
  }

  /**
   * The server's words, made safe to show: each on one line, without control characters, of limited length. A message that contains
   * part of a value is withheld. If a secret is too short to search for, every message is withheld: otherwise the
   * shown messages would reveal what the secret isn't.
   */
  showable(words: readonly string[], call: AnsweredCall): readonly string[] {
    const lines = words.slice(0, MAX_WORDS * 5).flatMap((text) => {
      const line = shortenWords(oneLine(text));
      if (line === "") return [];
      const reason = this.reasonToWithhold(text, call);
      return [reason === undefined ? line : withheldMessage(reason)];
    });
    const shown = [...new Set(lines)].slice(0, MAX_WORDS);
    // A value may be spread over several messages.
    const reason = this.reasonToWithhold(shown.join(""), call, Infinity);
    return reason === undefined ? shown : [withheldMessage(reason)];
  }

  /** Why a text of the server can't be shown; undefined when it can. */
  reasonToWithhold(text: string, call: AnsweredCall, searched = SEARCHED_LENGTH): WithholdReason | undefined {
    if (text === "") return undefined;
    this.#index ??= new ValueIndex(this.#values);
    const indexes = [this.#index, new ValueIndex(call.sent)];
    if (indexes.some(({ hasTooShort }) => hasTooShort)) return "a secret of this run is too short to search for";
    const counts = this.#harmlessness(call);
    // The original text, and the shown one.
    for (const part of new Set([text.slice(0, searched), oneLine(text).slice(0, searched)])) {
      for (const form of [...decodedForms(part)].flatMap(searchForms)) {
        const variable = indexes.map((index) => index.find(form, counts)).find((found) => found !== undefined);
        if (variable !== undefined) return `it contains part of $${variable}`;
      }
    }
    return undefined;
  }

  /** Texts that the reader already knows don't count as part of a value: the call's path, public texts of the file, and fixed texts. */
  #harmlessness({ path, query = "" }: AnsweredCall): (found: string) => boolean {
    this.#harmless ??= searchText([...HARMLESS_TEXTS, ...this.#literals]);
    const ofRun = this.#harmless;
    const ofCall = searchText([...decodedForms(path + query)]);
    return (found) => !ofRun.includes(found) && !ofCall.includes(found);
  }
}

function withheldMessage(reason: WithholdReason): string {
  return `the server's message is withheld: ${reason}`;
}

/** The separator is in no search form. */
function searchText(texts: readonly string[]): string {
  return texts.flatMap(searchForms).join("\0");
}

function shortenWords(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  return `${cutText(text, MAX_LENGTH - 1)}…`;
}
