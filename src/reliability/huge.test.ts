import { test } from "node:test";
import { assertBounded, HARDEST } from "../testing/huge.ts";

// How long they take is for the long form and the bench: this machine may be busy with something else.
test("10 MiB of the hardest cases are read or refused, and none hangs", async () => {
  await assertBounded(HARDEST, { bound: "time", longestMs: 60_000 });
});

test("10 MiB of the hardest cases are read or refused within 300 MiB", async () => {
  await assertBounded(HARDEST, { bound: "memory" });
});
