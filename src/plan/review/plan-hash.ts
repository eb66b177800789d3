import { createHash } from "node:crypto";
import type { Json } from "../../model/integration.ts";
import { canonicalJson } from "../compare/compare-values.ts";
import { isNotReviewed, PLAN_FORMAT_MAJOR } from "../change.ts";
import type { ReviewedChange, ReviewedDetail, ReviewedField, ReviewedPlan } from "./reviewed-plan.ts";

/**
 * `v2:sha256:…` over what was reviewed: the workspace, the flags, the changes, and the values that would be sent for the
 * first time. It covers everything that the file can change. It leaves out what a pull request can't know (changes that
 * only the values of references show), what changes nothing, and names that are only displayed. Undefined for offline
 * plans, for plans that leave out changes, and for drift reports.
 */
export function planHash(plan: ReviewedPlan): string | undefined {
  if (plan.offline || plan.flags.drift || plan.changes.some(isNotReviewed)) return undefined;
  const { api, workspace, empty_lock } = plan;
  const version = PLAN_FORMAT_MAJOR;
  const changes = reviewedChanges(plan);
  const reviewed = { version, api, workspace, flags: flagsOf(plan), empty_lock, changes, unsent: reviewedUnsent(plan) };
  return `v${version}:sha256:${createHash("sha256").update(canonicalJson(reviewed)).digest("hex")}`;
}

/** Whether a text is a plan's hash: of this version, of another one, a malformed one, or none at all. */
export function classifyHash(text: string): "hash" | "other version" | "malformed" | "none" {
  if (/^v\d+:sha256:[0-9a-f]{64}$/.test(text))
    return text.startsWith(`v${PLAN_FORMAT_MAJOR}:`) ? "hash" : "other version";
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return "other version";
  return /^(?:v\d+:)?sha256:/.test(text) ? "malformed" : "none";
}

/** The values that were never sent, each as canonical text: which of them this run has doesn't count. */
export function reviewedUnsent({ unsent }: Pick<ReviewedPlan, "unsent">): string[] {
  return unsent.map(({ key, path, variable }) => canonicalJson({ key, path, variable }));
}

/** The changes that the hash covers, each as canonical text. */
export function reviewedChanges({ changes }: Pick<ReviewedPlan, "changes">): string[] {
  return changes.flatMap((change) => {
    const reviewed = reviewablePart(change);
    return reviewed === undefined ? [] : [canonicalJson(reviewed)];
  });
}

/** The flags of the plan, without those that aren't set. */
export function flagsOf({ flags }: Pick<ReviewedPlan, "flags">): { readonly [name: string]: Json } {
  const { adopt, allow_replace, prune, max_deletions, recreate, resend, only, exclude, drift, assume_sent } = flags;
  return {
    adopt,
    allow_replace,
    prune,
    resend,
    only,
    ...(exclude === undefined ? {} : { exclude }),
    ...(drift === undefined ? {} : { drift }),
    ...(max_deletions === undefined ? {} : { max_deletions }),
    ...(recreate === undefined ? {} : { recreate }),
    ...(assume_sent === undefined ? {} : { assume_sent }),
  };
}

/** A change without what depends on the values of references; undefined when nothing is left of it. */
function reviewablePart(change: ReviewedChange): { readonly [name: string]: Json } | undefined {
  const { action, key, type, refused } = change;
  const isSeen = refused !== undefined && refused.basis !== "secret";
  const base = { action, key, type, ...(isSeen ? { refused: refused.code } : {}) };
  switch (change.action) {
    case "create": {
      const { identifier, scope, project_name, recreates, supersedes, pending, lifecycle } = change;
      const where = { identifier, scope, project_name: project_name ?? null, recreates: recreates ?? null, supersedes };
      return {
        ...base,
        ...where,
        pending,
        lifecycle: reviewableDetails(lifecycle),
        fields: reviewableFields(change.fields),
      };
    }
    case "adopt": {
      const { hash_id, via, supersedes } = change;
      return { ...base, hash_id, via, supersedes, details: reviewableDetails(change.details) };
    }
    case "conflict":
      return { ...base, candidates: change.candidates.map(({ hash_id }) => hash_id) };
    case "update": {
      const { hash_id, pending } = change;
      const fields = reviewableFields(change.fields);
      if (fields.length === 0) return undefined;
      return { ...base, hash_id, fields, lifecycle: reviewableDetails(change.lifecycle), pending };
    }
    case "replace": {
      const { hash_id, identifier, scope, project_name, carried_over, pending } = change;
      return {
        ...base,
        hash_id,
        identifier,
        scope,
        project_name: project_name ?? null,
        forces: reviewableFields(change.forces),
        fields: reviewableFields(change.fields),
        carried_over,
        lifecycle: reviewableDetails(change.lifecycle),
        pending,
      };
    }
    case "rename":
      return { ...base, hash_id: change.hash_id, from: change.from };
    case "record":
      if (change.basis !== "file") return undefined;
      return { ...base, hash_id: change.hash_id, details: reviewableDetails(change.details) };
    case "delete":
      return { ...base, hash_id: change.hash_id, which: change.which };
    case "forget":
      return { ...base, hash_id: change.hash_id, why: change.why };
    case "orphan":
    case "keep":
      return undefined;
    default:
      return change satisfies never;
  }
}

/** Without the reason: it only explains, and it can differ if values of references are available. */
function reviewableFields(fields: readonly ReviewedField[]): Json & readonly Json[] {
  return fields
    .filter(({ basis }) => basis === "file")
    .map(({ path, before, after }) => ({ path, before: before ?? null, after }));
}

function reviewableDetails(details: readonly ReviewedDetail[]): Json & readonly Json[] {
  return details.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }));
}
