import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, planFor } from "../../test/support/builders.ts";
import { inApplyOrder, phasesOf } from "./action-order.ts";

test("an integration leaves the lockfile before another key adopts it, so that an interruption never leaves it there twice", () => {
  const old = desired("old", { identifier: "x" });
  const wanted = desired("new", { identifier: "x", fields: { name: "old" } });
  const world = { lock: lockSectionOf({ old: entry(old) }), live: [live(old)], removed: ["old"] };
  const { changes } = planFor([wanted], world);
  assert.deepEqual(
    changes.map(({ action }) => action),
    ["adopt", "forget"],
  );
  assert.deepEqual(
    inApplyOrder(changes).map(({ action }) => action),
    ["forget", "adopt"],
  );
  assert.deepEqual(
    phasesOf(changes)
      .flat()
      .map(({ action }) => action),
    ["forget", "adopt"],
  );
});
