import type { YamlSpan } from "../../config/yaml/node.ts";
import { SHORTEST_HASH } from "../../model/integration.ts";
import type { MapFrame } from "./map-frames.ts";
import { slotOfKey, type ScanKnowledge } from "./reference-keys.ts";
import { isDynamicValue } from "./scalar.ts";
import type { ScannedKey, ScannedScalar } from "./scanned-scalar.ts";
import {
  insideQuotes,
  isEmptyValue,
  LONGEST_WITH_HASH,
  scannedValue,
  tokenSpan,
  type ScannedValue,
} from "./scanned-value.ts";
import { defaultHash, parameterDefault } from "./template-default.ts";
import type { Token } from "./tokens.ts";

/** A reference in offsets; `Reference` of reference.ts is what others see. */
export interface FoundReference {
  readonly key: string | undefined;
  readonly keySpan: YamlSpan;
  readonly slot: ScannedKey["slot"] & string;
  readonly kind: "literal" | "alias" | "dynamic";
  readonly value: ScannedValue;
  /** The place of the reference itself: for an alias, the alias. */
  readonly at: YamlSpan;
  readonly anchored: boolean;
  readonly frame: MapFrame | undefined;
}

/** Decides which keys and values are references: a value by its key, and every text that is a known hash. Keeps them. */
export class ReferenceCollector {
  readonly found: FoundReference[] = [];
  readonly #knowledge: ScanKnowledge;
  readonly #inputNames: ReadonlySet<string>;

  constructor(knowledge: ScanKnowledge) {
    this.#knowledge = knowledge;
    this.#inputNames = new Set([...knowledge.inputs.values()].flatMap((names) => [...names]));
  }

  /** How the value of a key names an integration; undefined if it doesn't. */
  slotOf(name: string, { under }: MapFrame): ScannedKey["slot"] {
    const isInput = this.#inputNames.has(name) && under === "inputs";
    return slotOfKey(name, under) ?? (isInput ? "input" : undefined);
  }

  /** Whether the value of another key is worth reading. */
  mayHoldHash({ source: { length } }: Token): boolean {
    return length >= SHORTEST_HASH && length <= LONGEST_WITH_HASH && this.#knowledge.hashes.size > 0;
  }

  /** A key that may be a hash itself. */
  addKey(scalar: ScannedScalar, name: string, frame: MapFrame): void {
    if (this.#isKnownHash(name) && scalar.token.kind !== "alias") {
      this.#add(scalar, undefined, scannedValue(scalar.token), "content", frame);
    }
  }

  /** The value of a key, or of an item of a list. */
  addValue(scalar: ScannedScalar, key: ScannedKey | undefined, value: ScannedValue): void {
    const meant = (scalar.token.kind === "alias" ? undefined : this.#defaultIn(scalar.token, key)) ?? value;
    if (key?.slot !== undefined) {
      if (!isEmptyValue(value)) this.#add(scalar, key, meant, key.slot, key.frame);
    } else if (this.#isKnownHash(meant.text)) this.#add(scalar, key, meant, "content", key?.frame);
  }

  /** `name:default` of an unquoted `!{name:default}`, whose `!` was already read as a value. */
  addUnquotedDefault(scalar: ScannedScalar, key: ScannedKey | undefined): void {
    const { token } = scalar;
    const found = this.#defaultIn({ ...token, offset: token.offset - 2, source: `!{${token.source}}` }, key);
    if (found === undefined) return;
    const last = this.found.at(-1);
    if (key?.slot !== undefined && last !== undefined && last.value.end === token.offset - 1) this.found.pop();
    this.#add(scalar, key, found, key?.slot ?? "content", key?.frame);
  }

  /** `integration: !param` without quotes: a parameter that YAML reads as a tag. */
  addParameter(token: Token, { name: key, scalar, frame }: ScannedKey, slot: FoundReference["slot"]): void {
    const at = tokenSpan(token);
    const value: ScannedValue = { ...at, text: token.source, quote: "plain", isDefault: false };
    const keySpan = insideQuotes(scalar.token);
    this.found.push({ key, keySpan, slot, kind: "dynamic", value, at, anchored: false, frame });
  }

  #add(
    scalar: ScannedScalar,
    key: ScannedKey | undefined,
    value: ScannedValue,
    slot: FoundReference["slot"],
    frame: MapFrame | undefined,
  ): void {
    const isAlias = scalar.token.kind === "alias";
    const at = isAlias ? tokenSpan(scalar.token) : value;
    this.found.push({
      key: key?.name,
      keySpan: key === undefined ? at : insideQuotes(key.scalar.token),
      slot,
      kind: isDynamicValue(value.text) ? "dynamic" : isAlias ? "alias" : "literal",
      value,
      at,
      anchored: scalar.anchor !== undefined || isKeyShared(key),
      frame,
    });
  }

  /** The default of the parameter: any word below a reference key, otherwise a known hash. */
  #defaultIn(token: Token, key: ScannedKey | undefined): ScannedValue | undefined {
    const { start, end } = insideQuotes(token);
    const source = token.source.slice(start - token.offset, end - token.offset);
    const isNamed = key?.slot === "identifier" || key?.slot === "hash";
    const found = defaultHash(source, this.#knowledge.hashes) ?? (isNamed ? parameterDefault(source) : undefined);
    if (found === undefined) return undefined;
    const span = { start: start + found.span.start, end: start + found.span.end };
    return { ...span, text: found.text, quote: "none", isDefault: true };
  }

  #isKnownHash(text: string): boolean {
    return text.length >= SHORTEST_HASH && this.#knowledge.hashes.has(text);
  }
}

/** Whether the key has an anchor, or is itself an alias. */
function isKeyShared(key: ScannedKey | undefined): boolean {
  if (key === undefined) return false;
  const { token, anchor, isAnchorAbove } = key.scalar;
  return token.kind === "alias" || (anchor !== undefined && !isAnchorAbove);
}
