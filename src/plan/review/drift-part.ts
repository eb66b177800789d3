import type { HashId, Key, LiveIntegration } from "../../model/integration.ts";
import type { LockEntry, LockSection } from "../../model/lockfile.ts";
import { referenceStates } from "../../model/stored-value.ts";
import { compareTexts } from "../../model/text.ts";
import type { Change, Plan, PlanWarning } from "../change.ts";
import type { FieldChange } from "../field-change.ts";
import { comparableLive } from "../compare/comparable.ts";
import { compareWithLive, type SecretView } from "../compare/compare-values.ts";
import { shownSent } from "../compare/shown-fields.ts";
import type { ObservedWorkspace } from "../input.ts";
import { sortWarnings } from "./warnings.ts";

/**
 * The drift in a plan: fields that were changed in the workspace since the last apply, locked integrations that are gone,
 * and duplicates. The result is a report: nothing in it is refused, and it can't be applied.
 */
export function driftPart(plan: Plan, lock: LockSection, { live }: Pick<ObservedWorkspace, "live">): Plan {
  const changes = plan.changes.flatMap((change): Change[] => {
    if (change.action !== "update") return [];
    const { refused: _refused, ...update } = change;
    const [entry, view] = [lock.get(change.key), live.get(change.hash_id)];
    const fields = change.fields.flatMap((field) => driftedField(field, entry, view));
    return fields.length === 0 ? [] : [{ ...update, fields, lifecycle: [], pending: [] }];
  });
  const warnings = [...goneWarnings(lock, live), ...plan.warnings.filter(({ code }) => code === "duplicate")];
  return { ...plan, changes, warnings: sortWarnings(warnings), unsent: [] };
}

/** A plan calls a field `edited` if the file has changed it; the workspace may have changed it as well. */
function driftedField(
  field: FieldChange,
  entry: LockEntry | undefined,
  view: LiveIntegration | undefined,
): FieldChange[] {
  if (field.reason === "drift") return [field];
  const { path } = field;
  const sent = entry?.lastSent.get(path);
  const seen = view === undefined ? undefined : comparableLive(view).get(path);
  // The lockfile keeps only a fingerprint of a reference, so what the workspace had before is unknown.
  if (field.reason !== "edited" || sent === undefined || seen === undefined || referenceStates(sent).length > 0)
    return [];
  const viewWithoutValues: SecretView = { values: "without-values", hashId: entry?.hashId ?? "", key: undefined };
  return compareWithLive(sent, seen, viewWithoutValues) === "equal"
    ? []
    : [{ ...field, reason: "drift", after: shownSent(path, sent) }];
}

/** The number of drifted fields, gone integrations and duplicates. */
export function countDrift({ changes, warnings }: Pick<Plan, "changes" | "warnings">): number {
  const fields = changes.reduce((sum, change) => sum + (change.action === "update" ? change.fields.length : 0), 0);
  return fields + warnings.length;
}

function goneWarnings(lock: LockSection, live: ObservedWorkspace["live"]): PlanWarning[] {
  // With --only, the other hashes weren't read.
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
