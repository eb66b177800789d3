import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { parseLock } from "../lock/read.ts";
import { workbench, type CliResult, type Workbench } from "../testing/cli.ts";
import { aimed, CALLS, expectedExit, FAULTS, type CallKind, type FaultCase } from "../testing/fault-cases.ts";
import { inParallel } from "../testing/seeded.ts";

const ENV = { TOKEN: "s3cret-of-tests", BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
const block = (key: string, name = key): string =>
  `  ${key}: { type: GIT_LAB, name: ${name}, scope: WORKSPACE, token: $TOKEN }\n`;
const BEFORE = `version: 1\nintegrations:\n${["changed", "kept", "removed", "also_kept"].map((key) => block(key)).join("")}`;
const AFTER = `version: 1\nintegrations:\n${block("changed", "other")}${block("kept")}${block("also_kept")}${block("made")}`;

const PATIENCE = ["--timeout", "1", "--max-wait", "3"];
const APPLY = ["sync", "--apply", "--prune", ...PATIENCE];
/** Four tries of a second each and what else there is to do; waits between tries pass at once in these tests. */
const LONGEST_MS = 15_000;

/** One integration of each key, what the file says of it, and a lockfile that knows it. */
const WANTED = ["also_kept also_kept", "changed other", "kept kept", "made made"];

for (const once of [true, false]) {
  test(`every fault, ${once ? "once" : "lasting"}, in every call of an apply: the right exit, nothing twice, nothing lost`, async (t) => {
    const cases = FAULTS.flatMap((fault) => CALLS.map((call) => ({ fault, call })));
    await inParallel(cases, 12, ({ fault, call }) => applyUnder(t, fault, call, once));
  });
}

test("every lasting fault in every read of a plan: the right exit, and nothing is changed", async (t) => {
  const cases = FAULTS.flatMap((fault) => (["GET", "list"] as const).map((call) => ({ fault, call })));
  await inParallel(cases, 12, ({ fault, call }) => planUnder(t, fault, call));
});

async function applyUnder(t: TestContext, fault: FaultCase, call: CallKind, once: boolean): Promise<void> {
  const bench = await staged(t);
  const what = `${fault.name} in ${call}, ${once ? "once" : "lasting"}`;
  const before = await bench.read("integrations.lock.yaml");
  bench.emulator.addFault(aimed(fault, call, once));
  const started = Date.now();
  const ended = await bench.run(APPLY, { env: ENV });
  const told = `${what}\n${ended.stdout}${ended.stderr}`;
  assert.ok(Date.now() - started < LONGEST_MS, `${Date.now() - started} ms: ${told}`);
  const exit = expectedExit(fault, call, once);
  assert.equal(ended.exit, exit, told);
  if (exit !== 0) assert.match(ended.stdout + ended.stderr, fault.words, told);
  assertNoSecret(ended, told);
  assertNothingTwice(bench, told);
  if (exit !== 0 && (call === "GET" || call === "list")) {
    assert.ok(
      bench.requests().every((request) => request.startsWith("GET ")),
      told,
    );
    assert.equal(await bench.read("integrations.lock.yaml"), before, told);
  }
  // A deletion that was answered by 200 has been believed.
  const isBelieved = call === "DELETE" && fault.name === "an answer without a hash";
  bench.emulator.clearFaults();
  const again = await bench.run(APPLY, { env: ENV });
  const finished = `${told}\nand then\n${again.stdout}${again.stderr}`;
  assert.equal(again.exit, 0, finished);
  const live = bench.emulator.stored().map(({ identifier, name }) => `${identifier} ${name}`);
  assert.deepEqual(live.toSorted(), isBelieved ? [...WANTED, "removed removed"] : WANTED, finished);
  await assertTrueLockfile(bench, finished);
}

async function planUnder(t: TestContext, fault: FaultCase, call: CallKind): Promise<void> {
  const bench = await staged(t);
  const before = await bench.read("integrations.lock.yaml");
  bench.emulator.addFault(aimed(fault, call, false));
  const ended = await bench.run(["sync", "--plan", "--prune", "--format", "json", ...PATIENCE], { env: ENV });
  const told = `${fault.name} in ${call} of a plan\n${ended.stdout}${ended.stderr}`;
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
  assert.equal(await bench.read("integrations.lock.yaml"), before, told);
}

/** A workspace and a checkout with one update, one creation and one deletion ahead. */
async function staged(t: TestContext): Promise<Workbench> {
  const bench = await workbench(t, { unique: "none" });
  await bench.write("integrations.yaml", BEFORE);
  const ended = await bench.run(APPLY, { env: ENV });
  assert.equal(ended.exit, 0, ended.stderr);
  await bench.write("integrations.yaml", AFTER);
  bench.requests();
  return bench;
}

function assertNoSecret({ stdout, stderr }: CliResult, told: string): void {
  assert.ok(!`${stdout}${stderr}`.includes(ENV.TOKEN), told);
}

function assertNothingTwice({ emulator }: Workbench, told: string): void {
  const identifiers = emulator.stored().map(({ identifier }) => identifier);
  assert.equal(new Set(identifiers).size, identifiers.length, told);
}

async function assertTrueLockfile(bench: Workbench, told: string): Promise<void> {
  const { lock } = parseLock("lock", (await bench.read("integrations.lock.yaml")) ?? "");
  const [section] = lock?.sections.values() ?? [];
  const locked = [...(section ?? [])].map(([key, { hashId }]) => `${key} ${hashId}`);
  const live = bench.emulator.stored().filter(({ identifier }) => identifier !== "removed");
  assert.deepEqual(locked, live.map(({ identifier, hash_id }) => `${identifier} ${hash_id}`).toSorted(), told);
  assert.equal(await bench.read("integrations.lock.yaml.journal"), undefined, told);
  assert.equal(await bench.read("integrations.lock.yaml.lock"), undefined, told);
}
