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
/** Applies and a person's help that an end may take: a replacement, a deletion, and each conflict by itself. */
const MOST_ROUNDS = 8;

/** What has happened in lives, so that a test can assert that it tried what it is about. */
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

/** So many lives: what has to hold in each does, and all that they are about happened to some. */
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
  // Few lives end in a conflict.
  const { conflicts: _few, ...happened } = tally;
  for (const [what, times] of Object.entries(happened)) assert.ok(times > 0, `${what}: none in ${runs} lives`);
}

/** Lives a life, and asserts what has to hold on the way and at its end. */
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
  const { wanted, deeds, lost, prune, faults, interruption } = step;
  for (const { kind, key } of deeds) {
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

/** What runs see when somebody presses Ctrl-C then; what is in flight goes on. */
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

/** Applies without faults, and a person who does what a refusal asks for, until all is done. */
async function settle(s: SyncWorkbench, bystanders: Strangers, tally: Tally): Promise<void> {
  let recreate: string[] = [];
  for (let round = 1; ; round += 1) {
    const ran = await s.apply([...FLAGS, ...recreate, "--prune"]);
    count(ran, tally);
    if (ran.exit === 0 && ran.outcomes.length === 0) return;
    assert.ok(round < MOST_ROUNDS, `${ran.exit} ${JSON.stringify(ran.outcomes)}\n${ran.stderr}`);
    // A replacement leaves the old one; the next apply deletes it.
    if (ran.exit === 0) continue;
    if (ran.codes.includes("all-gone")) {
      await rm(join(s.dir, LOCK), { force: true });
      continue;
    }
    assert.equal(ran.exit, 7, ran.stderr);
    const changes = ran.report.plan?.changes ?? [];
    // What is gone in these lives was deleted: nothing is invisible.
    recreate = changes.flatMap(({ key, refused }) => (refused?.code === "needs-recreate" ? ["--recreate", key] : []));
    for (const change of changes) {
      if (change.action !== "conflict") continue;
      assert.equal(change.refused.code, "conflict");
      tally.conflicts += 1;
      // Nobody knows any more whose they are: of several, one is kept.
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

/** Nothing is there twice for one key in one place, whatever was lost. The names say for which key something was made. */
function assertNothingTwice(s: SyncWorkbench, bystanders: Strangers): void {
  const seen = new Map<string, HashId>();
  for (const item of s.emulator.stored()) {
    if (bystanders.has(item.hash_id)) continue;
    const what = `${item.type} ${item.name.split(" ")[0]} ${siteOf(item)} ${item.identifier}`;
    assert.equal(seen.get(what), undefined, `${what}: ${seen.get(what)}, ${item.hash_id}\n${trail(s)}`);
    seen.set(what, item.hash_id);
  }
}

/** One live integration for each key, of its type, where it belongs and as the file has it, locked under its key. */
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

/** The writes so far, for a failure's message. */
function trail(s: SyncWorkbench): string {
  return s.emulator.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path, identifier, status, fault }) =>
      [method, path.split("/").at(-1), identifier, status, fault].join(" "),
    )
    .join("\n");
}
