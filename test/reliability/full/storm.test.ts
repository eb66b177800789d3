import assert from "node:assert/strict";
import { test } from "node:test";
import { assertStormsEndWell, randomStorms } from "../../support/kill/storm.ts";
import { testSeed } from "../../support/random.ts";

const seed = testSeed();

test(`runs that are killed and interrupted, on a late and lagging server, end with one locked integration per key (seed ${seed})`, async (t) => {
  const { waited } = await assertStormsEndWell(randomStorms(2000, seed, "kept"));
  t.diagnostic(`${waited} runs waited for what an earlier one had sent`);
  assert.ok(waited > 0);
});

test(`without the journal they do too, if the next run starts after the server has finished (seed ${seed})`, async () => {
  await assertStormsEndWell(randomStorms(500, seed, "lost"));
});
