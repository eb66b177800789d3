import type { LockEntry } from "../lockfile.ts";
import type { DesiredIntegration, Live } from "../model.ts";
import { conflictRefusal, findReplacement, planAdoption, planUnlocked } from "./adoption.ts";
import type { Change, FieldChange, Rename, Replace } from "./change.ts";
import { cannotCreate } from "./creation.ts";
import { lockRecord, named, pendingPipelines, planFields } from "./fields.ts";
import type { PlanContext, Wanted } from "./input.ts";
import { createdFields } from "./judge.ts";
import { immutableDifferences } from "./match.ts";
import { planOffline } from "./offline.ts";
import { carriedOverFields } from "./payload.ts";
import { mismatch } from "./safety.ts";
import { originalIdentifier } from "./superseded.ts";

/** The changes that a wanted integration needs, in the order in which they are applied; `keep` when none. */
export function planWanted(wanted: Wanted, context: PlanContext): Change[] {
  const { desired, entry, movedFrom } = wanted;
  const moved: Rename[] =
    movedFrom === undefined || entry === undefined
      ? []
      : [{ action: "rename", ...named(wanted), hash_id: entry.hashId, from: movedFrom }];
  if (context.observed === "offline") return [...moved, ...planOffline(wanted, context)];

  const adopted = desired.lifecycle.import;
  if (entry !== undefined && adopted !== undefined && adopted !== entry.hashId && !entry.superseded.includes(adopted)) {
    const refused = conflictRefusal(`locked as ${entry.hashId}, but lifecycle.import names ${adopted}`);
    return [{ action: "conflict", ...named(wanted), candidates: [], refused }];
  }
  const live = entry === undefined ? undefined : context.observed.live.get(entry.hashId);
  if (entry === undefined || live === undefined) return [...moved, ...planUnlocked(wanted, context, context.observed)];
  const interrupted = originalIdentifier(live) !== undefined && immutableDifferences(desired, live).length > 0;
  const replacement = interrupted ? findReplacement(wanted, entry, context, context.observed) : undefined;
  if (replacement !== undefined) return [...moved, ...planAdoption(wanted, replacement, "journal", context)];
  return [
    ...moved,
    ...planLocked({ ...wanted, desired: managedIdentifier(desired, live, entry) }, entry, live, context),
  ];
}

/**
 * The wanted integration as it has to be while the live one is set aside under a temporary identifier: the identifier
 * is then managed, so that it comes back if the replacement is no longer wanted.
 */
export function managedIdentifier(desired: DesiredIntegration, live: Live, entry: LockEntry): DesiredIntegration {
  const original = originalIdentifier(live);
  if (original === undefined || desired.identifier !== undefined) return desired;
  return { ...desired, identifier: entry.identifier ?? original };
}

/** Locked and live. */
function planLocked(wanted: Wanted, entry: LockEntry, live: Live, context: PlanContext): Change[] {
  const { desired } = wanted;
  const forces = immutableDifferences(desired, live);
  if (forces.length > 0) {
    const replace: Replace = {
      action: "replace",
      ...named(wanted),
      hash_id: entry.hashId,
      identifier: desired.identifier ?? live.identifier ?? desired.key,
      forces: forces.map((path) => forced(path, desired, live)),
      fields: createdFields(desired),
      carried_over: carriedOverFields(desired, live),
      pending: pendingPipelines(wanted),
    };
    const differs = mismatch(entry, live);
    if (differs !== undefined) return [...lockRecord(wanted, live, entry, context), { ...replace, refused: differs }];
    const refused = cannotCreate(wanted);
    return [refused === undefined ? replace : { ...replace, refused }];
  }
  return [planFields(wanted, live, entry, context)];
}

function forced(path: "type" | "scope" | "project_name", desired: Wanted["desired"], live: Live): FieldChange {
  const values = {
    type: [live.type, desired.type],
    scope: [live.scope, desired.scope],
    project_name: [live.projectName, desired.projectName],
  } as const;
  const [before, after] = values[path];
  return {
    path,
    before: before ?? null,
    after: after ?? null,
    reason: "edited",
    compared_with: "live",
    basis: "file",
  };
}
