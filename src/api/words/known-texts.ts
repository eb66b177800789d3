import { cutText, oneLine } from "../../model/printable.ts";
import { comparableForms, decodedForms } from "./comparable-forms.ts";
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

/** What a text must not be shown for: `it contains part of $NAME`. */
export type WithholdReason = string;

const MAX_WORDS = 10;
const MAX_LENGTH = 500;
/** More than is shown, so that what is cut off at its end is recognised. */
const SEARCHED_LENGTH = 2 * MAX_LENGTH;

/**
 * What a run knows: the values that must not be shown, and what the file says openly. The server's words are the one text
 * that is searched for secrets. Everywhere else they are left out by type, but here the text is not ours.
 */
export class KnownTexts {
  readonly #values: readonly KnownValue[];
  readonly #literals: readonly string[];
  #index: ValueIndex | undefined;
  #harmless: string | undefined;

  /** @param literals what the file says without a reference. */
  constructor(values: readonly KnownValue[], literals: readonly string[]) {
    this.#values = values;
    this.#literals = literals;
  }

  /**
   * The server's words, fit to be shown: each on one line, without control characters, bounded. A message that contains
   * part of a value is withheld. Where a secret is too short to be looked for, every message is, whatever it says:
   * otherwise those that are shown would tell what the secret isn't.
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
    if (indexes.some(({ hasTooShort }) => hasTooShort))
      return "a secret of this run is too short to be looked for in it";
    const counts = this.#harmlessness(call);
    // As it came, and as it is shown.
    for (const part of new Set([text.slice(0, searched), oneLine(text).slice(0, searched)])) {
      for (const form of [...decodedForms(part)].flatMap(comparableForms)) {
        const variable = indexes.map((index) => index.find(form, counts)).find((found) => found !== undefined);
        if (variable !== undefined) return `it contains part of $${variable}`;
      }
    }
    return undefined;
  }

  /** What the reader knows anyway is no part of a value: the call's path, what the file says openly, and fixed texts. */
  #harmlessness({ path, query = "" }: AnsweredCall): (found: string) => boolean {
    this.#harmless ??= comparableText([...HARMLESS_TEXTS, ...this.#literals]);
    const ofRun = this.#harmless;
    const ofCall = comparableText([...decodedForms(path + query)]);
    return (found) => !ofRun.includes(found) && !ofCall.includes(found);
  }
}

function withheldMessage(reason: WithholdReason): string {
  return `the server's message is withheld: ${reason}`;
}

/** No comparable text holds the separator. */
function comparableText(texts: readonly string[]): string {
  return texts.flatMap(comparableForms).join("\0");
}

function shortenWords(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  return `${cutText(text, MAX_LENGTH - 1)}…`;
}
