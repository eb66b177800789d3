import { test } from "node:test";
import { assertLives } from "../../support/lives/moving-life.ts";
import { testSeed } from "../../support/random.ts";

const seed = testSeed();

test(`in 500 lives with moves and losses: one live integration for each key, at its place and locked (seed ${seed})`, async (t) => {
  await assertLives(t, { runs: 500, seed });
});
