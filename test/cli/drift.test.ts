import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { parseCodeQuality, parseSarif } from "../support/published-formats.ts";
import { syncWorkbench, TEST_VALUES, type SyncWorkbench } from "../support/sync-workbench.ts";

const quiet = (key: string, fields: Readonly<Record<string, string>> = {}): string =>
  block(key, { all_pipelines_allowed: "false", ...fields });

const rename = (s: SyncWorkbench, key: string, name: string): Promise<unknown> =>
  s.byHand("PATCH", `/integrations/${s.stored(key).hash_id}`, { name });

test("--drift reports what changed in the workspace, and nothing that changed in the file; exit 2", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(quiet("a"), quiet("b"), quiet("c"));
  await s.apply();
  await rename(s, "a", "By hand");
  // Edited, added and removed in the file: none of it is drift.
  await s.writeIntegrations(quiet("a"), quiet("b", { name: "Edited" }), quiet("new"));
  const drift = await s.plan(["--drift"]);
  assert.deepEqual([drift.exit, drift.changes], [2, ["update a name:drift"]]);
  assert.deepEqual(drift.report.plan?.drift, [{ key: "a", path: "name" }]);
  assert.deepEqual(
    [drift.report.plan.hash, drift.report.plan.unsent, drift.report.plan.flags.drift],
    [undefined, [], true],
  );
  const text = await s.run(["plan", "--drift"]);
  assert.match(text.stdout, /\nDrift: changed in the workspace since the last apply\n\n {2}a\n/);
  assert.match(text.stdout, /\nDrift: 1 field of 1 integration\.\n$/);
  assert.match(text.stderr, /Next: `buddy-integrations plan` shows what an apply puts back\.\n$/);
  await rename(s, "a", "a");
  const none = await s.run(["plan", "--drift"]);
  assert.deepEqual([none.exit, none.stdout.split("\n").at(-2), none.stderr], [0, "Drift: none.", ""]);
});

test("a gone integration and a duplicate are drift too, and nothing is refused; the lists of all places in the file are read", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(quiet("a"), quiet("b"), quiet("p", { scope: "PROJECT", project_name: "company-website" }));
  await s.apply();
  await s.byHand("DELETE", `/integrations/${s.stored("a").hash_id}`);
  const twin = { type: "VULTR", name: "b", identifier: "b", scope: "WORKSPACE", token: TEST_VALUES.TOKEN };
  await s.byHand("POST", "/integrations", twin);
  s.requests();
  const ran = await s.run([
    "plan",
    "--drift",
    "--report",
    "d.sarif",
    "--report",
    "d.codequality.json",
    "--format",
    "markdown",
  ]);
  assert.equal(ran.exit, 2);
  const lists = s.emulator.requests.filter(({ path }) => /\/integrations(?:\?|$)/.test(path));
  assert.ok(lists.length >= 2);
  assert.match(ran.stdout, /\*\*Drift: 1 gone, 1 duplicate\.\*\*/);
  assert.doesNotMatch(ran.stdout, /REFUSED|refused|Plan hash/);
  const found = parseSarif((await s.read("d.sarif")) ?? "").results.map(({ ruleId }) => ruleId);
  assert.deepEqual(found.toSorted(), ["duplicate", "gone"]);
  assert.deepEqual(
    parseCodeQuality((await s.read("d.codequality.json")) ?? "").map(({ severity }) => severity),
    ["minor", "minor"],
  );
});

test("a drift report isn't a reviewed plan, and options that don't apply to drift are refused", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(quiet("a"));
  await s.apply();
  await rename(s, "a", "By hand");
  await s.run(["plan", "--drift", "--out", "drift.json"]);
  const apply = await s.apply(["--expect", "drift.json"]);
  assert.deepEqual([apply.exit, apply.codes], [6, ["stale-plan"]]);
  assert.match(apply.report.diagnostics[0]?.message ?? "", /other flags: --drift instead of none/);
  for (const option of [
    "--prune",
    "--offline",
    "--detailed-exitcode",
    "--adopt",
    "--base=main",
    "--expect=x",
    "--resend=*",
  ]) {
    const { exit, stderr } = await s.run(["plan", "--drift", option]);
    assert.equal(exit, 3);
    assert.match(stderr, /can't be used with --drift/);
  }
  assert.equal((await s.run(["sync", "--apply", "--drift"])).exit, 3);
});

test('a workspace that can\'t be read is a failure, not "no drift"', async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(quiet("a"));
  await s.apply();
  s.emulator.addFault({ kind: "error", status: 403, match: { path: "/integrations" } });
  assert.equal((await s.run(["plan", "--drift"])).exit, 4);
});
