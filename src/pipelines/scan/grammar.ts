import { isClosedQuote } from "./scalar.ts";
import type { Token } from "./tokens.ts";

/**
 * Notices, token by token, that a text can't be YAML: an open quote, a bare `!param` line between two keys, text
 * after a value. From there on, tokens aren't reliable, so the file is read line by line instead. It notices only
 * faults that could hide or change a reference.
 */
export class Grammar {
  #before: "nothing" | "indicator" | "value" = "nothing";
  #newLine = false;
  #depth = 0;
  /** Where text began that only makes sense as a key, so that a colon has to follow on its line. */
  #wantsColon: number | undefined;
  #multiline = false;
  #damage: number | undefined;

  /** Offset of the first fault. */
  get damage(): number | undefined {
    return this.#damage;
  }

  accept(token: Token): void {
    switch (token.kind) {
      case "plain":
      case "alias":
        this.#value(token.offset);
        this.#multiline = token.source.includes("\n");
        return;
      case "single":
      case "double":
        this.#value(token.offset);
        if (!isClosedQuote(token.source)) this.#fault(token.offset);
        return;
      case "block-header":
        this.#value(token.offset);
        return;
      case "block":
        this.#newLine = true;
        return;
      case "anchor":
      case "tag":
        this.#begin(token.offset);
        return;
      case "open-map":
      case "open-seq":
        this.#begin(token.offset);
        this.#depth += 1;
        this.#indicator();
        return;
      case "close-map":
      case "close-seq":
        if (this.#depth === 0) this.#fault(token.offset);
        else this.#depth -= 1;
        this.#before = "value";
        this.#newLine = false;
        return;
      case "colon":
        if (this.#multiline && this.#depth === 0) this.#fault(token.offset);
        this.#indicator();
        return;
      case "dash":
      case "question":
      case "comma":
        this.#indicator();
        return;
      case "newline":
        this.#colonIsMissing();
        this.#newLine = true;
        return;
      case "marker":
        this.#colonIsMissing();
        this.#before = "nothing";
        this.#newLine = false;
        return;
      case "flow-cut":
        this.#fault(token.offset);
        return;
      case "comment":
        return;
    }
  }

  /** `end` is the offset behind the last token. */
  finish(end: number): void {
    this.#colonIsMissing();
    if (this.#depth > 0) this.#fault(end);
  }

  #begin(offset: number): void {
    if (this.#before === "value") {
      if (this.#newLine && this.#depth === 0) this.#wantsColon ??= offset;
      else this.#fault(offset);
    }
  }

  #value(offset: number): void {
    this.#begin(offset);
    this.#before = "value";
    this.#newLine = false;
    this.#multiline = false;
  }

  #indicator(): void {
    this.#before = "indicator";
    this.#newLine = false;
    this.#multiline = false;
    this.#wantsColon = undefined;
  }

  #colonIsMissing(): void {
    if (this.#wantsColon !== undefined) this.#fault(this.#wantsColon);
    this.#wantsColon = undefined;
  }

  #fault(offset: number): void {
    this.#damage ??= offset;
  }
}
