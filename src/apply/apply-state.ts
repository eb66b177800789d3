import { withoutKeys, type LockEntry, type LockSection } from "../model/lockfile.ts";
import type { IntegrationWithIds, HashId, Key, LiveIntegration, Target } from "../model/integration.ts";
import type { ObservedWorkspace } from "../plan/input.ts";
import type { FingerprintKey } from "../model/secret.ts";
import { identityDifferences } from "../model/identity.ts";
import { comparableDesired, comparableLive } from "../plan/compare/comparable.ts";
import { buildLockEntry, lastSentPart, withPartsOf, type EntryFacts } from "../plan/compare/lock-entry.ts";
import { assumedEntry } from "../plan/decide/assume.ts";
import { compareWithLive, type SecretView } from "../plan/compare/compare-values.ts";
import type { StoredValue } from "../model/stored-value.ts";
import { doubtfulValue } from "../plan/compare/stored-references.ts";

export interface ApplyInput {
  readonly target: Target;
  readonly desired: readonly IntegrationWithIds[];
  readonly observed: ObservedWorkspace;
  readonly section: LockSection;
  readonly key?: FingerprintKey | undefined;
  /** A key or glob of `--assume-sent`. */
  readonly assumeSent?: string | undefined;
  /** Parts of lock entries that must not change, by key. */
  readonly held?: ReadonlyMap<Key, ReadonlySet<string>> | undefined;
}

/** The content of the lockfile while a plan is being applied. It is correct after every step, even if the next one fails. */
export class ApplyState {
  readonly target: Target;
  readonly #desired: ReadonlyMap<Key, IntegrationWithIds>;
  #entries: Map<Key, LockEntry>;
  readonly #live: ReadonlyMap<HashId, LiveIntegration | undefined>;
  readonly #key: FingerprintKey | undefined;
  readonly #assumeSent: string | undefined;
  readonly #held: ReadonlyMap<Key, ReadonlySet<string>>;
  readonly #removed = new Set<HashId>();

  constructor({ target, desired, observed, section, key, assumeSent, held = new Map() }: ApplyInput) {
    this.#held = held;
    this.#assumeSent = assumeSent;
    this.target = target;
    this.#desired = new Map(desired.map((integration) => [integration.key, integration]));
    this.#entries = new Map(section);
    this.#live = observed.live;
    this.#key = key;
  }

  get section(): LockSection {
    return this.#entries;
  }

  desired(key: Key): IntegrationWithIds {
    return required(this.#desired.get(key), `${key} in the file`);
  }

  isWanted(key: Key): boolean {
    return this.#desired.has(key);
  }

  entry(key: Key): LockEntry {
    return required(this.#entries.get(key), `${key} in the lockfile`);
  }

  /** The entry of a key, without the values that were sent to another integration. Its identifiers and former hashes stay. */
  entryWithoutValues(key: Key): LockEntry | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : { ...entry, lastSent: new Map() };
  }

  live(hashId: HashId): LiveIntegration {
    return required(this.#live.get(hashId), `${hashId} in the workspace`);
  }

  isThere(hashId: HashId): boolean {
    return this.#live.get(hashId) !== undefined;
  }

  rename(from: Key, to: Key): void {
    this.#entries.set(to, this.entry(from));
    this.#entries.delete(from);
  }

  forget(key: Key): void {
    this.#entries = new Map(withoutKeys(this.#entries, new Set([key])));
  }

  /**
   * Records that a hash of this key was deleted. The entry of a key that the file no longer names is removed with its
   * last hash. Until then, former hashes stay in it, so that pipelines of other branches can be fixed, and so that a hash
   * whose deletion was refused isn't lost.
   */
  removed(key: Key, hashId: HashId): void {
    this.#removed.add(hashId);
    if (this.#desired.has(key)) return;
    const { hashId: current, superseded } = this.entry(key);
    const isGone = (hash: HashId): boolean => this.#live.has(hash) && this.#live.get(hash) === undefined;
    const isLeft = (hash: HashId): boolean => !this.#removed.has(hash) && !isGone(hash);
    if (![current, ...superseded].some(isLeft)) this.#entries.delete(key);
  }

  /** Records what the server returned, and which paths were sent. `previous` is what is still true of the old entry. */
  record(key: Key, facts: Pick<EntryFacts, "live" | "sent" | "origin" | "supersedes" | "previous">): void {
    const all = { ...facts, desired: this.desired(key), key: this.#key };
    this.#entries.set(key, buildLockEntry(all, "with-values"));
  }

  /**
   * Records the same for an integration that the lockfile already has. Parts whose change no reviewed plan has don't change.
   */
  recordKnown(key: Key, live: LiveIntegration, sent: ReadonlySet<string>): void {
    const previous = this.entry(key);
    this.record(key, { live, sent, origin: "known", supersedes: [], previous });
    const held = new Set(this.#held.get(key));
    // The identifier was sent, so the entry must have the current one.
    if (sent.has("identifier")) for (const part of ["identifier", "former_identifiers"]) held.delete(part);
    this.#entries.set(key, withPartsOf(previous, this.entry(key), held));
  }

  /**
   * Records that an update with these paths got no clear response. What the API returns is compared with the workspace
   * anyway. Of what it never returns, neither the sent value nor the former one counts as the last one sent.
   */
  doubt(key: Key, hashId: HashId, sent: ReadonlySet<string>): void {
    const entry = this.entry(key);
    const lastSent = new Map(entry.lastSent);
    for (const [path, kept] of this.#valuesInDoubt(key, entry, hashId, sent)) {
      if (kept === undefined) lastSent.delete(path);
      else lastSent.set(path, kept);
    }
    this.#entries.set(key, { ...entry, lastSent });
  }

  /**
   * The paths of an update for which the lockfile would be wrong if the run were killed after it. This is asked before
   * anything is done, so a renamed integration still has its former key.
   */
  pathsInDoubt(key: Key, hashId: HashId, sent: ReadonlySet<string>): string[] {
    const entry = [...this.#entries.values()].find((each) => each.hashId === hashId);
    return entry === undefined ? [] : [...this.#valuesInDoubt(key, entry, hashId, sent).keys()];
  }

  /** What the entry keeps of each value that would be in doubt without a clear response, by path. Undefined: nothing. */
  #valuesInDoubt(
    key: Key,
    { lastSent }: LockEntry,
    hashId: HashId,
    sent: ReadonlySet<string>,
  ): Map<string, StoredValue | undefined> {
    const seen = comparableLive(this.live(hashId));
    const found = new Map<string, StoredValue | undefined>();
    for (const [path, value] of comparableDesired(this.desired(key))) {
      if (!sent.has(path) || seen.get(path) !== undefined) continue;
      const stored = lastSent.get(path);
      const kept = doubtfulValue(value, stored, path, { hashId, key: this.#key });
      if (kept !== stored) found.set(path, kept);
    }
    return found;
  }

  /** Whether the file changes this path, and no reviewed plan has that change. */
  isHeld(key: Key, path: string): boolean {
    return this.#held.get(key)?.has(lastSentPart(path)) ?? false;
  }

  /** Keeps the former `lifecycle.rotate`, since the values weren't sent again. */
  keepRotation(key: Key, { lifecycle: { rotate } }: LockEntry): void {
    const entry = this.entry(key);
    const { rotate: _recorded, ...rest } = entry.lifecycle;
    this.#entries.set(key, { ...entry, lifecycle: rotate === undefined ? rest : { ...rest, rotate } });
  }

  /** Records only the lifecycle, for example of an integration that is gone. The values weren't sent again. */
  recordLifecycle(key: Key): void {
    const entry = this.entry(key);
    const { protect, onRemove } = this.desired(key).lifecycle;
    this.#entries.set(key, { ...entry, lifecycle: { ...entry.lifecycle, protect, onRemove } });
  }

  /** Records that this run's values of references are the live ones. */
  assume(key: Key): void {
    const pattern = required(this.#assumeSent, "--assume-sent");
    this.#entries.set(key, assumedEntry(this.desired(key), this.entry(key), { pattern, key: this.#key }));
  }
}

/** Differences between what was sent and what the server returned. */
export function answerRemarks(
  desired: IntegrationWithIds,
  answer: LiveIntegration,
  {
    identifier,
    isSent = () => true,
  }: { readonly identifier?: string; readonly isSent?: (path: string) => boolean } = {},
): string[] {
  const seen = comparableLive(answer);
  const view: SecretView = { values: "with-values", hashId: answer.hashId, key: undefined };
  const differing = [...comparableDesired(desired)]
    .filter(([path, value]) => {
      if (!isSent(path)) return false;
      const live = seen.get(path);
      const compared = live === undefined ? "unknown" : compareWithLive(value, live, view);
      return path !== "identifier" && (compared === "edited" || compared === "rotated");
    })
    .map(([path]) => path);
  const place = identityDifferences(desired, answer);
  const remarks = [...place, ...differing].map(
    (path) => `the server returned a different ${path} than was sent: run a plan, and correct the file`,
  );
  if (identifier === undefined || answer.identifier === identifier) return remarks;
  const given = answer.identifier ?? "(none)";
  return [
    `the server gave it the identifier ${given} instead of ${identifier}: use that one, or its hash, in pipelines`,
    ...remarks,
  ];
}

/** Every managed path, as a creation sends them. */
export function managedPaths(desired: IntegrationWithIds): Set<string> {
  return new Set(comparableDesired(desired).keys());
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the plan needs ${what}, and it isn't there`);
  return value;
}
