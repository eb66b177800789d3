import type { LockEntry } from "../../model/lockfile.ts";
import type { Adopt, Change, FieldChange, LockRecord, UncomparedField, PlanWarning } from "../change.ts";
import { planCreate } from "./create.ts";
import { entryDifferences, lockedLifecycle } from "../compare/lock-entry.ts";
import { changeHeader, pendingPipelines, resendFields } from "./update.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { createdFields, compareFields } from "../compare/compare-fields.ts";
import { carriedApiFields } from "./payload.ts";

/** Against the lockfile alone: what was last sent stands for what is live. */
export function planOffline(wanted: PairedIntegration, context: PlanContext): Change[] {
  const { desired, entry } = wanted;
  if (entry === undefined) return [planUnlockedOffline(wanted, context)];
  const judged = compareFields(
    {
      desired,
      entry,
      hashId: entry.hashId,
      ...(context.key === undefined ? {} : { key: context.key }),
    },
    resendFields(wanted, context),
  );
  const { fields } = judged;
  const { forces, unseen } = forcesOffline(wanted, entry);
  const untold = [...unseen, ...(context.unresolved.get(desired.key) ?? [])];
  const unknown = [...judged.unknown, ...untold.map(uncomparedOffline)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const base = { ...changeHeader(wanted), hash_id: entry.hashId };
  const pending = pendingPipelines(wanted);
  if (forces.length > 0) {
    const identifier = desired.identifier ?? entry.identifier ?? desired.key;
    const created = createdFields(desired);
    return [{ action: "replace", ...base, identifier, forces, fields: created, carried_over: [], pending }];
  }
  if (fields.length > 0) {
    const paths = fields.map(({ path }) => path);
    const carried = carriedApiFields(desired, undefined, paths);
    return [{ action: "update", ...base, fields, unknown, carried, pending }];
  }
  const after: LockEntry = { ...entry, lifecycle: lockedLifecycle(desired.lifecycle) };
  const details = entryDifferences(entry, after);
  const record: LockRecord = { action: "record", ...base, details, basis: "file" };
  return details.length > 0 ? [record] : [{ action: "keep", ...base, unknown }];
}

/** What isn't in the lockfile may be in the workspace nevertheless; only an import says so. */
function planUnlockedOffline(wanted: PairedIntegration, context: PlanContext): Change {
  const created = planCreate(wanted, context);
  const imported = wanted.desired.lifecycle.import;
  if (imported !== undefined) {
    const unknown = created.fields.map(({ path }) => uncomparedOffline(path));
    const adopt: Adopt = {
      action: "adopt",
      ...changeHeader(wanted),
      hash_id: imported,
      via: "import",
      supersedes: [],
      differences: [],
      unknown,
    };
    return adopt;
  }
  // Whether it has to be created can't be told, so it isn't refused either.
  const { refused: _refused, ...create } = created;
  return create;
}

function uncomparedOffline(path: string): UncomparedField {
  return { path, why: "offline" };
}

/** The fields that can't change, as far as the lockfile knows them; `unseen`: those that it doesn't know. */
function forcesOffline({ desired }: PairedIntegration, entry: LockEntry): { forces: FieldChange[]; unseen: string[] } {
  const pairs = [
    ["type", entry.type, desired.type],
    ["scope", entry.lastSent.get("scope"), desired.scope],
    ["project_name", entry.lastSent.get("project_name"), desired.projectName],
  ] as const;
  const forces: FieldChange[] = [];
  const unseen: string[] = [];
  for (const [path, before, after] of pairs) {
    if (after === undefined || before === after) continue;
    if (before === undefined) unseen.push(path);
    else forces.push({ path, before, after, reason: "edited", compared_with: "last sent", basis: "file" });
  }
  const scopeChanges = forces.some(({ path }) => path === "scope");
  return { forces, unseen: scopeChanges ? [] : unseen };
}

/** What an offline plan can't know of these changes. */
export function offlineWarnings(changes: readonly Change[]): PlanWarning[] {
  return changes.flatMap((change): PlanWarning[] => {
    const message = offlineMessage(change);
    return message === undefined
      ? []
      : [{ code: "offline", key: change.key, message, hint: "plan with a token and without --offline to see it" }];
  });
}

function offlineMessage(change: Change): string | undefined {
  switch (change.action) {
    case "create":
      return "isn't in the lockfile; whether it exists already, and would be adopted, can't be seen offline";
    case "adopt":
      return "whether it exists, and what differs from the file, can't be seen offline";
    case "delete":
      return "whether it still exists, as the lockfile has it, can't be seen offline";
    case "replace":
      return "what the new one would take over from the live one can't be seen offline";
    case "update":
    case "keep":
      return change.unknown.some(({ path }) => path === "scope" || path === "project_name")
        ? "the lockfile doesn't know its scope or project; whether they differ can't be seen offline"
        : undefined;
    case "conflict":
    case "rename":
    case "record":
    case "orphan":
    case "forget":
      return undefined;
    default:
      return change satisfies never;
  }
}
