import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { READER_NAMES, READERS, type ReaderName } from "../support/fuzz/readers.ts";
import { fuzzSeeds } from "../support/fuzz/seeds.ts";
import { testSeed } from "../support/random.ts";

const seed = testSeed();
const seeds = await fuzzSeeds();

/** How many cases, by what one costs. Each run has others; `npm run test:full` has 60,000 of each. */
const RUNS: Readonly<Record<ReaderName, number>> = {
  "the desired file": 3_000,
  "the lockfile": 3_000,
  "the journal": 10_000,
  "a report": 3_000,
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

const OBJECT_NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty"];

for (const name of READER_NAMES) {
  test(`${name} is read or refused with the names of an object's members at every place where a word stands`, () => {
    for (const text of seeds[name]) {
      const words = [...text.matchAll(/[A-Za-z_][\w-]*/g)];
      // Each word of what is short; of what is long, so many that each kind of place is among them.
      const step = Math.ceil(words.length / 100);
      for (let at = testSeed() % step; at < words.length; at += step) {
        const { index, 0: word } = words[at] ?? { index: 0, 0: "" };
        const hostile = OBJECT_NAMES[at % OBJECT_NAMES.length] ?? "";
        const changed = text.slice(0, index) + hostile + text.slice(index + word.length);
        assert.doesNotThrow(() => READERS[name](new TextEncoder().encode(changed)), changed);
      }
    }
  });
}
