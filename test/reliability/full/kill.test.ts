import { test } from "node:test";
import { killHarness } from "../../support/kill/harness.ts";
import { testSeed } from "../../support/random.ts";

const seed = testSeed();
const harness = killHarness({ creates: 24, updates: 9, replacements: 5 }, seed);

test("an apply killed at any boundary is finished by the next one (every one)", async () => {
  await harness.killAtBoundaries(1, 1);
});

test(`an apply killed at a random time is finished by the next one (seed ${seed})`, async () => {
  await harness.kill(200, () => ({ kills: [{ afterMs: 100 + harness.upTo(600) }] }));
});

test(`an apply killed twice in a row is finished by the next one (seed ${seed})`, async () => {
  await harness.kill(100, (list) => ({ kills: [{ at: harness.anyBoundary(list) }, { at: harness.upTo(150) }] }));
});

test(`a fresh checkout without the journal finishes what was killed (seed ${seed})`, async () => {
  await harness.kill(100, (list) => ({ kills: [{ at: harness.anyBoundary(list) }], lost: "journal" }));
});

test(`without journal and lockfile nothing is created twice (seed ${seed})`, async () => {
  await harness.kill(50, (list) => ({ kills: [{ at: harness.anyBoundary(list) }], lost: "journal and lockfile" }));
});
