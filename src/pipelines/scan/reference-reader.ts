import { MapFrames, type MapLabel } from "./map-frames.ts";
import type { PipelineLimits } from "./pipeline-limits.ts";
import { ReferenceCollector, type FoundReference } from "./reference-collector.ts";
import type { ScanKnowledge } from "./reference-keys.ts";
import { decodeScalar } from "./scalar.ts";
import type { ScannedKey, ScannedScalar } from "./scanned-scalar.ts";
import { blockValue, scannedValue, type ScannedValue } from "./scanned-value.ts";
import type { Token } from "./tokens.ts";

/**
 * Puts tokens together to keys with their values, and passes these to a {@link ReferenceCollector}. A scalar is a key when a
 * colon follows, else a value: so each is held until then.
 */
export class ReferenceReader {
  /** The beginnings of lines that end with the ignore comment. */
  readonly ignoredLines: number[] = [];
  readonly #limits: PipelineLimits;
  readonly #collector: ReferenceCollector;
  readonly #frames = new MapFrames();
  readonly #anchors = new Map<string, ScannedValue>();
  #lineStart: number;
  #depth = 0;
  #held: ScannedScalar | undefined;
  /** The key whose value is still to come. */
  #owner: ScannedKey | undefined;
  #anchor: string | undefined;
  #anchorLine = 0;
  #explicit = false;
  #tokens = 0;
  /** After a `!` that nothing follows, and after its `{`: an unquoted `!{name:default}` looks like a tag and a map. */
  #bangEnd: number | undefined;
  #parameter: { readonly start: number; readonly owner: ScannedKey | undefined } | undefined;

  /** `start` is where the first line begins, after a byte order mark. */
  constructor(start: number, knowledge: ScanKnowledge, limits: PipelineLimits) {
    this.#limits = limits;
    this.#lineStart = start;
    this.#collector = new ReferenceCollector(knowledge);
  }

  get found(): readonly FoundReference[] {
    return this.#collector.found;
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
    const slot = this.#collector.slotOf(name, frame);
    this.#collector.addKey(held, name, frame);
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
      this.#collector.addUnquotedDefault(held, parameter.owner);
      return;
    }
    const owner = waiting !== undefined && this.#belongs(held, waiting) ? waiting : undefined;
    const isAlias = held.token.kind === "alias";
    const isAwaited = owner !== undefined && (owner.slot !== undefined || isMapLabel(owner.name));
    if (!isAwaited && !isAlias && held.anchor === undefined && !this.#collector.mayHoldHash(held.token)) return;
    const value = isAlias ? this.#aliased(held.token) : scannedValue(held.token);
    if (held.anchor !== undefined) this.#setAnchor(held.anchor, value);
    if (value !== undefined) this.#value(held, owner, value);
  }

  #value(held: ScannedScalar, owner: ScannedKey | undefined, value: ScannedValue): void {
    if (owner !== undefined && isMapLabel(owner.name)) owner.frame.labels.set(owner.name, value.text);
    this.#collector.addValue(held, owner, value);
  }

  #blockScalar(token: Token): void {
    const value = blockValue(token);
    const anchor = this.#anchor;
    const owner = this.#owner;
    this.#anchor = undefined;
    if (anchor !== undefined) this.#setAnchor(anchor, value);
    if (value === undefined) return;
    this.#value({ token, column: 0, lineStart: this.#lineStart, anchor, isAnchorAbove: false }, owner, value);
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

  /** On a later line, only text to the right of the key's column is its value. */
  #belongs(value: ScannedScalar, owner: ScannedKey): boolean {
    return this.#depth > 0 || value.lineStart === owner.lineStart || value.column > owner.scalar.column;
  }

  /** `integration: !param` unquoted; tags like `!!str` say how to read the scalar that follows. */
  #tag(token: Token): void {
    this.#bangEnd = token.source === "!" ? token.offset + 1 : undefined;
    const owner = this.#owner;
    if (owner?.slot === undefined || /^!(!|<)/.test(token.source)) return;
    this.#collector.addParameter(token, owner, owner.slot);
    // A parameter's `{` needs to know whose default it holds.
    if (this.#bangEnd === undefined) this.#owner = undefined;
  }

  #countLines(token: Token): void {
    const last = token.source.lastIndexOf("\n");
    if (last !== -1) this.#lineStart = token.offset + last + 1;
  }
}

function isMapLabel(name: string): name is MapLabel {
  return name === "pipeline" || name === "action" || name === "target" || name === "custom_type";
}
