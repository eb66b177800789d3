import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import * as fc from "fast-check";
import type { StoredIntegration } from "../../../src/emulator/index.ts";
import type { HashId } from "../../../src/model/integration.ts";
import { movingLife, type Interruption, type Item, type MovingLife, type Step, type Wanted } from "./arbitrary.ts";
import { syncWorkbench, TEST_VALUES, type SyncRun, type SyncWorkbench } from "../sync-workbench.ts";

const LOCK = "integrations.lock.yaml";
const JOURNAL = `${LOCK}.journal`;
const FLAGS = ["--adopt", "--allow-replace", "--max-deletions", "100"];
/**
 * The most rounds of apply and manual fix at the end of a life: a replacement, a deletion, and one for each conflict.
 */
const MOST_ROUNDS = 8;

/** What happened in all lives, so that a test can assert that the cases it is about occurred. */
interface Tally {
  lostAnswers: number;
  lostLists: number;
  interruptions: number;
  adoptions: number;
  replacements: number;
  conflicts: number;
}

function newTally(): Tally {
  return { lostAnswers: 0, lostLists: 0, interruptions: 0, adoptions: 0, replacements: 0, conflicts: 0 };
}

/** Runs `runs` random lives, checks each, and asserts that every case they are about occurred. */
export async function assertLives(
  test: TestContext,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Promise<void> {
  const tally = newTally();
  await fc.assert(
    fc.asyncProperty(movingLife, (life) => liveThrough(test, life, tally)),
    { numRuns: runs, seed },
  );
  test.diagnostic(JSON.stringify(tally));
  // Few lives end in a conflict, so none may occur.
  const { conflicts: _few, ...happened } = tally;
  for (const [what, times] of Object.entries(happened)) assert.ok(times > 0, `${what}: none in ${runs} lives`);
}

/** Runs one life, and checks the workspace after each step and at the end. */
async function liveThrough(test: TestContext, life: MovingLife, tally: Tally): Promise<void> {
  const s = await syncWorkbench(test, { unique: "none", list: life.list });
  try {
    const bystanders = await makeBystanders(s, life.bystanders);
    for (const step of life.steps) {
      const ran = await liveOf(s, step, tally);
      assert.ok([0, 4, 5, 7, 130].includes(ran.exit), `${ran.exit}: ${ran.stderr}`);
      assertUntouched(s, bystanders);
      assertNothingTwice(s, bystanders);
    }
    const { wanted } = life.steps.at(-1) ?? { wanted: new Map() };
    await settle(s, bystanders, tally);
    assertUntouched(s, bystanders);
    assertNothingTwice(s, bystanders);
    await assertOneForEachKey(s, wanted, bystanders);
    await assertLifeSettled(s);
  } finally {
    await s.emulator.close();
    await rm(s.dir, { recursive: true, force: true });
  }
}

type Strangers = ReadonlyMap<HashId, StoredIntegration>;

async function makeBystanders(s: SyncWorkbench, items: readonly Item[]): Promise<Strangers> {
  for (const { identifier, ...item } of items) {
    await s.byHand("POST", "/integrations", { ...written(item), identifier, token: "theirs" });
  }
  return new Map(structuredClone(s.emulator.stored()).map((item) => [item.hash_id, item]));
}

async function liveOf(s: SyncWorkbench, step: Step, tally: Tally): Promise<SyncRun> {
  const { wanted, webEdits, lost, prune, faults, interruption } = step;
  for (const { kind, key } of webEdits) {
    const hash = (await s.lockedEntry(key))?.hashId;
    if (!s.emulator.stored().some(({ hash_id }) => hash_id === hash)) continue;
    const path = `/integrations/${hash}`;
    await (kind === "delete" ? s.byHand("DELETE", path) : s.byHand("PATCH", path, { name: `${key} by hand` }));
  }
  if (lost.includes("lockfile")) await rm(join(s.dir, LOCK), { force: true });
  if (lost.includes("journal")) await rm(join(s.dir, JOURNAL), { force: true });
  const blocks = [...wanted].map(([key, item]) => `${key}: ${JSON.stringify({ ...written(item), token: "$TOKEN" })}`);
  await (blocks.length === 0
    ? s.write("integrations.yaml", "version: 1\nintegrations: {}\n")
    : s.writeIntegrations(...blocks));
  for (const fault of faults) s.emulator.addFault(fault);
  const seen = s.emulator.requests.length;
  const ran = await s.apply([...FLAGS, ...(prune ? ["--prune"] : [])], { io: interrupting(interruption, tally) });
  s.emulator.clearFaults();
  const struck = s.emulator.requests.slice(seen).filter(({ fault }) => fault !== undefined);
  tally.lostAnswers += struck.filter(({ method }) => method === "POST").length;
  tally.lostLists += struck.filter(({ method }) => method === "GET").length;
  count(ran, tally);
  return ran;
}

function written({ site, identifier, movedFrom, ...item }: Item): object {
  return {
    ...item,
    ...(site === "WORKSPACE" ? { scope: site } : { scope: "PROJECT", project_name: site }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(movedFrom === undefined ? {} : { lifecycle: { moved_from: [movedFrom] } }),
  };
}

/** A signal that aborts at this moment, like Ctrl-C. Requests that were already sent go on. */
function interrupting(
  interruption: Interruption | undefined,
  tally: Tally,
): NonNullable<Parameters<SyncWorkbench["apply"]>[1]>["io"] & object {
  const interrupt = new AbortController();
  const left = { write: 0, wait: 0, ...(interruption === undefined ? {} : { [interruption.at]: interruption.nth }) };
  const pass = (what: Interruption["at"]): void => {
    left[what] -= 1;
    if (left[what] !== 0) return;
    tally.interruptions += 1;
    interrupt.abort("SIGINT");
  };
  return {
    signal: interrupt.signal,
    sleep: async () => pass("wait"),
    fetch: (input, init) => {
      if (init?.method !== "GET") pass("write");
      return fetch(input, init);
    },
  };
}

function count({ outcomes }: SyncRun, tally: Tally): void {
  const done = (action: string): number => outcomes.filter((outcome) => outcome.startsWith(`done ${action} `)).length;
  tally.adoptions += done("adopt");
  tally.replacements += done("replace");
}

/** Applies without faults, and does what each refusal asks for, until nothing is left to do. */
async function settle(s: SyncWorkbench, bystanders: Strangers, tally: Tally): Promise<void> {
  let recreate: string[] = [];
  for (let round = 1; ; round += 1) {
    const ran = await s.apply([...FLAGS, ...recreate, "--prune"]);
    count(ran, tally);
    if (ran.exit === 0 && ran.outcomes.length === 0) return;
    assert.ok(round < MOST_ROUNDS, `${ran.exit} ${JSON.stringify(ran.outcomes)}\n${ran.stderr}`);
    // A replacement keeps the old integration; the next apply deletes it.
    if (ran.exit === 0) continue;
    if (ran.codes.includes("all-gone")) {
      await rm(join(s.dir, LOCK), { force: true });
      continue;
    }
    assert.equal(ran.exit, 7, ran.stderr);
    const changes = ran.report.plan?.changes ?? [];
    // An integration that is gone was deleted: in these lives, none is invisible.
    recreate = changes.flatMap(({ key, refused }) => (refused?.code === "needs-recreate" ? ["--recreate", key] : []));
    for (const change of changes) {
      if (change.action !== "conflict") continue;
      assert.equal(change.refused.code, "conflict");
      tally.conflicts += 1;
      // Nothing shows any more which key they belong to, so one of them is kept.
      const loose = change.candidates.filter(({ owner }) => owner === undefined);
      const strays = loose.length > 1 ? loose.slice(1) : loose;
      for (const { hash_id: hash } of strays) {
        assert.ok(!bystanders.has(hash), `a bystander conflicts: ${change.refused.message}`);
        if (s.emulator.stored().some(({ hash_id }) => hash_id === hash))
          await s.byHand("DELETE", `/integrations/${hash}`);
      }
    }
  }
}

function siteOf({ scope, project_name }: StoredIntegration): string {
  return scope === "PROJECT" ? String(project_name) : scope;
}

function assertUntouched(s: SyncWorkbench, bystanders: Strangers): void {
  const now = new Map(s.emulator.stored().map((item) => [item.hash_id, item]));
  for (const [hash, item] of bystanders) assert.deepEqual(now.get(hash), item);
}

/**
 * Asserts that no key has two integrations in one place, whatever was lost. Each name says for which key it was
 * created.
 */
function assertNothingTwice(s: SyncWorkbench, bystanders: Strangers): void {
  const seen = new Map<string, HashId>();
  for (const item of s.emulator.stored()) {
    if (bystanders.has(item.hash_id)) continue;
    const what = `${item.type} ${item.name.split(" ")[0]} ${siteOf(item)} ${item.identifier}`;
    assert.equal(seen.get(what), undefined, `${what}: ${seen.get(what)}, ${item.hash_id}\n${trail(s)}`);
    seen.set(what, item.hash_id);
  }
}

/** Asserts that each key has one live integration, as the file describes it, in the lockfile under that key. */
async function assertOneForEachKey(s: SyncWorkbench, wanted: Wanted, bystanders: Strangers): Promise<void> {
  for (const [key, { site, identifier = key, movedFrom, type, name }] of wanted) {
    const entry = await s.lockedEntry(key);
    const names = [identifier, ...(movedFrom === undefined ? [] : [movedFrom])];
    const found = s.emulator
      .stored()
      .filter((item) => item.type === type && siteOf(item) === site && names.includes(item.identifier))
      .filter(({ hash_id }) => !bystanders.has(hash_id));
    assert.deepEqual(
      found.map((item) => [item.hash_id, item.name, item["token"]]),
      [[entry?.hashId, name, TEST_VALUES.TOKEN]],
      `${key}\n${trail(s)}`,
    );
  }
}

async function assertLifeSettled(s: SyncWorkbench): Promise<void> {
  s.requests();
  const plan = await s.plan(["--prune"]);
  assert.deepEqual([plan.exit, plan.changes], [0, []]);
  const asked = await s.apply(["--prune"]);
  assert.deepEqual([asked.exit, asked.outcomes], [0, []]);
  assert.deepEqual(
    s.requests().filter((request) => !/^GET .*\/integrations\/\w+$/.test(request)),
    [],
  );
  assert.equal(await s.read(JOURNAL), undefined);
}

/** The writes so far, for the message of a failure. */
function trail(s: SyncWorkbench): string {
  return s.emulator.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path, identifier, status, fault }) =>
      [method, path.split("/").at(-1), identifier, status, fault].join(" "),
    )
    .join("\n");
}
