import type { Key } from "../../model/integration.ts";
import { isNotReviewed, type Plan } from "../change.ts";
import { lastSentPart, ROLES, UNMANAGED_ROLES } from "../compare/lock-entry.ts";

/**
 * The parts of lock entries that don't change, by key: no reviewed plan has their change, so the next plan must show it
 * again.
 */
export function heldParts({ changes }: Pick<Plan, "changes">): ReadonlyMap<Key, ReadonlySet<string>> {
  const held = new Map<Key, Set<string>>();
  const hold = (key: Key, parts: readonly string[]): void => {
    held.set(key, new Set([...(held.get(key) ?? []), ...parts]));
  };
  for (const change of changes.filter(isNotReviewed)) {
    const { key } = change;
    if (change.action === "record") {
      hold(
        key,
        change.details.map(({ path }) => path),
      );
    }
    if (change.action !== "update") continue;
    const paths = change.fields.flatMap(({ path }) => (path === ROLES ? [path, UNMANAGED_ROLES] : [path]));
    hold(key, [...paths.map(lastSentPart), ...change.lifecycle.map(({ path }) => path)]);
  }
  return held;
}
