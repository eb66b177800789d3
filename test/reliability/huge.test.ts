import { test } from "node:test";
import { sampleOf } from "../support/effort.ts";
import { assertBounded, LARGEST_CASES, SLOWEST_CASES } from "./huge.ts";

// Some of the hardest cases. `npm run test:more` has all of them, and `npm run test:full` has every case for every reader.

test("10 MiB of the hardest cases are read or refused within 2 s", async () => {
  await assertBounded(sampleOf(SLOWEST_CASES), "time");
});

test("10 MiB of the hardest cases are read or refused within 300 MiB", async () => {
  await assertBounded(sampleOf(LARGEST_CASES), "memory");
});
