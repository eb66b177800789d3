import { matchesGlob } from "../../model/glob.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Key } from "../../model/integration.ts";
import type { PairedIntegration } from "../input.ts";

/**
 * The wanted integrations by key, each with its lock entry: under its key, or under the first of its former keys that
 * is free to move. An entry moves once only.
 */
export function pairWithLockfile(desired: readonly IntegrationWithIds[], lock: LockSection): PairedIntegration[] {
  const wantedKeys = new Set(desired.map(({ key }) => key));
  const moved = new Set<Key>();
  return desired
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((integration): PairedIntegration => {
      const entry = lock.get(integration.key);
      if (entry !== undefined) return { desired: integration, entry };
      const free = (former: Key): boolean => lock.has(former) && !wantedKeys.has(former) && !moved.has(former);
      const movedFrom = integration.lifecycle.movedFrom.find(free);
      const former = movedFrom === undefined ? undefined : lock.get(movedFrom);
      if (movedFrom === undefined || former === undefined) return { desired: integration };
      moved.add(movedFrom);
      return { desired: integration, entry: former, movedFrom };
    });
}

/** The keys and globs of `--only`; none means every key. */
export function keyFilter(only: readonly string[]): (key: Key) => boolean {
  if (only.length === 0) return () => true;
  return (key) => only.some((glob) => matchesGlob(glob, key));
}

/** Whether `--only` takes this one: by its key, or by the one that it still has in the lockfile. */
export function passesKeyFilter({ desired, movedFrom }: PairedIntegration, isSelected: (key: Key) => boolean): boolean {
  return isSelected(desired.key) || (movedFrom !== undefined && isSelected(movedFrom));
}
