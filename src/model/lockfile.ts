import type { HashId, Json, Key, Target } from "./integration.ts";

/**
 * A value as the lockfile keeps it: plain JSON, in which the value of a reference is only
 * `{ fingerprint: "hmac-sha256:KEYID:…" }`, or `{ fingerprint: null }` where it was sent without a fingerprint key.
 */
export type Stored = Json;

/** Kept in the lockfile, so that deleting the YAML block can't get round it. */
export interface LockedLifecycle {
  readonly protect: boolean;
  readonly onRemove: "delete" | "retain";
  readonly rotate?: number;
}

export interface LockEntry {
  readonly hashId: HashId;
  /** What the server answered; absent where it answered none. */
  readonly identifier?: string;
  readonly type: string;
  readonly lifecycle: LockedLifecycle;
  /** Field path (`name`, `permissions.users`, `extra.x`) to what we last sent. */
  readonly lastSent: ReadonlyMap<string, Stored>;
  /** Former hashes, oldest first: not deleted yet, or kept so that other branches' pipelines can be mended. */
  readonly superseded: readonly HashId[];
  readonly formerIdentifiers: readonly string[];
}

/** Entries of one workspace on one host. */
export type LockSection = ReadonlyMap<Key, LockEntry>;

/** The whole lockfile: section name (`https://api.buddy.works/workspaces/my-company`) to entries. */
export interface Lock {
  readonly sections: ReadonlyMap<string, LockSection>;
}

export const EMPTY_LOCK: Lock = { sections: new Map() };

/** The section's name in the lockfile. */
export function sectionName(target: Target): string {
  return `${target.api}/workspaces/${target.workspace}`;
}

/** The section of a workspace; empty where the lockfile has none. */
export function sectionOf(lock: Lock, target: Target): LockSection {
  return lock.sections.get(sectionName(target)) ?? new Map<Key, LockEntry>();
}

/** The lockfile with another section for a workspace; an empty one is dropped. */
export function withSection(lock: Lock, target: Target, section: LockSection): Lock {
  const sections = new Map(lock.sections);
  if (section.size === 0) sections.delete(sectionName(target));
  else sections.set(sectionName(target), section);
  return { sections };
}
