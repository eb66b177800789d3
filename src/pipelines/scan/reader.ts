import { Frames } from "./frames.ts";
import type { Frame, Label, ReferenceKey } from "./frames.ts";
import { decode, isClosed, isDynamic } from "./scalar.ts";
import type { Quote } from "./scalar.ts";
import type { Token } from "./tokens.ts";

/** A stretch of the file, as offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A scalar that stands as a value, without its quotes. */
interface Value extends Span {
  readonly text: string;
  readonly quote: Quote;
}

/** A reference in offsets; `Reference` of reference.ts is what others see. */
export interface Found {
  readonly key: ReferenceKey;
  readonly keySpan: Span;
  readonly kind: "literal" | "alias" | "dynamic";
  readonly value: Value;
  /** Where the reference itself stands: for an alias, the alias. */
  readonly at: Span;
  readonly anchored: boolean;
  readonly frame: Frame;
}

interface Scalar {
  readonly token: Token;
  readonly column: number;
  readonly lineStart: number;
  readonly anchor: string | undefined;
}

/** A key of interest whose value is still to come. */
interface Owner {
  readonly name: ReferenceKey | Label;
  /** Of the line that the colon stands on. */
  readonly lineStart: number;
  readonly scalar: Scalar;
  readonly frame: Frame;
}

/** How many references a file may hold: a hundred times what people have. Each takes memory, and so does a finding. */
const MOST_REFERENCES = 50_000;

/** How many tokens a file may hold: twice what real ones of 5 MiB have. Reading that many takes a second. */
const MOST_TOKENS = 1_500_000;

/** Turns tokens into references. A scalar is a key when a colon follows, else a value: so each is held until then. */
export class Reader {
  readonly found: Found[] = [];
  readonly #frames = new Frames();
  readonly #anchors = new Map<string, Value>();
  #lineStart: number;
  #depth = 0;
  #held: Scalar | undefined;
  #owner: Owner | undefined;
  #anchor: string | undefined;
  #explicit = false;
  #tokens = 0;

  /** `start` is where the first line begins, behind a byte order mark. */
  constructor(start: number) {
    this.#lineStart = start;
  }

  /** Whatever the file holds too much of, so that the rest of it isn't read. */
  get excess(): string | undefined {
    if (this.found.length > MOST_REFERENCES) return `${MOST_REFERENCES} references`;
    return this.#tokens > MOST_TOKENS ? `${MOST_TOKENS} keys, values and signs` : undefined;
  }

  /** Answers whether the next token is wanted too. */
  accept(token: Token): boolean {
    this.#tokens += 1;
    this.#read(token);
    return this.#tokens <= MOST_TOKENS && this.found.length <= MOST_REFERENCES;
  }

  #read(token: Token): void {
    switch (token.kind) {
      case "plain":
      case "single":
      case "double":
      case "alias":
        this.#scalar(token);
        return;
      case "anchor":
        this.#settle();
        this.#anchor = token.source.slice(1);
        return;
      case "tag":
        this.#settle();
        this.#tag(token);
        return;
      case "colon":
        this.#colon();
        return;
      case "newline":
        if (this.#depth === 0 && !this.#explicit) this.#settle();
        this.#lineStart = token.offset + token.source.length;
        return;
      case "block":
        this.#structure();
        this.#countLines(token);
        return;
      case "dash":
        this.#structure();
        if (this.#depth === 0) this.#frames.item(token.offset - this.#lineStart);
        return;
      case "question":
        this.#structure();
        this.#explicit = true;
        return;
      case "comma":
      case "block-header":
        this.#structure();
        return;
      case "open-map":
        this.#structure();
        this.#depth += 1;
        this.#frames.openFlow();
        return;
      case "open-seq":
        this.#structure();
        this.#depth += 1;
        return;
      case "close-map":
        this.#structure();
        this.#depth = Math.max(0, this.#depth - 1);
        this.#frames.closeFlow();
        return;
      case "close-seq":
        this.#structure();
        this.#depth = Math.max(0, this.#depth - 1);
        return;
      case "flow-cut":
        this.#structure();
        this.#depth = 0;
        return;
      case "marker":
        this.#structure();
        this.#frames.reset();
        this.#anchors.clear();
        return;
    }
  }

  /** The text, or one line that is read on its own, is over; the next one would start at `next`. */
  finish(next: number): void {
    this.#structure();
    this.#depth = 0;
    this.#lineStart = next;
  }

  #scalar(token: Token): void {
    this.#settle();
    this.#held = { token, column: token.offset - this.#lineStart, lineStart: this.#lineStart, anchor: this.#anchor };
    this.#anchor = undefined;
    this.#countLines(token);
  }

  #colon(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#owner = undefined;
    this.#explicit = false;
    if (held === undefined) return;
    if (held.anchor !== undefined) this.#anchors.delete(held.anchor);
    const name = nameOf(held.token);
    const frame = this.#frames.key(this.#depth === 0 ? held.column : undefined, name);
    if (isReferenceKey(name)) frame.referenceKeys.add(name);
    if (isReferenceKey(name) || isLabel(name)) this.#owner = { name, lineStart: this.#lineStart, scalar: held, frame };
  }

  /** Something came that makes the held scalar a value, and that isn't a value of the waiting key itself. */
  #structure(): void {
    this.#settle();
    this.#owner = undefined;
    this.#explicit = false;
    if (this.#anchor !== undefined) this.#anchors.delete(this.#anchor);
    this.#anchor = undefined;
  }

  #settle(): void {
    const held = this.#held;
    if (held === undefined) return;
    const owner = this.#owner;
    this.#held = undefined;
    this.#owner = undefined;
    if (owner === undefined && held.anchor === undefined) return;
    const at = spanOf(held.token);
    const value = held.token.kind === "alias" ? this.#anchors.get(held.token.source.slice(1)) : valueOf(held.token);
    if (held.anchor !== undefined && value !== undefined) this.#anchors.set(held.anchor, value);
    if (owner === undefined || value === undefined || !this.#belongs(held, owner)) return;
    if (isLabel(owner.name)) owner.frame.labels.set(owner.name, value.text);
    else if (!isNothing(value)) {
      const kind = isDynamic(value.text) ? "dynamic" : held.token.kind === "alias" ? "alias" : "literal";
      this.found.push({
        key: owner.name,
        keySpan: insideQuotes(owner.scalar.token),
        kind,
        value,
        at,
        anchored: held.anchor !== undefined,
        frame: owner.frame,
      });
    }
  }

  /** On a later line, only what stands further right than the key is its value. */
  #belongs(value: Scalar, owner: Owner): boolean {
    return this.#depth > 0 || value.lineStart === owner.lineStart || value.column > owner.scalar.column;
  }

  /** `integration: !param` unquoted; tags like `!!str` say how to read the scalar that follows. */
  #tag(token: Token): void {
    const owner = this.#owner;
    if (owner === undefined || isLabel(owner.name) || /^!(!|<)/.test(token.source)) return;
    this.#owner = undefined;
    const at = spanOf(token);
    const value: Value = { ...at, text: token.source, quote: "plain" };
    const keySpan = insideQuotes(owner.scalar.token);
    this.found.push({ key: owner.name, keySpan, kind: "dynamic", value, at, anchored: false, frame: owner.frame });
  }

  #countLines(token: Token): void {
    const last = token.source.lastIndexOf("\n");
    if (last !== -1) this.#lineStart = token.offset + last + 1;
  }
}

function spanOf(token: Token): Span {
  return { start: token.offset, end: token.offset + token.source.length };
}

function insideQuotes(token: Token): Span {
  const { start, end } = spanOf(token);
  if (token.kind !== "single" && token.kind !== "double") return { start, end };
  return { start: start + 1, end: isClosed(token.source) ? end - 1 : end };
}

function valueOf(token: Token): Value {
  const quote: Quote = token.kind === "single" || token.kind === "double" ? token.kind : "plain";
  return { ...insideQuotes(token), text: decode(token.source, quote), quote };
}

function nameOf(token: Token): string {
  return token.kind === "single" || token.kind === "double" ? token.source.slice(1, -1) : token.source;
}

function isReferenceKey(name: string): name is ReferenceKey {
  return name === "integration" || name === "integration_hash";
}

function isLabel(name: string): name is Label {
  return name === "pipeline" || name === "action" || name === "target";
}

/** `integration:` with nothing, null or an empty string behind it refers to nothing. */
function isNothing(value: Value): boolean {
  return value.text === "" || (value.quote === "plain" && /^(~|null|Null|NULL)$/.test(value.text));
}
