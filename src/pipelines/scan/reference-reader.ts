import type { YamlSpan } from "../../config/yaml/node.ts";
import { MapFrames } from "./map-frames.ts";
import type { MapFrame, MapLabel, ReferenceKey } from "./map-frames.ts";
import { decodeScalar, isClosedQuote, isDynamicValue } from "./scalar.ts";
import type { QuoteStyle } from "./scalar.ts";
import type { Token } from "./tokens.ts";

/** A scalar that stands as a value, without its quotes. */
interface ScannedValue extends YamlSpan {
  readonly text: string;
  readonly quote: QuoteStyle;
}

/** A reference in offsets; `Reference` of reference.ts is what others see. */
export interface FoundReference {
  readonly key: ReferenceKey;
  readonly keySpan: YamlSpan;
  readonly kind: "literal" | "alias" | "dynamic";
  readonly value: ScannedValue;
  /** Where the reference itself stands: for an alias, the alias. */
  readonly at: YamlSpan;
  readonly anchored: boolean;
  readonly frame: MapFrame;
}

interface ScannedScalar {
  readonly token: Token;
  readonly column: number;
  readonly lineStart: number;
  readonly anchor: string | undefined;
}

/** A key of interest whose value is still to come. */
interface WaitingKey {
  readonly name: ReferenceKey | MapLabel;
  /** Of the line that the colon stands on. */
  readonly lineStart: number;
  readonly scalar: ScannedScalar;
  readonly frame: MapFrame;
}

/** What a file may hold. */
export interface PipelineLimits {
  readonly references: number;
  /** Keys, values and signs. */
  readonly tokens: number;
}

/**
 * References: a hundred times what people have; each takes memory, and so does a finding. Tokens: twice what real files of
 * 5 MiB have; reading that many takes a second.
 */
export const PIPELINE_LIMITS: PipelineLimits = { references: 50_000, tokens: 1_500_000 };

/** Turns tokens into references. A scalar is a key when a colon follows, else a value: so each is held until then. */
export class ReferenceReader {
  readonly found: FoundReference[] = [];
  readonly #frames = new MapFrames();
  readonly #anchors = new Map<string, ScannedValue>();
  #lineStart: number;
  #depth = 0;
  #held: ScannedScalar | undefined;
  #owner: WaitingKey | undefined;
  #anchor: string | undefined;
  #explicit = false;
  #tokens = 0;

  readonly #limits: PipelineLimits;

  /** `start` is where the first line begins, behind a byte order mark. */
  constructor(start: number, limits: PipelineLimits) {
    this.#lineStart = start;
    this.#limits = limits;
  }

  /** Whatever the file holds too much of, so that the rest of it isn't read. */
  get excess(): string | undefined {
    const { references, tokens } = this.#limits;
    if (this.found.length > references) return `${references} references`;
    return this.#tokens > tokens ? `${tokens} keys, values and signs` : undefined;
  }

  /** Answers whether the next token is wanted too. */
  accept(token: Token): boolean {
    this.#tokens += 1;
    this.#read(token);
    return this.#tokens <= this.#limits.tokens && this.found.length <= this.#limits.references;
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
    const name = keyName(held.token);
    const frame = this.#frames.key(this.#depth === 0 ? held.column : undefined, name);
    if (isReferenceKey(name)) frame.referenceKeys.add(name);
    if (isReferenceKey(name) || isMapLabel(name))
      this.#owner = { name, lineStart: this.#lineStart, scalar: held, frame };
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
    const at = tokenSpan(held.token);
    const value =
      held.token.kind === "alias" ? this.#anchors.get(held.token.source.slice(1)) : scannedValue(held.token);
    if (held.anchor !== undefined && value !== undefined) this.#anchors.set(held.anchor, value);
    if (owner === undefined || value === undefined || !this.#belongs(held, owner)) return;
    if (isMapLabel(owner.name)) owner.frame.labels.set(owner.name, value.text);
    else if (!isEmptyValue(value)) {
      const kind = isDynamicValue(value.text) ? "dynamic" : held.token.kind === "alias" ? "alias" : "literal";
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
  #belongs(value: ScannedScalar, owner: WaitingKey): boolean {
    return this.#depth > 0 || value.lineStart === owner.lineStart || value.column > owner.scalar.column;
  }

  /** `integration: !param` unquoted; tags like `!!str` say how to read the scalar that follows. */
  #tag(token: Token): void {
    const owner = this.#owner;
    if (owner === undefined || isMapLabel(owner.name) || /^!(!|<)/.test(token.source)) return;
    this.#owner = undefined;
    const at = tokenSpan(token);
    const value: ScannedValue = { ...at, text: token.source, quote: "plain" };
    const keySpan = insideQuotes(owner.scalar.token);
    this.found.push({ key: owner.name, keySpan, kind: "dynamic", value, at, anchored: false, frame: owner.frame });
  }

  #countLines(token: Token): void {
    const last = token.source.lastIndexOf("\n");
    if (last !== -1) this.#lineStart = token.offset + last + 1;
  }
}

function tokenSpan(token: Token): YamlSpan {
  return { start: token.offset, end: token.offset + token.source.length };
}

function insideQuotes(token: Token): YamlSpan {
  const { start, end } = tokenSpan(token);
  if (token.kind !== "single" && token.kind !== "double") return { start, end };
  return { start: start + 1, end: isClosedQuote(token.source) ? end - 1 : end };
}

function scannedValue(token: Token): ScannedValue {
  const quote: QuoteStyle = token.kind === "single" || token.kind === "double" ? token.kind : "plain";
  return { ...insideQuotes(token), text: decodeScalar(token.source, quote), quote };
}

function keyName(token: Token): string {
  return token.kind === "single" || token.kind === "double" ? token.source.slice(1, -1) : token.source;
}

function isReferenceKey(name: string): name is ReferenceKey {
  return name === "integration" || name === "integration_hash";
}

function isMapLabel(name: string): name is MapLabel {
  return name === "pipeline" || name === "action" || name === "target";
}

/** `integration:` with nothing, null or an empty string behind it refers to nothing. */
function isEmptyValue(value: ScannedValue): boolean {
  return value.text === "" || (value.quote === "plain" && /^(~|null|Null|NULL)$/.test(value.text));
}
