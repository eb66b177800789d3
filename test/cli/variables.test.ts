import assert from "node:assert/strict";
import { test } from "node:test";
import { syncWorkbench } from "../support/sync-workbench.ts";

const referringTo = (name: string): string => `a: { type: VULTR, name: A, scope: WORKSPACE, token: $${name} }`;

test("plan and apply refuse a variable that must not be sent, at its place, before any request", async (t) => {
  const s = await syncWorkbench(t);
  const refused: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["BUDDY_TOKEN", {}, "reserved-variable"],
    ["BUDDY_INTEGRATIONS_KEY", { BUDDY_INTEGRATIONS_VARIABLES: "BUDDY_INTEGRATIONS_KEY" }, "reserved-variable"],
    ["GITHUB_TOKEN", { GITHUB_TOKEN: "value" }, "ci-variable"],
    ["TOKEN", { BUDDY_INTEGRATIONS_VARIABLES: "OTHER AWS_*" }, "unlisted-variable"],
    ["AWS_WEB_IDENTITY_TOKEN", { AWS_WEB_IDENTITY_TOKEN_FILE: "integrations.yaml" }, "credential-file"],
  ];
  for (const [name, env, code] of refused) {
    await s.writeIntegrations(referringTo(name));
    for (const run of [await s.plan([], { env }), await s.apply([], { env }), await s.plan(["--offline"], { env })]) {
      assert.deepEqual([run.exit, run.codes, run.report.diagnostics[0]?.start?.line], [3, [code], 3], name);
    }
  }
  assert.deepEqual(s.requests(), []);
});

test("variables in BUDDY_INTEGRATIONS_VARIABLES are sent; a secrets file can't extend the list", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(referringTo("GITHUB_TOKEN"));
  await s.write("secrets.env", "GITHUB_TOKEN=value\nBUDDY_INTEGRATIONS_VARIABLES=GITHUB_TOKEN\n");
  const args = ["--secrets-file", "secrets.env"];
  assert.deepEqual((await s.apply(args)).codes, ["ci-variable"]);
  const applied = await s.apply(args, { env: { BUDDY_INTEGRATIONS_VARIABLES: "* GITHUB_TOKEN" } });
  assert.deepEqual([applied.exit, applied.outcomes], [0, ["done create a"]]);
  assert.equal(s.stored("a")["token"], "value");
});

test("the block that `import` prints refers to no variable of a CI system", async (t) => {
  const s = await syncWorkbench(t);
  await s.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  await s.byHand("POST", "/integrations", { type: "GIT_HUB", name: "G", scope: "WORKSPACE", token: "theirs" });
  const [hash = ""] = s.emulator.stored().map(({ hash_id }) => hash_id);
  assert.match((await s.run(["import", "github", hash, "--print"])).stdout, /^ {4}token: \$INTEGRATION_GITHUB_TOKEN$/m);
});
