import { test } from "node:test";
import { assertLives } from "../../support/lives/moving-life.ts";
import { testSeed } from "../../support/random.ts";

const seed = testSeed();

test(`after 500 lives with moves and losses there is one live integration for each key, in its place and locked (seed ${seed})`, async (t) => {
  await assertLives(t, { runs: 500, seed });
});
