import assert from "node:assert/strict";
import { test } from "node:test";
import { applyUnderLoad } from "../load.ts";

test("10,000 integrations under a limit of 1,000 requests per 10 s, killed in the middle and resumed", async (t) => {
  const size = { integrations: 10_000, limit: 1_000, windowSeconds: 10, killAfter: 5_000 };
  const { applySeconds, planSeconds, planMib } = await applyUnderLoad(size);
  t.diagnostic(`apply ${Math.round(applySeconds)} s, plan ${Math.round(planSeconds)} s, ${planMib} MiB`);
  // 10,000 requests at 100 a second are 100 s; the resumed apply reads what the killed one made.
  assert.ok(planSeconds < 130, `${planSeconds} s`);
  assert.ok(applySeconds < 260, `${applySeconds} s`);
  assert.ok(planMib < 400, `${planMib} MiB`);
});
