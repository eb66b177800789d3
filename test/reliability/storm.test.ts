import assert from "node:assert/strict";
import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { assertStormsEndWell, randomStorms } from "../support/kill/storm.ts";
import { testSeed } from "../support/random.ts";

// A sample of storms; `npm run test:more` has a larger one, and `npm run test:full` has thousands.
const seed = testSeed();

test(`runs that are killed and interrupted, on a late and lagging server, end with one locked integration per key (seed ${seed})`, async (t) => {
  const { waited } = await assertStormsEndWell(randomStorms(18, seed, "kept"));
  t.diagnostic(`${waited} runs waited for what an earlier one had sent`);
  assert.ok(waited > 0);
});

test(`without the journal such runs end the same, if the next run starts after the server has finished (seed ${seed})`, async () => {
  await assertStormsEndWell(randomStorms(effort(2), seed, "lost"));
});
