import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz } from "../../support/fuzz/fuzz.ts";
import { READER_NAMES } from "../../support/fuzz/readers.ts";
import { fuzzSeeds } from "../../support/fuzz/seeds.ts";
import { testSeed } from "../../support/random.ts";

const seed = testSeed();
const seeds = await fuzzSeeds();

const RUNS = 60_000;

for (const name of READER_NAMES) {
  test(`${name}, mutated 60,000 times, is read or refused: never an exception, never over 2 s (seed ${seed})`, () => {
    assert.equal(fuzz(name, seeds[name], { runs: RUNS, seed }), RUNS);
  });
}
