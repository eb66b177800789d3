import { jsonExcess } from "../../model/json-excess.ts";
import type { Json, Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import { PLAN_FORMAT_MAJOR } from "../change.ts";

/**
 * A plan as comparing needs it: one that was written with `--out`, or one of now, which is a {@link Plan} and has all of
 * this. The type is made of the checks below, so that it promises no more than what was checked. Words are plain text
 * here: minor versions may add some.
 */
export type ReviewedPlan = Checked<typeof isReviewedPlan>;
export type ReviewedChange = Checked<typeof isReviewedChange>;
export type ReviewedField = Checked<typeof isFieldChange>;
export type ReviewedDetail = Checked<typeof isRecordedDetail>;

export function readReviewedPlan(text: string): Result<ReviewedPlan, string> {
  const excess = jsonExcess(text, DEEPEST_PLAN);
  if (excess !== undefined) return failure(`it ${excess}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure("it isn't JSON");
  }
  if (!isObject(value) || !("plan_format" in value)) return failure("it isn't a plan");
  const version = value.plan_format;
  if (typeof version !== "string" || !new RegExp(`^${PLAN_FORMAT_MAJOR}\\.\\d+$`).test(version)) {
    return failure(`planned by another version: its plan_format isn't ${PLAN_FORMAT_MAJOR}.x`);
  }
  return isReviewedPlan(value) ? success(value) : failure("it isn't a complete plan");
}

/** Nothing in a plan nests deeper. */
const DEEPEST_PLAN = 64;

type Check<T> = (value: unknown) => value is T;
type Checked<C> = C extends Check<infer T> ? T : never;
type Members = Readonly<Record<string, Check<unknown>>>;
type CheckedObject<Required extends Members, Optional extends Members> = {
  readonly [Name in keyof Required]: Checked<Required[Name]>;
} & { readonly [Name in keyof Optional]?: Checked<Optional[Name]> };

const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isCount = (value: unknown): value is number => Number.isInteger(value);
const isJson = (value: unknown): value is Json => value !== undefined;
const isTexts = listOf(isText);

const isFieldChange = objectOf({ path: isText, after: isJson, reason: isText, basis: isText }, { before: isJson });
const areFieldChanges = listOf(isFieldChange);
const isRecordedDetail = objectOf({ path: isText }, { before: isJson, after: isJson });
const areDetails = listOf(isRecordedDetail);

/** What every change has, and what those of this action have beyond that. More is ignored: minor versions add. */
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
      { max_deletions: isCount, recreate: isTexts, assume_sent: isText },
    ),
    unsent: listOf(objectOf({ key: isText, path: isText, variable: isText }, {})),
    changes: listOf(isReviewedChange),
  },
  {},
);

function listOf<T>(isItem: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isItem);
}

function oneOf<Checks extends readonly Check<unknown>[]>(...checks: Checks): Check<Checked<Checks[number]>> {
  return (value): value is Checked<Checks[number]> => checks.some((check) => check(value));
}

function objectOf<Required extends Members, Optional extends Members>(
  required: Required,
  optional: Optional,
): Check<CheckedObject<Required, Optional>> {
  return (value): value is CheckedObject<Required, Optional> => {
    if (!isObject(value)) return false;
    const members = new Map<string, unknown>(Object.entries(value));
    return (
      Object.entries(required).every(([name, check]) => check(members.get(name))) &&
      Object.entries(optional).every(([name, check]) => members.get(name) === undefined || check(members.get(name)))
    );
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
