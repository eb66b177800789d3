import { test } from "node:test";
import { applyUnderLoad } from "./load.ts";

test("150 integrations under a rate limit, killed in the middle and resumed: one each, and nothing to do afterwards", async () => {
  // Slower than any machine, so that the limit is met.
  await applyUnderLoad({ integrations: 150, limit: 75, windowSeconds: 2, killAfter: 60 });
});
