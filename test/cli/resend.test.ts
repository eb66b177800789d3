import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { workbench, type CliResult } from "../support/workbench.ts";

const FILE = `version: 1
defaults: { scope: WORKSPACE }
integrations:
  aws: { type: AMAZON, name: AWS, access_key: $ACCESS, secret_key: $SECRET }
  docker: { type: DOCKER_HUB, name: Docker, username: a-user, password: $PASSWORD, note: hello }
`;
const ENV = { ACCESS: "access", SECRET: "secret", PASSWORD: "password" };

async function planAfterApply(t: TestContext): Promise<(...args: string[]) => Promise<CliResult>> {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const { exit, stderr } = await bench.run(["sync", "--apply"], { env: ENV });
  assert.equal(exit, 0, stderr);
  return (...args) => bench.run(["sync", "--plan", ...args], { env: ENV });
}

function resentFields({ stdout }: CliResult): string[] {
  return [...stdout.matchAll(/^ *(\w+)  .*\(sent again/gm)].map(([, field]) => field ?? "");
}

test("--resend sends every write-only value of a key, one field, or everything", async (t) => {
  const plan = await planAfterApply(t);
  assert.deepEqual(resentFields(await plan("--resend", "docker")), ["password", "username"]);
  assert.deepEqual(resentFields(await plan("--resend", "docker.password")), ["password"]);
  assert.deepEqual(resentFields(await plan("--resend", "docker.name")), ["name"]);
  assert.deepEqual(resentFields(await plan("--resend", "*")), ["access_key", "secret_key", "password", "username"]);
  const one = await plan("--resend", "aws.secret_key");
  assert.deepEqual(resentFields(one), ["secret_key"]);
  // Without a fingerprint, the plan can't say whether the value changes.
  assert.match(one.stdout, /sent along unchanged: name\n +sent along, not compared: access_key\n/);
  assert.deepEqual(resentFields(await plan()), []);
});

test("--resend of an unknown key or field is an error with the most similar name", async (t) => {
  const plan = await planAfterApply(t);
  for (const [what, message] of [
    ["dcoker", /--resend dcoker: the file has no dcoker\n +hint: did you mean docker\?/],
    ["docker.pasword", /--resend docker\.pasword: in the file, docker has no pasword\n +hint: did you mean password\?/],
    ["docker.secret_key", /in the file, docker has no secret_key/],
    ["aws.", /in the file, aws has no /],
    ["other", /the file has no other\n +hint: it takes aws or docker/],
  ] as const) {
    const { exit, stderr } = await plan("--resend", what);
    assert.equal(exit, 3, what);
    assert.match(stderr, message);
    assert.equal((await plan("--offline", "--resend", what)).exit, 3);
  }
  const leftOut = await plan("--resend", "aws", "--only", "docker");
  assert.equal(leftOut.exit, 3);
  assert.match(leftOut.stderr, /--resend aws: --only leaves aws out/);
});
