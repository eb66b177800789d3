import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

/** A pull request from a fork has no token, no values and no fingerprint key. */
const FORK = { env: { BUDDY_TOKEN: undefined, TOKEN: undefined, BUDDY_INTEGRATIONS_KEY: undefined } };

test("--offline plans from the lockfile alone, without a token or a request", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"), block("c"), block("moved"));
  await s.apply();
  await s.byHand("PATCH", `/integrations/${s.stored("b").hash_id}`, { name: "by hand" });
  await s.writeIntegrations(
    block("a", { name: "A" }),
    block("b"),
    block("d"),
    "new: { type: VULTR, name: moved, scope: WORKSPACE, token: $TOKEN, lifecycle: { moved_from: [moved] } }",
  );
  s.requests();
  const plan = await s.plan(["--offline"], FORK);
  assert.deepEqual(s.requests(), []);
  assert.deepEqual([plan.exit, plan.changes], [0, ["rename new", "update a name:edited", "create d", "orphan c"]]);
  assert.deepEqual([plan.report.plan?.offline, plan.report.plan?.hash], [true, undefined]);
  const text = await s.run(["sync", "--plan", "--offline"], FORK);
  assert.ok(text.stdout.includes("Offline plan, made from the lockfile only. It can't show changes in the workspace"));
  assert.ok(text.stdout.includes("An offline plan has no hash, so apply --expect can't use it."));
  assert.deepEqual(
    [
      (await s.plan(["--offline", "--prune"], FORK)).changes.at(-1),
      (await s.plan(["--offline", "--detailed-exitcode"], FORK)).exit,
    ],
    ["delete c", 2],
  );
});

test("an offline plan doesn't resolve names and says so, and --expect never accepts it", async (t) => {
  const s = await syncWorkbench(t);
  const named =
    "a: { type: VULTR, name: a, scope: WORKSPACE, token: $TOKEN, allowed_pipelines: [{ project: my-project, pipeline: build }] }";
  await s.writeIntegrations(named);
  await s.apply();
  const plan = await s.plan(["--offline", "--out", "plan.json"], FORK);
  assert.deepEqual([plan.changes, plan.report.plan?.summary.unknown], [[], 2]);
  const apply = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual([apply.exit, apply.report.diagnostics[0]?.message], [6, "an offline plan can't be applied"]);
});

test("--only restricts planning and applying to keys and globs, and counts what it leaves out", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("aws_a"), block("aws_b"), block("gh"));
  const plan = await s.plan(["--only", "aws_*"]);
  assert.deepEqual([plan.changes, plan.report.plan?.left_out], [["create aws_a", "create aws_b"], 1]);
  assert.deepEqual((await s.apply(["--only", "aws_a", "gh"])).outcomes, ["done create aws_a", "done create gh"]);
  assert.deepEqual(
    s.emulator
      .stored()
      .map(({ identifier }) => identifier)
      .toSorted(),
    ["aws_a", "gh"],
  );
  const text = await s.run(["sync", "--plan", "--only", "gh"]);
  assert.match(text.stdout, /\nPlan: nothing to do; 1 unchanged; 2 left out by --only\.\n/);
});

test("--only leaves the rest of the lockfile unchanged, and deletes nothing that it doesn't select", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"), block("c"));
  await s.apply();
  const before = await s.lockedEntry("b");
  await s.writeIntegrations(block("a", { name: "A" }));
  const apply = await s.apply(["--only", "a", "--prune"]);
  assert.deepEqual([apply.outcomes, apply.report.plan?.left_out], [["done update a"], 2]);
  assert.deepEqual([await s.lockedEntry("b"), s.emulator.stored().length], [before, 3]);
});

test("--only with names that match nothing is an error: exit 3, and all of them are reported", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const plan = await s.plan(["--only", "a", "b", "c*"]);
  assert.deepEqual(
    [plan.exit, plan.report.diagnostics.map(({ message }) => message)],
    [3, ["--only b matches no integration", "--only c* matches no integration"]],
  );
});
