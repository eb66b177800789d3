import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { workbench, type Workbench } from "../support/workbench.ts";

const PIPELINE = `- pipeline: "Deploy"
  actions:
    - action: "Upload"
      type: "AMAZON_S3"
      integration_hash: aws_prod # the account of production
`;

function fileWithScope(scope: string): string {
  return `version: 1
integrations:
  aws_prod:
    type: AMAZON
    name: AWS production
${scope}
    access_key: $AWS_KEY
    secret_key: $AWS_SECRET
  docker:
    type: DOCKER_HUB
    name: Docker Hub
    scope: WORKSPACE
    username: me
    password: $DOCKER_PASSWORD
  spare:
    type: DOCKER_HUB
    name: Another Docker Hub
    scope: WORKSPACE
    username: me
    password: $DOCKER_PASSWORD
`;
}

const WORKSPACE = "    scope: WORKSPACE";
const PROJECT = "    scope: PROJECT\n    project_name: company-website";
const env = {
  AWS_KEY: "key",
  AWS_SECRET: "secret",
  DOCKER_PASSWORD: "password",
  BUDDY_INTEGRATIONS_KEY: "ab".repeat(32),
};

async function lockedHashOf(bench: Workbench, key: string): Promise<string> {
  const { stdout, exit } = await bench.run(["refs", "--key", key]);
  assert.equal(exit, 0);
  return stdout.trim();
}

test("references through a lifecycle: fill in, replace, find what broke, fix, clean up", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  await bench.write("buddy.yml", PIPELINE);

  const pending = await bench.run(["refs", "--check"]);
  assert.equal(pending.exit, 0, pending.stdout);
  assert.match(pending.stdout, /1 pending/);

  const applied = await bench.run(["sync", "--apply"], { env });
  assert.equal(applied.exit, 0, applied.stderr);
  const unfilled = await bench.run(["refs", "--check"]);
  assert.equal(unfilled.exit, 3, unfilled.stderr);
  assert.match(unfilled.stdout, /^buddy\.yml:5:25: error \[unfilled-key\]/m);

  const dry = await bench.run(["refs", "--write", "--dry-run"]);
  const first = await lockedHashOf(bench, "aws_prod");
  assert.match(dry.stdout, new RegExp(`^\\+ {6}integration_hash: ${first} # the account of production$`, "m"));
  assert.equal(await bench.read("buddy.yml"), PIPELINE);

  assert.equal((await bench.run(["refs", "--write"])).exit, 0);
  assert.equal(await bench.read("buddy.yml"), PIPELINE.replace("hash: aws_prod", `hash: ${first}`));
  assert.equal((await bench.run(["refs", "--check"])).exit, 0);

  await bench.write("integrations.yaml", fileWithScope(PROJECT));
  const plan = await bench.run(["sync", "--plan", "--allow-replace"], { env });
  assert.match(plan.stdout, /buddy\.yml:5 \(Deploy \/ Upload\) refers to a hash that is superseded/);
  const replaced = await bench.run(["sync", "--apply", "--allow-replace"], { env });
  assert.equal(replaced.exit, 0, replaced.stderr);
  const second = await lockedHashOf(bench, "aws_prod");
  assert.notEqual(second, first);

  const broken = await bench.run(["refs", "--check"]);
  assert.equal(broken.exit, 3);
  assert.match(broken.stdout, /^buddy\.yml:5:25: error \[superseded-hash\]/m);

  assert.equal((await bench.run(["refs", "--write"])).exit, 0);
  assert.equal(await bench.read("buddy.yml"), PIPELINE.replace("hash: aws_prod", `hash: ${second}`));
  const again = await bench.run(["refs", "--write"]);
  assert.match(again.stderr, /nothing to change/);

  const pruned = await bench.run(["sync", "--apply", "--prune"], { env });
  assert.equal(pruned.exit, 0, pruned.stderr);
  assert.deepEqual(
    bench.emulator.stored().map(({ hash_id }) => hash_id === first),
    [false, false, false],
  );
  assert.equal((await bench.run(["refs", "--check"])).exit, 0);
});

test("refs lists the hashes in every format", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  await bench.run(["sync", "--apply"], { env });
  const [aws, docker, spare] = await Promise.all(
    ["aws_prod", "docker", "spare"].map((key) => lockedHashOf(bench, key)),
  );

  const json = await bench.run(["refs", "--format", "json"]);
  assert.deepEqual(JSON.parse(json.stdout), { aws_prod: aws, docker, spare });
  const yaml = await bench.run(["refs", "--format", "yaml"]);
  assert.equal(yaml.stdout, `aws_prod: ${aws}\ndocker: ${docker}\nspare: ${spare}\n`);
  const variables = await bench.run(["refs", "--format", "env"]);
  assert.equal(
    variables.stdout,
    `BUDDY_INTEGRATION_AWS_PROD=${aws}\nBUDDY_INTEGRATION_DOCKER=${docker}\nBUDDY_INTEGRATION_SPARE=${spare}\n`,
  );
  const table = await bench.run(["refs"]);
  assert.match(table.stdout, /^KEY {7}HASH +IDENTIFIER {2}TYPE$/m);
  assert.match(table.stdout, new RegExp(`^docker {4}${docker} +docker +DOCKER_HUB$`, "m"));
});

test("an unknown key is an error that names the known ones", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  await bench.run(["sync", "--apply"], { env });
  const { exit, stdout, stderr } = await bench.run(["refs", "--key", "aws"]);
  assert.equal(exit, 3);
  assert.equal(stdout, "");
  assert.match(stderr, /the lockfile has no aws .*\n.*it has aws_prod, docker, spare/);
});

test("--usages shows where each integration is used, and which are used nowhere", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  await bench.run(["sync", "--apply"], { env });
  await mkdir(join(bench.dir, ".buddy", "nested"), { recursive: true });
  await bench.write(".buddy/nested/deploy.yaml", PIPELINE);
  const { exit, stdout } = await bench.run(["refs", "--usages"]);
  assert.equal(exit, 0);
  assert.match(
    stdout,
    /^aws_prod {2}\.buddy\/nested\/deploy\.yaml:5:25 {2}Deploy \/ Upload +\(refs --write fixes it\)$/m,
  );
  assert.match(stdout, /^docker \(DOCKER_HUB\) isn't used in the files that were read$/m);
});

test("a hash that only the workspace knows is offered for import, and the offered command works", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  await bench.run(["sync", "--apply"], { env });
  const hash = await lockedHashOf(bench, "spare");
  const file = fileWithScope(WORKSPACE);
  await bench.write("integrations.yaml", file.slice(0, file.indexOf("  spare:")));
  await bench.write(
    "integrations.lock.yaml",
    ((await bench.read("integrations.lock.yaml")) ?? "").replace(/ {6}spare:[^]*/, ""),
  );
  await bench.write("buddy.yml", PIPELINE.replace("aws_prod", hash));

  const offered = await bench.run(["refs", "--check"]);
  assert.equal(offered.exit, 0, offered.stdout + offered.stderr);
  const [command] = /buddy-integrations import \S+ \S+(?=`)/.exec(offered.stdout) ?? [];
  assert.equal(command, `buddy-integrations import spare ${hash}`);

  const block = await bench.run(["import", "spare", hash, "--print"]);
  assert.equal(block.exit, 0);
  assert.match(block.stdout, /^ {2}spare:\n {4}type: DOCKER_HUB\n {4}name: Another Docker Hub\n {4}scope: WORKSPACE$/m);
  assert.match(block.stdout, /^ {4}password: \$SPARE_PASSWORD$/m);

  await bench.write("integrations.yaml", (await bench.read("integrations.yaml")) + block.stdout);
  const imported = await bench.run(["import", "spare", hash]);
  assert.equal(imported.exit, 0, imported.stderr);
  assert.equal(await lockedHashOf(bench, "spare"), hash);
  assert.ok(bench.requests().every((request) => !/^(?:PATCH|DELETE)/.test(request)));

  const gone = await bench.run(["import", "docker", "deadbeefdeadbeefdeadbeef"]);
  assert.equal(gone.exit, 7, gone.stderr);
});

test("without a token, an unknown hash is a warning", async (t) => {
  const bench = await workbench(t);
  await bench.write("buddy.yml", PIPELINE.replace("aws_prod", "deadbeefdeadbeefdeadbeef"));
  const { exit, stdout } = await bench.run(["refs", "--check"], { env: { BUDDY_TOKEN: undefined } });
  assert.equal(exit, 0);
  assert.match(stdout, /warning \[unverified-hash\]/);
});

test("before anything is locked, the workspace of the settings is used", async (t) => {
  const bench = await workbench(t);
  await bench.write("buddy.yml", PIPELINE.replace("aws_prod", "deadbeefdeadbeefdeadbeef"));
  const { exit, stdout } = await bench.run(["refs", "--check"]);
  assert.equal(exit, 3);
  assert.match(stdout, /error \[gone-hash\]/);
});

test("refs takes the token from a file if the variable is empty, as plan and apply do", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  await bench.run(["sync", "--apply"], { env });
  await bench.write("token", bench.emulator.token);
  await bench.write("buddy.yml", PIPELINE.replace("aws_prod", "deadbeefdeadbeefdeadbeef"));
  const inFile = { BUDDY_TOKEN: "", BUDDY_TOKEN_FILE: "token" };
  const { exit, stdout } = await bench.run(["refs", "--check"], { env: inFile });
  assert.equal(exit, 3);
  assert.match(stdout, /error \[gone-hash\]/);
});

test("with several workspaces in the lockfile, refs asks which", async (t) => {
  const bench = await workbench(t);
  const section = (workspace: string): string =>
    `  https://api.buddy.works/workspaces/${workspace}:\n    integrations:\n      a:\n        hash_id: ${workspace}1\n        type: CUSTOM\n`;
  await bench.write(
    "integrations.lock.yaml",
    `lockfile_version: 2\nworkspaces:\n${section("here")}${section("there")}`,
  );
  const elsewhere = { BUDDY_WORKSPACE: undefined, BUDDY_BASE_URL: undefined };
  const asked = await bench.run(["refs", "--key", "a"], { env: elsewhere });
  assert.equal(asked.exit, 3);
  assert.match(asked.stderr, /several workspaces/);
  assert.equal(
    (await bench.run(["refs", "--key", "a", "--workspace", "there"], { env: elsewhere })).stdout,
    "there1\n",
  );
});

test("for an empty list, stderr says that nothing is locked", async (t) => {
  const bench = await workbench(t);
  const { stdout, stderr, exit } = await bench.run(["refs"]);
  assert.deepEqual([stdout, exit], ["KEY  HASH  IDENTIFIER  TYPE\n", 0]);
  assert.match(stderr, /^no integration is locked; `apply` locks/);
  assert.equal((await bench.run(["refs", "--quiet"])).stderr, "");
});

test("no text of a pipeline file can command the terminal", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileWithScope(WORKSPACE));
  assert.equal((await bench.run(["sync", "--apply"], { env })).exit, 0);
  await bench.write("buddy.yml", '- pipeline: "a\\e[2Jb"\n  actions:\n    - action: c\n      integration: aws_prod\n');
  const { stdout } = await bench.run(["refs", "--usages"]);
  assert.match(stdout, /buddy\.yml:4:20 +a\uFFFD\[2Jb \/ c/);
});

test("no request is sent for a lockfile section whose host must not get the token", async (t) => {
  const bench = await workbench(t);
  await bench.write(
    "integrations.lock.yaml",
    "lockfile_version: 2\nworkspaces:\n  http://example.com/workspaces/my-company:\n    integrations: {}\n",
  );
  await bench.write("buddy.yml", PIPELINE);
  const { exit, stderr } = await bench.run(["refs", "--check"]);
  assert.equal(exit, 3, stderr);
  assert.match(
    stderr,
    /error \[wrong-api\]: .* can't be used: http would send the token in clear text to example\.com/,
  );
  assert.deepEqual(bench.requests(), []);
});
