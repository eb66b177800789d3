import type { SeenIdentity } from "../../model/identity.ts";
import type { LockEntry, LockedLifecycle, StoredValue } from "../../model/lockfile.ts";
import type { IntegrationWithIds, HashId, Json, Lifecycle, LiveIntegration } from "../../model/integration.ts";
import { Secret, type FingerprintKey } from "../../model/secret.ts";
import { comparableDesired, comparableLive, seenValue } from "./comparable.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";
import {
  canonicalJson,
  compareWithLive,
  compareWithStored,
  holdsFingerprint,
  secretsIn,
  storedValue,
  type SecretView,
} from "./compare-values.ts";

/** What has just become known of an integration, from which its lock entry follows. */
export interface EntryFacts {
  readonly desired: IntegrationWithIds;
  readonly live: LiveIntegration;
  readonly previous: LockEntry | undefined;
  /** Paths that were sent and accepted. */
  readonly sent: ReadonlySet<string>;
  /** Hashes that this one takes the place of. */
  readonly supersedes: readonly HashId[];
  readonly key: FingerprintKey | undefined;
}

/** The lock entry that is true now. */
export function buildLockEntry(facts: EntryFacts, values: SecretView["values"]): LockEntry {
  const { desired, live, previous } = facts;
  const superseded = [...(previous?.superseded ?? []), ...facts.supersedes];
  // A temporary one is nobody's name for it: it goes again, and no pipeline may refer to it.
  const original = originalIdentifier(live);
  const identifier = original === undefined ? live.identifier : (previous?.identifier ?? original);
  return {
    hashId: live.hashId,
    ...(identifier === undefined ? {} : { identifier }),
    type: live.type,
    lifecycle: lockedLifecycle(desired.lifecycle),
    lastSent: lastSent(facts, values),
    superseded: [...new Set(superseded)].filter((hashId) => hashId !== live.hashId),
    formerIdentifiers: formerIdentifiers(previous, identifier),
  };
}

/** Names of what differs between two entries: `lifecycle.protect`, `identifier`, `last_sent.name`… */
export function entryDifferences(before: LockEntry, after: LockEntry): string[] {
  const [old, now] = [flatEntry(before), flatEntry(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name)).toSorted();
}

/**
 * What was sent, and what equals the live value anyway. `scope` and `project_name` are no comparable fields, since they
 * can't change; they are kept so that an offline plan can recognise a replacement.
 */
function lastSent(
  { desired, live, previous, sent, key }: EntryFacts,
  values: SecretView["values"],
): Map<string, StoredValue> {
  const answer = comparableLive(live);
  const view: SecretView = { values, hashId: live.hashId, key };
  const kept = new Map<string, StoredValue>();
  for (const [path, value] of comparableDesired(desired)) {
    const before = previous?.lastSent.get(path);
    const seen = seenValue(answer, path, value);
    const isLive = seen !== undefined && compareWithLive(value, seen, view) === "equal";
    const isSecret = secretsIn(value).length > 0;
    // A literal that has become a reference must not stay in clear. A fingerprint stays as it is.
    const wasLiteral = before !== undefined && !(value instanceof Secret && holdsFingerprint(before));
    const isKnown = isSecret && wasLiteral && compareWithStored(value, before, path, view) === "equal";
    if (sent.has(path) || isKnown || (isLive && !(isSecret && before !== undefined))) {
      kept.set(path, storedValue(value, path, live.hashId, key));
    } else if (before !== undefined) kept.set(path, before);
  }
  if (live.scope !== undefined) kept.set("scope", live.scope);
  if (live.projectName !== undefined) kept.set("project_name", live.projectName);
  return kept;
}

/** What an integration is, as far as the lockfile holds it. */
export function lockedIdentity({ type, lastSent: kept }: LockEntry): SeenIdentity {
  const [scope, projectName] = [kept.get("scope"), kept.get("project_name")];
  return {
    type,
    scope: typeof scope === "string" ? scope : undefined,
    projectName: typeof projectName === "string" ? projectName : undefined,
  };
}

/** What the lockfile keeps of it. */
export function lockedLifecycle({ protect, onRemove, rotate }: Lifecycle): LockedLifecycle {
  return { protect, onRemove, ...(rotate === undefined ? {} : { rotate }) };
}

function formerIdentifiers(previous: LockEntry | undefined, current: string | undefined): readonly string[] {
  const former = new Set(previous?.formerIdentifiers ?? []);
  const before = previous?.identifier;
  const isTemporary = previous !== undefined && originalIdentifier(previous) !== undefined;
  if (before !== undefined && !isTemporary) former.add(before);
  if (current !== undefined) former.delete(current);
  return [...former];
}

function flatEntry(entry: LockEntry): Map<string, string> {
  const parts: [string, Json | undefined][] = [
    ["hash_id", entry.hashId],
    ["identifier", entry.identifier],
    ["type", entry.type],
    ["lifecycle.protect", entry.lifecycle.protect],
    ["lifecycle.on_remove", entry.lifecycle.onRemove],
    ["lifecycle.rotate", entry.lifecycle.rotate],
    ["superseded", entry.superseded],
    ["former_identifiers", entry.formerIdentifiers],
    ...[...entry.lastSent].map(([path, stored]): [string, Json] => [`last_sent.${path}`, stored]),
  ];
  return new Map(parts.flatMap(([name, value]) => (value === undefined ? [] : [[name, canonicalJson(value)]])));
}
