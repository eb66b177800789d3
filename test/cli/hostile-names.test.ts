import assert from "node:assert/strict";
import { test } from "node:test";
import { syncWorkbench } from "../support/sync-workbench.ts";

const NAMES = ["constructor", "hasOwnProperty", "toString", "valueOf"];
const BLOCKS = NAMES.map(
  (name) =>
    `${name}: { type: SLACK, name: ${name}, scope: WORKSPACE, username: $${name}, extra: { ${name}: { ${name}: $TOKEN } } }`,
);

test("integrations, fields and variables that are named like methods of objects are like any others", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...BLOCKS);
  const env = Object.fromEntries(NAMES.map((name) => [name, `value of ${name}`]));
  const applied = await s.apply([], { env });
  assert.deepEqual([applied.exit, applied.outcomes], [0, NAMES.map((name) => `done create ${name}`)]);
  const again = await s.plan(["--resend", "toString.extra.toString"], { env });
  assert.deepEqual([again.exit, again.changes], [0, ["update toString extra.toString:resend"]]);
  for (const name of NAMES) {
    const { exit, stdout } = await s.run(["refs", "--key", name]);
    assert.deepEqual([exit, stdout], [0, `${s.stored(name).hash_id}\n`]);
  }
  assert.deepEqual((await s.plan()).changes, []);
});

test("a glob that would keep a regular expression busy for ever is as quick as any other", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(`${"a".repeat(200)}: { type: VULTR, name: A, scope: WORKSPACE, token: $TOKEN }`);
  assert.deepEqual((await s.plan(["--only", `${"*a".repeat(60)}*b*`])).codes, ["no-match"]);
  assert.equal((await s.plan(["--only", "*a*a*a*"])).exit, 0);
});
