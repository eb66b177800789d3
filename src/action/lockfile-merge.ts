import { formatLockfile } from "../checkout/lockfile/write.ts";
import { parseLockfile } from "../checkout/lockfile/read.ts";
import { failure, success, type Key, type Result } from "../model/integration.ts";
import { EMPTY_LOCKFILE, type LockEntry, type Lockfile, type LockSection } from "../model/lockfile.ts";

/** The three texts of a lockfile; undefined if there is no such file. */
export interface LockfileTexts {
  /** As this run found it. */
  readonly before: string | undefined;
  /** As this run leaves it. */
  readonly ours: string;
  /** As it is on the branch now. */
  readonly theirs: string | undefined;
}

/** One text with both changes, or why there is none: the keys that both sides changed differently. */
export type MergedLockfile = Result<string, { readonly why: string }>;

/**
 * Merges what this run recorded into a lockfile that somebody else has changed meanwhile. Entries are taken as a whole: those
 * that this run changed from ours, all others from theirs. If both changed an entry, nothing is merged, since a hash could be
 * lost.
 */
export function mergeLockfiles({ before, ours, theirs }: LockfileTexts): MergedLockfile {
  if (theirs === before || theirs === ours) return success(ours);
  const texts = [before, ours, theirs].map((text) =>
    text === undefined ? success(EMPTY_LOCKFILE) : parseLockfile("lockfile", text),
  );
  const [base, mine, other] = texts.flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
  if (base === undefined || mine === undefined || other === undefined)
    return failure({ why: "one of the two can't be read" });
  const sections = new Map<string, LockSection>();
  const contested: string[] = [];
  for (const name of new Set([...mine.sections.keys(), ...other.sections.keys()])) {
    const section = mergeSections(lockSection(base, name), lockSection(mine, name), lockSection(other, name));
    if (!section.ok) contested.push(...section.error);
    else if (section.value.size > 0) sections.set(name, section.value);
  }
  if (contested.length > 0) return failure({ why: `both changed ${contested.join(", ")}` });
  return success(formatLockfile({ sections }));
}

function lockSection({ sections }: Lockfile, name: string): LockSection {
  return sections.get(name) ?? new Map<Key, LockEntry>();
}

/** @returns the merged section, or the keys that both sides changed */
function mergeSections(
  before: LockSection,
  ours: LockSection,
  theirs: LockSection,
): Result<LockSection, readonly Key[]> {
  const merged = new Map<Key, LockEntry>();
  const contested: Key[] = [];
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [was, mine, other] = [before, ours, theirs].map((section) => entryText(section.get(key)));
    if (mine !== was && other !== was && mine !== other) contested.push(key);
    const entry = mine === was ? theirs.get(key) : ours.get(key);
    if (entry !== undefined) merged.set(key, entry);
  }
  const owners = new Map<string, Key>();
  for (const [key, { hashId }] of merged) {
    // One side has renamed the key.
    const owner = owners.get(hashId);
    if (owner !== undefined) contested.push(owner, key);
    owners.set(hashId, key);
  }
  return contested.length === 0 ? success(merged) : failure([...new Set(contested)].toSorted());
}

/** Whether two lockfiles have the same content. A text that can't be read equals only itself. */
export function isSameLockfile(one: string | undefined, other: string | undefined): boolean {
  const canonical = (text: string | undefined): string => {
    const parsed = text === undefined ? success(EMPTY_LOCKFILE) : parseLockfile("lockfile", text);
    return parsed.ok ? formatLockfile(parsed.value) : (text ?? "");
  };
  return one === other || canonical(one) === canonical(other);
}

/** Equal entries have equal texts. */
function entryText(entry: LockEntry | undefined): string | undefined {
  return entry && formatLockfile({ sections: new Map([["https://x.invalid/workspaces/x", new Map([["x", entry]])]]) });
}
