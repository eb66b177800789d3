import type { LockSection } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Key } from "../../model/integration.ts";
import { compareTexts } from "../../model/text.ts";
import type { PairedIntegration } from "../input.ts";

/**
 * The wanted integrations by key, each with its lock entry: under its key, or under the first of its former keys that
 * is free to move. An entry moves once only.
 */
export function pairWithLockfile(desired: readonly IntegrationWithIds[], lock: LockSection): PairedIntegration[] {
  const wantedKeys = new Set(desired.map(({ key }) => key));
  const moved = new Set<Key>();
  return desired
    .toSorted((a, b) => compareTexts(a.key, b.key))
    .map((integration): PairedIntegration => {
      const entry = lock.get(integration.key);
      if (entry !== undefined) return { desired: integration, entry, movedFrom: undefined };
      const free = (former: Key): boolean => lock.has(former) && !wantedKeys.has(former) && !moved.has(former);
      const movedFrom = integration.lifecycle.movedFrom.find(free);
      if (movedFrom !== undefined) moved.add(movedFrom);
      return { desired: integration, entry: movedFrom === undefined ? undefined : lock.get(movedFrom), movedFrom };
    });
}
