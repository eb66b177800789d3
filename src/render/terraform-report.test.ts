import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planFor } from "../../test/support/builders.ts";
import type { Plan } from "../plan/change.ts";
import { renderTerraformReport } from "./terraform-report.ts";

const counts = (...plans: readonly (Plan | undefined)[]): unknown => JSON.parse(renderTerraformReport(plans));
const edited = desired("edited");
const world = { lock: lockSectionOf({ edited: entry(edited) }), live: [live(edited)] };
const plan = planFor([desired("new"), desired("edited", { fields: { name: "other" } })], world);

test("the numbers of all plans are added up, and a plan without changes counts as 0", () => {
  assert.deepEqual(counts(plan), { create: 1, update: 1, delete: 0 });
  assert.deepEqual(counts(plan, plan), { create: 2, update: 2, delete: 0 });
  assert.deepEqual(counts(planFor([edited], world)), { create: 0, update: 0, delete: 0 });
});

test("refused changes and orphans that stay don't count", () => {
  const refused = { code: "protected", message: "no", hint: "no" } as const;
  assert.deepEqual(counts({ ...plan, changes: plan.changes.map((change) => ({ ...change, refused })) }), {
    create: 0,
    update: 0,
    delete: 0,
  });
  assert.deepEqual(counts(planFor([], world)), { create: 0, update: 0, delete: 0 });
});

test("without a plan the report has no numbers, so GitLab doesn't show zero changes", () => {
  assert.deepEqual(counts(plan, undefined), {});
  assert.deepEqual(counts(), {});
});
