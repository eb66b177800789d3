import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planFor } from "../../test/support/builders.ts";
import { renderPlanText } from "./plan-text.ts";

test("a line below the plan says which integrations lose their protection", () => {
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

test("the line about refused changes names the code of each, also for a conflict without candidates", () => {
  const refused = { code: "unknown-name", message: "no member has the name Nobody", hint: "correct it" } as const;
  const conflict = { action: "conflict", key: "a", type: "VULTR", name: "a", candidates: [], refused } as const;
  const text = renderPlanText({ ...planFor([desired("a")], {}), changes: [conflict] }, { color: false, columns: 80 });
  assert.match(text, /^Refuses: a \(unknown-name\)\.$/m);
});
