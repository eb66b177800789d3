import assert from "node:assert/strict";
import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { READER_NAMES, READERS, type ReaderName } from "../support/fuzz/readers.ts";
import { fuzzSeeds } from "../support/fuzz/seeds.ts";
import { testSeed } from "../support/random.ts";

const seed = testSeed();
const seeds = await fuzzSeeds();

/** How many cases, by what one costs. Each run has others; `npm run test:more` has more of them, and `npm run test:full` 60,000 of each. */
const RUNS: Readonly<Record<ReaderName, number>> = {
  "the desired file": 500,
  "the lockfile": 500,
  "the journal": 1_500,
  "a report": 500,
  "a pipeline": 750,
  "an answer of the API": 1_250,
  "the server's words": 300,
  "a secrets file": 1_250,
};

for (const name of READER_NAMES) {
  test(`${name}, mutated thousands of times, is read or refused: never an exception, never over 2 s (seed ${seed})`, () => {
    const runs = effort(RUNS[name]);
    assert.equal(fuzz(name, seeds[name], { runs, seed }), runs);
  });
}

const OBJECT_NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty"];

for (const name of READER_NAMES) {
  test(`${name} is read or refused with the names of an object's members in place of every word`, () => {
    for (const text of seeds[name]) {
      const words = [...text.matchAll(/[A-Za-z_][\w-]*/g)];
      // Each word of what is short; of what is long, so many that each kind of place is among them.
      const step = Math.ceil(words.length / effort(18));
      for (let at = testSeed() % step; at < words.length; at += step) {
        const { index, 0: word } = words[at] ?? { index: 0, 0: "" };
        const hostile = OBJECT_NAMES[at % OBJECT_NAMES.length] ?? "";
        const changed = text.slice(0, index) + hostile + text.slice(index + word.length);
        assert.doesNotThrow(() => READERS[name](new TextEncoder().encode(changed)), changed);
      }
    }
  });
}
