import { after, before, test } from "node:test";
import { atBoundaries, ordeals, surviveAll, undisturbed, type Calm } from "../support/kill.ts";
import { Scene } from "../support/kill-scene.ts";
import { Program } from "../support/program.ts";
import { seededRandom, seedOfRun } from "../support/seeded.ts";

// A sample; `npm run test:full` has every boundary.
const seed = seedOfRun();
const random = seededRandom(seed);
const upTo = (most: number): number => 1 + Math.floor(random() * most);

let program: Program;
let scene: Scene;
let calm: Calm;

before(async () => {
  program = await Program.build();
  scene = await Scene.prepare(program, { creates: 24, updates: 9, replacements: 5 });
  calm = await undisturbed(scene);
});
after(async () => {
  await scene.remove();
  await program.remove();
});

test(`an apply killed at any boundary is finished by the next one (every 11th; seed ${seed})`, async () => {
  await surviveAll(scene, atBoundaries(calm, upTo(11), 11), calm);
});

test(`an apply killed at a random time is finished by the next one (seed ${seed})`, async () => {
  const all = ordeals(6, () => ({ kills: [{ afterMs: 100 + upTo(600) }] }));
  await surviveAll(scene, all, calm);
});

test(`an apply killed twice in a row is finished by the next one (seed ${seed})`, async () => {
  const all = ordeals(6, (list) => ({ kills: [{ at: upTo(calm[list].boundaries.length) }, { at: upTo(150) }] }));
  await surviveAll(scene, all, calm);
});

test(`a fresh checkout without the journal finishes what was killed (seed ${seed})`, async () => {
  const all = ordeals(6, (list) => ({ kills: [{ at: upTo(calm[list].boundaries.length) }], lost: "journal" as const }));
  await surviveAll(scene, all, calm);
});

test(`without journal and lockfile nothing is made twice (seed ${seed})`, async () => {
  const all = ordeals(4, (list) => ({
    kills: [{ at: upTo(calm[list].boundaries.length) }],
    lost: "journal and lockfile" as const,
  }));
  await surviveAll(scene, all, calm);
});
