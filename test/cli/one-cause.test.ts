import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

const KEYS = Array.from({ length: 40 }, (_, index) => `key_${String(index).padStart(2, "0")}`);
const BLOCKS = KEYS.map((key) => block(key));

test("a refused token is reported once with the keys, and waiting requests are not sent", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...BLOCKS);
  await s.apply();
  s.emulator.addFault({ kind: "error", status: 401, message: "Wrong token" });
  s.requests();
  const { exit, stdout, stderr } = await s.run(["sync", "--plan"]);
  assert.deepEqual([exit, stdout], [4, ""]);
  assert.equal(stderr.match(/Wrong token/g)?.length, 1, stderr);
  assert.match(
    stderr,
    /^error \[api-unauthorized\]: GET: the server returned 401: Wrong token; could not read key_00 \(\w+\), key_01 \(\w+\), key_02 \(\w+\) and \d+ more\n {2}hint: /,
  );
  const sent = s.requests();
  assert.ok(sent.length <= 10, `more requests than were in flight: ${sent.join(", ")}`);
});

test("failures with the same status, method and text are one message, and others get their own", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...BLOCKS.slice(0, 6));
  for (const [keys, message] of [
    [KEYS.slice(0, 4), "No more of these"],
    [KEYS.slice(4, 5), "Wrong region"],
  ] as const) {
    for (const identifier of keys) s.emulator.addFault({ kind: "reject", message, match: { identifier } });
  }
  const { exit, stdout, stderr } = await s.run(["sync", "--apply", "--concurrency", "1"]);
  assert.equal(exit, 5);
  assert.match(
    stdout,
    /\n {2}failed {11}create {2}key_00, key_01, key_02, key_03\n {6}POST: the server returned 400: No more of these\n {2}failed {11}create {2}key_04 {2}VULTR [^\n]*\n {6}POST \/workspaces\/[^\n]*Wrong region[^\n]*\n\nApply: 1 done, 5 failed\.\n$/,
  );
  assert.match(stderr, /^failed: create key_00: POST [^\n]*No more of these/m);
  assert.match(stderr, /^failed: create key_03: for the same reason as key_00$/m);
  assert.match(stderr, /\nNext: commit integrations\.lock\.yaml, correct what failed, then apply again: [^\n]+\n$/);
});

test("--quiet prints only results, errors and refusals", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("kept", { lifecycle: "{ protect: true }" }));
  await s.run(["sync", "--apply", "--only", "kept"]);
  await s.writeIntegrations(block("a"));
  const plan = await s.run(["sync", "--plan", "--prune", "--quiet"]);
  assert.equal(plan.exit, 7);
  assert.equal(plan.stderr, "");
  assert.match(
    plan.stdout,
    /^Refused\n\n {2}- {3}delete {2}kept [^\n]+\n {6}REFUSED: [^\n]+\n {6}[^\n]+\n\nPlan: 1 to create; 1 refused\.\nRefuses: kept \(delete: protected\)\.\nPlan hash: \S+\n$/,
  );
  const apply = await s.run(["sync", "--apply", "--prune", "--quiet"]);
  assert.equal(apply.exit, 7);
  assert.match(apply.stderr, /^created a \w+\n$/);
  assert.match(apply.stdout, /^ {2}refused {10}delete {2}kept [^\n]+\n[^]+\n\nApply: 1 done, 1 refused\.\n$/);
});

test("--quiet still shows the plan to a person who is asked about it", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const { stdout } = await s.run(["sync", "--apply", "--quiet"], { answers: ["n"] });
  assert.match(stdout, /\nChanges\n\n {2}\+ {3}create {2}a /);
});
