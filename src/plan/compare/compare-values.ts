import { isList, isMap } from "../../model/json.ts";
import type { Json, FieldValue } from "../../model/integration.ts";
import { Secret, secretEquals, type FingerprintKey, fingerprintSecret } from "../../model/secret.ts";
import { compareTexts } from "../../model/text.ts";
import type { StoredValue } from "../../model/lockfile.ts";
import type { WhyUncompared } from "../change.ts";

/**
 * What a comparison found. `unknown`: it can't be known, because a value is not here or was fingerprinted with another
 * key. `rotated`: only values of references differ.
 */
export type ValueComparison = "equal" | "edited" | "rotated" | "unknown";

/** What is needed to read the values of references. */
export interface SecretView {
  /** `without-values`: they all count as not here, as where a pull request is planned. */
  readonly values: "with-values" | "without-values";
  readonly key: FingerprintKey | undefined;
  readonly hashId: string;
}

/** A desired value against a live one, which the API returned. */
export function compareWithLive(desired: FieldValue, live: Json | undefined, view: SecretView): ValueComparison {
  if (desired instanceof Secret) {
    if (!isReadable(desired, view)) return "unknown";
    return secretEquals(desired, live) ? "equal" : "rotated";
  }
  return compareTree(desired, live, (value, other) => compareWithLive(value, other, view));
}

/** A desired value against what the lockfile keeps of the last one sent. */
export function compareWithStored(
  desired: FieldValue,
  stored: StoredValue | undefined,
  path: string,
  view: SecretView,
): ValueComparison {
  if (desired instanceof Secret) {
    const kept = storedFingerprint(stored);
    if (!isReadable(desired, view)) return "unknown";
    // It was a literal when it was sent.
    if (kept === undefined) return secretEquals(desired, stored) ? "equal" : "edited";
    if (kept === null || view.key === undefined || !kept.startsWith(`hmac-sha256:${view.key.id}:`)) return "unknown";
    return fingerprintSecret(desired, view.key, view.hashId, path) === kept ? "equal" : "rotated";
  }
  return compareTree(desired, stored, (value, other, name) => compareWithStored(value, other, `${path}.${name}`, view));
}

/** Whether the value of a reference may be read, and is here. */
export function isReadable(secret: Secret, { values }: Pick<SecretView, "values">): boolean {
  return values === "with-values" && secret.known;
}

/** Why a comparison with what was sent, or with a live value, is `unknown`. */
export function whyUncompared(
  desired: FieldValue,
  stored: StoredValue | undefined,
  { key }: SecretView,
): WhyUncompared {
  if (secretsIn(desired).some(({ known }) => !known)) return "no-value";
  const kept = stored === undefined ? [] : fingerprintsIn(stored);
  if (kept.includes(null)) return "no-fingerprint";
  return key === undefined ? "no-key" : "other-key";
}

/** What the lockfile keeps of a value that was sent. */
export function storedValue(
  value: FieldValue,
  path: string,
  hashId: string,
  key: FingerprintKey | undefined,
): StoredValue {
  if (value instanceof Secret) {
    return { fingerprint: (key && fingerprintSecret(value, key, hashId, path)) ?? null };
  }
  if (isList(value)) return value.map((item, index) => storedValue(item, `${path}.${index}`, hashId, key));
  if (isMap(value)) return mapEntries(value, (item, name) => storedValue(item, `${path}.${name}`, hashId, key));
  return value;
}

/** The value with each reference as `{ "$secret": NAME }`: safe to show and to write. */
export function shownValue(value: FieldValue): Json {
  if (value instanceof Secret) return { $secret: value.variable };
  if (isList(value)) return value.map((item) => shownValue(item));
  if (isMap(value)) return mapEntries(value, shownValue);
  return value;
}

/** What the lockfile keeps, with each fingerprint as `{ "$hidden": … }`. */
export function shownStoredValue(stored: StoredValue): Json {
  if (storedFingerprint(stored) !== undefined) return hiddenMarker("last sent");
  if (isList(stored)) return stored.map((item) => shownStoredValue(item));
  if (isMap(stored)) return mapEntries(stored, shownStoredValue);
  return stored;
}

/** Whether the value of a reference was sent, alone or within a list or map. */
export function holdsFingerprint(stored: StoredValue | undefined): boolean {
  return stored !== undefined && fingerprintsIn(stored).length > 0;
}

/** Every fingerprint in a value; null where it was sent without one. */
function fingerprintsIn(stored: StoredValue): readonly (string | null)[] {
  const kept = storedFingerprint(stored);
  if (kept !== undefined) return [kept];
  if (isList(stored)) return stored.flatMap((item) => fingerprintsIn(item));
  return isMap(stored) ? Object.values(stored).flatMap((item) => fingerprintsIn(item)) : [];
}

/** A value that exists and is not shown. */
export function hiddenMarker(what: "live" | "last sent" | "in the file"): Json {
  return { $hidden: what };
}

/** Every reference in a value. */
export function secretsIn(value: FieldValue): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (isList(value)) return value.flatMap((item) => secretsIn(item));
  if (isMap(value)) return Object.values(value).flatMap((item) => secretsIn(item));
  return [];
}

/** JSON with sorted names and no white space: equal values give equal text. */
export function canonicalJson(value: Json): string {
  if (isList(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).toSorted(([a], [b]) => compareTexts(a, b));
    return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function compareTree(
  desired: Exclude<FieldValue, Secret>,
  other: Json | undefined,
  compare: (value: FieldValue, other: Json | undefined, name: string) => ValueComparison,
): ValueComparison {
  if (isList(desired)) {
    if (!isList(other) || other.length !== desired.length) return "edited";
    return combineComparisons(desired.map((item, index) => compare(item, other[index], String(index))));
  }
  if (isMap(desired)) {
    if (!isMap(other)) return "edited";
    const entries = Object.entries(desired);
    if (entries.length !== Object.keys(other).length) return "edited";
    return combineComparisons(
      entries.map(([name, item]) => (Object.hasOwn(other, name) ? compare(item, other[name], name) : "edited")),
    );
  }
  return desired === (other ?? null) ? "equal" : "edited";
}

/** An edit outweighs a rotation, a rotation an unknown. */
function combineComparisons(parts: readonly ValueComparison[]): ValueComparison {
  for (const weight of ["edited", "rotated", "unknown"] as const) if (parts.includes(weight)) return weight;
  return "equal";
}

/** `undefined`: this isn't a fingerprint. */
function storedFingerprint(stored: StoredValue | undefined): string | null | undefined {
  if (!isMap(stored) || Object.keys(stored).length !== 1 || !Object.hasOwn(stored, "fingerprint")) return undefined;
  const kept = stored["fingerprint"];
  return kept === null || typeof kept === "string" ? kept : undefined;
}

function mapEntries<T>(map: { readonly [name: string]: T }, change: (item: T, name: string) => Json): Json {
  return Object.fromEntries(Object.entries(map).map(([name, item]) => [name, change(item, name)]));
}
