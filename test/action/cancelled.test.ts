import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { actionBench, FILE, LOCK, type ActionBench, type ActionEnd } from "../support/github/action-bench.ts";

/** Runs an apply, and sends its process these signals during a creation, as a runner does. */
async function cancelled(bench: ActionBench, cwd: string, ...signals: readonly NodeJS.Signals[]): Promise<ActionEnd> {
  const { emulator } = bench;
  const before = emulator.requests.length;
  const ended = bench.apply({
    cwd,
    onStart: (child) => {
      const timer = setInterval(() => {
        const isCreating = emulator.requests.slice(before).some(({ method }) => method === "POST");
        if (!isCreating) return;
        clearInterval(timer);
        for (const signal of signals) child.kill(signal);
      }, 5);
    },
  });
  return ended;
}

async function ready(bench: ActionBench): Promise<string> {
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web"), block("db")) });
  assert.equal((await bench.planAndUpload(pullRequest)).exit, 0);
  await bench.merge(pullRequest);
  return bench.checkout("main");
}

test("a cancelled job finishes requests in flight and commits the lockfile, so the step at the end has nothing to do", async (t) => {
  const bench = await actionBench(t);
  const cwd = await ready(bench);
  bench.emulator.changeSettings({ latencyMs: 200 });
  const ended = await cancelled(bench, cwd, "SIGINT");
  assert.equal(ended.exit, 130, ended.log);
  const text = await bench.github.textAt("main", LOCK);
  for (const { hash_id: hash } of bench.emulator.stored()) assert.equal(text?.split(hash).length, 2, text);
  const post = await bench.run("post", { cwd, state: ended.state });
  assert.deepEqual([post.exit, post.log], [0, ""]);
});

test("if a job is killed during a creation, the step at the end finds what was created, and commits the lockfile", async (t) => {
  const bench = await actionBench(t);
  const cwd = await ready(bench);
  bench.emulator.changeSettings({ commitDelayMs: 300 });
  const ended = await cancelled(bench, cwd, "SIGKILL");
  assert.equal(ended.exit, null);
  assert.equal(await bench.github.textAt("main", LOCK), undefined);
  const post = await bench.run("post", { cwd, state: ended.state, inputs: {}, env: {} });
  assert.equal(post.exit, 0, post.log);
  assert.equal(bench.emulator.stored().length, 2);
  const text = await bench.github.textAt("main", LOCK);
  for (const { hash_id: hash } of bench.emulator.stored()) assert.equal(text?.split(hash).length, 2, text);
  assert.deepEqual(
    (await readdir(cwd)).filter((name) => name.includes(".journal")),
    [],
  );
  // The next job, on another machine, creates nothing twice. It sends the values again, since only the killed job knew that
  // they were sent.
  const checked = await bench.apply({ inputs: { check: "true" } });
  assert.equal(checked.outputs["needs-approval"], "true", checked.log);
  const again = await bench.apply({ inputs: { "approved-plan": checked.outputs["plan-file"] ?? "" } });
  assert.equal(again.exit, 0, again.log);
  assert.equal(bench.emulator.stored().length, 2);
});

test("the step at the end does nothing if the action had not begun to apply", async (t) => {
  const bench = await actionBench(t);
  const post = await bench.run("post", { cwd: await bench.checkout("main") });
  assert.deepEqual([post.exit, post.log, bench.github.operations], [0, "", []]);
});
