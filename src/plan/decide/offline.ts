import { identifierOf, identityDifferences, identityValue, type IdentityField } from "../../model/identity.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import { compareTexts } from "../../model/text.ts";
import type { IntegrationWithIds } from "../../model/integration.ts";
import type { Change, LockRecord } from "../change.ts";
import type { FieldChange, UncomparedField } from "../field-change.ts";
import { createdFields, compareFields } from "../compare/compare-fields.ts";
import { comparableDesired } from "../compare/comparable.ts";
import { entryDifferences, lifecycleDifferences, lockedIdentity, lockedLifecycle } from "../compare/lock-entry.ts";
import { withVariablesOf } from "../compare/stored-references.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { changeHeader, pendingPipelines } from "./change-header.ts";
import { planCreate } from "./create.ts";
import { carriedApiFields } from "./payload.ts";
import { forcedChange } from "./replace.ts";
import { resendFields, rotationDetails, withoutRotation } from "./update.ts";

/** Plans from the lockfile alone: what was last sent is taken as what is live. */
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
    const { scope, projectName } = desired;
    const where = { identifier, scope, ...(projectName === undefined ? {} : { project_name: projectName }) };
    const lifecycle = rotationDetails(wanted, entry);
    return [{ action: "replace", ...base, ...where, forces, fields: created, carried_over: [], lifecycle, pending }];
  }
  const recorded = fields.length > 0 ? withoutRotation(wanted, entry).desired : desired;
  const details = entryDifferences(entry, entryOffline(recorded, entry));
  const records: LockRecord[] = details.length > 0 ? [{ action: "record", ...base, details, basis: "file" }] : [];
  if (fields.length === 0) return records.length > 0 ? records : [{ action: "keep", ...base, unknown }];
  const carried = carriedApiFields(
    desired,
    undefined,
    fields.map(({ path }) => path),
  ).map((name) => ({ name, compared: "unknown" as const }));
  return [
    ...records,
    { action: "update", ...base, fields, unknown, carried, lifecycle: rotationDetails(wanted, entry), pending },
  ];
}

/** The entry with the changes that come from the file alone: its lifecycle, and variables of values that were never sent. */
function entryOffline(desired: IntegrationWithIds, entry: LockEntry): LockEntry {
  const lastSent = new Map(entry.lastSent);
  for (const [path, value] of comparableDesired(desired)) {
    const stored = entry.lastSent.get(path);
    if (stored !== undefined) lastSent.set(path, withVariablesOf(value, stored));
  }
  return { ...entry, lifecycle: lockedLifecycle(desired.lifecycle), lastSent };
}

/** An integration that isn't in the lockfile may still be in the workspace; only an import says so. */
function planUnlockedOffline(wanted: PairedIntegration, context: PlanContext): Change {
  // It isn't known whether it has to be created, so it isn't refused either.
  const { refused: _refused, ...create } = planCreate(wanted, context);
  const imported = wanted.desired.lifecycle.import;
  if (imported === undefined) return create;
  return {
    action: "adopt",
    ...changeHeader(wanted),
    hash_id: imported,
    via: "import",
    origin: "adopted",
    details: lifecycleDifferences(undefined, wanted.desired.lifecycle),
    supersedes: [],
    differences: [],
    unknown: create.fields.map(({ path }) => uncomparedOffline(path)),
  };
}

function uncomparedOffline(path: string): UncomparedField {
  return { path, why: "offline" };
}

/** The fields that can't change, as far as the lockfile knows them; `unseen`: those that the lockfile doesn't have. */
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
