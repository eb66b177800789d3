import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planFor } from "../../test/support/builders.ts";
import { renderPlanText } from "./plan-text.ts";

test("that an integration loses its protection stands below the plan, where nobody overlooks it", () => {
  const before = desired("a", { lifecycle: { protect: true } });
  const world = { lock: lockSectionOf({ a: entry(before) }), live: [live(before)] };
  const text = (protect: boolean): string =>
    renderPlanText(planFor([desired("a", { lifecycle: { protect }, fields: { name: "new" } })], world), {
      color: false,
      columns: 80,
    });
  assert.match(text(false), /^Plan: .*\nDrops the protection of: a\.$/m);
  assert.doesNotMatch(text(true), /Drops/);
});
