import { nearest } from "../../model/text.ts";
import type { Key, Listed } from "../../model/integration.ts";
import { readNames } from "./knowledge.ts";
import type { Knowledge, Managed, Names } from "./knowledge.ts";
import type { Reference } from "../reference.ts";

/** Left to Buddy, to a template or to a custom action: nothing can be said. */
export interface Dynamic {
  readonly kind: "dynamic";
}
/** The current hash, or under `integration` the current identifier. */
export interface Current {
  readonly kind: "current";
  readonly managed: Managed;
}
/** A hash that the integration had before it was replaced. */
export interface Superseded {
  readonly kind: "superseded";
  readonly managed: Managed;
}
/** An identifier that the integration had before. */
export interface Renamed {
  readonly kind: "renamed";
  readonly managed: Managed;
}
/** Our own name for a locked integration, which Buddy doesn't know: `refs --write` fills in what it does. */
export interface Unfilled {
  readonly kind: "unfilled";
  readonly managed: Managed;
}
/** integrations.yaml wants it; `sync --apply` will make or adopt it. */
export interface Pending {
  readonly kind: "pending";
  readonly key: Key;
}
/** It exists in the workspace and isn't managed here. */
export interface Unmanaged {
  readonly kind: "unmanaged";
  readonly by: "hash" | "identifier";
  readonly live: Listed;
}
/** The workspace says that there is no such hash. */
export interface Gone {
  readonly kind: "gone";
}
/** A hash that nobody here knows; `asked` tells whether the workspace could be asked at all. */
export interface Unverified {
  readonly kind: "unverified";
  readonly asked: boolean;
}
/** A name that nobody knows. */
export interface Unknown {
  readonly kind: "unknown";
  readonly asked: boolean;
  readonly suggestion: string | undefined;
}

/** What a reference means, decided in one place for checking, writing and listing. */
export type Verdict =
  | Dynamic
  | Current
  | Superseded
  | Renamed
  | Unfilled
  | Pending
  | Unmanaged
  | Gone
  | Unverified
  | Unknown;

/** Judges references by what is known. Equal references are judged once. */
export function judging(knowledge: Knowledge): (reference: Reference) => Verdict {
  const names = readNames(knowledge);
  const known = new Map<string, Verdict>();
  return (reference) => {
    if (reference.kind === "dynamic") return { kind: "dynamic" };
    const id = [reference.key, reference.context.role, reference.value].join(" ");
    const verdict = known.get(id) ?? judge(reference, names);
    known.set(id, verdict);
    return verdict;
  };
}

function judge(reference: Reference, names: Names): Verdict {
  const { value } = reference;
  if (reference.context.role === "inputs") return asInput(value, names);
  const locked = reference.key === "integration" ? asIdentifier(value, names) : asHash(value, names);
  if (locked !== undefined) return locked;
  const pending = names.pending.get(value);
  if (pending !== undefined) return { kind: "pending", key: pending };
  const live = names.live.get(value);
  if (live !== undefined && live !== "gone") return { kind: "unmanaged", by: "hash", live };
  const identified = names.liveIdentifiers.get(value);
  if (identified !== undefined) return { kind: "unmanaged", by: "identifier", live: identified };
  if (live === "gone") return { kind: "gone" };
  if (looksLikeHash(value)) return { kind: "unverified", asked: names.asked };
  return { kind: "unknown", suggestion: nearest(value, suggestions(names)), asked: names.asked };
}

/** Hashes are 24 or about 26 letters and digits, and opaque; a key or identifier as long as that has a `_` or `-`. */
function looksLikeHash(value: string): boolean {
  return /^[A-Za-z0-9]{20,}$/.test(value);
}

/** Whatever an input is, a hash that the lockfile has is one; a word may be anything. */
function asInput(value: string, names: Names): Verdict {
  return looksLikeHash(value) ? (asHash(value, names) ?? { kind: "dynamic" }) : { kind: "dynamic" };
}

function asIdentifier(value: string, names: Names): Verdict | undefined {
  const current = names.identifiers.get(value) ?? names.current.get(value);
  if (current !== undefined) return { kind: "current", managed: current };
  const superseded = names.superseded.get(value);
  if (superseded !== undefined) return { kind: "superseded", managed: superseded };
  const named = names.keys.get(value);
  if (named !== undefined) return { kind: "unfilled", managed: named };
  const renamed = names.formerIdentifiers.get(value);
  return renamed === undefined ? undefined : { kind: "renamed", managed: renamed };
}

function asHash(value: string, names: Names): Verdict | undefined {
  const current = names.current.get(value);
  if (current !== undefined) return { kind: "current", managed: current };
  const superseded = names.superseded.get(value);
  if (superseded !== undefined) return { kind: "superseded", managed: superseded };
  const named = names.keys.get(value) ?? names.identifiers.get(value) ?? names.formerIdentifiers.get(value);
  return named === undefined ? undefined : { kind: "unfilled", managed: named };
}

function suggestions(names: Names): string[] {
  const all = [names.keys, names.identifiers, names.pending, names.liveIdentifiers].flatMap((map) => [...map.keys()]);
  return [...new Set(all)].filter((name) => !looksLikeHash(name)).toSorted();
}
