import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { APPLY_COMMAND, LISTS, type List, type PreparedWorkspace, type WorkspaceCopy } from "./kill-workspace.ts";
import { identityOf, identityOfStored, wantedAfter, wantedBefore } from "./kill-wanted.ts";
import { isPassive } from "../../src/plan/change.ts";
import { parseReport } from "./report.ts";
import { inParallel } from "./random.ts";

/** When an apply is killed: at a boundary where it touches the system, or some time after it began. */
export type KillPoint = { readonly at: number } | { readonly afterMs: number };

/** What happens to one checkout, until a run comes through undisturbed. */
export interface KillScenario {
  readonly list: List;
  /** One after the other, each in a run of its own. */
  readonly kills: readonly KillPoint[];
  /** After the last kill; `journal`: a fresh checkout, in which the lockfile is the committed one. */
  readonly lost?: "journal" | "journal and lockfile";
}

/** An undisturbed run: what it makes, how it ends, and how often it touches the system. */
export interface BaselineRun {
  readonly result: string;
  readonly exit: number | undefined;
  readonly boundaries: readonly string[];
}

/** One for each way of listing. */
export type Calm = Readonly<Record<List, BaselineRun>>;

/** How many ordeals run at once. */
const SCENARIOS_AT_ONCE = 2;

/**
 * How an undisturbed run ends. The keys of a project that can't be read are refused; an older server doesn't tell that it
 * can't be read, and rejects their creations.
 */
const EXIT: Readonly<Record<List, number>> = { new: 7, old: 5 };

export async function runBaseline(scene: PreparedWorkspace): Promise<Calm> {
  const calm = { new: await undisturbedUnder(scene, "new"), old: await undisturbedUnder(scene, "old") };
  assert.equal(calm.new.result, calm.old.result, "the two lists lead to the same");
  for (const { boundaries } of Object.values(calm)) {
    assert.ok(boundaries.length > 200, `only ${boundaries.length} boundaries`);
  }
  return calm;
}

export async function undisturbedUnder(scene: PreparedWorkspace, list: List): Promise<BaselineRun> {
  const stage = await scene.copy(list);
  try {
    const log = join(stage.dir, "..", "boundaries");
    const ended = await stage.run(APPLY_COMMAND, { faults: { log } });
    assert.equal(ended.exit, EXIT[list], ended.stderr);
    const boundaries = (await readFile(log, "utf8")).trimEnd().split("\n");
    await rm(log);
    return { result: await stage.result(), exit: ended.exit, boundaries };
  } finally {
    await stage.close();
  }
}

/** A kill at every so many-th boundary, under each way of listing in turn; with a step of 1 at every one, under both. */
export function atBoundaries(calm: Calm, first: number, step: number): KillScenario[] {
  return LISTS.flatMap((list, turn) =>
    calm[list].boundaries.flatMap((_, index): KillScenario[] => {
      const nth = index + 1 - first;
      const isChosen = nth >= 0 && nth % step === 0 && (step === 1 || (nth / step) % LISTS.length === turn);
      return isChosen ? [{ list, kills: [{ at: index + 1 }] }] : [];
    }),
  );
}

/** So many ordeals, the ways of listing in turn. */
export function ordeals(count: number, make: (list: List) => Omit<KillScenario, "list">): KillScenario[] {
  return Array.from({ length: count }, (_, index) => {
    const list = index % LISTS.length === 0 ? "new" : "old";
    return { list, ...make(list) };
  });
}

/** Goes through every ordeal, and demands the result of the undisturbed run each time. */
export async function assertAllRecover(
  scene: PreparedWorkspace,
  all: readonly KillScenario[],
  calm: Calm,
): Promise<void> {
  await inParallel([...all.entries()], SCENARIOS_AT_ONCE, async ([index, ordeal]) => {
    const stage = await scene.copy(ordeal.list);
    try {
      await applyAndKill(stage, ordeal.kills);
      if (ordeal.lost === "journal and lockfile") await assertNoDuplicates(stage, scene, ordeal);
      else await assertRecovers(stage, ordeal, calm[ordeal.list]);
      // Now and then: what is in the lockfile must also be what the next plan believes.
      if (ordeal.lost !== "journal and lockfile" && index % 3 === 0) await assertNothingToDo(stage, ordeal);
    } finally {
      await stage.close();
    }
  });
}

async function applyAndKill(stage: WorkspaceCopy, kills: readonly KillPoint[]): Promise<void> {
  for (const kill of kills) {
    if ("at" in kill) await stage.run(APPLY_COMMAND, { faults: { killAt: kill.at } });
    else {
      const { afterMs } = kill;
      await stage.run(APPLY_COMMAND, { onStart: (running) => setTimeout(() => running.kill("SIGKILL"), afterMs) });
    }
  }
}

async function assertRecovers(
  stage: WorkspaceCopy,
  ordeal: KillScenario,
  { result, exit }: BaselineRun,
): Promise<void> {
  if (ordeal.lost === "journal") await stage.checkOut();
  const ended = await stage.run(APPLY_COMMAND);
  const told = `${JSON.stringify(ordeal)}\n${ended.stderr}`;
  assert.equal(ended.exit, exit, told);
  const [made, due] = [(await stage.result()).split("\n"), result.split("\n")];
  const differences = [
    ...made.filter((line) => !due.includes(line)).map((line) => `+ ${line}`),
    ...due.filter((line) => !made.includes(line)).map((line) => `- ${line}`),
  ];
  assert.deepEqual(differences, [], told);
}

/** Nothing is left to do but what can't be done in the projects that aren't there. */
async function assertNothingToDo(stage: WorkspaceCopy, ordeal: KillScenario): Promise<void> {
  const ended = await stage.run(["sync", "--plan", "--format", "json"]);
  const told = `${JSON.stringify(ordeal)}\n${ended.stdout}${ended.stderr}`;
  const left = parseReport(ended.stdout).plan?.changes.filter((change) => !isPassive(change));
  const unreadable = ["deleted_project", "hidden_project"].flatMap((name) => [`${name}_known`, `${name}_unknown`]);
  assert.deepEqual(left?.map(({ key }) => key).toSorted(), unreadable, told);
}

/**
 * Without any lockfile an integration of the old type can't be told from a stranger's: those are refused, and one of the
 * old scope or project is left alone. Nothing is there twice all the same, and everything else is found.
 */
async function assertNoDuplicates(stage: WorkspaceCopy, scene: PreparedWorkspace, ordeal: KillScenario): Promise<void> {
  await stage.checkOut();
  await stage.deleteLockfile();
  const ended = await stage.run([...APPLY_COMMAND, "--adopt"]);
  const told = `${JSON.stringify(ordeal)}\n${ended.stderr}`;
  assert.ok(ended.exit === EXIT[ordeal.list] || ended.exit === 7, told);
  const live = stage.emulator.stored().map(identityOfStored);
  assert.deepEqual(
    live.filter((identity, index) => live.indexOf(identity) !== index),
    [],
    `twice: ${told}`,
  );
  const before = wantedBefore(scene.size);
  for (const block of wantedAfter(scene.size).filter(({ key }) => !key.includes("_project_"))) {
    const others = before.filter((old) => old.identifier === block.identifier && old.where === block.where);
    const isRefused = others.some((old) => old.type !== block.type && live.includes(identityOf(old)));
    assert.ok(live.includes(identityOf(block)) || isRefused, `no ${identityOf(block)}: ${told}`);
  }
  const known = [...before, ...wantedAfter(scene.size)].map(identityOf);
  assert.deepEqual(
    live.filter((identity) => !known.includes(identity) && !identity.includes("_superseded_")),
    [],
    told,
  );
}
