import { test } from "node:test";
import { assertBounded } from "../huge.ts";

test("10 MiB of every case are read or refused within 2 s", async () => {
  await assertBounded([], "time");
});

test("10 MiB of every case are read or refused within 300 MiB", async () => {
  await assertBounded([], "memory");
});
