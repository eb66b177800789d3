import assert from "node:assert/strict";
import { readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { sampleOf } from "../support/effort.ts";
import { baselineUnder, type BaselineRun } from "../support/kill/scenario.ts";
import type { SystemFaults } from "../support/kill/system-faults.ts";
import { makeFifo, writerOf } from "../support/fifo.ts";
import { APPLY_COMMAND, PreparedWorkspace, type WorkspaceCopy } from "../support/kill/workspace.ts";

let prepared: PreparedWorkspace;
let baseline: BaselineRun;

before(async () => {
  prepared = await PreparedWorkspace.prepare({ creates: 6, updates: 2, replacements: 2 });
  baseline = await baselineUnder(prepared, "new");
});
after(() => prepared.remove());

async function copyFor(t: TestContext): Promise<WorkspaceCopy> {
  const copy = await prepared.copy("new");
  t.after(() => copy.close());
  return copy;
}

const readBesideLockfile = (copy: WorkspaceCopy, name: string): Promise<string> =>
  readFile(join(copy.dir, `integrations.lock.yaml${name}`), "utf8").catch(() => "");

const countCreations = (copy: WorkspaceCopy): number =>
  copy.emulator.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/integrations")).length;

/** The next apply has no faults, and ends like an apply that was never disturbed. */
async function assertNextApplyFinishes(copy: WorkspaceCopy): Promise<string> {
  copy.emulator.clearFaults();
  const ended = await copy.run(APPLY_COMMAND);
  assert.equal(ended.exit, baseline.exit, ended.stderr);
  assert.equal(await copy.result(), baseline.result, ended.stderr);
  return ended.stderr;
}

for (const [signal, exit] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} starts nothing new, finishes what is in flight, writes the lockfile and exits ${exit}`, async (t) => {
    const copy = await copyFor(t);
    copy.emulator.addFault({ kind: "latency", ms: 150, match: { method: "POST" } });
    const ended = await copy.run([...APPLY_COMMAND, "--concurrency", "2"], {
      onStart: (running) => running.onStderr("created new_00", () => running.kill(signal)),
    });
    assert.equal(ended.exit, exit, ended.stderr);
    assert.match(ended.stderr, new RegExp(`${signal}: finishing what is under way`));
    assert.match(ended.stdout, /not started/);
    const made = [...ended.stderr.matchAll(/^created (\w+) (\w+)$/gm)];
    assert.equal(made.length, countCreations(copy), ended.stderr);
    assert.ok(made.length < 6, ended.stderr);
    const lockfile = await readBesideLockfile(copy, "");
    for (const [, key, hash] of made)
      assert.ok(lockfile.replaceAll('"', "").includes(`${key}:\n        hash_id: ${hash}`), lockfile);
    assert.equal(await readBesideLockfile(copy, ".journal"), "");
    await assertNextApplyFinishes(copy);
  });
}

test("a second signal ends the run at once, and the journal has what was in flight", async (t) => {
  const copy = await copyFor(t);
  copy.emulator.addFault({ kind: "hang", when: "after", match: { method: "POST", identifier: "new_003" } });
  const started = Date.now();
  const ended = await copy.run(APPLY_COMMAND, {
    onStart: (running) =>
      running.onStderr("created new_00", () => {
        running.kill("SIGTERM");
        running.onStderr("again to stop now", () => running.kill("SIGTERM"));
      }),
  });
  assert.equal(ended.exit, 143, ended.stderr);
  assert.ok(Date.now() - started < 10_000);
  assert.match(ended.stderr, /\nstopped at once: the next run looks up what this one had under way\n$/);
  assert.match(await readBesideLockfile(copy, ".journal"), /"kind":"begin".*"key":"new_003"/);
  assert.match(await assertNextApplyFinishes(copy), /interrupted while it created new_003/);
});

test("one Ctrl-C ends the program while it waits for a FIFO", async (t) => {
  const copy = await copyFor(t);
  const fifo = join(copy.dir, "secrets.env");
  makeFifo(fifo);
  let silent: FileHandle | undefined;
  const ended = await copy.run([...APPLY_COMMAND, "--secrets-file", fifo], {
    onStart: (running) => {
      const interrupt = async (): Promise<void> => {
        silent = await writerOf(fifo);
        running.kill("SIGINT");
      };
      void interrupt();
    },
  });
  await silent?.close();
  assert.equal(ended.exit, 130, ended.stderr);
  assert.equal(copy.emulator.requests.length, 0);
});

test("if stdout is closed, the changes are made and the lockfile is written all the same", async (t) => {
  const copy = await copyFor(t);
  const ended = await copy.run(APPLY_COMMAND, { stdoutLimit: 0 });
  assert.equal(ended.exit, baseline.exit, ended.stderr);
  assert.equal(await copy.result(), baseline.result);
});

test("a lockfile that can't be written is reported with commands that recover every new hash, and they work", async (t) => {
  const cases = [
    ["ENOSPC", "no space left on device"],
    ["EROFS", "read-only file system"],
  ] as const;
  for (const [code, words] of sampleOf(cases)) {
    const copy = await copyFor(t);
    const fail = [{ operation: "write", path: ".integrations.lock.yaml.", code, words }] as const;
    const ended = await copy.run(APPLY_COMMAND, { faults: { fail } });
    assert.equal(ended.exit, 5, ended.stderr);
    assert.match(ended.stderr, new RegExp(`integrations\\.lock\\.yaml can't be written: ${words}`));
    const commands = [...ended.stderr.matchAll(/hint: buddy-integrations (import \w+ \w+)$/gm)];
    assert.equal(commands.length, 6, ended.stderr);
    await copy.checkOut();
    for (const [, command = ""] of commands) {
      const imported = await copy.run(command.split(" "));
      assert.equal(imported.exit, 0, imported.stderr);
    }
    await assertNextApplyFinishes(copy);
  }
});

test("after a lockfile couldn't be written, the next apply restores it from the journal", async (t) => {
  const copy = await copyFor(t);
  const fail = [{ operation: "rename", path: "integrations.lock.yaml", code: "EACCES" }] as const;
  assert.equal((await copy.run(APPLY_COMMAND, { faults: { fail } })).exit, 5);
  assert.match(await readBesideLockfile(copy, ".journal"), /"hash":/);
  await assertNextApplyFinishes(copy);
});

test("in a read-only folder no request is sent and nothing is changed", async (t) => {
  const copy = await copyFor(t);
  const fail = [{ operation: "create", path: ".lock.", code: "EROFS", words: "read-only file system" }] as const;
  const ended = await copy.run(APPLY_COMMAND, { faults: { fail } });
  assert.equal(ended.exit, 3, ended.stderr);
  assert.match(ended.stderr, /can't be written \(read-only file system\), so nothing was changed/);
  assert.equal(copy.emulator.requests.length, 0);
});

test("without a journal nothing is created, and all other changes are made", async (t) => {
  for (const fail of [
    [{ operation: "open", path: ".journal", code: "EACCES", words: "permission denied" }],
    [{ operation: "append", path: ".journal", code: "ENOSPC", words: "no space left on device" }],
    [{ operation: "flush", path: ".journal", code: "EIO", words: "i/o error" }],
  ] as const) {
    const copy = await copyFor(t);
    const ended = await copy.run(APPLY_COMMAND, { faults: { fail } });
    assert.equal(ended.exit, 5, ended.stderr);
    assert.ok(ended.stderr.includes(`the journal can't be written (${fail[0].words}), so nothing was created`));
    assert.equal(countCreations(copy), 0, ended.stderr);
    assert.match(ended.stderr, /updated upd_000/);
    await assertNextApplyFinishes(copy);
  }
});

test("a disk that is full for a moment leaves no half line inside the journal", async (t) => {
  const kill = { operation: "write", path: ".integrations.lock.yaml.", code: "", kill: true } as const;
  const half = { operation: "append", path: ".journal", code: "ENOSPC", half: true, after: 1, times: 1 } as const;
  const stuck = { operation: "truncate", path: ".journal", code: "EIO" } as const;
  const cases: readonly SystemFaults[] = [{ fail: [half, kill] }, { fail: [half, stuck, kill] }];
  for (const faults of cases) {
    const copy = await copyFor(t);
    const ended = await copy.run(APPLY_COMMAND, { faults });
    assert.equal(ended.signal, "SIGKILL", ended.stderr);
    assert.match(ended.stderr, /failed: create/);
    assert.doesNotMatch(await assertNextApplyFinishes(copy), /damaged/);
  }
});

test("a journal that can't be removed is reported, and affects no later run", async (t) => {
  const copy = await copyFor(t);
  const fail = [{ operation: "remove", path: ".journal", code: "EACCES", after: 1 }] as const;
  const ended = await copy.run(APPLY_COMMAND, { faults: { fail } });
  assert.equal(ended.exit, baseline.exit, ended.stderr);
  assert.match(ended.stderr, /journal can't be removed/);
  await assertNextApplyFinishes(copy);
});
