import { test } from "node:test";
import { assertBounded } from "../../testing/huge.ts";

test("10 MiB of every case are read or refused within 2 s", async () => {
  // Twice what a quiet machine may take: slower machines are reckoned with, noisy ones can't be wholly.
  await assertBounded([], { bound: "time", longestMs: 4_000 });
});

test("10 MiB of every case are read or refused within 300 MiB", async () => {
  await assertBounded([], { bound: "memory" });
});
