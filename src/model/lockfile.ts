import { workspaceSectionName } from "./address.ts";
import type { HashId, Key, Target } from "./integration.ts";
import type { StoredValue } from "./stored-value.ts";

export type { StoredValue } from "./stored-value.ts";

/** Kept in the lockfile, so that deleting the YAML block doesn't remove the protection. */
export interface LockedLifecycle {
  readonly protect: boolean;
  readonly onRemove: "delete" | "retain";
  readonly rotate?: number;
}

export interface LockEntry {
  readonly hashId: HashId;
  /** As the server returned it; absent if it returned none. */
  readonly identifier?: string;
  readonly type: string;
  readonly lifecycle: LockedLifecycle;
  /** Field path (`name`, `permissions.users`, `extra.x`) to the value that was last sent. */
  readonly lastSent: ReadonlyMap<string, StoredValue>;
  /** Former hashes, oldest first: not deleted yet, or kept so that other branches' pipelines can be fixed. */
  readonly superseded: readonly HashId[];
  readonly formerIdentifiers: readonly string[];
}

/** Entries of one workspace on one host. */
export type LockSection = ReadonlyMap<Key, LockEntry>;

/** The version of the format. Another one is refused. */
export const LOCKFILE_VERSION = 2;

/** The whole lockfile: section name (`https://api.buddy.works/workspaces/my-company`) to entries. */
export interface Lockfile {
  readonly sections: ReadonlyMap<string, LockSection>;
}

export const EMPTY_LOCKFILE: Lockfile = { sections: new Map() };

/** The section of a workspace. Empty if the lockfile has none. */
export function workspaceSection(lock: Lockfile, target: Target): LockSection {
  return lock.sections.get(workspaceSectionName(target)) ?? new Map<Key, LockEntry>();
}

/** The lockfile with this section for a workspace. An empty section is removed. */
export function withWorkspaceSection(lock: Lockfile, target: Target, section: LockSection): Lockfile {
  const sections = new Map(lock.sections);
  if (section.size === 0) sections.delete(workspaceSectionName(target));
  else sections.set(workspaceSectionName(target), section);
  return { sections };
}

/**
 * The section without these keys. Their integrations belong to nobody then, so another key doesn't keep one as a former
 * hash either: `--prune` would delete it.
 */
export function withoutKeys(section: LockSection, keys: ReadonlySet<Key>): LockSection {
  if (keys.size === 0) return section;
  const dropped = new Set([...section].flatMap(([key, { hashId }]) => (keys.has(key) ? [hashId] : [])));
  return new Map(
    [...section].flatMap(([key, entry]): [Key, LockEntry][] => {
      if (keys.has(key)) return [];
      const superseded = entry.superseded.filter((hashId) => !dropped.has(hashId));
      return [[key, superseded.length === entry.superseded.length ? entry : { ...entry, superseded }]];
    }),
  );
}
