import { nearestWord } from "../../model/text.ts";
import type { Key, ListedIntegration } from "../../model/integration.ts";
import type { KnownIntegrations } from "./known-integrations.ts";
import { indexNames, type LockedIntegration, type NameIndex } from "./name-index.ts";
import type { Reference } from "../reference.ts";
import type { SharingIntegration } from "./ambiguous-identifiers.ts";

/** Buddy, a template or a custom action decides what it means, so it isn't checked. */
export interface DynamicReference {
  readonly kind: "dynamic";
}
/** The current hash, or under `integration` the current identifier. */
export interface CurrentReference {
  readonly kind: "current";
  readonly managed: LockedIntegration;
}
/** A hash that the integration had before it was replaced. */
export interface SupersededReference {
  readonly kind: "superseded";
  readonly managed: LockedIntegration;
}
/** An identifier that the integration had before. */
export interface RenamedReference {
  readonly kind: "renamed";
  readonly managed: LockedIntegration;
}
/** Our own name for a locked integration. Buddy doesn't know it, so `refs --write` replaces it by one that Buddy knows. */
export interface UnfilledReference {
  readonly kind: "unfilled";
  readonly managed: LockedIntegration;
}
/** integrations.yaml wants it; the next apply creates or adopts it. */
export interface PendingReference {
  readonly kind: "pending";
  readonly key: Key;
}
/** It exists in the workspace and isn't managed here. */
export interface UnmanagedReference {
  readonly kind: "unmanaged";
  readonly by: "hash" | "identifier";
  readonly live: ListedIntegration;
}
/** The workspace says that there is no such hash. */
export interface GoneReference {
  readonly kind: "gone";
}
/** An unknown hash; `asked` says whether the workspace could be read at all. */
export interface UnverifiedReference {
  readonly kind: "unverified";
  readonly asked: boolean;
}
/** A number from the time before hashes, which the API can't look up. */
export interface NumberedReference {
  readonly kind: "numbered";
}
/** An identifier that several integrations have. */
export interface SharedReference {
  readonly kind: "shared";
  readonly by: readonly SharingIntegration[];
}
/** A name that nobody knows. */
export interface UnknownReference {
  readonly kind: "unknown";
  readonly asked: boolean;
  /** Whether everything that it could mean was read, so that it is certainly a mistake. */
  readonly certain: boolean;
  readonly suggestion: string | undefined;
}

/** What a reference means, decided in one place for checking, writing and listing. */
export type ReferenceMeaning =
  | DynamicReference
  | CurrentReference
  | SupersededReference
  | RenamedReference
  | UnfilledReference
  | PendingReference
  | UnmanagedReference
  | GoneReference
  | UnverifiedReference
  | NumberedReference
  | SharedReference
  | UnknownReference;

/** Finds out what each reference means. Equal references are looked up once. */
export function referenceClassifier(known: KnownIntegrations): (reference: Reference) => ReferenceMeaning {
  const names = indexNames(known);
  const meanings = new Map<string, ReferenceMeaning>();
  return (reference) => {
    if (reference.kind === "dynamic") return { kind: "dynamic" };
    const id = [reference.slot, reference.tentative, reference.value].join(" ");
    const meaning = meanings.get(id) ?? classifyReference(reference, names);
    meanings.set(id, meaning);
    return meaning;
  };
}

function classifyReference(reference: Reference, names: NameIndex): ReferenceMeaning {
  const { slot, value, tentative } = reference;
  if (slot === "number") return { kind: "numbered" };
  const locked = slot === "identifier" ? identifierMeaning(value, names) : hashMeaning(value, slot, names);
  if (locked !== undefined) return locked;
  const meaning = slot === "content" ? undefined : meaningBeyondLockfile(slot, value, names);
  const isGuess = meaning === undefined || (tentative && UNCERTAIN.has(meaning.kind));
  return isGuess ? { kind: "dynamic" } : meaning;
}

/** For the default of a parameter these aren't findings: it may never be used. */
const UNCERTAIN: ReadonlySet<ReferenceMeaning["kind"]> = new Set(["gone", "unverified", "unknown"]);

function meaningBeyondLockfile(slot: "identifier" | "hash", value: string, names: NameIndex): ReferenceMeaning {
  const pending = names.pending.get(value);
  if (pending !== undefined) return { kind: "pending", key: pending };
  const live = names.live.get(value);
  if (live !== undefined && live !== "gone") return { kind: "unmanaged", by: "hash", live };
  const identified = names.liveIdentifiers.get(value);
  if (identified !== undefined) return { kind: "unmanaged", by: "identifier", live: identified };
  if (live === "gone") return { kind: "gone" };
  if (looksLikeHash(value)) return { kind: "unverified", asked: names.asked };
  const certain = slot === "hash" || names.complete;
  return { kind: "unknown", suggestion: nearestWord(value, suggestedNames(names)), asked: names.asked, certain };
}

/** Hashes are 24 or about 26 letters and digits. A key or identifier of that length has a `_` or `-`. */
function looksLikeHash(value: string): boolean {
  return /^[A-Za-z0-9]{20,}$/.test(value);
}

function identifierMeaning(value: string, names: NameIndex): ReferenceMeaning | undefined {
  const shared = names.shared.get(value);
  if (shared !== undefined) return { kind: "shared", by: shared };
  const current = names.identifiers.get(value) ?? names.current.get(value);
  if (current !== undefined) return { kind: "current", managed: current };
  const superseded = names.superseded.get(value);
  if (superseded !== undefined) return { kind: "superseded", managed: superseded };
  const named = names.keys.get(value);
  if (named !== undefined) return { kind: "unfilled", managed: named };
  const renamed = names.formerIdentifiers.get(value);
  return renamed === undefined ? undefined : { kind: "renamed", managed: renamed };
}

function hashMeaning(value: string, slot: "hash" | "content", names: NameIndex): ReferenceMeaning | undefined {
  const current = names.current.get(value);
  if (current !== undefined) return { kind: "current", managed: current };
  const superseded = names.superseded.get(value);
  if (superseded !== undefined) return { kind: "superseded", managed: superseded };
  if (slot === "content") return undefined;
  const named = names.keys.get(value) ?? names.identifiers.get(value) ?? names.formerIdentifiers.get(value);
  return named === undefined ? undefined : { kind: "unfilled", managed: named };
}

function suggestedNames(names: NameIndex): string[] {
  const all = [names.keys, names.identifiers, names.pending, names.liveIdentifiers].flatMap((map) => [...map.keys()]);
  return [...new Set(all)].filter((name) => !looksLikeHash(name)).toSorted();
}
