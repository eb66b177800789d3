import type { LockEntry, LockSection } from "../../model/lockfile.ts";
import type { Change, Create, Delete, Orphan, PlanWarning } from "../change.ts";

type Removal = Delete | Orphan;

/** Warns of a creation that looks like a removed integration under another key: both are the only ones of their type and name, or of their type. */
export function renameHints(changes: readonly Change[], lock: LockSection): PlanWarning[] {
  const removed = changes.filter((change): change is Removal => isRemovalOfCurrent(change));
  const created = changes.filter((change): change is Create => change.action === "create" && !change.recreates);
  const [removedByType, createdByType] = [groupChanges(removed, typeGroup), groupChanges(created, typeGroup)];
  const [removedByName, createdByName] = [groupChanges(removed, nameGroup), groupChanges(created, nameGroup)];
  return created.flatMap((change): PlanWarning[] => {
    const former =
      onlyOne(removedByName, createdByName, nameGroup(change)) ??
      onlyOne(removedByType, createdByType, typeGroup(change));
    const entry = former === undefined ? undefined : lock.get(former.key);
    if (former === undefined || entry === undefined || !isInSamePlace(change, entry)) return [];
    return [
      {
        code: "looks-like-a-rename",
        key: change.key,
        message: `is new, and ${former.key} is no longer in the file: is it the same integration under another key?`,
        hint: `then give ${change.key} lifecycle.moved_from: [${former.key}]`,
      },
    ];
  });
}

/** A renamed key keeps its integration, whose scope and project can't change. */
function isInSamePlace({ scope, project_name }: Create, { lastSent }: LockEntry): boolean {
  const [lockedScope, lockedProject] = [lastSent.get("scope"), lastSent.get("project_name")];
  return (lockedScope ?? scope) === scope && (lockedProject ?? project_name) === project_name;
}

/** The removal of a group that has one removal and one creation. */
function onlyOne(
  removed: ReadonlyMap<string, readonly Removal[]>,
  created: ReadonlyMap<string, readonly Create[]>,
  group: string,
): Removal | undefined {
  const [former, ...others] = removed.get(group) ?? [];
  return others.length === 0 && created.get(group)?.length === 1 ? former : undefined;
}

function typeGroup({ type }: Change): string {
  return type;
}

function nameGroup({ type, name }: Change): string {
  return JSON.stringify([type, name]);
}

function groupChanges<C extends Change>(changes: readonly C[], group: (change: C) => string): Map<string, C[]> {
  const groups = new Map<string, C[]>();
  for (const change of changes) {
    const found = groups.get(group(change));
    if (found === undefined) groups.set(group(change), [change]);
    else found.push(change);
  }
  return groups;
}

function isRemovalOfCurrent(change: Change): boolean {
  return (change.action === "delete" || change.action === "orphan") && change.which === "current";
}
