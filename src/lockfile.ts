import type { HashId, Json, Key, Target } from "./model.ts";

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

/** The section's name in the lockfile. */
export function sectionName(target: Target): string {
  return `${target.api}/workspaces/${target.workspace}`;
}
