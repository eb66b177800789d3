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
/** An integration of the project with the identifier, the type and the name of one of the workspace. */
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
/** Time for four attempts of a second each and for the rest of the run. Waits between attempts take no time here. */
const LONGEST_MS = 15_000;

/** Some cases wait for a timeout, so several run at the same time. With more of them, one could time out without a fault. */
const AT_ONCE = 6;

/** `key name` of every integration that must be live at the end. */
const WANTED = ["also_kept also_kept", "changed other", "kept kept", "made made", "web_changed other", "web_made made"];

/** Each case begins with a copy of this. */
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
  // Each run takes a third of the cases, not the same in each; `npm run test:more` takes all.
  test(`with any fault, ${once ? "once" : "lasting"}, in any call of an apply: the right exit code, nothing is created twice or lost`, async (t) => {
    await inParallel(sampleOf([...everyFault(once).entries()]), AT_ONCE, ([index, { fault, call }]) =>
      applyWithFault(t, { fault, call, once, list: listAt(index), io: ioAt(index) }),
    );
  });
}

test("with any lasting fault in any read of a plan: the right exit code, and nothing is changed", async (t) => {
  const cases = FAULT_CASES.flatMap((fault) =>
    (["GET", "list", "project list"] as const).map((call) => ({ fault, call })),
  );
  await inParallel(sampleOf([...cases.entries()]), AT_ONCE, ([index, { fault, call }]) =>
    planWithFault(t, { fault, call, once: false, list: listAt(index), io: ioAt(index) }),
  );
});

interface FaultyRun {
  readonly fault: FaultCase;
  readonly call: CallKind;
  readonly once: boolean;
  /** `new`: a list has only its part, the workspace's or a project's. `old`: each list has everything. */
  readonly list: "new" | "old";
  /** With `fetch`, or without it for direct connections. */
  readonly io: Partial<Io>;
}

/** The two kinds of lists in turn. The number of calls is odd, so each call gets the other kind with the next fault. */
function listAt(index: number): FaultyRun["list"] {
  return index % 2 === 0 ? "new" : "old";
}

/** The two ways to send requests, in the same way. */
function ioAt(index: number): Partial<Io> {
  return Math.floor(index / 2) % 2 === 0 ? {} : { fetch: globalThis.fetch };
}

async function applyWithFault(t: TestContext, { fault, call, once, list, io }: FaultyRun): Promise<void> {
  const bench = await preparedBench(t, list);
  const what = `${fault.name} in ${call}, ${once ? "once" : "lasting"}, ${list} list, ${io.fetch === undefined ? "direct" : "fetch"}`;
  const recorded = await bench.read("integrations.lock.yaml");
  bench.emulator.addFault(faultAt(fault, call, once));
  const started = Date.now();
  const late = isBaseline(call) ? { now: clockPastPlan(bench.emulator) } : {};
  const ended = await bench.run(APPLY, { env: ENV, io: { ...io, ...late } });
  const details = `${what}\n${ended.stdout}${ended.stderr}`;
  assert.ok(Date.now() - started < LONGEST_MS, `${Date.now() - started} ms: ${details}`);
  const exit = expectedExit(fault, call, once);
  assert.equal(ended.exit, exit, details);
  if (exit !== 0) assert.match(ended.stdout + ended.stderr, fault.words, details);
  assertNoSecret(ended, details);
  assertNothingTwice(bench, details);
  if (exit === 7) await assertOnlyRefused(bench, "web_made", details);
  if (exit !== 0 && exit !== 7 && (call === "GET" || call === "list" || call === "project list")) {
    assert.ok(
      bench.requests().every((request) => request.startsWith("GET ")),
      details,
    );
    assert.equal(await bench.read("integrations.lock.yaml"), recorded, details);
  }
  // The run trusts a 200 for a deletion, though this fault deletes nothing.
  const isStillLive = call === "DELETE" && fault.name === "a response without a hash";
  bench.emulator.clearFaults();
  const again = await bench.run(APPLY, { env: ENV, io });
  const finished = `${details}\nand then\n${again.stdout}${again.stderr}`;
  assert.equal(again.exit, 0, finished);
  const live = bench.emulator.stored().map((item) => `${keyOf(item)} ${item.name}`);
  assert.deepEqual(live.toSorted(), (isStillLive ? [...WANTED, "removed removed"] : WANTED).toSorted(), finished);
  await assertLockfileMatches(bench, finished);
}

async function planWithFault(t: TestContext, { fault, call, list, io }: FaultyRun): Promise<void> {
  const bench = await preparedBench(t, list);
  const recorded = await bench.read("integrations.lock.yaml");
  bench.emulator.addFault(faultAt(fault, call, false));
  const ended = await bench.run(["sync", "--plan", "--prune", "--format", "json", ...PATIENCE], { env: ENV, io });
  const details = `${fault.name} in ${call} of a plan, ${list} list, ${io.fetch === undefined ? "direct" : "fetch"}\n${ended.stdout}${ended.stderr}`;
  const exit = expectedExit(fault, call, false);
  assert.equal(ended.exit, exit, details);
  const document: unknown = JSON.parse(ended.stdout);
  assert.ok(typeof document === "object" && document !== null && "exit_code" in document, details);
  assert.equal(document.exit_code, exit, details);
  if (exit !== 0) assert.match(ended.stdout.replaceAll(String.raw`\"`, '"'), fault.words, details);
  assertNoSecret(ended, details);
  assert.ok(
    bench.requests().every((request) => request.startsWith("GET ")),
    details,
  );
  assert.equal(await bench.read("integrations.lock.yaml"), recorded, details);
}

/** A workspace and a checkout whose plan has updates, creations and one deletion, in the workspace and in a project. */
async function preparedBench(t: TestContext, list: FaultyRun["list"]): Promise<Workbench> {
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

/** Everything is done except the refused key. */
async function assertOnlyRefused(bench: Workbench, key: string, details: string): Promise<void> {
  const live = bench.emulator.stored().map((item) => `${keyOf(item)} ${item.name}`);
  assert.deepEqual(live.toSorted(), WANTED.filter((line) => !line.startsWith(`${key} `)).toSorted(), details);
  await assertLockfileMatches(bench, details);
}

function assertNoSecret({ stdout, stderr }: CliResult, details: string): void {
  assert.ok(!`${stdout}${stderr}`.includes(ENV.TOKEN), details);
}

function assertNothingTwice({ emulator }: Workbench, details: string): void {
  const keys = emulator.stored().map(keyOf);
  assert.equal(new Set(keys).size, keys.length, details);
}

async function assertLockfileMatches(bench: Workbench, details: string): Promise<void> {
  const lock = parseLockfile("lock", (await bench.read("integrations.lock.yaml")) ?? "");
  const [section] = lock.ok ? lock.value.sections.values() : [];
  const locked = [...(section ?? [])].map(([key, { hashId }]) => `${key} ${hashId}`);
  const live = bench.emulator.stored().filter(({ identifier }) => identifier !== "removed");
  assert.deepEqual(locked, live.map((item) => `${keyOf(item)} ${item.hash_id}`).toSorted(), details);
  assert.equal(await bench.read("integrations.lock.yaml.journal"), undefined, details);
  assert.equal(await bench.read("integrations.lock.yaml.lock"), undefined, details);
}
