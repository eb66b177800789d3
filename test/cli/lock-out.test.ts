import assert from "node:assert/strict";
import { test } from "node:test";
import { INTEGRATIONS_TOKEN } from "../../src/emulator/index.ts";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

test("permissions that lock out the token's own user give a warning; the user is only looked up when permissions change", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a", { name: "A", permissions: "{ admins: USE_ONLY, others: DENIED }" }));
  const first = await s.plan();
  assert.deepEqual(
    first.report.plan?.warnings.map(({ code, key }) => `${code} ${key}`),
    ["locks-out a"],
  );

  // A token that may not look up its user gets no warning.
  const silent = await s.plan([], { env: { BUDDY_TOKEN: INTEGRATIONS_TOKEN } });
  assert.deepEqual([silent.exit, silent.report.plan?.warnings], [0, []]);

  await s.writeIntegrations(block("a", { name: "A", permissions: "{ admins: MANAGE, others: DENIED }" }));
  s.requests();
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.report.plan?.warnings], [0, []]);
  assert.ok(s.requests().includes("GET /user"));
  await s.apply();
  assert.deepEqual(
    s.requests().filter((request) => request === "GET /user"),
    [],
  );
});
