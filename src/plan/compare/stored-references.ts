import { isList, isMap } from "../../model/json.ts";
import type { FieldValue } from "../../model/integration.ts";
import { fingerprintOfNoValue, fingerprintSecret, Secret, type FingerprintKey } from "../../model/secret.ts";
import {
  literalMap,
  referenceState,
  referenceStates,
  writeLiteralMap,
  type ReferenceState,
  type StoredValue,
} from "../../model/stored-value.ts";
import { compareWithStored, isMadeWith, pairParts } from "./compare-values.ts";

/** What the lockfile keeps of a value that was sent. */
export function sentValue(
  value: FieldValue,
  path: string,
  hashId: string,
  key: FingerprintKey | undefined,
): StoredValue {
  return storedTree(value, path, ({ secret, at }) => ({
    variable: secret.variable,
    fingerprint: (key && fingerprintSecret(secret, key, hashId, at)) ?? null,
  }));
}

/** What the lockfile keeps of a field of an adopted integration: none of its references was ever sent. */
export function neverSentValue(value: FieldValue): StoredValue {
  return storedTree(value, "", ({ secret }) => ({ variable: secret.variable, sent: false }));
}

/**
 * What the lockfile keeps of a value that was sent without a clear response: the integration has either this value or the
 * former one. So neither may count as the one last sent, and the next plan sends the value that is wanted then. Undefined:
 * it keeps nothing.
 */
export function doubtfulValue(
  value: FieldValue,
  stored: StoredValue | undefined,
  path: string,
  { hashId, key }: { readonly hashId: string; readonly key: FingerprintKey | undefined },
): StoredValue | undefined {
  if (stored === undefined) return undefined;
  // The same value was sent again, so there is no doubt.
  if (compareWithStored(value, stored, path, { values: "with-values", key, hashId }) === "equal") return stored;
  const state = referenceState(stored);
  if (!(value instanceof Secret) || state === undefined) return undefined;
  if ("sent" in state) return stored;
  if (state.variable !== value.variable) return undefined;
  const { variable, fingerprint: former } = state;
  // A plan says that it can't compare this one.
  if (former === null || key === undefined || !isMadeWith(former, key)) return stored;
  // The fingerprint for another path is that of no value here: every value counts as rotated, which needs no review.
  const fingerprint = fingerprintSecret(value, key, hashId, `${path} (in doubt)`);
  return fingerprint === undefined ? undefined : { variable, fingerprint };
}

/**
 * What the lockfile keeps of a value that a killed run may have replaced by another one, which isn't known any more. So no
 * value may count as the one last sent. Undefined: it keeps nothing.
 */
export function storedInDoubt(stored: StoredValue): StoredValue | undefined {
  const states = referenceStates(stored);
  const isLost = states.some((state) => !("sent" in state) && state.fingerprint === null);
  return states.length === 0 || isLost ? undefined : withoutKnownValues(stored);
}

/** Every value of its references counts as rotated, which needs no review. What else changes is still reviewed. */
function withoutKnownValues(stored: StoredValue): StoredValue {
  const state = referenceState(stored);
  if (state !== undefined) {
    if ("sent" in state || state.fingerprint === null) return stored;
    return { variable: state.variable, fingerprint: fingerprintOfNoValue(state.fingerprint) };
  }
  if (isList(stored)) return stored.map(withoutKnownValues);
  const map = literalMap(stored);
  if (map === undefined) return stored;
  const items = Object.entries(map).map(([name, item]) => [name, withoutKnownValues(item)] as const);
  return writeLiteralMap(Object.fromEntries(items));
}

/** What the lockfile keeps, with the file's present variables for references that were never sent. */
export function withVariablesOf(value: FieldValue, stored: StoredValue): StoredValue {
  return mapReferences(value, stored, "", ({ secret, state }) =>
    "sent" in state ? { variable: secret.variable, sent: false } : state,
  );
}

/** Every reference of a value whose value was never sent, with its path. */
export function neverSentReferences(
  value: FieldValue,
  stored: StoredValue | undefined,
  path: string,
): readonly { readonly path: string; readonly secret: Secret }[] {
  const found: { path: string; secret: Secret }[] = [];
  if (stored !== undefined) {
    mapReferences(value, stored, path, ({ secret, state, at }) => {
      if ("sent" in state) found.push({ path: at, secret });
      return state;
    });
  }
  return found;
}

/** What a person confirms: one integration by its key, or all that match. */
export type Assurance = "exact-key" | "pattern";

/**
 * What the lockfile keeps when a person says that the present values are the live ones. If a value differs from the one
 * that was sent under this fingerprint key, the person must name the exact integration. Without a fingerprint key, it only keeps that the value was sent.
 */
export function assumedValue(
  value: FieldValue,
  stored: StoredValue,
  path: string,
  { hashId, key, assurance }: { hashId: string; key: FingerprintKey | undefined; assurance: Assurance },
): StoredValue {
  return mapReferences(value, stored, path, ({ secret, state, at }): ReferenceState => {
    const { variable } = secret;
    if (state.variable !== variable) return state;
    if (key === undefined) return "sent" in state ? { variable, fingerprint: null, assumed: true } : state;
    const fingerprint = fingerprintSecret(secret, key, hashId, at);
    if (fingerprint === undefined) return state;
    const kept = "sent" in state ? null : state.fingerprint;
    const isOwn = kept !== null && isMadeWith(kept, key);
    if (isOwn && (kept === fingerprint || assurance === "pattern")) return state;
    return { variable, fingerprint, assumed: true };
  });
}

interface ReferencePlace {
  readonly secret: Secret;
  /** The path of the reference itself. */
  readonly at: string;
}

function storedTree(value: FieldValue, path: string, store: (place: ReferencePlace) => ReferenceState): StoredValue {
  if (value instanceof Secret) return { ...store({ secret: value, at: path }) };
  if (isList(value)) return value.map((item, index) => storedTree(item, `${path}.${index}`, store));
  if (!isMap(value)) return value;
  return writeLiteralMap(
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, storedTree(item, `${path}.${name}`, store)])),
  );
}

/** What the lockfile keeps, with a changed state for each reference of the file that has one. Everything else is unchanged. */
function mapReferences(
  value: FieldValue,
  stored: StoredValue,
  path: string,
  change: (place: ReferencePlace & { readonly state: ReferenceState }) => ReferenceState,
): StoredValue {
  const state = referenceState(stored);
  if (value instanceof Secret) return state === undefined ? stored : { ...change({ secret: value, state, at: path }) };
  const parts = state === undefined ? pairParts(value, stored) : undefined;
  if (parts === undefined || parts.length === 0) return stored;
  const changed = parts.map(
    ([item, other, name]) => [name, mapReferences(item, other ?? null, `${path}.${name}`, change)] as const,
  );
  return isList(stored) ? changed.map(([, item]) => item) : writeLiteralMap(Object.fromEntries(changed));
}
