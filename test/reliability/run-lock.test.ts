import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { runLockHolder, takeRunLock, type RunLock, type RunLockOwner } from "../../src/checkout/run-lock.ts";
import { isAlive, processStart } from "../../src/process-table.ts";
import { block } from "../support/desired-file.ts";
import { interruptedRun } from "../support/interrupted-run.ts";
import { workbench } from "../support/workbench.ts";

async function lockFolder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-lock-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const owner = (pid: number, dead: readonly number[] = [], more: Partial<RunLockOwner> = {}): RunLockOwner => ({
  pid,
  hostname: "here",
  isAlive: (other) => !dead.includes(other),
  processStart: () => undefined,
  now: () => Date.now(),
  sleep: () => Promise.resolve(),
  signal: new AbortController().signal,
  stderr: { write: () => undefined },
  ...more,
});

/** An owner whose waits take no time, with its messages and the seconds that it waited. @param meanwhile runs after a wait */
function watcher(
  pid: number,
  meanwhile: (seconds: number) => Promise<void> = () => Promise.resolve(),
  more: Partial<RunLockOwner> = {},
): { readonly owner: RunLockOwner; readonly said: string[]; waited(): number } {
  const said: string[] = [];
  let waited = 0;
  return {
    said,
    waited: () => waited,
    owner: owner(pid, [], {
      stderr: { write: (text) => said.push(text) },
      sleep: async (ms) => {
        waited += ms / 1000;
        await meanwhile(waited);
      },
      ...more,
    }),
  };
}

/** Sets the modification time of a file. */
async function setModified(path: string, secondsAgo: number): Promise<void> {
  const time = Date.now() / 1000 - secondsAgo;
  await utimes(path, time, time);
}

const ELSEWHERE = '{"pid":1,"hostname":"elsewhere"}\n';

async function takeLock(path: string, by: RunLockOwner, heartbeatMs?: number): Promise<RunLock> {
  const lock = await takeRunLock(path, by, heartbeatMs);
  assert.ok(lock.ok);
  return lock.value;
}

test("one run holds the lock; the next one is refused with the holder's name, and gets it afterwards", async (t) => {
  const path = join(await lockFolder(t), "lock");
  const first = await takeLock(path, owner(1));
  const second = await takeRunLock(path, owner(2));
  assert.deepEqual(second, { ok: false, error: { kind: "held", by: "process 1 on here", sinceSeconds: 0 } });
  await first.release();
  await (await takeLock(path, owner(2))).release();
  assert.deepEqual(await readdir(join(path, "..")), []);
});

test("the lock of a dead process of this machine is replaced at once", async (t) => {
  const path = join(await lockFolder(t), "lock");
  await takeLock(path, owner(1));
  await takeLock(path, owner(2, [1]));
  assert.match(await readFile(path, "utf8"), /"pid":2/);
});

test("a lock with our own process number was left by an earlier process", async (t) => {
  const path = join(await lockFolder(t), "lock");
  await takeLock(path, owner(7));
  await takeLock(path, owner(7));
});

test("a lock of another machine, or one that can't be read, is replaced after 30 s without a heartbeat", async (t) => {
  const path = join(await lockFolder(t), "lock");
  for (const text of [ELSEWHERE, "", "garbage", '{"pid":"1"}']) {
    await writeFile(path, text);
    await setModified(path, 28);
    const early = await takeRunLock(path, owner(2));
    assert.equal(early.ok, false, text);
    await setModified(path, 31);
    const second = watcher(2);
    await (await takeLock(path, second.owner)).release();
    assert.equal(second.waited(), 30, text);
    assert.deepEqual(second.said, ["waiting up to 30 s for lock: the run that left it may still be active\n"]);
  }
});

test("a lock's time may come from another clock: it is stale when nobody touches it for 30 s, and held when somebody does", async (t) => {
  const path = join(await lockFolder(t), "lock");
  for (const secondsAgo of [-3600, -10, 31, 3600]) {
    await writeFile(path, ELSEWHERE);
    await setModified(path, secondsAgo);
    const lively = watcher(2, async (seconds) => {
      if (seconds === 5) await setModified(path, secondsAgo - 5);
    });
    assert.deepEqual(await takeRunLock(path, lively.owner), {
      ok: false,
      error: { kind: "held", by: "process 1 on elsewhere", sinceSeconds: 0 },
    });
    assert.equal(lively.waited(), 5);
    assert.equal(await readFile(path, "utf8"), ELSEWHERE);

    await setModified(path, secondsAgo);
    const quiet = watcher(2);
    await (await takeLock(path, quiet.owner)).release();
    assert.equal(quiet.waited(), 30);
  }
});

test("after a clock is set, the run that holds the lock keeps it as long as it touches the file", async (t) => {
  const path = join(await lockFolder(t), "lock");
  const first = await takeLock(path, owner(1), 10);
  for (const jumpMs of [-3_600_000, 3_600_000]) {
    const second = watcher(2, () => wait(20), { now: () => Date.now() + jumpMs });
    const refused = await takeRunLock(path, second.owner);
    assert.deepEqual(refused, { ok: false, error: { kind: "held", by: "process 1 on here", sinceSeconds: 0 } });
    assert.equal(second.said.length, 1);
  }
  assert.equal(first.lost.aborted, false);
  await first.release();
});

test("a lock that disappears while it is watched is free", async (t) => {
  const path = join(await lockFolder(t), "lock");
  await writeFile(path, ELSEWHERE);
  await setModified(path, 60);
  const second = watcher(2, (seconds) => (seconds === 3 ? rm(path) : Promise.resolve()));
  await (await takeLock(path, second.owner)).release();
  assert.equal(second.waited(), 3);
});

test("interrupting the wait for a lock leaves the lock alone", async (t) => {
  const path = join(await lockFolder(t), "lock");
  await writeFile(path, ELSEWHERE);
  await setModified(path, -3600);
  const interruption = new AbortController();
  const abort = async (seconds: number): Promise<void> => {
    if (seconds === 3) interruption.abort();
  };
  const second = watcher(2, abort, { signal: interruption.signal });
  assert.equal((await takeRunLock(path, second.owner)).ok, false);
  assert.equal(second.waited(), 3);
  assert.equal(await readFile(path, "utf8"), ELSEWHERE);
});

test("a heartbeat keeps the lock fresh", async (t) => {
  const path = join(await lockFolder(t), "lock");
  const lock = await takeLock(path, owner(1), 10);
  const old = Date.now() / 1000 - 60;
  await utimes(path, old, old);
  await wait(100);
  assert.equal((await takeRunLock(path, owner(2))).ok, false);
  await lock.release();
});

test("a run that was suspended while another took its lock reports that, and leaves that lock alone", async (t) => {
  const path = join(await lockFolder(t), "lock");
  const suspended = await takeLock(path, owner(1), 10);
  await rm(path);
  const other = await takeLock(path, owner(2), 10);
  await wait(100);
  assert.equal(suspended.lost.aborted, true);
  assert.equal(other.lost.aborted, false);
  await suspended.release();
  assert.match(await readFile(path, "utf8"), /"pid":2/);
  await other.release();
});

test("a live run that doesn't touch its lock loses it after 30 s, and notices before it does anything else", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const path = join(await lockFolder(t), "lock");
  const suspended = await takeLock(path, owner(1));
  await setModified(path, 31);
  const second = watcher(2);
  const other = await takeLock(path, second.owner);
  assert.equal(second.waited(), 30);
  assert.equal(suspended.lost.aborted, false);
  t.mock.timers.tick(5_000);
  assert.equal(suspended.lost.aborted, true);
  assert.equal(other.lost.aborted, false);
});

test("a run that was suspended and still has its lock goes on", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const path = join(await lockFolder(t), "lock");
  let now = Date.now();
  const lock = await takeLock(path, owner(1, [], { now: () => now }));
  now += 3_600_000;
  t.mock.timers.tick(5_000);
  assert.equal(lock.lost.aborted, false);
  assert.equal(Math.round((await stat(path)).mtimeMs / 1000), Math.round(now / 1000));
  await lock.release();
});

test("a run that can't touch its lock stops before the lock counts as stale", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const path = join(await lockFolder(t), "lock");
  const lock = await takeLock(path, owner(1));
  const fail = (): void => {
    renameSync(path, `${path}.away`);
    mkdirSync(path);
  };
  fail();
  t.mock.timers.tick(15_000);
  assert.equal(lock.lost.aborted, false);
  rmdirSync(path);
  renameSync(`${path}.away`, path);
  t.mock.timers.tick(5_000);
  fail();
  t.mock.timers.tick(15_000);
  assert.equal(lock.lost.aborted, false);
  t.mock.timers.tick(5_000);
  assert.equal(lock.lost.aborted, true);
});

test("if the path of the lock is a folder or a link, the run reports it and leaves it there", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  const path = join(bench.dir, "integrations.lock.yaml.lock");
  for (const put of [() => mkdir(path), () => symlink("nowhere", path)]) {
    await put();
    if ((await lstat(path)).isDirectory()) await setModified(path, 3600);
    const ended = await bench.run(["sync", "--apply"]);
    assert.equal(ended.exit, 3, ended.stderr);
    assert.match(
      ended.stderr,
      /integrations\.lock\.yaml\.lock isn't a file, so the lock can't be created: move it away/,
    );
    assert.deepEqual((await readdir(bench.dir)).toSorted(), ["integrations.lock.yaml.lock", "integrations.yaml"]);
    await rm(path, { recursive: true });
  }
  assert.equal((await bench.run(["sync", "--apply"])).exit, 0);
});

test("if many runs find a stale lock at once, one gets it", async (t) => {
  const dir = await lockFolder(t);
  for (let round = 0; round < 25; round += 1) {
    const path = join(dir, `lock-${round}`);
    await takeLock(path, owner(1));
    const runs = await Promise.all(Array.from({ length: 16 }, (_, n) => takeRunLock(path, owner(n + 2, [1]))));
    assert.equal(runs.filter(({ ok }) => ok).length, 1, `round ${round}`);
  }
});

test("two applies at once on one checkout: the second changes nothing and exits 6", async (t) => {
  const bench = await workbench(t);
  await bench.write(
    "integrations.yaml",
    "version: 1\nintegrations:\n  a: { type: GIT_LAB, name: a, scope: WORKSPACE, token: $TOKEN }\n",
  );
  const env = { TOKEN: "x" };
  bench.emulator.addFault({ kind: "latency", ms: 300, match: { method: "POST" } });
  const first = bench.run(["sync", "--apply"], { env, io: { pid: 1 } });
  await wait(150);
  const second = await bench.run(["sync", "--apply"], { env, io: { pid: 2 } });
  assert.equal(second.exit, 6, second.stderr);
  assert.match(second.stderr, /another run is active on this checkout: process 1 on .*, last seen 0 s ago/);
  // The hint is true for every command: export and import don't have the option.
  assert.match(
    second.stderr,
    /hint: run this again when it has ended \(apply and recover wait for it with --lock-timeout/,
  );
  assert.equal((await bench.run(["sync", "--plan"], { env })).exit, 0);
  assert.equal((await first).exit, 0);
  assert.equal(bench.emulator.stored().length, 1);
});

test("a lock is stale if another process now has its holder's number", async (t) => {
  const path = join(await lockFolder(t), "lock");
  const started = (at: string): Partial<RunLockOwner> => ({ processStart: () => at });
  await takeLock(path, owner(1, [], started("boot 1, first")));
  const same = await takeRunLock(path, owner(2, [], started("boot 1, first")));
  assert.ok(!same.ok && same.error.kind === "held");
  assert.notEqual(await runLockHolder(path, owner(2, [], started("boot 1, first"))), undefined);
  assert.equal(await runLockHolder(path, owner(2, [], started("boot 2, first"))), undefined);
  await (await takeLock(path, owner(2, [], started("boot 2, first")))).release();
});

test("if the system doesn't say when a process began, its number decides", async (t) => {
  const path = join(await lockFolder(t), "lock");
  await takeLock(path, owner(1, [], { processStart: () => "then" }));
  const found = await takeRunLock(path, owner(2));
  assert.ok(!found.ok && found.error.kind === "held");
});

test(
  "a zombie counts as ended, and a process is distinguished from a later one with its number",
  { skip: process.platform === "win32" },
  async () => {
    assert.equal(isAlive(process.pid), true);
    assert.equal(processStart(process.pid), processStart(process.pid));
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const ended = new Promise((resolve) => other.once("exit", resolve));
    assert.equal(isAlive(other.pid ?? 0), true);
    assert.notEqual(processStart(other.pid ?? 0), undefined);
    other.kill("SIGKILL");
    await ended;
    assert.equal(isAlive(other.pid ?? 0), false);
    // `exec` keeps the shell's child, which nobody waits for: a zombie. It ends after the shell is another program.
    const parent = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [zombie = ""] = await new Promise<string[]>((resolve) =>
      parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim().split("\n"))),
    );
    for (let look = 0; look < 200 && isAlive(Number(zombie)); look += 1) await wait(10);
    assert.doesNotThrow(() => process.kill(Number(zombie), 0));
    assert.equal(isAlive(Number(zombie)), false);
    parent.kill("SIGKILL");
  },
);

test("--lock-timeout waits for the other run, says so, and gives up after that time", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  const path = join(bench.dir, "integrations.lock.yaml.lock");
  const first = await takeLock(path, owner(1));
  let waited = 0;
  const io = (atSecond: number) => ({
    hostname: "here",
    pid: 2,
    sleep: async () => {
      waited += 1;
      if (waited === atSecond) await first.release();
    },
  });
  const late = await bench.run(["sync", "--apply", "--lock-timeout", "3"], { io: io(9) });
  assert.deepEqual([late.exit, waited], [6, 3]);
  assert.match(late.stderr, /waiting for the run that is active on this checkout \(process 1 on here\)/);
  assert.equal((await bench.run(["sync", "--apply"], { io: io(99) })).exit, 6);
  waited = 0;
  const patient = await bench.run(["sync", "--apply", "--lock-timeout", "60"], { io: io(2) });
  assert.deepEqual([patient.exit, waited], [0, 2], patient.stderr);
  const plan = await bench.run(["sync", "--plan", "--lock-timeout", "3"]);
  assert.equal(plan.exit, 3);
});

test("a plan during an apply reports an active apply, not an interrupted one", async (t) => {
  const s = await interruptedRun(t, { scope: "WORKSPACE", list: "new" });
  await s.writeIntegrations(block("a"));
  await s.journal(s.begin("a", { type: "VULTR" }));
  const lock = await takeLock(join(s.dir, "integrations.lock.yaml.lock"), owner(1));
  const beside = await s.plan([], { io: { hostname: "here", pid: 2 } });
  assert.deepEqual([beside.exit, beside.codes], [0, ["apply-running"]]);
  assert.match(JSON.stringify(beside.report.diagnostics), /an apply is running on this checkout \(process 1 on here\)/);
  const after = await s.plan([], { io: { hostname: "here", pid: 2, isAlive: () => false } });
  assert.deepEqual(after.codes, ["interrupted-create"]);
  await lock.release();
});
