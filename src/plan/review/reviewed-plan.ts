import type { Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import { PLAN_FORMAT_MAJOR } from "../change.ts";
import {
  isCount,
  isFlag,
  isAnyJson,
  isText,
  isTexts,
  listOf,
  objectOf,
  oneOf,
  type CheckedBy,
  type Members,
} from "./checked-json.ts";

/**
 * A plan as the comparison needs it: from a reviewed report, or of this run, which is a {@link Plan} and has all of this.
 * The type is derived from the checks below, so that it promises no more than what was checked. Members such as `reason`
 * are plain text here, since minor versions may add new ones.
 */
export type ReviewedPlan = CheckedBy<typeof isReviewedPlan>;
export type ReviewedChange = CheckedBy<typeof isReviewedChange>;
export type ReviewedField = CheckedBy<typeof isFieldChange>;
export type ReviewedDetail = CheckedBy<typeof isRecordedDetail>;

/** Reads the plan of one run of a report. @returns the plan, or what is wrong with it */
export function readReviewedPlan(value: object): Result<ReviewedPlan, string> {
  const version = "plan_format" in value ? value.plan_format : undefined;
  if (typeof version !== "string" || !new RegExp(`^${PLAN_FORMAT_MAJOR}\\.\\d+$`).test(version)) {
    return failure(`planned by another version: its plan_format isn't ${PLAN_FORMAT_MAJOR}.x`);
  }
  return isReviewedPlan(value) ? success(value) : failure("it isn't a complete plan");
}

const isFieldChange = objectOf(
  { path: isText, after: isAnyJson, reason: isText, basis: isText },
  { before: isAnyJson },
);
const areFieldChanges = listOf(isFieldChange);
const isRecordedDetail = objectOf({ path: isText }, { before: isAnyJson, after: isAnyJson });
const areDetails = listOf(isRecordedDetail);

/** The members of every change, and those of this action. Other members are ignored: minor versions may add some. */
function reviewedChangeOf<A extends string, Required extends Members, Optional extends Members>(
  action: A,
  required: Required,
  optional: Optional,
) {
  const isAction = (value: unknown): value is A => value === action;
  return objectOf(
    { action: isAction, key: isText, type: isText, name: isText, ...required },
    { refused: objectOf({ code: isText }, { basis: isText }), ...optional },
  );
}

const isReviewedChange = oneOf(
  reviewedChangeOf(
    "create",
    {
      identifier: isText,
      scope: isText,
      supersedes: isTexts,
      pending: isTexts,
      fields: areFieldChanges,
      lifecycle: areDetails,
    },
    { project_name: isText, recreates: isText },
  ),
  reviewedChangeOf(
    "adopt",
    { hash_id: isText, via: isText, details: areDetails, supersedes: isTexts, differences: areFieldChanges },
    { identifier: isText, scope: isText, project_name: isText },
  ),
  reviewedChangeOf("conflict", { candidates: listOf(objectOf({ hash_id: isText }, {})) }, {}),
  reviewedChangeOf("update", { hash_id: isText, fields: areFieldChanges, lifecycle: areDetails, pending: isTexts }, {}),
  reviewedChangeOf(
    "replace",
    {
      hash_id: isText,
      identifier: isText,
      scope: isText,
      forces: areFieldChanges,
      fields: areFieldChanges,
      carried_over: isTexts,
      lifecycle: areDetails,
      pending: isTexts,
    },
    { project_name: isText },
  ),
  reviewedChangeOf("rename", { hash_id: isText, from: isText }, {}),
  reviewedChangeOf("record", { hash_id: isText, basis: isText, details: areDetails }, {}),
  reviewedChangeOf("delete", { hash_id: isText, which: isText }, {}),
  reviewedChangeOf("orphan", { hash_id: isText, which: isText }, {}),
  reviewedChangeOf("forget", { hash_id: isText, why: isText, details: areDetails }, {}),
  reviewedChangeOf("keep", { hash_id: isText }, {}),
);

const isReviewedPlan = objectOf(
  {
    api: isText,
    workspace: isText,
    empty_lock: isFlag,
    offline: isFlag,
    flags: objectOf(
      { adopt: isFlag, allow_replace: isFlag, prune: isFlag, resend: isTexts, only: isTexts },
      { max_deletions: isCount, recreate: isTexts, exclude: isTexts, drift: isFlag, assume_sent: isText },
    ),
    unsent: listOf(objectOf({ key: isText, path: isText, variable: isText }, {})),
    changes: listOf(isReviewedChange),
  },
  {},
);
