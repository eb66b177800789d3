import { after, before, test } from "node:test";
import { atBoundaries, ordeals, assertAllRecover, runBaseline, type Calm } from "../support/kill.ts";
import { PreparedWorkspace } from "../support/kill-workspace.ts";
import { Program } from "../support/program.ts";
import { seededRandom, testSeed } from "../support/random.ts";

// A sample; `npm run test:full` has every boundary.
const seed = testSeed();
const random = seededRandom(seed);
const upTo = (most: number): number => 1 + Math.floor(random() * most);

let program: Program;
let prepared: PreparedWorkspace;
let baseline: Calm;

before(async () => {
  program = await Program.build();
  prepared = await PreparedWorkspace.prepare(program, { creates: 24, updates: 9, replacements: 5 });
  baseline = await runBaseline(prepared);
});
after(async () => {
  await prepared.remove();
  await program.remove();
});

test(`an apply killed at any boundary is finished by the next one (every 11th; seed ${seed})`, async () => {
  await assertAllRecover(prepared, atBoundaries(baseline, upTo(11), 11), baseline);
});

test(`an apply killed at a random time is finished by the next one (seed ${seed})`, async () => {
  const all = ordeals(6, () => ({ kills: [{ afterMs: 100 + upTo(600) }] }));
  await assertAllRecover(prepared, all, baseline);
});

test(`an apply killed twice in a row is finished by the next one (seed ${seed})`, async () => {
  const all = ordeals(6, (list) => ({ kills: [{ at: upTo(baseline[list].boundaries.length) }, { at: upTo(150) }] }));
  await assertAllRecover(prepared, all, baseline);
});

test(`a fresh checkout without the journal finishes what was killed (seed ${seed})`, async () => {
  const all = ordeals(6, (list) => ({
    kills: [{ at: upTo(baseline[list].boundaries.length) }],
    lost: "journal" as const,
  }));
  await assertAllRecover(prepared, all, baseline);
});

test(`without journal and lockfile nothing is made twice (seed ${seed})`, async () => {
  const all = ordeals(4, (list) => ({
    kills: [{ at: upTo(baseline[list].boundaries.length) }],
    lost: "journal and lockfile" as const,
  }));
  await assertAllRecover(prepared, all, baseline);
});
