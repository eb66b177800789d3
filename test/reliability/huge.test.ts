import { test } from "node:test";
import { assertBounded, HARDEST } from "../support/huge.ts";

test("10 MiB of the hardest cases are read or refused within 2 s", async () => {
  await assertBounded(HARDEST, "time");
});

test("10 MiB of the hardest cases are read or refused within 300 MiB", async () => {
  await assertBounded(HARDEST, "memory");
});
