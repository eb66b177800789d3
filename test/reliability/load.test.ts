import assert from "node:assert/strict";
import { test } from "node:test";
import { applyUnderLoad } from "./load.ts";

test("300 integrations under a rate limit, killed in the middle and resumed: one each, and nothing to do afterwards", async () => {
  const size = { integrations: 300, limit: 250, windowSeconds: 4, killAfter: 120 };
  const { applySeconds, planSeconds } = await applyUnderLoad(size);
  // 300 creations and readings of 120, by 62 a second.
  assert.ok(applySeconds < 30, `${applySeconds} s`);
  assert.ok(planSeconds < 15, `${planSeconds} s`);
});
