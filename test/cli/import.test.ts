import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { workbench, type CliResult, type Workbench } from "../support/workbench.ts";

const NAME = "a-value-that-nobody-may-see";
const ENV = { NAME, TOKEN: "s3cret-of-tests" };
const EMPTY_LOCK = "lockfile_version: 2\nworkspaces: {}\n";

/**
 * Creates an integration with a field whose value the API returns. In the file the field is a reference.
 * @returns its hash
 */
async function createWeb(bench: Workbench): Promise<string> {
  await applyWithScope(bench, "WORKSPACE");
  return bench.emulator.stored().find(({ identifier }) => identifier === "web")?.hash_id ?? "";
}

async function applyWithScope(bench: Workbench, scope: string): Promise<void> {
  const blocks = [
    `  web: { type: GIT_LAB, name: web, scope: ${scope}, token: $TOKEN, host_url: $NAME }\n`,
    "  other: { type: GIT_LAB, name: other, scope: WORKSPACE, token: $TOKEN }\n",
  ];
  await bench.write("integrations.yaml", `version: 1\nintegrations:\n${blocks.join("")}`);
  const ended = await bench.run(["sync", "--apply", "--allow-replace"], { env: ENV });
  assert.equal(ended.exit, 0, ended.stderr);
}

/** Asserts that `import` of this hash under a new key prints nothing about the integration. */
async function assertImportRefused(bench: Workbench, hash: string): Promise<CliResult> {
  const ended = await bench.run(["import", "another_key", hash], { env: ENV });
  assert.equal(ended.exit, 3, ended.stderr);
  assert.equal(ended.stdout, "");
  assert.ok(!ended.stderr.includes(NAME), ended.stderr);
  return ended;
}

const begin = ({ emulator: { url: api, workspace } }: Workbench): object => ({
  version: 1,
  kind: "begin",
  api,
  workspace,
  key: "web",
  identifier: "web",
  type: "GIT_LAB",
  scope: "WORKSPACE",
  lifecycle: { protect: false, onRemove: "delete" },
});

const endLine = ({ emulator: { url: api, workspace } }: Workbench, hash: string): object => ({
  version: 1,
  kind: "end",
  api,
  workspace,
  key: "web",
  outcome: { hash },
});

const lines = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** Imports after the lockfile was lost; the journal has these records. */
async function importAfterInterruption(
  t: TestContext,
  records: (bench: Workbench, hash: string) => string,
): Promise<CliResult> {
  const bench = await workbench(t);
  const hash = await createWeb(bench);
  await bench.write(LOCKFILE, EMPTY_LOCK);
  await bench.write(JOURNAL, records(bench, hash));
  return assertImportRefused(bench, hash);
}

test("import shows no block of an integration that another key has", async (t) => {
  const bench = await workbench(t);
  const hash = await createWeb(bench);
  assert.match(
    (await assertImportRefused(bench, hash)).stderr,
    /belongs to the key web\n.*lifecycle\.moved_from: \[web\]/,
  );
});

test("import shows no block of an integration that another key had before its replacement", async (t) => {
  const bench = await workbench(t);
  const former = await createWeb(bench);
  await applyWithScope(bench, "PROJECT, project_name: company-website");
  const { stderr } = await assertImportRefused(bench, former);
  assert.match(stderr, /\[owned\]: \w+ belonged to the key web, whose replacement is \w+\n.*refs --write/);
});

test("import shows no block of an integration that an interrupted apply created", async (t) => {
  const { stderr } = await importAfterInterruption(t, (bench, hash) => lines(begin(bench), endLine(bench, hash)));
  assert.match(stderr, /belongs to the key web, whose apply was interrupted\n.*`buddy-integrations apply` adopts it/);
});

test("import shows no block of an integration that an interrupted apply wanted to replace", async (t) => {
  const { stderr } = await importAfterInterruption(t, (bench, hash) => lines({ ...begin(bench), replaces: hash }));
  assert.match(stderr, /belongs to the key web, whose apply was interrupted/);
});

test("import shows no block of an integration that an interrupted apply may have created, according to its identifier", async (t) => {
  const { stderr } = await importAfterInterruption(t, (bench) => lines(begin(bench)));
  assert.match(stderr, /an interrupted apply may have created \w+, for the key web/);
});

test("import shows no block while the journal can't be read", async (t) => {
  const { stderr } = await importAfterInterruption(t, () => "garbage\n");
  assert.match(
    stderr,
    /\[journal-damaged\].*an interrupted apply may have created .*\n.*`buddy-integrations apply` sets it aside/,
  );
});

test("journal records of another workspace or another identifier don't prevent the block", async (t) => {
  const bench = await workbench(t);
  const hash = await createWeb(bench);
  await bench.write(LOCKFILE, EMPTY_LOCK);
  const records = [
    { ...begin(bench), identifier: "third" },
    { ...begin(bench), workspace: "elsewhere" },
    { ...endLine(bench, hash), workspace: "elsewhere" },
  ];
  await bench.write(JOURNAL, lines(...records));
  const ended = await bench.run(["import", "another_key", hash, "--print"], { env: ENV });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.match(ended.stdout, /^ {2}another_key:\n {4}type: GIT_LAB$/m);
});
