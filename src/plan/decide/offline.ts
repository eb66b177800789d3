import { identifierOf, identityDifferences, identityValue, type IdentityField } from "../../model/identity.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import { compareTexts } from "../../model/text.ts";
import type { Change, FieldChange, UncomparedField } from "../change.ts";
import { createdFields, compareFields } from "../compare/compare-fields.ts";
import { entryDifferences, lockedIdentity, lockedLifecycle } from "../compare/lock-entry.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { changeHeader, pendingPipelines } from "./change-header.ts";
import { planCreate } from "./create.ts";
import { carriedApiFields } from "./payload.ts";
import { forcedChange } from "./replace.ts";
import { resendFields } from "./update.ts";

/** Against the lockfile alone: what was last sent stands for what is live. */
export function planOffline(wanted: PairedIntegration, context: PlanContext): Change[] {
  const { desired, entry } = wanted;
  if (entry === undefined) return [planUnlockedOffline(wanted, context)];
  const compared = compareFields(
    { desired, live: undefined, entry, hashId: entry.hashId, key: context.key },
    resendFields(wanted, context),
  );
  const { fields } = compared;
  const { forces, unseen } = forcesOffline(wanted, entry);
  const unseenPaths = [...unseen, ...(context.unresolved.get(desired.key) ?? [])];
  const unknown = [...compared.unknown, ...unseenPaths.map(uncomparedOffline)].toSorted((a, b) =>
    compareTexts(a.path, b.path),
  );
  const base = { ...changeHeader(wanted), hash_id: entry.hashId };
  const pending = pendingPipelines(wanted);
  if (forces.length > 0) {
    const identifier = identifierOf(desired, entry);
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
  return details.length > 0
    ? [{ action: "record", ...base, details, basis: "file" }]
    : [{ action: "keep", ...base, unknown }];
}

/** What isn't in the lockfile may be in the workspace nevertheless; only an import says so. */
function planUnlockedOffline(wanted: PairedIntegration, context: PlanContext): Change {
  // Whether it has to be created can't be known, so it isn't refused either.
  const { refused: _refused, ...create } = planCreate(wanted, context);
  const imported = wanted.desired.lifecycle.import;
  if (imported === undefined) return create;
  return {
    action: "adopt",
    ...changeHeader(wanted),
    hash_id: imported,
    via: "import",
    supersedes: [],
    differences: [],
    unknown: create.fields.map(({ path }) => uncomparedOffline(path)),
  };
}

function uncomparedOffline(path: string): UncomparedField {
  return { path, why: "offline" };
}

/** The fields that can't change, as far as the lockfile knows them; `unseen`: those that it doesn't know. */
function forcesOffline(
  { desired }: PairedIntegration,
  entry: LockEntry,
): { readonly forces: FieldChange[]; readonly unseen: readonly IdentityField[] } {
  const locked = lockedIdentity(entry);
  const differs = identityDifferences(desired, locked);
  const unseen = (["scope", "project_name"] as const).filter(
    (field) => identityValue(desired, field) !== undefined && identityValue(locked, field) === undefined,
  );
  return {
    forces: differs.map((field) => forcedChange(field, desired, locked, "last sent")),
    unseen: differs.includes("scope") ? [] : unseen,
  };
}
