import type { HashId, Key } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { compareTexts } from "../../model/text.ts";
import type { Change, Plan, PlanWarning } from "../change.ts";
import type { ObservedWorkspace } from "../input.ts";
import { sortWarnings } from "./warnings.ts";

/**
 * What of a plan is drift: fields that were changed in the workspace since the last apply, locked integrations that are gone,
 * and duplicates. It is a report and no plan: nothing in it is refused, and an apply doesn't take it.
 */
export function driftPart(plan: Plan, lock: LockSection, { live }: Pick<ObservedWorkspace, "live">): Plan {
  const changes = plan.changes.flatMap((change): Change[] => {
    if (change.action !== "update") return [];
    const { refused: _refused, ...update } = change;
    const fields = change.fields.filter(({ reason }) => reason === "drift");
    return fields.length === 0 ? [] : [{ ...update, fields, lifecycle: [], pending: [] }];
  });
  const warnings = [...goneWarnings(lock, live), ...plan.warnings.filter(({ code }) => code === "duplicate")];
  return { ...plan, changes, warnings: sortWarnings(warnings), unsent: [] };
}

/** How often something drifted: fields, gone integrations, duplicates. */
export function countDrift({ changes, warnings }: Pick<Plan, "changes" | "warnings">): number {
  const fields = changes.reduce((sum, change) => sum + (change.action === "update" ? change.fields.length : 0), 0);
  return fields + warnings.length;
}

function goneWarnings(lock: LockSection, live: ObservedWorkspace["live"]): PlanWarning[] {
  // With --only, the others were not asked for.
  const isGone = (hashId: HashId): boolean => live.has(hashId) && live.get(hashId) === undefined;
  const gone = [...lock].filter(([, { hashId }]) => isGone(hashId)).toSorted(([a], [b]) => compareTexts(a, b));
  return gone.map(([key, { hashId }]) => goneWarning(key, hashId));
}

function goneWarning(key: Key, hashId: HashId): PlanWarning {
  return {
    code: "gone",
    key,
    message: `${hashId} can't be found: it was deleted, or this token can't see it`,
    hint: `check the token first; if it was deleted, \`apply --recreate ${key}\` makes a new one, or take ${key} out of the file`,
  };
}
