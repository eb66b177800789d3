import { createHash } from "node:crypto";
import type { Json } from "../../model/integration.ts";
import { canonicalJson } from "../compare/compare-values.ts";
import type { ReviewedChange, ReviewedField, ReviewedPlan } from "./reviewed-plan.ts";

/**
 * `sha256:…` over what was reviewed: where, with which flags, and what changes. Left out is what a pull request can't
 * know (what is seen only with the values of references), what changes nothing, and names that are only for show.
 * Undefined for plans that were made offline.
 */
export function planHash(plan: ReviewedPlan): string | undefined {
  if (plan.offline) return undefined;
  const { api, workspace, empty_lock } = plan;
  const reviewed = { version: 1, api, workspace, flags: flagsOf(plan), empty_lock, changes: reviewedChanges(plan) };
  return `sha256:${createHash("sha256").update(canonicalJson(reviewed)).digest("hex")}`;
}

/** The changes that the hash covers, each as canonical text. */
export function reviewedChanges({ changes }: Pick<ReviewedPlan, "changes">): string[] {
  return changes.flatMap((change) => {
    const reviewed = reviewablePart(change);
    return reviewed === undefined ? [] : [canonicalJson(reviewed)];
  });
}

/** The flags that decide, without what isn't set. */
export function flagsOf({ flags }: Pick<ReviewedPlan, "flags">): { readonly [name: string]: Json } {
  const { adopt, allow_replace, prune, max_deletions, resend, only } = flags;
  return { adopt, allow_replace, prune, resend, only, ...(max_deletions === undefined ? {} : { max_deletions }) };
}

/** A change without what depends on the values of references; undefined when nothing is left of it. */
function reviewablePart(change: ReviewedChange): { readonly [name: string]: Json } | undefined {
  const { action, key, type, refused } = change;
  const isSeen = refused !== undefined && !isRefusedForSecrets(change);
  const base = { action, key, type, ...(isSeen ? { refused: refused.code } : {}) };
  switch (change.action) {
    case "create": {
      const { identifier, scope, project_name, recreates, supersedes, pending } = change;
      const where = { identifier, scope, project_name: project_name ?? null, recreates: recreates ?? null, supersedes };
      return { ...base, ...where, pending, fields: reviewableFields(change.fields) };
    }
    case "adopt":
      return { ...base, hash_id: change.hash_id, via: change.via, supersedes: change.supersedes };
    case "conflict":
      return { ...base, candidates: change.candidates.map(({ hash_id }) => hash_id) };
    case "update": {
      const { hash_id, pending } = change;
      const fields = reviewableFields(change.fields);
      return fields.length === 0 ? undefined : { ...base, hash_id, fields, pending };
    }
    case "replace": {
      const { hash_id, identifier, carried_over, pending } = change;
      const forces = reviewableFields(change.forces);
      return { ...base, hash_id, identifier, forces, fields: reviewableFields(change.fields), carried_over, pending };
    }
    case "rename":
      return { ...base, hash_id: change.hash_id, from: change.from };
    case "record":
      return change.basis === "file" ? { ...base, hash_id: change.hash_id, details: change.details } : undefined;
    case "delete":
      // The hashed form is part of format 1, and older than the word.
      return { ...base, hash_id: change.hash_id, superseded: change.which === "superseded" };
    case "forget":
      return { ...base, hash_id: change.hash_id, why: change.why };
    case "orphan":
    case "keep":
      return undefined;
    default:
      return change satisfies never;
  }
}

/** An adoption that is refused only because the value of a reference differs, and the update that would follow it. */
function isRefusedForSecrets(change: ReviewedChange): boolean {
  if (change.refused?.code !== "needs-adopt") return false;
  return change.action === "update" || (change.action === "adopt" && reviewableFields(change.differences).length === 0);
}

/** Without the reason, which explains to people and may be seen otherwise where values of references are here. */
function reviewableFields(fields: readonly ReviewedField[]): Json & readonly Json[] {
  return fields
    .filter(({ basis }) => basis === "file")
    .map(({ path, before, after }) => ({ path, before: before ?? null, after }));
}
