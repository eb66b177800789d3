import { SHORTEST_HASH } from "../../model/integration.ts";
import type { YamlSpan } from "../../config/yaml/node.ts";
import { MapFrames } from "./map-frames.ts";
import type { MapFrame, MapLabel } from "./map-frames.ts";
import { slotOfKey, type ReferenceSlot, type ScanKnowledge } from "./reference-keys.ts";
import type { PipelineLimits } from "./pipeline-limits.ts";
import { decodeScalar, isDynamicValue } from "./scalar.ts";
import { insideQuotes, isEmptyValue, scannedValue, tokenSpan, type ScannedValue } from "./scanned-value.ts";
import { defaultHash, parameterDefault } from "./template-default.ts";
import type { Token } from "./tokens.ts";

/** A reference in offsets; `Reference` of reference.ts is what others see. */
export interface FoundReference {
  readonly key: string | undefined;
  readonly keySpan: YamlSpan;
  /** `input`: of a key that some custom action declares as an integration. */
  readonly slot: ReferenceSlot | "input";
  readonly kind: "literal" | "alias" | "dynamic";
  readonly value: ScannedValue;
  /** The place of the reference itself: for an alias, the alias. */
  readonly at: YamlSpan;
  readonly anchored: boolean;
  readonly frame: MapFrame | undefined;
}

interface ScannedScalar {
  readonly token: Token;
  readonly column: number;
  readonly lineStart: number;
  readonly anchor: string | undefined;
  /** The anchor is on its own line: in front of a key it is the anchor of the map. */
  readonly isAnchorAbove: boolean;
}

/** A key whose value is still to come. */
interface WaitingKey {
  readonly name: string;
  readonly slot: FoundReference["slot"] | undefined;
  /** Of the line with the colon. */
  readonly lineStart: number;
  readonly scalar: ScannedScalar;
  readonly frame: MapFrame;
}

/** The longest form of a hash in a file, with any escapes and folds. */
const LONGEST_WITH_HASH = 1000;

/** Turns tokens into references. A scalar is a key when a colon follows, else a value: so each is held until then. */
export class ReferenceReader {
  readonly found: FoundReference[] = [];
  /** The beginnings of lines that end with the ignore comment. */
  readonly ignoredLines: number[] = [];
  readonly #limits: PipelineLimits;
  readonly #knowledge: ScanKnowledge;
  readonly #inputNames: ReadonlySet<string>;
  readonly #frames = new MapFrames();
  readonly #anchors = new Map<string, ScannedValue>();
  #lineStart: number;
  #depth = 0;
  #held: ScannedScalar | undefined;
  #owner: WaitingKey | undefined;
  #anchor: string | undefined;
  #anchorLine = 0;
  #explicit = false;
  #tokens = 0;
  /** After a `!` that nothing follows, and after its `{`: an unquoted `!{name:default}` looks like a tag and a map. */
  #bangEnd: number | undefined;
  #parameter: { readonly start: number; readonly owner: WaitingKey | undefined } | undefined;

  /** `start` is where the first line begins, after a byte order mark. */
  constructor(start: number, knowledge: ScanKnowledge, limits: PipelineLimits) {
    this.#limits = limits;
    this.#lineStart = start;
    this.#knowledge = knowledge;
    this.#inputNames = new Set([...knowledge.inputs.values()].flatMap((names) => [...names]));
  }

  /** What the file holds too much of, so that the rest isn't read. */
  get excess(): string | undefined {
    const { references, tokens } = this.#limits;
    if (this.found.length > references) return `${references} references`;
    return this.#tokens > tokens ? `${tokens} keys, values and signs` : undefined;
  }

  /** Returns whether to go on with the next token. */
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
        this.#anchorLine = this.#lineStart;
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
      case "comment":
        this.ignoredLines.push(this.#lineStart);
        return;
      case "block-header":
        // Its owner is still waiting for its text.
        this.#settle();
        return;
      case "block":
        this.#blockScalar(token);
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
        this.#structure();
        return;
      case "open-map":
        this.#openMap(token);
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

  #openMap(token: Token): void {
    const isParameter = this.#bangEnd === token.offset;
    const owner = isParameter ? this.#owner : undefined;
    this.#structure();
    this.#parameter = isParameter ? { start: token.offset + 1, owner } : undefined;
    this.#depth += 1;
    this.#frames.openFlow();
  }

  #scalar(token: Token): void {
    this.#settle();
    const { offset } = token;
    const [lineStart, anchor] = [this.#lineStart, this.#anchor];
    const isAnchorAbove = this.#anchorLine !== lineStart;
    this.#held = { token, column: offset - lineStart, lineStart, anchor, isAnchorAbove };
    this.#anchor = undefined;
    this.#countLines(token);
  }

  #colon(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#owner = undefined;
    this.#explicit = false;
    this.#parameter = undefined;
    if (held === undefined) return;
    if (held.anchor !== undefined) {
      this.#setAnchor(held.anchor, held.isAnchorAbove ? undefined : scannedValue(held.token));
    }
    const name = this.#keyName(held.token);
    const frame = this.#frames.key(this.#depth === 0 ? held.column : undefined, name);
    if (name === "integration" || name === "integration_hash") frame.referenceKeys.add(name);
    const isInput = this.#inputNames.has(name) && frame.under === "inputs";
    const slot = slotOfKey(name, frame.under) ?? (isInput ? "input" : undefined);
    if (this.#isKnownHash(name) && held.token.kind !== "alias") {
      this.#add(held, undefined, scannedValue(held.token), "content", frame);
    }
    this.#owner = { name, slot, lineStart: this.#lineStart, scalar: held, frame };
  }

  /** A token came that makes the held scalar a value, and that isn't itself the value of the waiting key. */
  #structure(): void {
    this.#settle();
    this.#owner = undefined;
    this.#explicit = false;
    this.#bangEnd = undefined;
    this.#parameter = undefined;
    if (this.#anchor !== undefined) this.#anchors.delete(this.#anchor);
    this.#anchor = undefined;
  }

  #settle(): void {
    const held = this.#held;
    if (held === undefined) return;
    const waiting = this.#owner;
    const parameter = this.#parameter;
    this.#held = undefined;
    this.#owner = undefined;
    this.#parameter = undefined;
    if (parameter?.start === held.token.offset && held.token.kind === "plain") {
      this.#unquotedDefault(held, parameter.owner);
      return;
    }
    const owner = waiting !== undefined && this.#belongs(held, waiting) ? waiting : undefined;
    const isAlias = held.token.kind === "alias";
    const isAwaited = owner !== undefined && (owner.slot !== undefined || isMapLabel(owner.name));
    if (!isAwaited && !isAlias && held.anchor === undefined && !this.#mayHoldHash(held.token)) return;
    const value = isAlias ? this.#aliased(held.token) : scannedValue(held.token);
    if (held.anchor !== undefined) this.#setAnchor(held.anchor, value);
    if (value !== undefined) this.#take(held, owner, value);
  }

  /** A value, if it refers to an integration: by the key that it belongs to, or by what it is. */
  #take(held: ScannedScalar, owner: WaitingKey | undefined, value: ScannedValue): void {
    if (owner !== undefined && isMapLabel(owner.name)) owner.frame.labels.set(owner.name, value.text);
    const meant = (held.token.kind === "alias" ? undefined : this.#defaultIn(held.token, owner)) ?? value;
    if (owner?.slot !== undefined) {
      if (!isEmptyValue(value)) this.#add(held, owner, meant, owner.slot, owner.frame);
    } else if (this.#isKnownHash(meant.text)) this.#add(held, owner, meant, "content", owner?.frame);
  }

  #add(
    held: ScannedScalar,
    owner: WaitingKey | undefined,
    value: ScannedValue,
    slot: FoundReference["slot"],
    frame: MapFrame | undefined,
  ): void {
    const isAlias = held.token.kind === "alias";
    const at = isAlias ? tokenSpan(held.token) : value;
    this.found.push({
      key: owner?.name,
      keySpan: owner === undefined ? at : insideQuotes(owner.scalar.token),
      slot,
      kind: isDynamicValue(value.text) ? "dynamic" : isAlias ? "alias" : "literal",
      value,
      at,
      anchored: held.anchor !== undefined || isKeyShared(owner),
      frame,
    });
  }

  /** The default of the parameter: any word below a reference key, otherwise a known hash. */
  #defaultIn(token: Token, owner: WaitingKey | undefined): ScannedValue | undefined {
    const { start, end } = insideQuotes(token);
    const source = token.source.slice(start - token.offset, end - token.offset);
    const isNamed = owner?.slot === "identifier" || owner?.slot === "hash";
    const found = defaultHash(source, this.#knowledge.hashes) ?? (isNamed ? parameterDefault(source) : undefined);
    if (found === undefined) return undefined;
    const span = { start: start + found.span.start, end: start + found.span.end };
    return { ...span, text: found.text, quote: "none", isDefault: true };
  }

  /** `name:default` of an unquoted `!{name:default}`, whose `!` was already read as a value. */
  #unquotedDefault(held: ScannedScalar, owner: WaitingKey | undefined): void {
    const found = this.#defaultIn(
      { ...held.token, offset: held.token.offset - 2, source: `!{${held.token.source}}` },
      owner,
    );
    if (found === undefined) return;
    const last = this.found.at(-1);
    if (owner?.slot !== undefined && last !== undefined && last.value.end === held.token.offset - 1) this.found.pop();
    this.#add(held, owner, found, owner?.slot ?? "content", owner?.frame);
  }

  /** Its text, if it is on one line. */
  #blockScalar(token: Token): void {
    const text = token.source.length > LONGEST_WITH_HASH ? "" : token.source.trim();
    const start = token.offset + token.source.indexOf(text);
    const isOneLine = text !== "" && !text.includes("\n");
    const value: ScannedValue | undefined = isOneLine
      ? { start, end: start + text.length, text, quote: "none", isDefault: false }
      : undefined;
    const anchor = this.#anchor;
    const owner = this.#owner;
    this.#anchor = undefined;
    if (anchor !== undefined) this.#setAnchor(anchor, value);
    if (value === undefined) return;
    this.#take({ token, column: 0, lineStart: this.#lineStart, anchor, isAnchorAbove: false }, owner, value);
  }

  #keyName({ kind, source }: Token): string {
    if (kind === "plain") return source;
    if (kind === "single" || kind === "double") return decodeScalar(source, kind);
    return this.#anchors.get(source.slice(1))?.text ?? source;
  }

  #setAnchor(name: string, value: ScannedValue | undefined): void {
    if (value === undefined) this.#anchors.delete(name);
    else this.#anchors.set(name, value);
  }

  #aliased(token: Token): ScannedValue | undefined {
    return this.#anchors.get(token.source.slice(1));
  }

  #mayHoldHash({ source: { length } }: Token): boolean {
    return length >= SHORTEST_HASH && length <= LONGEST_WITH_HASH && this.#knowledge.hashes.size > 0;
  }

  #isKnownHash(text: string): boolean {
    return text.length >= SHORTEST_HASH && this.#knowledge.hashes.has(text);
  }

  /** On a later line, only text to the right of the key's column is its value. */
  #belongs(value: ScannedScalar, owner: WaitingKey): boolean {
    return this.#depth > 0 || value.lineStart === owner.lineStart || value.column > owner.scalar.column;
  }

  /** `integration: !param` unquoted; tags like `!!str` say how to read the scalar that follows. */
  #tag(token: Token): void {
    this.#bangEnd = token.source === "!" ? token.offset + 1 : undefined;
    const owner = this.#owner;
    if (owner?.slot === undefined || /^!(!|<)/.test(token.source)) return;
    const at = tokenSpan(token);
    const value: ScannedValue = { ...at, text: token.source, quote: "plain", isDefault: false };
    const keySpan = insideQuotes(owner.scalar.token);
    const { name: key, slot, frame } = owner;
    this.found.push({ key, keySpan, slot, kind: "dynamic", value, at, anchored: false, frame });
    // A parameter's `{` needs to know whose default it holds.
    if (this.#bangEnd === undefined) this.#owner = undefined;
  }

  #countLines(token: Token): void {
    const last = token.source.lastIndexOf("\n");
    if (last !== -1) this.#lineStart = token.offset + last + 1;
  }
}

/** Whether the key has an anchor, or is itself an alias. */
function isKeyShared(owner: WaitingKey | undefined): boolean {
  if (owner === undefined) return false;
  const { token, anchor, isAnchorAbove } = owner.scalar;
  return token.kind === "alias" || (anchor !== undefined && !isAnchorAbove);
}

function isMapLabel(name: string): name is MapLabel {
  return name === "pipeline" || name === "action" || name === "target" || name === "custom_type";
}
