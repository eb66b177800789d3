import type { Json } from "./integration.ts";
import { isList, isMap } from "./json.ts";

/**
 * A value as the lockfile keeps it: plain JSON, in which each reference is a {@link ReferenceState}. A literal map that
 * could be taken for a state or a marker is written below `$literal`.
 */
export type StoredValue = Json;

/** What the lockfile knows of a reference, without its value. */
export type ReferenceState =
  /**
   * `fingerprint` is that of the sent value, or null if there was no key. `assumed`: a person declared that this is
   * the live value.
   */
  | { readonly variable: string; readonly fingerprint: string | null; readonly assumed?: true }
  /** The integration was adopted, and this tool never sent a value. */
  | { readonly variable: string; readonly sent: false };

/** The state, if a stored value is one; otherwise undefined. */
export function referenceState(stored: StoredValue | undefined): ReferenceState | undefined {
  if (!isMap(stored) || !isStateLike(stored)) return undefined;
  const { variable, fingerprint, sent, assumed, ...others } = stored;
  if (typeof variable !== "string" || Object.keys(others).length > 0) return undefined;
  if (sent === false && fingerprint === undefined && assumed === undefined) return { variable, sent };
  if (sent !== undefined || (fingerprint !== null && typeof fingerprint !== "string")) return undefined;
  if (assumed === undefined) return { variable, fingerprint };
  return assumed === true ? { variable, fingerprint, assumed } : undefined;
}

/** The literal map, if a stored value is one, without its `$literal`. */
export function literalMap(stored: StoredValue | undefined): { readonly [name: string]: StoredValue } | undefined {
  if (!isMap(stored) || referenceState(stored) !== undefined) return undefined;
  const inner = stored[LITERAL];
  return inner !== undefined && isMap(inner) && Object.keys(stored).length === 1 ? inner : stored;
}

/** A literal map as it is written: below `$literal` if its names are those of a state or a marker. */
export function writeLiteralMap(map: { readonly [name: string]: Json }): Json {
  return needsLiteral(map) ? { [LITERAL]: map } : map;
}

/** What a reader of a lockfile must refuse: a damaged state, or a `$literal` that isn't needed. */
export function storedValueFault(stored: StoredValue): string | undefined {
  if (isList(stored)) return firstFault(stored);
  if (!isMap(stored)) return undefined;
  if (isStateLike(stored)) return referenceState(stored) === undefined ? "isn't the state of a reference" : undefined;
  const inner = literalMap(stored) ?? {};
  if (needsLiteral(stored) !== (inner !== stored && needsLiteral(inner))) return "has the names of a marker";
  return firstFault(Object.values(inner));
}

/** Every state in a value, at any depth. */
export function referenceStates(stored: StoredValue | undefined): readonly ReferenceState[] {
  if (stored === undefined) return [];
  const state = referenceState(stored);
  if (state !== undefined) return [state];
  if (isList(stored)) return stored.flatMap((item) => referenceStates(item));
  return Object.values(literalMap(stored) ?? {}).flatMap((item) => referenceStates(item));
}

const LITERAL = "$literal";
/** The names with which plans and lockfiles mark what isn't plain JSON. */
const MARKERS: ReadonlySet<string> = new Set([LITERAL, "$secret", "$hidden", "$pending"]);

function needsLiteral(map: { readonly [name: string]: unknown }): boolean {
  return isStateLike(map) || Object.keys(map).some((name) => MARKERS.has(name));
}

function isStateLike(map: { readonly [name: string]: unknown }): boolean {
  return Object.hasOwn(map, "variable") && (Object.hasOwn(map, "fingerprint") || Object.hasOwn(map, "sent"));
}

function firstFault(items: readonly StoredValue[]): string | undefined {
  for (const item of items) {
    const fault = storedValueFault(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
