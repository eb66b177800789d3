import { test } from "node:test";
import { assertBounded, LARGEST_CASES, SLOWEST_CASES } from "./huge.ts";

// A sample; `npm run test:full` has every case for every reader.

test("10 MiB of the hardest cases are read or refused within 2 s", async () => {
  await assertBounded(SLOWEST_CASES, "time");
});

test("10 MiB of the hardest cases are read or refused within 300 MiB", async () => {
  await assertBounded(LARGEST_CASES, "memory");
});
