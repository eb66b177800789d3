import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { READ_ONLY_TOKEN } from "../../src/emulator/default-seed.ts";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const FILE = "integrations.yaml";
const EXAMPLE = "secrets.env.example";

async function create(bench: SyncWorkbench, fields: Readonly<Record<string, unknown>>): Promise<void> {
  await bench.byHand("POST", "/integrations", {
    type: "VULTR",
    name: "Web",
    scope: "WORKSPACE",
    token: "theirs",
    ...fields,
  });
}

async function withThree(bench: SyncWorkbench): Promise<void> {
  await create(bench, { identifier: "web" });
  await create(bench, { identifier: "web", scope: "PROJECT", project_name: "company-website", type: "DATADOG" });
  await create(bench, { identifier: "hub", type: "GIT_HUB", name: "Hub" });
}

test("export writes a file, a lockfile and the list of variables; nothing is sent, and the first plan has nothing to do", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  bench.requests();
  const ended = await bench.run(["export"]);
  assert.equal(ended.exit, 0, ended.stderr);
  assert.deepEqual(
    bench.requests().filter((request) => !request.startsWith("GET ")),
    [],
  );
  const file = (await bench.read(FILE)) ?? "";
  assert.deepEqual(
    [...file.matchAll(/^ {2}(\w+):$/gm)].map(([, key]) => key),
    ["hub", "web", "web_company_website"],
  );
  assert.match(file, /^defaults:\n {2}scope: WORKSPACE\n/m);
  assert.match(file, /^ {4}scope: PROJECT\n {4}project_name: company-website\n {4}identifier: web\n/m);
  assert.match((await bench.read(EXAMPLE)) ?? "", /^# hub: token\n# HUB_TOKEN=$/m);
  const planned = await bench.plan();
  assert.deepEqual([planned.exit, planned.changes, planned.codes], [0, [], []]);
});

test("credentials are managed if their variables have values, and the lockfile says of no value that it was sent", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  const env = { HUB_TOKEN: "hub-value" };
  const ended = await bench.run(["export"], { env });
  assert.match(ended.stderr, /^Next: `buddy-integrations apply --assume-sent` /m);
  assert.match((await bench.read(FILE)) ?? "", /^ {2}hub:\n(?: {4}.*\n)* {4}token: \$HUB_TOKEN\n/m);
  assert.deepEqual((await bench.lockedEntry("hub"))?.lastSent.get("token"), { sent: false, variable: "HUB_TOKEN" });
  assert.match((await bench.read(EXAMPLE)) ?? "", /^HUB_TOKEN=$/m);
  assert.equal((await bench.apply(["--assume-sent"], { env })).exit, 0);
  assert.deepEqual((await bench.plan([], { env })).changes, []);
});

test("credentials stay unmanaged where the API returns a field and its variable has another value", async (t) => {
  const bench = await syncWorkbench(t);
  const azure = {
    type: "AZURE_CLOUD",
    name: "Azure",
    identifier: "azure",
    scope: "WORKSPACE",
    app_id: "https://user:pw@host/",
    tenant_id: "tenant",
    password: "live",
  };
  await bench.byHand("POST", "/integrations", azure);
  const values = { AZURE_TENANT_ID: "tenant", AZURE_PASSWORD: "live" };
  for (const [appId, says] of [
    ["another", /credentials: unmanaged/],
    ["https://user:pw@host/", /app_id: \$AZURE_APP_ID/],
  ] as const) {
    const env = { ...values, AZURE_APP_ID: appId };
    const { stdout, stderr } = await bench.run(["export", "--out", `${appId.length}.yaml`], { env });
    assert.match((await bench.read(`${appId.length}.yaml`)) ?? "", says, stdout + stderr);
  }
});

test("an existing file is never replaced", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  await bench.write(FILE, "mine\n");
  const ended = await bench.run(["export"]);
  assert.deepEqual([ended.exit, ended.stdout], [3, ""]);
  assert.match(ended.stderr, /\[file-exists\]: integrations\.yaml exists already.*\n.*--append.*--out/);
  assert.equal(await bench.read(FILE), "mine\n");
  await bench.write(EXAMPLE, "also mine\n");
  assert.equal((await bench.run(["export", "--out", "new.yaml"])).exit, 0);
  assert.equal(await bench.read(EXAMPLE), "also mine\n");
  assert.notEqual(await bench.read("new.lock.yaml"), undefined);
});

test("a lockfile of the same workspace without its file is an error, and export doesn't start again", async (t) => {
  const bench = await syncWorkbench(t);
  await bench.writeIntegrations(block("old"));
  await bench.apply();
  const lock = await bench.read(LOCKFILE);
  const ended = await bench.run(["export", "--lockfile", LOCKFILE, "--out", "new.yaml"]);
  assert.equal(ended.exit, 3);
  assert.match(ended.stderr, /\[file-exists\]: integrations\.lock\.yaml has 1 integration/);
  assert.equal(await bench.read(LOCKFILE), lock);
});

test("--append changes no byte that secrets.env.example has, and leaves one that it can't read as it is", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  assert.equal((await bench.run(["export", "--only", "hub"])).exit, 0);
  const before = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xe9]), Buffer.from("=1\n")]);
  await writeFile(join(bench.dir, EXAMPLE), before);
  assert.equal((await bench.run(["export", "--append", "--only", "web"])).exit, 0);
  const after = await readFile(join(bench.dir, EXAMPLE));
  assert.deepEqual(after.subarray(0, before.length), before);
  assert.match(after.subarray(before.length).toString(), /^\n# web: token\n# WEB_TOKEN=\n/);

  await rm(join(bench.dir, EXAMPLE));
  await mkdir(join(bench.dir, EXAMPLE));
  const ended = await bench.run(["export", "--append"]);
  assert.equal(ended.exit, 3);
  assert.match(ended.stderr, /error \[unwritable\]: secrets\.env\.example can't be written/);
});

test("--append adds the integrations that no key has, except those that the file will adopt", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  const before =
    "version: 1\n# ours\nintegrations:\n  web: # to be adopted\n    { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN }\n";
  await bench.write(FILE, before);
  const ended = await bench.run(["export", "--append"]);
  assert.equal(ended.exit, 0, ended.stderr);
  const after = (await bench.read(FILE)) ?? "";
  assert.ok(after.startsWith(before));
  assert.deepEqual(
    [...after.slice(before.length).matchAll(/^ {2}(\w+):$/gm)].map(([, key]) => key),
    ["hub", "web_company_website"],
  );
  const again = await bench.run(["export", "--append"]);
  assert.deepEqual([again.exit, again.stdout], [0, ""]);
  assert.equal(await bench.read(FILE), after);
});

test("--only, --type and --project select integrations, and an empty selection is an error", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  const keys = async (...args: readonly string[]): Promise<string[]> => {
    const out = `${args.join("").replaceAll(/\W/g, "")}.yaml`;
    const ended = await bench.run(["export", "--out", out, ...args]);
    assert.equal(ended.exit, 0, ended.stderr);
    return [...((await bench.read(out)) ?? "").matchAll(/^ {2}(\w+):$/gm)]
      .map(([, key = ""]) => key)
      .filter((key) => key !== "scope");
  };
  assert.deepEqual(await keys("--only", "h*"), ["hub"]);
  assert.deepEqual(await keys("--type", "git_hub"), ["hub"]);
  assert.deepEqual(await keys("--project", "company-website"), ["web"]);
  const none = await bench.run(["export", "--out", "none.yaml", "--only", "x*"]);
  assert.equal(none.exit, 3);
  assert.match(none.stderr, /\[no-match\]/);
});

test("with a token that may not list projects, export says what it may have missed", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  const ended = await bench.run(["export"], { env: { BUDDY_TOKEN: READ_ONLY_TOKEN } });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stderr, /warning \[unlisted-projects\]/);
  assert.doesNotMatch((await bench.read(FILE)) ?? "", /company-website/);
});

test("export writes numbers with the name in a comment, and --names writes names", async (t) => {
  const bench = await syncWorkbench(t);
  const permissions = {
    admins: "MANAGE",
    others: "DENIED",
    users: [{ id: 1, access_level: "MANAGE" }],
    groups: [{ id: 2, access_level: "USE_ONLY" }],
  };
  await create(bench, { identifier: "web", permissions, all_pipelines_allowed: false, allowed_pipelines: [{ id: 1 }] });
  assert.equal((await bench.run(["export"])).exit, 0);
  const file = (await bench.read(FILE)) ?? "";
  assert.match(file, /- id: 1 # Dev Eloper\n/);
  assert.match(file, /- id: 2 # frontend\n/);
  assert.match(file, /- id: 1 # deploy\n/);
  assert.equal((await bench.run(["export", "--names", "--out", "names.yaml"])).exit, 0);
  const names = (await bench.read("names.yaml")) ?? "";
  assert.match(names, /- email: dev@example\.com\n/);
  assert.match(names, /- name: frontend\n/);
  assert.match(names, /- project: company-website\n {8}pipeline: deploy\n/);
  assert.deepEqual((await bench.plan(["--file", "names.yaml"])).changes, []);
});

test("export is refused while an interrupted apply may have created some of the integrations", async (t) => {
  const bench = await syncWorkbench(t);
  await withThree(bench);
  await bench.write(`${LOCKFILE}.journal`, "garbage\n");
  const ended = await bench.run(["export"]);
  assert.equal(ended.exit, 3);
  assert.match(ended.stderr, /\[unfinished-apply\]/);
  assert.equal(await bench.read(FILE), undefined);
});
