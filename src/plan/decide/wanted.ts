import type { LockEntry } from "../../model/lockfile.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import { planAdoption, planConflict, planUnlocked } from "./adopt.ts";
import type { Change, Conflict, FieldChange, Refusal, Rename, Replace } from "../change.ts";
import { createRefusal, unresolvedCreation } from "./create.ts";
import { lockRecords, changeHeader, pendingPipelines, planFields } from "./update.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { createdFields } from "../compare/compare-fields.ts";
import { conflictRefusal, immutableDifferences } from "../match/counterpart.ts";
import { occupied } from "../match/occupied-identifiers.ts";
import { planOffline } from "./offline.ts";
import { unreadableProject } from "../match/list-parts.ts";
import { carriedOverPaths } from "./payload.ts";
import { lockMismatch } from "../review/safety.ts";
import { findReplacement, isReplacementInterrupted, withManagedIdentifier } from "../match/set-aside.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";

/** The changes that a wanted integration needs, in the order in which they are applied; `keep` when none. */
export function planWanted(wanted: PairedIntegration, context: PlanContext): Change[] {
  const { desired, entry, movedFrom } = wanted;
  const moved: Rename[] =
    movedFrom === undefined || entry === undefined
      ? []
      : [{ action: "rename", ...changeHeader(wanted), hash_id: entry.hashId, from: movedFrom }];
  if (context.observed === "offline") return [...moved, ...planOffline(wanted, context)];
  const live = entry === undefined ? undefined : context.observed.live.get(entry.hashId);
  if (entry === undefined || live === undefined) return [...moved, ...planUnlocked(wanted, context, context.observed)];

  const adopted = desired.lifecycle.import;
  if (adopted !== undefined && adopted !== entry.hashId && !entry.superseded.includes(adopted)) {
    const refused = conflictRefusal(`locked as ${entry.hashId}, but lifecycle.import names ${adopted}`);
    const conflict: Conflict = { action: "conflict", ...changeHeader(wanted), candidates: [], refused };
    return [...moved, conflict];
  }
  const replacement = isReplacementInterrupted(desired, live)
    ? findReplacement(wanted, entry, context, context.observed)
    : NO_REPLACEMENT;
  if (replacement.kind === "found")
    return [...moved, ...planAdoption(wanted, replacement.live, replacement.via, context)];
  if (replacement.kind === "conflict") return [...moved, planConflict(wanted, replacement)];
  const unread =
    originalIdentifier(live) === undefined ? undefined : unreadableProject(desired, context.observed.parts);
  if (unread !== undefined)
    return [...moved, planConflict(wanted, { kind: "conflict", candidates: [], refused: unread })];
  const restoring = { ...wanted, desired: withManagedIdentifier(desired, live, entry, context) };
  return [...moved, ...planLocked(restoring, entry, live, context)];
}

const NO_REPLACEMENT = { kind: "none" } as const;

/** Locked and live. */
function planLocked(
  wanted: PairedIntegration,
  entry: LockEntry,
  live: LiveIntegration,
  context: PlanContext,
): Change[] {
  const { desired } = wanted;
  const forces = immutableDifferences(desired, live);
  if (forces.length === 0) return planFields(wanted, live, entry, context);
  const records = lockRecords(withoutRotation(wanted, entry), live, entry, context);
  const replace: Replace = {
    action: "replace",
    ...changeHeader(wanted),
    hash_id: entry.hashId,
    identifier: desired.identifier ?? live.identifier ?? desired.key,
    forces: forces.map((path) => forcedChange(path, desired, live)),
    fields: createdFields(desired),
    carried_over: carriedOverPaths(desired, live),
    pending: pendingPipelines(wanted),
  };
  const refused =
    lockMismatch(entry, live, RECORD_FIRST) ??
    createRefusal(wanted) ??
    carryOverRefusal(wanted, live) ??
    unresolvedCreation(wanted, context) ??
    (context.observed === "offline" ? undefined : unreadableProject(desired, context.observed.parts));
  if (refused !== undefined) return [...records, { ...replace, refused }];
  const inTheWay = occupied(replace, wanted, context);
  return [...records, inTheWay === undefined ? replace : planConflict(wanted, inTheWay)];
}

const RECORD_FIRST = "apply the rest first: the lockfile then records what is live";

/** Nothing is sent to the old one, so the lockfile must not say that its values were sent anew. */
function withoutRotation(wanted: PairedIntegration, entry: LockEntry): PairedIntegration {
  const { rotate: _wanted, ...rest } = wanted.desired.lifecycle;
  const { rotate } = entry.lifecycle;
  return {
    ...wanted,
    desired: { ...wanted.desired, lifecycle: rotate === undefined ? rest : { ...rest, rotate } },
  };
}

/** Without them a replacement might be open to people and pipelines that the old one was closed to. */
function carryOverRefusal(
  { desired: { permissions, fields } }: PairedIntegration,
  live: LiveIntegration,
): Refusal | undefined {
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

function forcedChange(
  path: "type" | "scope" | "project_name",
  desired: PairedIntegration["desired"],
  live: LiveIntegration,
): FieldChange {
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
