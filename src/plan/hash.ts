import { createHash } from "node:crypto";
import type { Json } from "../model.ts";
import { isPassive, type Change, type FieldChange, type Plan } from "./change.ts";
import { canonicalJson } from "./value.ts";

/**
 * `sha256:…` over what was reviewed: where, with which flags, and what changes. Left out is what a pull request can't
 * know (what is seen only with the values of references), what changes nothing, and names that are only for show.
 * Undefined for plans that were made offline.
 */
export function planHash(plan: Plan): string | undefined {
  if (plan.offline) return undefined;
  const { api, workspace, emptyLock } = plan;
  const reviewed = {
    version: 1,
    api,
    workspace,
    flags: flagsOf(plan),
    emptyLock,
    changes: reviewedChanges(plan),
  };
  return `sha256:${createHash("sha256").update(canonicalJson(reviewed)).digest("hex")}`;
}

/** The changes that the hash covers, each as canonical text. */
export function reviewedChanges(plan: Pick<Plan, "changes">): string[] {
  return plan.changes.flatMap((change) => {
    const reviewed = isPassive(change) ? undefined : essence(change);
    return reviewed === undefined ? [] : [canonicalJson(reviewed)];
  });
}

/** The flags that decide, as plain data without what isn't set. */
export function flagsOf({ flags }: Pick<Plan, "flags">): { readonly [name: string]: Json } {
  const { adopt, allowReplace, prune, maxDeletions, resend, only } = flags;
  return {
    adopt,
    allowReplace,
    prune,
    resend,
    only,
    ...(maxDeletions === undefined ? {} : { maxDeletions }),
  };
}

/** A change without what depends on the values of references; undefined when nothing else is left of it. */
function essence(change: Change): { readonly [name: string]: Json } | undefined {
  const { action, key, type, refused } = change;
  const base = { action, key, type, ...(refused === undefined ? {} : { refused: refused.code }) };
  switch (change.action) {
    case "create": {
      const { identifier, scope, projectName, recreates, pending } = change;
      const where = {
        identifier,
        scope,
        project_name: projectName ?? null,
        recreates: recreates ?? null,
      };
      return { ...base, ...where, pending, fields: fieldsOf(change.fields) };
    }
    case "adopt":
      return {
        ...base,
        hash_id: change.hashId,
        via: change.via,
        supersedes: change.supersedes ?? null,
      };
    case "conflict":
      return { ...base, candidates: change.candidates.map(({ hashId }) => hashId) };
    case "update": {
      const fields = fieldsOf(change.fields);
      return fields.length === 0 ? undefined : { ...base, hash_id: change.hashId, fields, pending: change.pending };
    }
    case "replace": {
      const { hashId, identifier, carriedOver, pending } = change;
      const forces = fieldsOf(change.forces);
      return {
        ...base,
        hash_id: hashId,
        identifier,
        forces,
        fields: fieldsOf(change.fields),
        carriedOver,
        pending,
      };
    }
    case "rename":
      return { ...base, hash_id: change.hashId, from: change.from };
    case "record":
      return change.basis === "secret" ? undefined : { ...base, hash_id: change.hashId };
    case "delete":
    case "orphan":
      return { ...base, hash_id: change.hashId, superseded: change.superseded };
    case "forget":
      return { ...base, hash_id: change.hashId, why: change.why };
    case "keep":
      return { ...base, hash_id: change.hashId };
    default:
      return change satisfies never;
  }
}

function fieldsOf(fields: readonly FieldChange[]): Json & readonly Json[] {
  return fields
    .filter(({ basis }) => basis === "file")
    .map(({ path, before, after, reason }) => ({ path, before: before ?? null, after, reason }));
}
