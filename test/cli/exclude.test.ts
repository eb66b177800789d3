import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

test("--exclude leaves out keys and globs in plan and apply, also those that --only selects", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web_a"), block("web_b"), block("db"));
  const plan = await s.plan(["--exclude", "web_*"]);
  assert.deepEqual([plan.changes, plan.report.plan?.left_out], [["create db"], 2]);
  const both = await s.plan(["--only", "web_*", "--exclude", "web_b", "--exclude", "db"]);
  assert.deepEqual([both.changes, both.report.plan?.left_out], [["create web_a"], 2]);
  assert.match((await s.run(["plan", "--exclude", "db"])).stdout, /1 left out by --exclude\./);
  assert.deepEqual((await s.apply(["--exclude", "db"])).outcomes, ["done create web_a", "done create web_b"]);
  assert.equal(s.emulator.stored().length, 2);
});

test("either key of a rename, or the key of a deletion, excludes it", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("old"), block("b"));
  await s.apply();
  await s.writeIntegrations(block("b"), block("new", { name: "old", lifecycle: "{ moved_from: [old] }" }));
  assert.deepEqual(
    (await s.plan(["--prune", "--exclude", "a"])).changes.map((each) => each.split(" ")[0]),
    ["rename"],
  );
  for (const name of ["old", "new"]) {
    assert.deepEqual((await s.plan(["--prune", "--exclude", name])).changes, ["delete a"]);
  }
});

test("a pattern that matches nothing is an error, and an excluded key can't be resent", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  const slip = await s.plan(["--exclude", "c"]);
  assert.deepEqual(
    [slip.exit, slip.report.diagnostics.map(({ message }) => message)],
    [3, ["--exclude c matches no integration"]],
  );
  const resend = await s.plan(["--exclude", "a", "--resend", "a"]);
  assert.deepEqual(
    [resend.exit, resend.report.diagnostics.map(({ message }) => message)],
    [3, ["--resend a: --exclude leaves a out"]],
  );
});

test("a reviewed plan is accepted only with the same --exclude", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  const plan = await s.plan(["--exclude", "b", "--out", "plan.json"]);
  assert.notEqual(plan.report.plan?.hash, (await s.plan()).report.plan?.hash);
  assert.equal((await s.apply(["--expect", "plan.json"])).exit, 6);
  assert.deepEqual((await s.apply(["--exclude", "b", "--expect", "plan.json"])).outcomes, ["done create a"]);
});
