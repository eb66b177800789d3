import { test } from "node:test";
import { assertBounded, HARDEST_CASES } from "./huge.ts";

test("10 MiB of the hardest cases are read or refused within 2 s", async () => {
  await assertBounded(HARDEST_CASES, "time");
});

test("10 MiB of the hardest cases are read or refused within 300 MiB", async () => {
  await assertBounded(HARDEST_CASES, "memory");
});
