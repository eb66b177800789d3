import type { SeenIdentity } from "../../model/identity.ts";
import type { LockEntry, LockedLifecycle, StoredValue } from "../../model/lockfile.ts";
import type {
  FieldValue,
  IntegrationWithIds,
  HashId,
  Json,
  Lifecycle,
  LiveIntegration,
} from "../../model/integration.ts";
import { isMap } from "../../model/json.ts";
import { referenceStates } from "../../model/stored-value.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import { comparableDesired, comparableLive, seenValue } from "./comparable.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";
import { canonicalJson, compareWithLive, secretsIn, type SecretView } from "./compare-values.ts";
import { neverSentValue, sentValue, withVariablesOf } from "./stored-references.ts";
import { shownSent } from "./shown-fields.ts";
import type { RecordedDetail } from "../field-change.ts";

/** What was just learned about an integration. Its lock entry is made from this. */
export interface EntryFacts {
  readonly desired: IntegrationWithIds;
  readonly live: LiveIntegration;
  readonly previous: LockEntry | undefined;
  /** Paths that were sent and accepted. */
  readonly sent: ReadonlySet<string>;
  /** How this tool got the integration; `known`: the lockfile already had it. */
  readonly origin: "created" | "adopted" | "known";
  /** Hashes that this one replaces. */
  readonly supersedes: readonly HashId[];
  readonly key: FingerprintKey | undefined;
}

/** The new lock entry. */
export function buildLockEntry(facts: EntryFacts, values: SecretView["values"]): LockEntry {
  const { desired, live, previous } = facts;
  const superseded = [...(previous?.superseded ?? []), ...facts.supersedes];
  // A temporary identifier isn't recorded: it will be removed, and no pipeline should refer to it.
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

/** What differs between two entries: `lifecycle.protect`, `identifier`, `last_sent.name`…, with what may be shown of it. */
export function entryDifferences(before: LockEntry, after: LockEntry): RecordedDetail[] {
  if (areShallowlyEqual(before, after)) return [];
  const [old, now] = [flatEntry(before), flatEntry(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names
    .filter((name) => canonicalText(old.get(name)) !== canonicalText(now.get(name)))
    .toSorted()
    .map((name) => recordedDetail(name, old.get(name), now.get(name)));
}

/** A quick check that doesn't look deep into values: a value that hasn't changed is usually the same object, or has the same members. */
function areShallowlyEqual(before: LockEntry, after: LockEntry): boolean {
  const [old, now] = [before.lifecycle, after.lifecycle];
  return (
    before.hashId === after.hashId &&
    before.identifier === after.identifier &&
    before.type === after.type &&
    old.protect === now.protect &&
    old.onRemove === now.onRemove &&
    old.rotate === now.rotate &&
    areSameTexts(before.superseded, after.superseded) &&
    areSameTexts(before.formerIdentifiers, after.formerIdentifiers) &&
    before.lastSent.size === after.lastSent.size &&
    [...after.lastSent].every(([path, stored]) => haveSameMembers(before.lastSent.get(path), stored))
  );
}

/** Compares members: each plan builds a new object for the state of a reference. */
function haveSameMembers(before: Json | undefined, after: Json): boolean {
  if (before === after) return true;
  if (!isMap(before) || !isMap(after)) return false;
  const names = Object.keys(after);
  return names.length === Object.keys(before).length && names.every((name) => before[name] === after[name]);
}

function areSameTexts(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index]);
}

/** The entry, with these parts as they were before. Parts have the names of {@link entryDifferences}. */
export function withPartsOf(before: LockEntry, entry: LockEntry, parts: ReadonlySet<string>): LockEntry {
  const kept = new Map(entry.lastSent);
  for (const part of parts) {
    if (!part.startsWith(LAST_SENT)) continue;
    const path = part.slice(LAST_SENT.length);
    const stored = before.lastSent.get(path);
    if (stored === undefined) kept.delete(path);
    else kept.set(path, stored);
  }
  const [old, now] = [before.lifecycle, entry.lifecycle];
  const rotate = (parts.has("lifecycle.rotate") ? old : now).rotate;
  const { identifier: _now, ...rest } = entry;
  const { identifier } = parts.has("identifier") ? before : entry;
  return {
    ...rest,
    ...(identifier === undefined ? {} : { identifier }),
    lifecycle: {
      protect: (parts.has("lifecycle.protect") ? old : now).protect,
      onRemove: (parts.has("lifecycle.on_remove") ? old : now).onRemove,
      ...(rotate === undefined ? {} : { rotate }),
    },
    lastSent: kept,
    formerIdentifiers: (parts.has("former_identifiers") ? before : entry).formerIdentifiers,
  };
}

/** The part of an entry that holds what was sent of this path. */
export function lastSentPart(path: string): string {
  return `${LAST_SENT}${path}`;
}

/** What a new lifecycle changes in the lockfile. If the lockfile has none yet, it is compared with the defaults. */
export function lifecycleDifferences(before: LockedLifecycle | undefined, after: Lifecycle): RecordedDetail[] {
  const [old, now] = [flatLifecycle(before ?? NO_LIFECYCLE), flatLifecycle(after)];
  return [...now].flatMap(([name, value]) =>
    old.get(name) === value ? [] : [recordedDetail(name, old.get(name), value)],
  );
}

/**
 * The values that were sent, and those that equal the live value anyway. `scope` and `project_name` aren't compared, since they can't
 * change. They are kept so that an offline plan recognises a replacement.
 */
function lastSent(facts: EntryFacts, values: SecretView["values"]): Map<string, StoredValue> {
  const { desired, live, previous } = facts;
  const answer = comparableLive(live);
  const kept = new Map<string, StoredValue>();
  for (const [path, value] of comparableDesired(desired)) {
    const stored = storedField(path, value, seenValue(answer, path, value), facts, values);
    if (stored !== undefined) kept.set(path, stored);
  }
  const roles = knownRoles(previous) ?? (facts.origin === "created" ? [] : undefined);
  if (live.type === "AMAZON" && !desired.fields.has(ROLES) && roles !== undefined) kept.set(UNMANAGED_ROLES, roles);
  if (live.scope !== undefined) kept.set("scope", live.scope);
  if (live.projectName !== undefined) kept.set("project_name", live.projectName);
  return kept;
}

export const ROLES = "role_assumptions";
/** Where the roles are kept while the file doesn't name them. The other name makes a plan show when the file stops naming them. */
export const UNMANAGED_ROLES = `unmanaged.${ROLES}`;

/** The roles of an AWS integration, as far as this tool knows them: the API never shows them. */
export function knownRoles(entry: LockEntry | undefined): StoredValue | undefined {
  return entry?.lastSent.get(ROLES) ?? entry?.lastSent.get(UNMANAGED_ROLES);
}

function storedField(
  path: string,
  value: FieldValue,
  seen: Json | undefined,
  { live: { hashId }, previous, sent, origin, key }: EntryFacts,
  values: SecretView["values"],
): StoredValue | undefined {
  if (sent.has(path)) return sentValue(value, path, hashId, key);
  const before = previous?.lastSent.get(path);
  const isLive = seen !== undefined && compareWithLive(value, seen, { values, hashId, key }) === "equal";
  if (secretsIn(value).length === 0) {
    // A reference that became a literal is sent, even if the workspace has that value.
    const wasReference = referenceStates(before).length > 0;
    return isLive && !wasReference ? sentValue(value, path, hashId, key) : before;
  }
  if (before === undefined) return origin === "known" ? undefined : neverSentValue(value);
  const renamed = withVariablesOf(value, before);
  const isUnsent = referenceStates(renamed).some((state) => "sent" in state);
  return isLive && isUnsent ? sentValue(value, path, hashId, key) : renamed;
}

/** The identity of an integration, as far as the lockfile holds it. */
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

const NO_LIFECYCLE: LockedLifecycle = { protect: false, onRemove: "delete" };

function flatLifecycle({ protect, onRemove, rotate }: LockedLifecycle): Map<string, Json | undefined> {
  return new Map<string, Json | undefined>([
    ["lifecycle.on_remove", onRemove],
    ["lifecycle.protect", protect],
    ["lifecycle.rotate", rotate],
  ]);
}

function flatEntry(entry: LockEntry): Map<string, Json | undefined> {
  return new Map<string, Json | undefined>([
    ["hash_id", entry.hashId],
    ["identifier", entry.identifier],
    ["type", entry.type],
    ...flatLifecycle(entry.lifecycle),
    ["superseded", entry.superseded],
    ["former_identifiers", entry.formerIdentifiers],
    ...[...entry.lastSent].map(([path, stored]): [string, Json] => [`${LAST_SENT}${path}`, stored]),
  ]);
}

const LAST_SENT = "last_sent.";

function canonicalText(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}

/** Sent values are shown as in changes of fields. If both would look the same, neither is shown. */
function recordedDetail(name: string, before: Json | undefined, after: Json | undefined): RecordedDetail {
  const path = name.startsWith(LAST_SENT) ? name.slice(LAST_SENT.length) : undefined;
  const [old, now] = [before, after].map((value) =>
    value === undefined || path === undefined ? value : shownSent(path, value),
  );
  if (canonicalText(old) === canonicalText(now)) return { path: name };
  return {
    path: name,
    ...(old === undefined ? {} : { before: old }),
    ...(now === undefined ? {} : { after: now }),
  };
}
