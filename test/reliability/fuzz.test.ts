import assert from "node:assert/strict";
import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { READER_NAMES, READERS, type ReaderName } from "../support/fuzz/readers.ts";
import { fuzzSeeds } from "../support/fuzz/seeds.ts";
import { testSeed } from "../support/random.ts";

const seed = testSeed();
const seeds = await fuzzSeeds();

/**
 * How many cases: fewer for slow readers. They differ from run to run; `npm run test:more` has more of them, and
 * `npm run test:full` has 60,000 for each reader.
 */
const RUNS: Readonly<Record<ReaderName, number>> = {
  "the desired file": 1_000,
  "the lockfile": 1_000,
  "the journal": 3_000,
  "a report": 1_000,
  "a pipeline": 1_500,
  "a response of the API": 2_500,
  "the server's message": 600,
  "a secrets file": 2_500,
};

for (const name of READER_NAMES) {
  test(`${name}, mutated thousands of times, is read or refused within 2 s, without an exception (seed ${seed})`, () => {
    const runs = effort(RUNS[name]);
    assert.equal(fuzz(name, seeds[name], { runs, seed }), runs);
  });
}

const OBJECT_NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty"];

for (const name of READER_NAMES) {
  test(`${name} is read or refused if a word in it is replaced by a name such as constructor`, () => {
    for (const text of seeds[name]) {
      const words = [...text.matchAll(/[A-Za-z_][\w-]*/g)];
      // All words of a short text. Of a long text, enough words to have each kind of place among them.
      const step = Math.ceil(words.length / effort(35));
      for (let at = testSeed() % step; at < words.length; at += step) {
        const { index, 0: word } = words[at] ?? { index: 0, 0: "" };
        const hostile = OBJECT_NAMES[at % OBJECT_NAMES.length] ?? "";
        const changed = text.slice(0, index) + hostile + text.slice(index + word.length);
        assert.doesNotThrow(() => READERS[name](new TextEncoder().encode(changed)), changed);
      }
    }
  });
}
