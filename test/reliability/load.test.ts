import { test } from "node:test";
import { applyUnderLoad } from "./load.ts";

test("an apply of 120 integrations under a rate limit, killed and resumed, creates each once and leaves nothing to do", async () => {
  // The limit is slower than any machine, so every run reaches it.
  await applyUnderLoad({ integrations: 120, limit: 60, windowSeconds: 3, killAfter: 50 });
});
