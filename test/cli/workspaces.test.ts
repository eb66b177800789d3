import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startEmulator } from "../../src/emulator/index.ts";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

const WEB = block("web", { name: "Web" });
const SEED = `
users: [{ id: 1, name: Owner, email: owner@example.com }]
tokens: [{ name: full, token: full, user: 1, scopes: all }]
workspaces:
  staging-company: { id: 1, members: [{ id: 1, name: Owner, email: owner@example.com, owner: true }] }
  production-company: { id: 2, members: [{ id: 1, name: Owner, email: owner@example.com, owner: true }] }
`;

test("one file serves several workspaces, each with its own section of the lockfile", async (t) => {
  const s = await syncWorkbench(t);
  const seed = join(s.dir, "seed.yaml");
  await writeFile(seed, SEED);
  const emulator = await startEmulator({ seed });
  t.after(() => emulator.close());
  const env = { BUDDY_BASE_URL: emulator.url, BUDDY_TOKEN: "full", BUDDY_WORKSPACE: undefined };
  await s.writeIntegrations(WEB);
  const section = (workspace: string): string => `${emulator.url}/workspaces/${workspace}`;

  for (const workspace of ["staging-company", "production-company"]) {
    const apply = await s.apply(["--workspace", workspace], { env });
    assert.deepEqual([apply.exit, apply.outcomes], [0, ["done create web"]]);
    const [stored] = emulator.stored(workspace);
    assert.equal((await s.lockedEntry("web", section(workspace)))?.hashId, stored?.hash_id);
  }
  const staging = await s.lockedEntry("web", section("staging-company"));
  await s.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  assert.equal(
    (await s.apply(["--workspace", "production-company", "--prune", "--max-deletions", "1"], { env })).exit,
    0,
  );
  assert.deepEqual([emulator.stored("staging-company").length, emulator.stored("production-company").length], [1, 0]);
  assert.deepEqual(await s.lockedEntry("web", section("staging-company")), staging);
  assert.doesNotMatch((await s.read("integrations.lock.yaml")) ?? "", /production-company/);
});

test("the flag overrides the file, and the file overrides the variables of the CI system", async (t) => {
  const s = await syncWorkbench(t);
  const { url } = s.emulator;
  const target = async (args: readonly string[], env: Readonly<Record<string, string | undefined>>) => {
    const plan = await s.plan(args, { env: { BUDDY_WORKSPACE: undefined, BUDDY_BASE_URL: undefined, ...env } });
    return plan.report.plan === undefined ? plan.codes : [plan.report.plan.workspace, plan.report.plan.api];
  };
  await s.write("integrations.yaml", `version: 1\nworkspace: my-company\napi: ${url}/\nintegrations: {}\n`);
  assert.deepEqual(await target([], { BUDDY_BASE_URL: url }), ["my-company", url]);
  assert.deepEqual(await target(["--workspace", "other-company"], { BUDDY_BASE_URL: url }), ["other-company", url]);
  assert.deepEqual(await target([], { BUDDY_WORKSPACE_DOMAIN: "ci-company", BUDDY_API_ENDPOINT: url }), [
    "my-company",
    url,
  ]);
  const elsewhere = { BUDDY_WORKSPACE_DOMAIN: "ci-company", BUDDY_API_ENDPOINT: "https://x.example" };
  assert.deepEqual(await target([], elsewhere), ["target-disagrees"]);
  assert.deepEqual(await target(["--api", url], elsewhere), ["my-company", url]);
  await s.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  const ci = { BUDDY_WORKSPACE_DOMAIN: "ci-company", BUDDY_API_ENDPOINT: url };
  assert.deepEqual(await target([], ci), ["ci-company", url]);
  assert.deepEqual(await target([], { ...ci, BUDDY_WORKSPACE: "my-company" }), ["my-company", url]);
  assert.deepEqual(await target([], { BUDDY_API_ENDPOINT: url }), ["no-workspace"]);
});

test("several spellings of one host are the same host, with one section of the lockfile", async (t) => {
  const s = await syncWorkbench(t);
  const { url } = s.emulator;
  const env = { BUDDY_BASE_URL: `${url.replace("http", "HTTP")}/` };
  await s.write("integrations.yaml", `version: 1\napi: ${url}\nintegrations: {}\n`);
  assert.deepEqual([(await s.plan([], { env })).report.plan?.api, (await s.plan()).report.plan?.api], [url, url]);
  assert.equal((await s.plan(["--api", env.BUDDY_BASE_URL])).report.plan?.api, url);
});

test("a file and a variable that disagree are an error that names both, unless a flag decides", async (t) => {
  const s = await syncWorkbench(t);
  await s.write("integrations.yaml", "version: 1\nworkspace: another-company\nintegrations: {}\n");
  const plan = await s.plan();
  assert.equal(plan.exit, 3);
  assert.deepEqual(plan.report.diagnostics, [
    {
      code: "target-disagrees",
      severity: "error",
      message: "the file says workspace another-company, and BUDDY_WORKSPACE says my-company",
      hint: "say which with --workspace, or make the two agree",
      file: "integrations.yaml",
      start: { line: 2, column: 12, offset: 22 },
      end: { line: 2, column: 27, offset: 37 },
    },
  ]);
  assert.equal((await s.plan(["--workspace", "another-company"])).exit, 0);
});

test("a lockfile of the same workspace on another host is refused, unless --api names the host", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  const lock = `lockfile_version: 2\nworkspaces:\n  https://api.eu.buddy.works/workspaces/my-company:\n    integrations:\n      web:\n        hash_id: abc\n        type: VULTR\n`;
  await s.write("integrations.lock.yaml", lock);
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.codes], [3, ["lock-other-host"]]);
  assert.deepEqual([(await s.apply()).exit, await s.read("integrations.lock.yaml")], [3, lock]);
  assert.equal((await s.apply(["--api", s.emulator.url])).exit, 0);
  assert.ok((await s.read("integrations.lock.yaml"))?.includes("https://api.eu.buddy.works/workspaces/my-company"));
});
