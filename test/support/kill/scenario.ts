import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isPassive } from "../../../src/plan/change.ts";
import { inParallel } from "../random.ts";
import { parseReport } from "../report.ts";
import { identityOf, identityOfStored, wantedAfter, wantedBefore, type Size } from "./wanted.ts";
import { APPLY_COMMAND, LISTS, type List, type PreparedWorkspace, type WorkspaceCopy } from "./workspace.ts";

/**
 * When an apply is killed: at a boundary (an access to the file system or the network), or some time after its start.
 */
export type KillPoint = { readonly at: number } | { readonly afterMs: number };

/** What happens to one checkout before the first run that nothing kills. */
export interface KillScenario {
  readonly list: List;
  /** Each kill ends another run. */
  readonly kills: readonly KillPoint[];
  /** What is lost after the last kill. `journal`: a fresh checkout, with the lockfile as it was committed. */
  readonly lost?: "journal" | "journal and lockfile";
}

/** A run that nothing kills: its result, its exit code, and its boundaries. */
export interface BaselineRun {
  readonly result: string;
  readonly exit: number | undefined;
  /** Such as `12 before request POST integrations`. */
  readonly boundaries: readonly string[];
}

/** One for each kind of list. */
export type Baselines = Readonly<Record<List, BaselineRun>>;

/** How many scenarios run at once. */
const SCENARIOS_AT_ONCE = 2;

/**
 * How a baseline run ends. The keys of a project that can't be read are refused. An older server doesn't say that the
 * project can't be read; it rejects the creations.
 */
const EXIT: Readonly<Record<List, number>> = { new: 7, old: 5 };

export async function runBaselines(prepared: PreparedWorkspace): Promise<Baselines> {
  const baselines = { new: await baselineUnder(prepared, "new"), old: await baselineUnder(prepared, "old") };
  assert.equal(baselines.new.result, baselines.old.result, "both kinds of list give the same result");
  for (const { boundaries } of Object.values(baselines)) assertEveryKind(boundaries, prepared.size);
  return baselines;
}

export async function baselineUnder(prepared: PreparedWorkspace, list: List): Promise<BaselineRun> {
  const copy = await prepared.copy(list);
  try {
    const log = join(copy.dir, "..", "boundaries");
    const ended = await copy.run(APPLY_COMMAND, { faults: { log } });
    assert.equal(ended.exit, EXIT[list], ended.stderr);
    const boundaries = (await readFile(log, "utf8")).trimEnd().split("\n");
    await rm(log);
    return { result: await copy.result(), exit: ended.exit, boundaries };
  } finally {
    await copy.close();
  }
}

/**
 * Asserts that every kind of boundary occurs, as often as the work needs. Otherwise the preload misses an access, the
 * kill tests never kill there, and they pass without a test.
 */
function assertEveryKind(boundaries: readonly string[], { creates, updates, replacements }: Size): void {
  const created = creates + replacements;
  // A replacement first renames the old one.
  const patched = updates + replacements;
  for (const [operation, least] of [
    ["request GET", patched],
    ["request POST integrations", created],
    ["request PATCH", patched],
    // One append may hold the records of several creations.
    ["append integrations.lock.yaml.journal", 2],
    ["flush integrations.lock.yaml.journal", 2],
    ["open integrations.lock.yaml.journal", 1],
    ["remove integrations.lock.yaml.journal", 1],
    ["create .integrations.lock.yaml.lock", 1],
    ["link integrations.lock.yaml.lock", 1],
    ["remove integrations.lock.yaml.lock", 1],
    ["open .integrations.lock.yaml", 1],
    ["write .integrations.lock.yaml", 1],
    ["flush .integrations.lock.yaml", 1],
    ["rename integrations.lock.yaml", 1],
    ["flush checkout", 1],
  ] as const) {
    for (const moment of ["before", "after", ...(/^(?:append|create|write)/.test(operation) ? ["half of"] : [])]) {
      const count = boundaries.filter((line) => line.replace(/^\d+ /, "").startsWith(`${moment} ${operation}`)).length;
      assert.ok(count >= least, `${moment} ${operation}: ${count} of ${least} boundaries`);
    }
  }
}

/**
 * One scenario with a kill at the boundary `first` and at every `step`-th after it. With a step of 1 each kind of
 * list gets them all; otherwise the kinds take turns.
 */
export function atBoundaries(baselines: Baselines, first: number, step: number): KillScenario[] {
  return LISTS.flatMap((list, turn) =>
    baselines[list].boundaries.flatMap((_, index): KillScenario[] => {
      const nth = index + 1 - first;
      const isChosen = nth >= 0 && nth % step === 0 && (step === 1 || (nth / step) % LISTS.length === turn);
      return isChosen ? [{ list, kills: [{ at: index + 1 }] }] : [];
    }),
  );
}

/** `count` scenarios; the kinds of list take turns. */
export function scenarios(count: number, make: (list: List) => Omit<KillScenario, "list">): KillScenario[] {
  return Array.from({ length: count }, (_, index) => {
    const list = index % LISTS.length === 0 ? "new" : "old";
    return { list, ...make(list) };
  });
}

/** Runs every scenario, and asserts that each ends with the result of the baseline run. */
export async function assertAllRecover(
  prepared: PreparedWorkspace,
  all: readonly KillScenario[],
  baselines: Baselines,
): Promise<void> {
  await inParallel([...all.entries()], SCENARIOS_AT_ONCE, async ([index, scenario]) => {
    const copy = await prepared.copy(scenario.list);
    try {
      await applyAndKill(copy, scenario.kills);
      if (scenario.lost === "journal and lockfile") await assertNoDuplicates(copy, prepared, scenario);
      else await assertRecovers(copy, scenario, baselines[scenario.list]);
      // For some: the next plan must find nothing to do with this lockfile.
      if (scenario.lost !== "journal and lockfile" && index % 3 === 0) await assertNothingToDo(copy, scenario);
    } finally {
      await copy.close();
    }
  });
}

async function applyAndKill(copy: WorkspaceCopy, kills: readonly KillPoint[]): Promise<void> {
  for (const kill of kills) {
    if ("at" in kill) await copy.run(APPLY_COMMAND, { faults: { killAt: kill.at } });
    else {
      const { afterMs } = kill;
      await copy.run(APPLY_COMMAND, { onStart: (running) => setTimeout(() => running.kill("SIGKILL"), afterMs) });
    }
  }
}

async function assertRecovers(
  copy: WorkspaceCopy,
  scenario: KillScenario,
  { result, exit }: BaselineRun,
): Promise<void> {
  if (scenario.lost === "journal") await copy.checkOut();
  const ended = await copy.run(APPLY_COMMAND);
  const context = `${JSON.stringify(scenario)}\n${ended.stderr}`;
  assert.equal(ended.exit, exit, context);
  const [made, due] = [(await copy.result()).split("\n"), result.split("\n")];
  const differences = [
    ...made.filter((line) => !due.includes(line)).map((line) => `+ ${line}`),
    ...due.filter((line) => !made.includes(line)).map((line) => `- ${line}`),
  ];
  assert.deepEqual(differences, [], context);
}

/** Asserts that only the changes in the two projects that can't be read are left. */
async function assertNothingToDo(copy: WorkspaceCopy, scenario: KillScenario): Promise<void> {
  const ended = await copy.run(["sync", "--plan", "--format", "json"]);
  const context = `${JSON.stringify(scenario)}\n${ended.stdout}${ended.stderr}`;
  const left = parseReport(ended.stdout).plan?.changes.filter((change) => !isPassive(change));
  const unreadable = ["deleted_project", "hidden_project"].flatMap((name) => [`${name}_known`, `${name}_unknown`]);
  assert.deepEqual(left?.map(({ key }) => key).toSorted(), unreadable, context);
}

/**
 * Without a lockfile, an integration of the old type looks like somebody else's: its key is refused. One of the old
 * scope or project is left alone. Even so there are no duplicates, and everything else is found.
 */
async function assertNoDuplicates(
  copy: WorkspaceCopy,
  prepared: PreparedWorkspace,
  scenario: KillScenario,
): Promise<void> {
  await copy.checkOut();
  await copy.deleteLockfile();
  const ended = await copy.run([...APPLY_COMMAND, "--adopt"]);
  const context = `${JSON.stringify(scenario)}\n${ended.stderr}`;
  assert.ok(ended.exit === EXIT[scenario.list] || ended.exit === 7, context);
  const live = copy.emulator.stored().map(identityOfStored);
  assert.deepEqual(
    live.filter((identity, index) => live.indexOf(identity) !== index),
    [],
    `twice: ${context}`,
  );
  const before = wantedBefore(prepared.size);
  for (const block of wantedAfter(prepared.size).filter(({ key }) => !key.includes("_project_"))) {
    const others = before.filter((old) => old.identifier === block.identifier && old.where === block.where);
    const isRefused = others.some((old) => old.type !== block.type && live.includes(identityOf(old)));
    assert.ok(live.includes(identityOf(block)) || isRefused, `no ${identityOf(block)}: ${context}`);
  }
  const known = [...before, ...wantedAfter(prepared.size)].map(identityOf);
  assert.deepEqual(
    live.filter((identity) => !known.includes(identity) && !identity.includes("_superseded_")),
    [],
    context,
  );
}
