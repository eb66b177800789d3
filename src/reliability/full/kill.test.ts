import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { surviveAll, undisturbed, type Undisturbed } from "../../testing/kill.ts";
import { Scene } from "../../testing/kill-scene.ts";
import { Program } from "../../testing/program.ts";
import { seededRandom, seedOfRun } from "../../testing/seeded.ts";

const seed = seedOfRun();
const random = seededRandom(seed);
const upTo = (most: number): number => 1 + Math.floor(random() * most);
const some = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

let program: Program;
let scene: Scene;
let calm: Undisturbed;

before(async () => {
  program = await Program.build();
  scene = await Scene.prepare(program, { creates: 30, updates: 10, replacements: 5 });
  calm = await undisturbed(scene);
});
after(async () => {
  await scene.remove();
  await program.remove();
});

test("an apply killed at any boundary is finished by the next one (every one)", async () => {
  const { length } = calm.boundaries;
  assert.ok(length > 200, `only ${length} boundaries`);
  const ordeals = calm.boundaries.map((_, index) => ({ kills: [{ at: index + 1 }] }));
  await surviveAll(scene, ordeals, calm);
});

test(`an apply killed at a random time is finished by the next one (seed ${seed})`, async () => {
  const ordeals = some(200, () => ({ kills: [{ afterMs: 100 + upTo(600) }] }));
  await surviveAll(scene, ordeals, calm);
});

test(`an apply killed twice in a row is finished by the next one (seed ${seed})`, async () => {
  const ordeals = some(100, () => ({ kills: [{ at: upTo(calm.boundaries.length) }, { at: upTo(150) }] }));
  await surviveAll(scene, ordeals, calm);
});

test(`a fresh checkout without the journal finishes what was killed (seed ${seed})`, async () => {
  const ordeals = some(100, () => ({ kills: [{ at: upTo(calm.boundaries.length) }], lost: "journal" as const }));
  await surviveAll(scene, ordeals, calm);
});

test(`without journal and lockfile nothing is made twice (seed ${seed})`, async () => {
  const ordeals = some(50, () => ({
    kills: [{ at: upTo(calm.boundaries.length) }],
    lost: "journal and lockfile" as const,
  }));
  await surviveAll(scene, ordeals, calm);
});
