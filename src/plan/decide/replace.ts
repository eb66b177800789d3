import {
  identifierOf,
  identityValue,
  isSameIdentity,
  type Identity,
  type IdentityField,
  type SeenIdentity,
} from "../../model/identity.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { Change, Refusal, Replace } from "../change.ts";
import type { FieldChange } from "../field-change.ts";
import { createdFields } from "../compare/compare-fields.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { unreadableProject } from "../match/list-parts.ts";
import { occupied } from "../match/occupied-identifiers.ts";
import { findReplacement } from "../match/set-aside.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";
import { lockMismatch } from "../review/safety.ts";
import { planAdoption } from "./adopt.ts";
import { changeHeader, pendingPipelines } from "./change-header.ts";
import { otherKeyHint, planConflict } from "./conflict.ts";
import { createRefusal, unresolvedCreation } from "./create.ts";
import { carriedOverPaths } from "./payload.ts";
import { rolesLostRefusal } from "./unseen-roles.ts";
import { lockRecords, rotationDetails, withoutRotation } from "./update.ts";

/**
 * Decides on a locked, live integration with another type, scope or project than wanted. These can't change, so a new
 * integration replaces it.
 */
export function planReplacement(
  wanted: PairedIntegration,
  entry: LockEntry,
  live: LiveIntegration,
  forces: readonly IdentityField[],
  context: PlanContext,
): Change[] {
  const { desired } = wanted;
  const records = lockRecords(withoutRotation(wanted, entry), live, entry, context);
  const replace: Replace = {
    action: "replace",
    ...changeHeader(wanted),
    hash_id: entry.hashId,
    identifier: identifierOf(desired, live),
    scope: desired.scope,
    ...(desired.projectName === undefined ? {} : { project_name: desired.projectName }),
    forces: forces.map((field) => forcedChange(field, desired, live, "live")),
    fields: createdFields(desired),
    carried_over: carriedOverPaths(desired, live),
    lifecycle: rotationDetails(wanted, entry),
    pending: pendingPipelines(wanted),
  };
  const refused =
    lockMismatch(entry, live, RECORD_FIRST) ??
    replaceByHandRefusal(wanted) ??
    carryOverRefusal(wanted, live) ??
    rolesLostRefusal(desired, live.type, entry) ??
    unresolvedCreation(wanted, context) ??
    unreadableProject(desired, context.parts);
  if (refused !== undefined) return [...records, { ...replace, refused }];
  const conflict = occupied(replace, wanted, context);
  return [...records, conflict === undefined ? replace : planConflict(wanted, conflict.refused, conflict.candidates)];
}

/**
 * What can't be created can't be a replacement either. A locked key keeps its integration, so the one that a person makes
 * needs its own key.
 */
function replaceByHandRefusal(wanted: PairedIntegration): Refusal | undefined {
  const refused = createRefusal(wanted);
  if (refused === undefined) return undefined;
  const manage =
    refused.code === "unmanaged-credentials"
      ? "write its credentials into the file instead of credentials: unmanaged; or "
      : "";
  return {
    ...refused,
    hint: `${manage}create the new one in Buddy's web page, then ${otherKeyHint(wanted.desired.key)}`,
  };
}

/**
 * Continues a replacement that an earlier run began: the new integration is adopted. Undefined if the run created none, so
 * that the replacement is still due or no longer wanted.
 */
export function finishReplacement(
  wanted: PairedIntegration,
  entry: LockEntry,
  live: LiveIntegration,
  context: PlanContext,
): Change[] | undefined {
  if (originalIdentifier(live) === undefined) return undefined;
  const made = isSameIdentity(wanted.desired, live) ? undefined : findReplacement(wanted, entry, context);
  if (made?.kind === "found") return planAdoption(wanted, made.live, made.via, context);
  if (made?.kind === "conflict") return [planConflict(wanted, made.refused, made.candidates)];
  const unread = unreadableProject(wanted.desired, context.parts);
  return unread === undefined ? undefined : [planConflict(wanted, unread)];
}

/** The difference in a member of the identity, which forces the replacement. */
export function forcedChange(
  field: IdentityField,
  desired: Identity,
  seen: SeenIdentity,
  comparedWith: FieldChange["compared_with"],
): FieldChange {
  return {
    path: field,
    before: identityValue(seen, field) ?? null,
    after: identityValue(desired, field) ?? null,
    reason: "edited",
    compared_with: comparedWith,
    basis: "file",
  };
}

const RECORD_FIRST = "apply the rest first: the lockfile then records what is live";

/** Without these limits, a replacement might be open to people and pipelines that couldn't use the old one. */
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
    message: `the server doesn't show its ${unseen.join(" and ")}, which a replacement would have to copy`,
    hint: "name them in the file, with the lists of users and groups",
  };
}
