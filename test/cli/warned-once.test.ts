import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const unnamed = (key: string, type: string, fields: Readonly<Record<string, string>> = {}): string =>
  block(key, { type, name: "N", ...fields });

/** The codes of the file's warnings in an offline plan. */
async function warned(s: SyncWorkbench, ...integrations: readonly string[]): Promise<string[]> {
  await s.writeIntegrations(...integrations);
  const { report } = await s.plan(["--offline"]);
  return report.diagnostics.filter(({ severity }) => severity === "warning").map(({ code }) => code);
}

/** Makes a lockfile as if the server had accepted a type that this version doesn't know. */
async function locked(s: SyncWorkbench): Promise<void> {
  await s.writeIntegrations(unnamed("web", "VULTR"));
  await s.apply();
  const text = (await s.read("integrations.lock.yaml")) ?? "";
  assert.match(text, /\bVULTR\b/);
  await s.write("integrations.lock.yaml", text.replace(/\bVULTR\b/, "BRAND_NEW"));
}

test("an unknown type gives a warning until one is locked, under any key", async (t) => {
  const s = await syncWorkbench(t);
  assert.deepEqual(await warned(s, unnamed("web", "BRAND_NEW")), ["unknown-type"]);
  await locked(s);
  assert.deepEqual(await warned(s, unnamed("web", "BRAND_NEW"), unnamed("db", "BRAND_NEW")), []);
  assert.deepEqual(await warned(s, unnamed("web", "BRAND_NEW"), unnamed("db", "ANOTHER_NEW")), ["unknown-type"]);
  const { stdout } = await s.run(["validate"]);
  assert.equal(stdout.split("warning [unknown-type]").length, 3, "validate doesn't know the lockfile");
});

test("a warning that needs no action is shown until its integration is locked, also under a former key", async (t) => {
  const s = await syncWorkbench(t);
  const environment = unnamed("web", "VULTR").replace("WORKSPACE", "ENVIRONMENT");
  assert.deepEqual(await warned(s, environment), ["environment-scope"]);
  assert.deepEqual(await warned(s, unnamed("web-", "VULTR")), ["hyphen"]);
  await locked(s);
  assert.deepEqual(await warned(s, environment), []);
  const renamed = unnamed("site-", "VULTR", { lifecycle: "{ moved_from: [web] }" });
  assert.deepEqual(await warned(s, renamed), []);
  assert.deepEqual(await warned(s, unnamed("site-", "VULTR")), ["hyphen"]);
});

test("a lockfile section of another workspace doesn't silence a warning", async (t) => {
  const s = await syncWorkbench(t);
  await locked(s);
  await s.writeIntegrations(unnamed("web", "BRAND_NEW"));
  const { stderr } = await s.run(["sync", "--plan", "--offline", "--workspace", "other-company"]);
  assert.match(stderr, /warning \[unknown-type\]/);
});
