import assert from "node:assert/strict";
import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { assertStormsEndWell, randomStorms } from "../support/kill/storm.ts";
import { testSeed } from "../support/random.ts";

// A sample; `npm run test:more` has a larger one, and `npm run test:full` thousands.
const seed = testSeed();

test(`runs that are killed and interrupted, on a server that is late and behind: one integration per key, each locked (seed ${seed})`, async (t) => {
  const { waited } = await assertStormsEndWell(randomStorms(effort(6), seed, "kept"));
  t.diagnostic(`${waited} runs waited for what an earlier one had sent`);
  assert.ok(waited > 0);
});

test(`without the journal the same, if the next run starts once the server has done what was sent (seed ${seed})`, async () => {
  await assertStormsEndWell(randomStorms(effort(2), seed, "lost"));
});
