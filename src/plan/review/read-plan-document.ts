import { jsonExcess } from "../../model/json-excess.ts";
import type { Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import type { Action, Plan } from "../change.ts";

/** A plan that was written with `--out`, as far as comparing needs it: what the writer said of each change is kept. */
export function readPlanDocument(text: string): Result<Plan, string> {
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
  if (typeof version !== "string" || !/^1\.\d+$/.test(version)) {
    return failure(`its plan_format isn't 1.x: it was written by another version of buddy-integrations`);
  }
  return isPlan(value) ? success(value) : failure("it isn't a complete plan");
}

type ValueCheck = (value: unknown) => boolean;
type DocumentShape = Readonly<Record<string, ValueCheck>>;

/** Nothing in a plan nests deeper. */
const DEEPEST_PLAN = 64;

const isText: ValueCheck = (value) => typeof value === "string";
const isFlag: ValueCheck = (value) => typeof value === "boolean";
const isCount: ValueCheck = (value) => Number.isInteger(value);
const isTexts: ValueCheck = (value) => isList(value) && value.every(isText);
const isListOf =
  (shape: DocumentShape): ValueCheck =>
  (value) =>
    isList(value) && value.every((item) => fits(item, shape));
const isOptional =
  (check: ValueCheck): ValueCheck =>
  (value) =>
    value === undefined || check(value);
const value: ValueCheck = (json) => json !== undefined;

const areFieldChanges = isListOf({
  path: isText,
  after: value,
  before: isOptional(value),
  reason: isText,
  basis: isText,
});

/** Every change, and what each action has beyond that. More is ignored: minor versions add. */
const CHANGE_SHAPE: DocumentShape = {
  key: isText,
  type: isText,
  name: isText,
  refused: isOptional((given) => fits(given, { code: isText })),
};
const ACTION_SHAPES: Readonly<Record<Action, DocumentShape>> = {
  create: {
    identifier: isText,
    scope: isText,
    project_name: isOptional(isText),
    recreates: isOptional(isText),
    supersedes: isTexts,
    pending: isTexts,
    fields: areFieldChanges,
  },
  adopt: { hash_id: isText, via: isText, supersedes: isTexts, differences: areFieldChanges },
  conflict: { candidates: isListOf({ hash_id: isText }) },
  update: { hash_id: isText, fields: areFieldChanges, pending: isTexts },
  replace: {
    hash_id: isText,
    identifier: isText,
    forces: areFieldChanges,
    fields: areFieldChanges,
    carried_over: isTexts,
    pending: isTexts,
  },
  rename: { hash_id: isText, from: isText },
  record: { hash_id: isText, basis: isText, details: isTexts },
  delete: { hash_id: isText, superseded: isFlag },
  orphan: { hash_id: isText, superseded: isFlag },
  forget: { hash_id: isText, why: isText },
  keep: { hash_id: isText },
};
const PLAN_SHAPE: DocumentShape = {
  api: isText,
  workspace: isText,
  empty_lock: isFlag,
  offline: isFlag,
  flags: (given) =>
    fits(given, {
      adopt: isFlag,
      allow_replace: isFlag,
      prune: isFlag,
      max_deletions: isOptional(isCount),
      resend: isTexts,
      only: isTexts,
    }),
  changes: (given) => isList(given) && given.every(isChange),
};

function isPlan(given: object): given is Plan {
  return fits(given, PLAN_SHAPE);
}

function isChange(given: unknown): boolean {
  if (!isObject(given) || !("action" in given)) return false;
  const { action } = given;
  const shape = typeof action === "string" && isAction(action) ? ACTION_SHAPES[action] : undefined;
  return shape !== undefined && fits(given, CHANGE_SHAPE) && fits(given, shape);
}

function isAction(name: string): name is Action {
  return Object.hasOwn(ACTION_SHAPES, name);
}

function fits(given: unknown, shape: DocumentShape): boolean {
  if (!isObject(given)) return false;
  const members = new Map<string, unknown>(Object.entries(given));
  return Object.entries(shape).every(([name, check]) => check(members.get(name)));
}

function isObject(given: unknown): given is object {
  return typeof given === "object" && given !== null && !isList(given);
}

function isList(given: unknown): given is readonly unknown[] {
  return Array.isArray(given);
}
