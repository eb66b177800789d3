import type { LockEntry, LockSection } from "../../model/lockfile.ts";
import type { HashId } from "../../model/integration.ts";
import { storedInDoubt } from "../compare/stored-references.ts";

/**
 * The lock section, in which no value counts as the one last sent if a killed run may have sent another one. So a plan
 * sends what the file wants, also if that is what the lockfile has. Updates that the run hadn't begun are in doubt too:
 * sending the wanted value again changes nothing.
 * @param begun the paths of these values, by integration
 */
export function withInterruptedUpdates(
  section: LockSection,
  begun: ReadonlyMap<HashId, ReadonlySet<string>>,
): LockSection {
  if (begun.size === 0) return section;
  return new Map([...section].map(([key, entry]) => [key, entryInDoubt(entry, begun.get(entry.hashId) ?? NOTHING)]));
}

const NOTHING: ReadonlySet<string> = new Set();

/** The same entry if nothing of it is in doubt. */
function entryInDoubt(entry: LockEntry, paths: ReadonlySet<string>): LockEntry {
  const lastSent = new Map(entry.lastSent);
  for (const path of paths) {
    const stored = lastSent.get(path);
    const kept = stored === undefined ? undefined : storedInDoubt(stored);
    if (kept === undefined) lastSent.delete(path);
    else lastSent.set(path, kept);
  }
  return [...paths].some((path) => entry.lastSent.has(path)) ? { ...entry, lastSent } : entry;
}
