import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const OTHER = block("other");

/** Creates an integration, like a person in the web page. @returns its hash */
async function byHand(bench: SyncWorkbench, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const body = {
    type: "VULTR",
    name: "Web",
    identifier: "made_by_hand",
    scope: "WORKSPACE",
    token: "theirs",
    ...fields,
  };
  await bench.byHand("POST", "/integrations", body);
  return bench.stored(body.identifier).hash_id;
}

/** Imports `web` into a file, and asserts that only the block was added. @returns the text of the file */
async function importInto(t: TestContext, before: string): Promise<string> {
  const bench = await syncWorkbench(t);
  const hash = await byHand(bench);
  await bench.write("integrations.yaml", before);
  const ended = await bench.run(["import", "web", hash]);
  assert.equal(ended.exit, 0, ended.stderr);
  assert.equal((await bench.lockedEntry("web"))?.hashId, hash);
  const planned = await bench.plan(["--only", "web"], { env: { WEB_TOKEN: undefined } });
  assert.deepEqual([planned.exit, planned.changes], [0, []]);
  return (await bench.read("integrations.yaml")) ?? "";
}

const BLOCK = `  web:
    type: VULTR
    name: Web
    scope: WORKSPACE
    identifier: made_by_hand
    token: $WEB_TOKEN
    all_pipelines_allowed: true
    permissions:
      admins: MANAGE
      others: USE_ONLY
      users: []
      groups: []
`;

test("import adds the block to a file with comments and anchors, and changes no other byte", async (t) => {
  const head = `# ours\nversion: 1\nx-places:\n  where: &where { scope: WORKSPACE } # shared\nintegrations:\n  other:   &other\n    <<: *where\n    type: VULTR\n    name:   "Other"   # kept\n    token: $TOKEN\n    # about other\n`;
  const tail = "\n# at the end\n";
  assert.equal(await importInto(t, head + tail), head + BLOCK + tail);
});

test("import adds the block with CRLF to a file with CRLF", async (t) => {
  const before = `version: 1\r\nintegrations:\r\n  ${OTHER}\r\n`;
  assert.equal(await importInto(t, before), before + BLOCK.replaceAll("\n", "\r\n"));
});

test("import adds the block within the braces of a file in flow style", async (t) => {
  const after = await importInto(t, `{ version: 1, integrations: { ${OTHER} } } # all\n`);
  assert.match(
    after,
    /^\{ version: 1, integrations: \{ other: \{ [^\n]* \}, web: \{ type: VULTR, [^\n]* \} \} \} # all\n$/,
  );
});

test("import drops a default that the integration doesn't have", async (t) => {
  const before = "version: 1\ndefaults: { scope: WORKSPACE, note: ours }\nintegrations: {}\n";
  assert.match(await importInto(t, before), /integrations:\n {2}web:\n(?: {4}.*\n| {6}.*\n)* {4}note: null\n$/);
});

test("import finds an integration by its identifier", async (t) => {
  const bench = await syncWorkbench(t);
  const hash = await byHand(bench);
  await bench.writeIntegrations(OTHER);
  assert.equal((await bench.run(["import", "web", "made_by_hand"])).exit, 0);
  assert.equal((await bench.lockedEntry("web"))?.hashId, hash);
  const unknown = await bench.run(["import", "third", "nowhere"]);
  assert.equal(unknown.exit, 3);
  assert.match(unknown.stderr, /\[not-found\]: no hash or identifier in \S+ is `nowhere`/);
  await byHand(bench, { scope: "PROJECT", project_name: "company-website" }).catch(() => undefined);
  const several = await bench.run(["import", "third", "made_by_hand"]);
  assert.match(several.stderr, /\[several-matches\]/);
});

test("if the file has the key, import adds only the lockfile entry and doesn't change the file", async (t) => {
  const bench = await syncWorkbench(t);
  const hash = await byHand(bench);
  await bench.writeIntegrations(block("web", { name: "Web" }));
  const before = await bench.read("integrations.yaml");
  for (const name of [hash, "made_by_hand"]) {
    const ended = await bench.run(["import", "web", name]);
    assert.equal(ended.exit, 0, ended.stderr);
    assert.equal((await bench.lockedEntry("web"))?.hashId, hash);
  }
  assert.equal(await bench.read("integrations.yaml"), before);
});

test("--print only prints", async (t) => {
  const bench = await syncWorkbench(t);
  const hash = await byHand(bench);
  await bench.writeIntegrations(OTHER);
  const before = await bench.read("integrations.yaml");
  const ended = await bench.run(["import", "web", hash, "--print"]);
  assert.deepEqual([ended.exit, ended.stdout], [0, BLOCK]);
  assert.equal(await bench.read("integrations.yaml"), before);
  assert.equal(await bench.read(LOCKFILE), undefined);
});

test("credentials of AMAZON stay unmanaged unless --credentials managed is given, and no role is ever written", async (t) => {
  const bench = await syncWorkbench(t);
  const aws = {
    type: "AMAZON",
    access_key: "A",
    secret_key: "S",
    role_assumptions: [{ arn: "arn:aws:iam::1:role/x" }],
  };
  const hash = await byHand(bench, { ...aws, token: undefined });
  await bench.writeIntegrations(OTHER);
  const print = async (...more: readonly string[]): Promise<string> =>
    (await bench.run(["import", "web", hash, "--print", ...more])).stdout;
  assert.match(await print(), /# access_key: \$WEB_ACCESS_KEY\n.*# secret_key: \$WEB_SECRET_KEY\n/);
  assert.match(await print(), /lifecycle:\n {6}credentials: unmanaged\n/);
  const managed = await print("--credentials", "managed");
  assert.match(managed, /^ {4}access_key: \$WEB_ACCESS_KEY\n {4}secret_key: \$WEB_SECRET_KEY\n/m);
  assert.match(managed, /# role_assumptions: the API doesn't return it\n/);
  for (const text of [managed, await print()]) assert.doesNotMatch(text, /^ *role_assumptions/m);
});

test("a file without a place for the block isn't changed", async (t) => {
  const bench = await syncWorkbench(t);
  const hash = await byHand(bench);
  const before = `version: 1\nx-all: &all\n  ${OTHER}\nintegrations: *all\n`;
  await bench.write("integrations.yaml", before);
  const ended = await bench.run(["import", "web", hash]);
  assert.equal(ended.exit, 3);
  assert.match(ended.stderr, /\[no-place\].*\n.*`--print` shows it/);
  assert.equal(await bench.read("integrations.yaml"), before);
  assert.equal(await bench.read(LOCKFILE), undefined);
});
