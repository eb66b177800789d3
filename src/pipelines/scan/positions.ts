import type { Position, Range } from "../../model/diagnostic.ts";
import type { ScanSpan } from "./reference-reader.ts";

/** Finds line and column of offsets in one text. A byte order mark takes no column, since no editor shows it. */
export class Positions {
  readonly #text: string;
  readonly #starts: number[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#starts.push(text.startsWith("\u{FEFF}") ? 1 : 0);
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  position(offset: number): Position {
    const line = this.#lineAt(offset);
    return { line: line + 1, column: Math.max(0, offset - this.#startOf(line)) + 1, offset };
  }

  range(span: ScanSpan): Range {
    return { start: this.position(span.start), end: this.position(span.end) };
  }

  /** The text of a line (from 1), without its line end. */
  line(line: number): string {
    const end = this.#starts[line] ?? this.#text.length + 1;
    return this.#text.slice(this.#startOf(line - 1), end - 1).replace(/\r$/, "");
  }

  #startOf(line: number): number {
    return this.#starts[line] ?? 0;
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
