import { isList, isMap } from "../../model/json.ts";
import type { Json, FieldValue } from "../../model/integration.ts";
import { Secret, secretEquals, type FingerprintKey, fingerprintSecret } from "../../model/secret.ts";
import {
  literalMap,
  referenceState,
  referenceStates,
  writeLiteralMap,
  type StoredValue,
} from "../../model/stored-value.ts";
import { compareTexts } from "../../model/text.ts";
import type { WhyUncompared } from "../field-change.ts";

/**
 * What a comparison found. `edited`: the file differs in a way that shows without any value: in a literal, or in the
 * variable of a reference. `rotated`: only values of references differ. `never-sent`: the integration was adopted, so its
 * value was never sent, and now it is available. `unknown`: not comparable, because a value isn't available or its
 * fingerprint was made with another key.
 */
export type ValueComparison = "equal" | "edited" | "rotated" | "never-sent" | "unknown";

/** What is needed to read the values of references. */
export interface SecretView {
  /** `without-values`: all values count as not available, as in the plan of a pull request. */
  readonly values: "with-values" | "without-values";
  readonly key: FingerprintKey | undefined;
  readonly hashId: string;
}

/** Compares a desired value with a live one, which the API returned. */
export function compareWithLive(desired: FieldValue, live: Json | undefined, view: SecretView): ValueComparison {
  if (desired instanceof Secret) {
    if (!isReadable(desired, view)) return "unknown";
    return secretEquals(desired, live) ? "equal" : "rotated";
  }
  return compareTree(desired, live, liveMap, (value, other) => compareWithLive(value, other, view));
}

/**
 * Compares a desired value with what the lockfile keeps of the last one sent. A literal that became a reference, a reference
 * that became a literal, and another variable are `edited`, whatever the values are: a plan must show them even without
 * any value, and must not help to guess one.
 */
export function compareWithStored(
  desired: FieldValue,
  stored: StoredValue | undefined,
  path: string,
  view: SecretView,
): ValueComparison {
  const state = referenceState(stored);
  if (desired instanceof Secret) {
    if (state === undefined) return "edited";
    if ("sent" in state) return isReadable(desired, view) ? "never-sent" : "unknown";
    if (state.variable !== desired.variable) return "edited";
    if (!isReadable(desired, view)) return "unknown";
    return compareFingerprint(desired, state.fingerprint, path, view);
  }
  if (state !== undefined) return "edited";
  return compareTree(desired, stored, literalMap, (value, other, name) =>
    compareWithStored(value, other, `${path}.${name}`, view),
  );
}

function compareFingerprint(
  secret: Secret,
  fingerprint: string | null,
  path: string,
  { key, hashId }: SecretView,
): ValueComparison {
  if (fingerprint === null || key === undefined || !isMadeWith(fingerprint, key)) return "unknown";
  return fingerprintSecret(secret, key, hashId, path) === fingerprint ? "equal" : "rotated";
}

/** Whether a fingerprint was made with this key. */
export function isMadeWith(fingerprint: string, key: FingerprintKey): boolean {
  return fingerprint.startsWith(`hmac-sha256:${key.id}:`);
}

/**
 * Whether the file refers to other variables than the lockfile knows, or has a reference where the lockfile has a literal,
 * or the reverse. A reference that was never sent (after an adoption) may change its variable, since no other value was sent.
 */
export function hasOtherReferences(desired: FieldValue, stored: StoredValue | undefined): boolean {
  const state = referenceState(stored);
  if (desired instanceof Secret)
    return state === undefined || (!("sent" in state) && state.variable !== desired.variable);
  if (state !== undefined) return true;
  const pairs = pairParts(desired, stored);
  if (pairs === undefined) return secretsIn(desired).length > 0 || referenceStates(stored).length > 0;
  return pairs.some(([value, other]) => hasOtherReferences(value, other));
}

/** Whether the value of a reference may be read and is available. */
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
  if (referenceStates(stored).some((state) => !("sent" in state) && state.fingerprint === null))
    return "no-fingerprint";
  return key === undefined ? "no-key" : "other-key";
}

/** The value with each reference as `{ "$secret": NAME }`: safe to show and to write. */
export function shownValue(value: FieldValue, writeMap: typeof writeLiteralMap = writeLiteralMap): Json {
  if (value instanceof Secret) return { $secret: value.variable };
  if (isList(value)) return value.map((item) => shownValue(item, writeMap));
  if (isMap(value)) return writeMap(mapEntries(value, (item) => shownValue(item, writeMap)));
  return value;
}

/** What the lockfile keeps, with each reference as `{ "$secret": NAME }`. */
export function shownStoredValue(stored: StoredValue): Json {
  const state = referenceState(stored);
  if (state !== undefined) return { $secret: state.variable };
  if (isList(stored)) return stored.map((item) => shownStoredValue(item));
  const map = literalMap(stored);
  return map === undefined ? stored : writeLiteralMap(mapEntries(map, shownStoredValue));
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

/** The parts of a list or map, each with its part of what the lockfile keeps; undefined if the parts differ. */
export function pairParts(
  desired: Exclude<FieldValue, Secret>,
  stored: StoredValue | undefined,
): readonly (readonly [FieldValue, StoredValue | undefined, string])[] | undefined {
  return pairWith(desired, stored, literalMap);
}

type ReadMap = (value: Json | undefined) => { readonly [name: string]: Json } | undefined;

/** No name in a live map has a special meaning. */
const liveMap: ReadMap = (value) => (isMap(value) ? value : undefined);

function pairWith(
  desired: Exclude<FieldValue, Secret>,
  other: Json | undefined,
  readMap: ReadMap,
): readonly (readonly [FieldValue, Json | undefined, string])[] | undefined {
  if (isList(desired)) {
    if (!isList(other) || other.length !== desired.length) return undefined;
    return desired.map((item, index) => [item, other[index], String(index)] as const);
  }
  if (!isMap(desired)) return typeof other === "object" && other !== null ? undefined : [];
  const map = readMap(other);
  if (map === undefined) return undefined;
  const entries = Object.entries(desired);
  if (entries.length !== Object.keys(map).length || !entries.every(([name]) => Object.hasOwn(map, name)))
    return undefined;
  return entries.map(([name, item]) => [item, map[name], name] as const);
}

function compareTree(
  desired: Exclude<FieldValue, Secret>,
  other: Json | undefined,
  readMap: ReadMap,
  compare: (value: FieldValue, other: Json | undefined, name: string) => ValueComparison,
): ValueComparison {
  if (!isList(desired) && !isMap(desired)) return desired === (other ?? null) ? "equal" : "edited";
  const parts = pairWith(desired, other, readMap);
  if (parts === undefined) return "edited";
  return combineComparisons(parts.map(([value, part, name]) => compare(value, part, name)));
}

/** An edit outweighs a rotation, a rotation outweighs `never-sent`, and that outweighs `unknown`. */
function combineComparisons(parts: readonly ValueComparison[]): ValueComparison {
  for (const weight of ["edited", "rotated", "never-sent", "unknown"] as const)
    if (parts.includes(weight)) return weight;
  return "equal";
}

function mapEntries<T>(
  map: { readonly [name: string]: T },
  change: (item: T, name: string) => Json,
): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(map).map(([name, item]) => [name, change(item, name)]));
}
