import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { APPLY, type Scene, type Stage } from "./kill-scene.ts";
import { inParallel } from "./seeded.ts";

/** When an apply is killed: at a boundary where it touches the system, or some time after it began. */
export type Kill = { readonly at: number } | { readonly afterMs: number };

/** What happens to one checkout, until a run comes through undisturbed. */
export interface Ordeal {
  /** One after the other, each in a run of its own. */
  readonly kills: readonly Kill[];
  /** After the last kill; `journal`: a fresh checkout, in which the lockfile is the committed one. */
  readonly lost?: "journal" | "journal and lockfile";
}

/** An undisturbed run: what it makes, and how often it touches the system. */
export interface Undisturbed {
  readonly result: string;
  readonly boundaries: readonly string[];
}

/** How many ordeals run at once. */
const WIDTH = 2;

export async function undisturbed(scene: Scene): Promise<Undisturbed> {
  const stage = await scene.stage();
  try {
    const log = join(stage.dir, "..", "boundaries");
    const ended = await stage.run(APPLY, { faults: { log } });
    assert.equal(ended.exit, 0, ended.stderr);
    const boundaries = (await readFile(log, "utf8")).trimEnd().split("\n");
    await rm(log);
    return { result: await stage.result(), boundaries };
  } finally {
    await stage.close();
  }
}

/** Goes through every ordeal, and demands the result of the undisturbed run each time. */
export async function surviveAll(scene: Scene, ordeals: readonly Ordeal[], { result }: Undisturbed): Promise<void> {
  await inParallel([...ordeals.entries()], WIDTH, async ([index, ordeal]) => {
    const stage = await scene.stage();
    try {
      await killed(stage, ordeal.kills);
      if (ordeal.lost === "journal and lockfile") await withoutLockfile(stage, scene, ordeal);
      else await recovered(stage, ordeal, result);
      // Now and then: what is in the lockfile must also be what the next plan believes.
      if (ordeal.lost !== "journal and lockfile" && index % 3 === 0) await settled(stage, ordeal);
    } finally {
      await stage.close();
    }
  });
}

async function killed(stage: Stage, kills: readonly Kill[]): Promise<void> {
  for (const kill of kills) {
    if ("at" in kill) await stage.run(APPLY, { faults: { killAt: kill.at } });
    else {
      const { afterMs } = kill;
      await stage.run(APPLY, { onStart: (running) => setTimeout(() => running.kill("SIGKILL"), afterMs) });
    }
  }
}

async function recovered(stage: Stage, ordeal: Ordeal, expected: string): Promise<void> {
  if (ordeal.lost === "journal") await stage.checkOut();
  const ended = await stage.run(APPLY);
  const told = `${JSON.stringify(ordeal)}\n${ended.stderr}`;
  assert.equal(ended.exit, 0, told);
  const [made, due] = [(await stage.result()).split("\n"), expected.split("\n")];
  const differences = [
    ...made.filter((line) => !due.includes(line)).map((line) => `+ ${line}`),
    ...due.filter((line) => !made.includes(line)).map((line) => `- ${line}`),
  ];
  assert.deepEqual(differences, [], told);
}

async function settled(stage: Stage, ordeal: Ordeal): Promise<void> {
  const plan = await stage.run(["sync", "--plan", "--detailed-exitcode"]);
  assert.equal(plan.exit, 0, `${JSON.stringify(ordeal)}\n${plan.stdout}${plan.stderr}`);
}

/**
 * Without any lockfile an integration of the old type or scope can't be told from a stranger's: those are refused
 * (exit 7). Nothing is there twice all the same, and everything else is found.
 */
async function withoutLockfile(stage: Stage, scene: Scene, ordeal: Ordeal): Promise<void> {
  await stage.checkOut();
  await stage.loseLockfile();
  const ended = await stage.run([...APPLY, "--adopt"]);
  const told = `${JSON.stringify(ordeal)}\n${ended.stderr}`;
  assert.ok(ended.exit === 0 || ended.exit === 7, told);
  const { creates, updates, replacements } = scene.size;
  const counts = new Map<string, number>();
  for (const { identifier } of stage.emulator.stored()) counts.set(identifier, (counts.get(identifier) ?? 0) + 1);
  const own = [...counts].filter(([identifier]) => !identifier.includes("_superseded_"));
  assert.equal(own.length, creates + updates + replacements, told);
  assert.deepEqual(
    [...counts].filter(([, count]) => count !== 1),
    [],
    told,
  );
}
