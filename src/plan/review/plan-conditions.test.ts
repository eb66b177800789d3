import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planFor, type PlanWorld } from "../../../test/support/builders.ts";
import { conditionDifferences } from "./plan-conditions.ts";

const a = desired("a");
const edited = desired("a", { fields: { name: "new a" } });
const locked: PlanWorld = { lock: lockSectionOf({ a: entry(a) }), live: [live(a)] };

test("conditions are the same if only the file, the workspace or the lockfile changed", () => {
  assert.deepEqual(conditionDifferences(planFor([edited], locked), planFor([a], locked)), []);
  assert.deepEqual(conditionDifferences(planFor([a]), planFor([a], locked)), []);
});

test("another workspace, other flags, an offline plan and a lockfile that is now empty are differences", () => {
  const reviewed = planFor([edited], { ...locked, flags: { prune: true, only: ["a", "b*"] } });
  assert.deepEqual(conditionDifferences(reviewed, { ...planFor([edited], locked), workspace: "other" }), [
    "the reviewed plan is for my-company at https://api.buddy.works, and this run for other at https://api.buddy.works",
    "the reviewed plan has other flags: --prune --only a,b* instead of none",
  ]);
  assert.deepEqual(conditionDifferences(planFor([a], { offline: true }), planFor([a])), [
    "an offline plan can't be applied",
  ]);
  assert.deepEqual(conditionDifferences(planFor([edited], locked), planFor([a])), [
    "the lockfile is empty now, and wasn't when the plan was reviewed",
  ]);
});
