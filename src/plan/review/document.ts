import { excessOf } from "../../model/json-excess.ts";
import type { Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import type { Action, Plan } from "../change.ts";

/** A plan that was written with `--out`, as far as comparing needs it: what the writer said of each change is kept. */
export function readPlanDocument(text: string): Result<Plan, string> {
  const excess = excessOf(text, DEEPEST);
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

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

/** Nothing in a plan nests deeper. */
const DEEPEST = 64;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isInteger(value);
const texts: Check = (value) => isList(value) && value.every(text);
const listOf =
  (shape: Shape): Check =>
  (value) =>
    isList(value) && value.every((item) => fits(item, shape));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const value: Check = (json) => json !== undefined;

const fields = listOf({ path: text, after: value, before: optional(value), reason: text, basis: text });

/** Every change, and what each action has beyond that. More is ignored: minor versions add. */
const CHANGE: Shape = { key: text, type: text, name: text, refused: optional((given) => fits(given, { code: text })) };
const ACTIONS: Readonly<Record<Action, Shape>> = {
  create: {
    identifier: text,
    scope: text,
    project_name: optional(text),
    recreates: optional(text),
    supersedes: texts,
    pending: texts,
    fields,
  },
  adopt: { hash_id: text, via: text, supersedes: texts, differences: fields },
  conflict: { candidates: listOf({ hash_id: text }) },
  update: { hash_id: text, fields, pending: texts },
  replace: { hash_id: text, identifier: text, forces: fields, fields, carried_over: texts, pending: texts },
  rename: { hash_id: text, from: text },
  record: { hash_id: text, basis: text, details: texts },
  delete: { hash_id: text, superseded: flag },
  orphan: { hash_id: text, superseded: flag },
  forget: { hash_id: text, why: text },
  keep: { hash_id: text },
};
const PLAN: Shape = {
  api: text,
  workspace: text,
  empty_lock: flag,
  offline: flag,
  flags: (given) =>
    fits(given, {
      adopt: flag,
      allow_replace: flag,
      prune: flag,
      max_deletions: optional(count),
      resend: texts,
      only: texts,
    }),
  changes: (given) => isList(given) && given.every(isChange),
};

function isPlan(given: object): given is Plan {
  return fits(given, PLAN);
}

function isChange(given: unknown): boolean {
  if (!isObject(given) || !("action" in given)) return false;
  const { action } = given;
  const shape = typeof action === "string" && isAction(action) ? ACTIONS[action] : undefined;
  return shape !== undefined && fits(given, CHANGE) && fits(given, shape);
}

function isAction(name: string): name is Action {
  return Object.hasOwn(ACTIONS, name);
}

function fits(given: unknown, shape: Shape): boolean {
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
