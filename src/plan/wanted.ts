import type { LockEntry } from "../lockfile.ts";
import type { Live } from "../model.ts";
import { planAdoption, planConflict, planUnlocked } from "./adoption.ts";
import type { Change, Conflict, FieldChange, Refusal, Rename, Replace } from "./change.ts";
import { cannotCreate, unresolvedCreation } from "./creation.ts";
import { lockRecord, named, pendingPipelines, planFields } from "./fields.ts";
import type { PlanContext, Wanted } from "./input.ts";
import { createdFields } from "./judge.ts";
import { conflictRefusal, immutableDifferences } from "./match.ts";
import { occupied } from "./occupied.ts";
import { planOffline } from "./offline.ts";
import { unreadableProject } from "./part.ts";
import { carriedOverFields } from "./payload.ts";
import { mismatch } from "./safety.ts";
import { findReplacement, isInterrupted, managedIdentifier } from "./set-aside.ts";
import { originalIdentifier } from "./superseded.ts";

/** The changes that a wanted integration needs, in the order in which they are applied; `keep` when none. */
export function planWanted(wanted: Wanted, context: PlanContext): Change[] {
  const { desired, entry, movedFrom } = wanted;
  const moved: Rename[] =
    movedFrom === undefined || entry === undefined
      ? []
      : [{ action: "rename", ...named(wanted), hash_id: entry.hashId, from: movedFrom }];
  if (context.observed === "offline") return [...moved, ...planOffline(wanted, context)];
  const live = entry === undefined ? undefined : context.observed.live.get(entry.hashId);
  if (entry === undefined || live === undefined) return [...moved, ...planUnlocked(wanted, context, context.observed)];

  const adopted = desired.lifecycle.import;
  if (adopted !== undefined && adopted !== entry.hashId && !entry.superseded.includes(adopted)) {
    const refused = conflictRefusal(`locked as ${entry.hashId}, but lifecycle.import names ${adopted}`);
    const conflict: Conflict = { action: "conflict", ...named(wanted), candidates: [], refused };
    return [...moved, conflict];
  }
  const replacement = isInterrupted(desired, live) ? findReplacement(wanted, entry, context, context.observed) : NONE;
  if (replacement.kind === "found") return [...moved, ...planAdoption(wanted, replacement.live, "journal", context)];
  if (replacement.kind === "conflict") return [...moved, planConflict(wanted, replacement)];
  const unread =
    originalIdentifier(live) === undefined ? undefined : unreadableProject(desired, context.observed.parts);
  if (unread !== undefined)
    return [...moved, planConflict(wanted, { kind: "conflict", candidates: [], refused: unread })];
  const restoring = { ...wanted, desired: managedIdentifier(desired, live, entry, context) };
  return [...moved, ...planLocked(restoring, entry, live, context)];
}

const NONE = { kind: "none" } as const;

/** Locked and live. */
function planLocked(wanted: Wanted, entry: LockEntry, live: Live, context: PlanContext): Change[] {
  const { desired } = wanted;
  const forces = immutableDifferences(desired, live);
  if (forces.length === 0) return planFields(wanted, live, entry, context);
  const records = lockRecord(notRotated(wanted, entry), live, entry, context);
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
  const refused =
    mismatch(entry, live, RECORD_FIRST) ??
    cannotCreate(wanted) ??
    cannotCarryOver(wanted, live) ??
    unresolvedCreation(wanted, context) ??
    (context.observed === "offline" ? undefined : unreadableProject(desired, context.observed.parts));
  if (refused !== undefined) return [...records, { ...replace, refused }];
  const inTheWay = occupied(replace, wanted, context);
  return [...records, inTheWay === undefined ? replace : planConflict(wanted, inTheWay)];
}

const RECORD_FIRST = "apply the rest first: the lockfile then records what is live";

/** Nothing is sent to the old one, so the lockfile must not say that its values were sent anew. */
function notRotated(wanted: Wanted, entry: LockEntry): Wanted {
  const { rotate: _wanted, ...rest } = wanted.desired.lifecycle;
  const { rotate } = entry.lifecycle;
  return {
    ...wanted,
    desired: { ...wanted.desired, lifecycle: rotate === undefined ? rest : { ...rest, rotate } },
  };
}

/** Without them a replacement might be open to people and pipelines that the old one was closed to. */
function cannotCarryOver({ desired: { permissions, fields } }: Wanted, live: Live): Refusal | undefined {
  const isNamed = permissions?.users !== undefined && permissions.groups !== undefined;
  const unseen = [
    ...(isNamed || live.permissions !== undefined ? [] : ["permissions"]),
    ...(fields.has("all_pipelines_allowed") || live.allPipelinesAllowed !== undefined ? [] : ["all_pipelines_allowed"]),
  ];
  if (unseen.length === 0) return undefined;
  return {
    code: "unseen-limits",
    message: `the server doesn't show its ${unseen.join(" and ")}, so that a replacement can't have the same`,
    hint: "name them in the file, with the lists of users and groups",
  };
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
