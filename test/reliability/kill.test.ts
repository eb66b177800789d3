import { test } from "node:test";
import { EFFORT, effort } from "../support/effort.ts";
import { killHarness } from "../support/kill/harness.ts";
import { testSeed } from "../support/random.ts";

// A sample of the boundaries of an apply that has every kind of change. `npm run test:more` has a larger sample, and
// `npm run test:full` every boundary of a larger apply.
const seed = testSeed();
const STEP = Math.ceil(33 / EFFORT);
const harness = killHarness({ creates: 12, updates: 6, replacements: 5 }, seed);

test(`an apply killed at any boundary is finished by the next one (every ${STEP}th; seed ${seed})`, async () => {
  await harness.killAtBoundaries(harness.upTo(STEP), STEP);
});

test(`an apply killed at a random time is finished by the next one (seed ${seed})`, async () => {
  await harness.kill(effort(2), () => ({ kills: [{ afterMs: 100 + harness.upTo(600) }] }));
});

test(`an apply killed twice in a row is finished by the next one (seed ${seed})`, async () => {
  await harness.kill(effort(2), (list) => ({ kills: [{ at: harness.anyBoundary(list) }, { at: harness.upTo(150) }] }));
});

test(`a fresh checkout without the journal finishes what was killed (seed ${seed})`, async () => {
  await harness.kill(effort(2), (list) => ({ kills: [{ at: harness.anyBoundary(list) }], lost: "journal" }));
});

test(`without journal and lockfile nothing is created twice (seed ${seed})`, async () => {
  await harness.kill(effort(1), (list) => ({
    kills: [{ at: harness.anyBoundary(list) }],
    lost: "journal and lockfile",
  }));
});
