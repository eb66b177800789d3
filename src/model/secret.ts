import { createHash, createHmac } from "node:crypto";

const VALUE = Symbol("value");

/**
 * A value that came from a `$NAME` reference. It knows its variable's name and prints as `[secret $NAME]`
 * wherever it ends up: templates, JSON, `util.inspect`, error messages. The value itself leaves through
 * {@link unwrapSecret} (only `api/wire.ts` may import it), {@link maskableLines} (only `commands/masks.ts`),
 * {@link fingerprintSecret} and {@link secretEquals}.
 */
export class Secret {
  readonly variable: string;
  readonly #value: string | undefined;

  /** @param value `undefined` when the variable is not set: the secret is then *unknown*. */
  constructor(variable: string, value: string | undefined) {
    this.variable = variable;
    this.#value = value;
  }

  /** Whether the value is known. A pull request usually plans without it. */
  get known(): boolean {
    return this.#value !== undefined;
  }

  /** Not a public member, so that a linter can see every use of the value. */
  static [VALUE](secret: Secret): string | undefined {
    return secret.#value;
  }

  toString(): string {
    return `[secret $${this.variable}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The value, for the wire. Throws if it is not known: apply checks that before the first request. */
export function unwrapSecret(secret: Secret): string {
  const value = Secret[VALUE](secret);
  if (value === undefined) throw new Error(`the value of $${secret.variable} is needed, but it is not set`);
  return value;
}

/** Whether the secret's value is known and is this text. */
export function secretEquals(secret: Secret, text: unknown): boolean {
  return secret.known && Secret[VALUE](secret) === text;
}

/** Shorter lines also occur in ordinary words. Masking them there would reveal the value. */
const SHORTEST_MASK = 4;

/** The lines of the value that a CI system should mask. Empty if the value isn't known. */
export function maskableLines(secret: Secret): readonly string[] {
  const lines = (Secret[VALUE](secret) ?? "").split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line.length >= SHORTEST_MASK);
}

/** A key for fingerprints, from `BUDDY_INTEGRATIONS_KEY`. Never printed; `id` is its public name. */
export class FingerprintKey {
  /** 8 hex digits that identify a key without revealing it. */
  readonly id: string;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.id = createHmac("sha256", bytes).update("buddy-integrations key id").digest("hex").slice(0, 8);
  }

  /** `hmac-sha256:KEYID:…` over length-prefixed parts, so that no two lists of parts give the same input. */
  sign(parts: readonly string[]): string {
    const mac = createHmac("sha256", this.#bytes);
    // Update once with all parts, since each update costs as much as the hash of a short text.
    mac.update(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(""));
    return `hmac-sha256:${this.id}:${mac.digest("base64url")}`;
  }

  toJSON(): string {
    return `[fingerprint key ${this.id}]`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toJSON();
  }
}

/**
 * What the lockfile keeps of a secret: an HMAC over hash_id, field path and value. Undefined if the value is unknown.
 * It says "this value was last sent", not "this value is live".
 */
export function fingerprintSecret(
  secret: Secret,
  key: FingerprintKey,
  hashId: string,
  path: string,
): string | undefined {
  const value = Secret[VALUE](secret);
  return value === undefined ? undefined : key.sign([hashId, path, value]);
}

/** A fingerprint with the same key's name that no value has. */
export function fingerprintOfNoValue(fingerprint: string): string {
  const start = fingerprint.lastIndexOf(":") + 1;
  return fingerprint.slice(0, start) + createHash("sha256").update(fingerprint).digest("base64url");
}
