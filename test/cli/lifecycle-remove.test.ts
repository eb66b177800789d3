import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { changeOf, syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const PROTECTED = { lifecycle: "{ protect: true }" };

/** Creates and locks these integrations. */
async function createAndLock(s: SyncWorkbench, ...blocks: readonly string[]): Promise<void> {
  await s.writeIntegrations(...blocks);
  assert.equal((await s.apply()).exit, 0);
}

test("an integration that is no longer in the file is an orphan: the plan shows it, and nothing changes it", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"));
  await s.writeIntegrations(block("a"));
  const plan = await s.plan(["--detailed-exitcode"]);
  assert.deepEqual([plan.exit, plan.changes], [0, ["orphan b"]]);
  const text = await s.run(["sync", "--plan"]);
  assert.match(
    text.stdout,
    /\.\s+orphan {2}b {2}VULTR "b" {2}\(\w+; no longer in the file; left alone without --prune\)\n/,
  );
  assert.deepEqual((await s.apply()).outcomes, []);
  assert.deepEqual([s.emulator.stored().length, (await s.lockedEntry("b")) !== undefined], [2, true]);
});

test("with --prune, an orphan is deleted last, and removed from the lockfile", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"));
  await s.writeIntegrations(block("a"), block("c"));
  const plan = await s.plan(["--prune"]);
  assert.deepEqual(plan.changes, ["create c", "delete b"]);
  assert.match((await s.run(["sync", "--plan", "--prune"])).stdout, /\nDeletes: b\.\n/);
  s.requests();
  assert.deepEqual((await s.apply(["--prune"])).outcomes, ["done create c", "done delete b"]);
  const writes = s.requests().filter((request) => !request.startsWith("GET"));
  assert.deepEqual(
    writes.map((request) => request.split(" ")[0]),
    ["POST", "DELETE"],
  );
  assert.equal(await s.lockedEntry("b"), undefined);
});

test("a deletion that the server refuses is reported in its words, and the integration stays locked", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"));
  const words = "Integration is used in company-website / deploy / Upload";
  s.emulator.addFault({ kind: "reject", message: words, match: { method: "DELETE" } });
  await s.writeIntegrations(block("a"));
  const apply = await s.apply(["--prune"]);
  assert.deepEqual([apply.exit, apply.outcomes], [5, ["failed delete b"]]);
  assert.match(apply.report.outcomes?.[0]?.message ?? "", new RegExp(words));
  assert.ok((await s.lockedEntry("b")) !== undefined);
});

test("an orphan that is already gone is forgotten, even without --prune", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"));
  await s.byHand("DELETE", `/integrations/${s.stored("b").hash_id}`);
  await s.writeIntegrations(block("a"));
  const plan = await s.plan();
  assert.deepEqual([plan.changes, changeOf(plan, "forget", "b").why], [["forget b"], "gone"]);
  assert.deepEqual((await s.apply()).outcomes, ["done forget b"]);
  assert.equal(await s.lockedEntry("b"), undefined);
});

test("on_remove: retain drops an integration from the lockfile and leaves it in the workspace, with or without --prune", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b", { lifecycle: "{ on_remove: retain }" }));
  await s.writeIntegrations(block("a"));
  const plan = await s.plan(["--prune"]);
  assert.deepEqual([plan.changes, changeOf(plan, "forget", "b").why], [["forget b"], "retain"]);
  await s.apply(["--prune"]);
  assert.deepEqual([await s.lockedEntry("b"), s.stored("b").name], [undefined, "b"]);
});

test("for an integration that is gone, the plan doesn't say that it stays in the workspace", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b", { lifecycle: "{ on_remove: retain }" }));
  await s.byHand("DELETE", `/integrations/${s.stored("b").hash_id}`);
  await s.writeIntegrations(block("a"));
  const plan = await s.plan();
  assert.deepEqual([plan.changes, changeOf(plan, "forget", "b").why], [["forget b"], "gone"]);
});

test("an integration that doesn't match the lockfile is not deleted", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"));
  await s.byHand("PATCH", `/integrations/${s.stored("b").hash_id}`, { name: "b", identifier: "reused" });
  await s.writeIntegrations(block("a"));
  const plan = await s.plan(["--prune"]);
  assert.deepEqual([plan.exit, plan.changes], [7, ["delete b REFUSED lock-mismatch"]]);
});

test("an integration stays protected after its block is removed; only its deletion is refused, and the rest is done", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"), block("prod", PROTECTED), block("d"), block("e"));
  await s.writeIntegrations(block("a"), block("b"), block("d"), block("f"));
  const apply = await s.apply(["--prune", "--max-deletions", "99"]);
  assert.deepEqual([apply.exit, apply.outcomes], [7, ["done create f", "done delete e", "refused delete prod"]]);
  assert.deepEqual([s.stored("prod").name, (await s.lockedEntry("prod"))?.lifecycle.protect], ["prod", true]);

  await s.writeIntegrations(block("a"), block("b"), block("d"), block("f"), block("prod"));
  assert.deepEqual((await s.apply()).outcomes, ["done record prod"]);
  await s.writeIntegrations(block("a"), block("b"), block("d"), block("f"));
  assert.deepEqual((await s.apply(["--prune"])).outcomes, ["done delete prod"]);
});

test("deleting more than 30 %, and at least three, is refused as a whole; the rest is done", async (t) => {
  const s = await syncWorkbench(t);
  const keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  await createAndLock(s, ...keys.map((key) => block(key)));
  const left = (count: number): string[] => keys.slice(count).map((key) => block(key));
  await s.writeIntegrations(...left(3));
  assert.deepEqual((await s.plan(["--prune"])).changes, ["delete a", "delete b", "delete c"]);

  await s.writeIntegrations(...left(4), block("new"));
  const plan = await s.plan(["--prune"]);
  assert.equal(plan.exit, 7);
  assert.deepEqual(plan.changes, [
    "create new",
    ...["a", "b", "c", "d"].map((key) => `delete ${key} REFUSED threshold`),
  ]);
  assert.match(changeOf(plan, "delete", "a").refused?.message ?? "", /^4 of 10 locked integrations \(40 %\)/);
  assert.equal(changeOf(plan, "delete", "a").refused?.hint, "if that is meant, allow it with --max-deletions 4");
  assert.equal((await s.plan(["--prune", "--max-deletions", "3"])).exit, 7);
  const apply = await s.apply(["--prune"]);
  assert.deepEqual([apply.exit, apply.outcomes[0], s.emulator.stored().length], [7, "done create new", 11]);
  const all = await s.apply(["--prune", "--max-deletions", "4"]);
  assert.deepEqual([all.exit, s.emulator.stored().length], [0, 7]);
});

test("an empty `integrations:` with --prune exceeds the limit of deletions", async (t) => {
  const s = await syncWorkbench(t);
  await createAndLock(s, block("a"), block("b"));
  await s.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  const plan = await s.plan(["--prune"]);
  assert.deepEqual([plan.exit, plan.changes], [7, ["delete a REFUSED threshold", "delete b REFUSED threshold"]]);
  assert.equal((await s.apply(["--prune", "--max-deletions", "2"])).exit, 0);
  assert.equal(s.emulator.stored().length, 0);
});

test("integrations of another tool are never changed", async (t) => {
  const s = await syncWorkbench(t);
  await s.byHand("POST", "/integrations", {
    type: "VULTR",
    name: "x",
    identifier: "x",
    scope: "WORKSPACE",
    token: "t",
  });
  const before = JSON.stringify(s.stored("x"));
  await createAndLock(s, block("a"), block("b"));
  await s.writeIntegrations(block("b"));
  await s.apply(["--prune", "--adopt", "--allow-replace", "--max-deletions", "99"]);
  assert.equal(JSON.stringify(s.stored("x")), before);
});
