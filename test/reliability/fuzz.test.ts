import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { READER_NAMES, type ReaderName } from "../support/fuzz/readers.ts";
import { fuzzSeeds } from "../support/fuzz/seeds.ts";
import { testSeed } from "../support/random.ts";

const seed = testSeed();
const seeds = await fuzzSeeds();

/** How many cases, by what one costs. Each run has others; `npm run test:full` has 60,000 of each. */
const RUNS: Readonly<Record<ReaderName, number>> = {
  "the desired file": 3_000,
  "the lockfile": 3_000,
  "the journal": 10_000,
  "a plan file": 3_000,
  "a pipeline": 5_000,
  "an answer of the API": 8_000,
  "the server's words": 2_000,
  "a secrets file": 8_000,
};

for (const name of READER_NAMES) {
  test(`${name}, mutated thousands of times, is read or refused: never an exception, never over 2 s (seed ${seed})`, () => {
    assert.equal(fuzz(name, seeds[name], { runs: RUNS[name], seed }), RUNS[name]);
  });
}
