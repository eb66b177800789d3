import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { startEmulator, type StoredIntegration } from "../../src/emulator/index.ts";
import type { Io } from "../../src/io.ts";
import { parseLockfile } from "../../src/checkout/lockfile/read.ts";
import { clockPastPlan } from "../support/clocks.ts";
import { block, fileOf } from "../support/desired-file.ts";
import { runCli, workbench, type CliResult, type Workbench } from "../support/workbench.ts";
import {
  faultAt,
  everyFault,
  expectedExit,
  FAULT_CASES,
  isBaseline,
  PROJECT,
  type CallKind,
  type FaultCase,
} from "./fault-cases.ts";
import { sampleOf } from "../support/effort.ts";
import { inParallel } from "../support/random.ts";

const ENV = { TOKEN: "s3cret-of-tests", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
const gitlab = (key: string, name = key): string => block(key, { type: "GIT_LAB", name });
/** Of the project, and with the identifier, type and name of one of the workspace. */
const web = (identifier: string, name = identifier): string =>
  block(`web_${identifier}`, { type: "GIT_LAB", identifier, name, scope: "PROJECT", project_name: PROJECT });
const BEFORE = fileOf(...["changed", "kept", "removed", "also_kept"].map((key) => gitlab(key)), web("changed"));
const AFTER = fileOf(
  gitlab("changed", "other"),
  gitlab("kept"),
  gitlab("also_kept"),
  gitlab("made"),
  web("changed", "other"),
  web("made"),
);

const PATIENCE = ["--timeout", "1", "--max-wait", "3"];
const APPLY = ["sync", "--apply", "--prune", ...PATIENCE];
/** Four tries of a second each and what else there is to do; waits between tries pass at once in these tests. */
const LONGEST_MS = 15_000;

/** Some wait for their timeout, so others run meanwhile; but not so many that one of them times out without a fault. */
const AT_ONCE = 6;

/** One integration of each key, what the file says of it, and a lockfile that knows it. */
const WANTED = ["also_kept also_kept", "changed other", "kept kept", "made made", "web_changed other", "web_made made"];

/** What each case begins with a copy of. */
let template: { readonly dir: string; readonly url: string; readonly lock: string };
let stages = 0;

before(async () => {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-faults-"));
  const emulator = await startEmulator({ data: join(dir, "data"), unique: "none" });
  const { url, token, workspace } = emulator;
  await writeFile(join(dir, "integrations.yaml"), BEFORE);
  const address = { BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace };
  const ended = await runCli(APPLY, dir, { env: { ...ENV, ...address } });
  assert.equal(ended.exit, 0, ended.stderr);
  await emulator.close();
  template = { dir, url, lock: await readFile(join(dir, "integrations.lock.yaml"), "utf8") };
});
after(() => rm(template.dir, { recursive: true, force: true }));

for (const once of [true, false]) {
  // A fifth of them, other ones in each run; `npm run test:more` has all.
  test(`after every fault, ${once ? "once" : "lasting"}, in every call of an apply: the right exit code, nothing twice, nothing lost`, async (t) => {
    await inParallel(sampleOf([...everyFault(once).entries()]), AT_ONCE, ([index, { fault, call }]) =>
      applyWithFault(t, { fault, call, once, list: listAt(index), io: ioAt(index) }),
    );
  });
}

test("after every lasting fault in every read of a plan: the right exit code, and nothing is changed", async (t) => {
  const cases = FAULT_CASES.flatMap((fault) =>
    (["GET", "list", "project list"] as const).map((call) => ({ fault, call })),
  );
  await inParallel(sampleOf([...cases.entries()]), AT_ONCE, ([index, { fault, call }]) =>
    planWithFault(t, { fault, call, once: false, list: listAt(index), io: ioAt(index) }),
  );
});

interface Strike {
  readonly fault: FaultCase;
  readonly call: CallKind;
  readonly once: boolean;
  /** How the server lists: in parts, or everything in each of them. */
  readonly list: "new" | "old";
  /** With a fetch, or without one for direct connections. */
  readonly io: Partial<Io>;
}

/** The two ways of listing in turn. There is an odd number of calls, so that each has another one with the next fault. */
function listAt(index: number): Strike["list"] {
  return index % 2 === 0 ? "new" : "old";
}

/** The same for what requests are sent with. */
function ioAt(index: number): Partial<Io> {
  return Math.floor(index / 2) % 2 === 0 ? {} : { fetch: globalThis.fetch };
}

async function applyWithFault(t: TestContext, strike: Strike): Promise<void> {
  const { fault, call, once, list, io } = strike;
  const bench = await preparedBench(t, list);
  const what = `${fault.name} in ${call}, ${once ? "once" : "lasting"}, ${list} list, ${io.fetch === undefined ? "direct" : "fetch"}`;
  const recorded = await bench.read("integrations.lock.yaml");
  bench.emulator.addFault(faultAt(fault, call, once));
  const started = Date.now();
  const late = isBaseline(call) ? { now: clockPastPlan(bench.emulator) } : {};
  const ended = await bench.run(APPLY, { env: ENV, io: { ...io, ...late } });
  const told = `${what}\n${ended.stdout}${ended.stderr}`;
  assert.ok(Date.now() - started < LONGEST_MS, `${Date.now() - started} ms: ${told}`);
  const exit = expectedExit(fault, call, once);
  assert.equal(ended.exit, exit, told);
  if (exit !== 0) assert.match(ended.stdout + ended.stderr, fault.words, told);
  assertNoSecret(ended, told);
  assertNothingTwice(bench, told);
  if (exit === 7) await assertOnlyRefused(bench, "web_made", told);
  if (exit !== 0 && exit !== 7 && (call === "GET" || call === "list" || call === "project list")) {
    assert.ok(
      bench.requests().every((request) => request.startsWith("GET ")),
      told,
    );
    assert.equal(await bench.read("integrations.lock.yaml"), recorded, told);
  }
  // A deletion that was answered by 200 has been believed.
  const isBelieved = call === "DELETE" && fault.name === "an answer without a hash";
  bench.emulator.clearFaults();
  const again = await bench.run(APPLY, { env: ENV, io });
  const finished = `${told}\nand then\n${again.stdout}${again.stderr}`;
  assert.equal(again.exit, 0, finished);
  const live = bench.emulator.stored().map((item) => `${keyOf(item)} ${item.name}`);
  assert.deepEqual(live.toSorted(), (isBelieved ? [...WANTED, "removed removed"] : WANTED).toSorted(), finished);
  await assertLockfileMatches(bench, finished);
}

async function planWithFault(t: TestContext, { fault, call, list, io }: Strike): Promise<void> {
  const bench = await preparedBench(t, list);
  const recorded = await bench.read("integrations.lock.yaml");
  bench.emulator.addFault(faultAt(fault, call, false));
  const ended = await bench.run(["sync", "--plan", "--prune", "--format", "json", ...PATIENCE], { env: ENV, io });
  const told = `${fault.name} in ${call} of a plan, ${list} list, ${io.fetch === undefined ? "direct" : "fetch"}\n${ended.stdout}${ended.stderr}`;
  const exit = expectedExit(fault, call, false);
  assert.equal(ended.exit, exit, told);
  const document: unknown = JSON.parse(ended.stdout);
  assert.ok(typeof document === "object" && document !== null && "exit_code" in document, told);
  assert.equal(document.exit_code, exit, told);
  if (exit !== 0) assert.match(ended.stdout.replaceAll(String.raw`\"`, '"'), fault.words, told);
  assertNoSecret(ended, told);
  assert.ok(
    bench.requests().every((request) => request.startsWith("GET ")),
    told,
  );
  assert.equal(await bench.read("integrations.lock.yaml"), recorded, told);
}

/** A workspace and a checkout with updates, creations and one deletion ahead, in the workspace and in a project. */
async function preparedBench(t: TestContext, list: Strike["list"]): Promise<Workbench> {
  stages += 1;
  const data = join(template.dir, `${stages}`);
  await copyFile(join(template.dir, "data"), data);
  const bench = await workbench(t, { unique: "none", list, data });
  await bench.write("integrations.lock.yaml", template.lock.replaceAll(template.url, bench.emulator.url));
  await bench.write("integrations.yaml", AFTER);
  return bench;
}

/** The key that an integration has in the file. */
function keyOf({ identifier, project_name }: Pick<StoredIntegration, "identifier" | "project_name">): string {
  return project_name === undefined ? identifier : `web_${identifier}`;
}

/** All is done but what was refused. */
async function assertOnlyRefused(bench: Workbench, key: string, told: string): Promise<void> {
  const live = bench.emulator.stored().map((item) => `${keyOf(item)} ${item.name}`);
  assert.deepEqual(live.toSorted(), WANTED.filter((line) => !line.startsWith(`${key} `)).toSorted(), told);
  await assertLockfileMatches(bench, told);
}

function assertNoSecret({ stdout, stderr }: CliResult, told: string): void {
  assert.ok(!`${stdout}${stderr}`.includes(ENV.TOKEN), told);
}

function assertNothingTwice({ emulator }: Workbench, told: string): void {
  const keys = emulator.stored().map(keyOf);
  assert.equal(new Set(keys).size, keys.length, told);
}

async function assertLockfileMatches(bench: Workbench, told: string): Promise<void> {
  const lock = parseLockfile("lock", (await bench.read("integrations.lock.yaml")) ?? "");
  const [section] = lock.ok ? lock.value.sections.values() : [];
  const locked = [...(section ?? [])].map(([key, { hashId }]) => `${key} ${hashId}`);
  const live = bench.emulator.stored().filter(({ identifier }) => identifier !== "removed");
  assert.deepEqual(locked, live.map((item) => `${keyOf(item)} ${item.hash_id}`).toSorted(), told);
  assert.equal(await bench.read("integrations.lock.yaml.journal"), undefined, told);
  assert.equal(await bench.read("integrations.lock.yaml.lock"), undefined, told);
}
