import { test } from "node:test";
import { applyUnderLoad } from "./load.ts";

test("120 integrations under a rate limit, killed in the middle and resumed: one each, and nothing to do afterwards", async () => {
  // Slower than any machine, so that the limit is met.
  await applyUnderLoad({ integrations: 120, limit: 60, windowSeconds: 3, killAfter: 50 });
});
