import { isNotReviewed, PLAN_FORMAT_MAJOR, type Change, type Plan } from "../plan/change.ts";
import { planHash } from "../plan/review/plan-hash.ts";
import { driftedFields, summarizePlan } from "./summary.ts";

/** Minor versions add fields, which readers ignore; a major version is another format, which readers refuse. */
export const PLAN_FORMAT = `${PLAN_FORMAT_MAJOR}.0`;

/** The plan as a document (schemas/plan.schema.json): what `--out` writes and `--format json` holds. Safe to publish. */
export function planDocument(plan: Plan): Readonly<Record<string, unknown>> {
  const { counts, refused, notReviewed, unknown } = summarizePlan(plan);
  const hash = planHash(plan);
  return {
    plan_format: PLAN_FORMAT,
    ...(hash === undefined ? {} : { hash }),
    ...plan,
    drift: driftedFields(plan).map(({ change: { key }, field: { path } }) => ({ key, path })),
    not_reviewed: plan.changes.flatMap(notReviewedEntry),
    summary: { ...counts, refused, not_reviewed: notReviewed, unknown },
  };
}

/** A change that `--expect` left out, in short. The plan's list of changes has all of it. */
function notReviewedEntry(change: Change): object[] {
  if (!isNotReviewed(change)) return [];
  const { action, key } = change;
  return [{ action, key, ...(action === "update" ? { paths: change.fields.map(({ path }) => path) } : {}) }];
}
