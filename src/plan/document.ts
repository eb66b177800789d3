import type { Json, Result } from "../model.ts";
import { failure, success } from "../model.ts";
import type { Plan } from "./change.ts";

/** A plan that was written with `--out`, as far as comparing needs it: what the writer said of each change is kept. */
export function readPlanDocument(text: string): Result<Plan, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure("it isn't JSON");
  }
  if (typeof value !== "object" || value === null || !("plan_format" in value)) return failure("it isn't a plan");
  const version = value.plan_format;
  if (typeof version !== "string" || !/^1\.\d+$/.test(version)) {
    return failure(`its plan_format isn't 1.x: it was written by another version of buddy-integrations`);
  }
  return isPlan(value) ? success(value) : failure("it isn't a complete plan");
}

function isPlan(value: object): value is Plan & { readonly plan_format: Json } {
  return (
    "api" in value &&
    "workspace" in value &&
    "flags" in value &&
    "empty_lock" in value &&
    "changes" in value &&
    Array.isArray(value.changes)
  );
}
