import { test } from "node:test";
import { assertLives } from "../../testing/moving-life.ts";
import { seedOfRun } from "../../testing/seeded.ts";

const seed = seedOfRun();

test(`in 500 lives with moves and losses: one live integration for each key, at its place and locked (seed ${seed})`, async (t) => {
  await assertLives(t, { runs: 500, seed });
});
