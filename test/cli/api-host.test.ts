import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { unconfirmedHostProblem } from "../../src/config/api-host.ts";
import { canonicalApi } from "../../src/model/address.ts";
import { workbench } from "../support/workbench.ts";

const fileAt = (api: string): string =>
  `version: 1\nworkspace: my-company\napi: ${api}\nintegrations:\n  a: { type: VULTR, name: A, scope: WORKSPACE, token: $TOKEN }\n`;
const lockAt = (api: string): string =>
  `lockfile_version: 2\nworkspaces:\n  ${api}/workspaces/my-company:\n    integrations:\n      a:\n        hash_id: deadbeef\n        type: VULTR\n`;
const PIPELINE = `- pipeline: "Deploy"\n  actions:\n    - action: "Upload"\n      integration_hash: 5e391f5aae784b7208de0d0a\n`;
const UNNAMED = { BUDDY_BASE_URL: undefined, BUDDY_WORKSPACE: undefined };
const COMMANDS = [
  ["sync", "--plan"],
  ["sync", "--apply"],
  ["import", "a", "deadbeef"],
  ["import", "b", "deadbeef"],
  ["list"],
  ["show", "b"],
  ["import", "b", "an_identifier", "--print"],
  ["export", "--append"],
];

test("a host that only the file names gets no request, even if it is this machine; the command in the hint fixes that", async (t) => {
  const bench = await workbench(t);
  const { url } = bench.emulator;
  await bench.write("integrations.yaml", fileAt(url));
  const nothing = (): never => assert.fail("no request may be sent");
  for (const args of COMMANDS) {
    const { exit, stdout, stderr } = await bench.run(args, { env: UNNAMED, io: { fetch: nothing } });
    assert.deepEqual([exit, stdout], [3, ""], args.join(" "));
    assert.ok(stderr.includes("[unconfirmed-host]"), stderr);
    assert.ok(stderr.includes(`export BUDDY_BASE_URL=${url}\n`), stderr);
  }
  const checked = await bench.run(["doctor"], { env: UNNAMED, io: { fetch: nothing } });
  assert.equal(checked.exit, 3);
  assert.match(checked.stdout, /^error {4}token .*\n(?: +.*\n)*? +Next: .*export\s+BUDDY_BASE_URL=/m);
  assert.equal((await bench.run(["sync", "--plan"], { env: { ...UNNAMED, BUDDY_BASE_URL: url } })).exit, 0);
  assert.equal((await bench.run(["sync", "--plan"], { env: { ...UNNAMED, BUDDY_API_ENDPOINT: url } })).exit, 0);
  assert.equal((await bench.run(["sync", "--plan", "--api", url], { env: UNNAMED })).exit, 0);
});

test("commands that send no request work with a host that only the file names", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileAt("https://buddy.example/api"));
  await bench.write("integrations.lock.yaml", lockAt("https://buddy.example/api"));
  await bench.write("buddy.yml", PIPELINE);
  const commands = [
    ["validate"],
    ["sync", "--plan", "--offline"],
    ["refs"],
    ["refs", "--check"],
    ["refs", "--key", "a"],
  ];
  for (const args of commands) {
    const { exit, stderr } = await bench.run(args, { env: { ...UNNAMED, BUDDY_TOKEN: undefined } });
    assert.equal(exit, 0, `${args.join(" ")}: ${stderr}`);
  }
});

test("refs --check sends no request to a host that only the lockfile names", async (t) => {
  const bench = await workbench(t);
  const { url } = bench.emulator;
  await bench.write("integrations.lock.yaml", lockAt(url));
  await bench.write("buddy.yml", PIPELINE);
  const check = async (env: Readonly<Record<string, string | undefined>>, ...args: readonly string[]) => {
    const { exit, stdout, stderr } = await bench.run(["refs", "--check", ...args], { env: { ...UNNAMED, ...env } });
    return { exit, text: stdout + stderr, requests: bench.requests().length };
  };
  const alone = await check({});
  assert.deepEqual([alone.exit, alone.requests], [3, 0]);
  assert.match(
    alone.text,
    /only the lockfile names http:\/\/127\.0\.0\.1:\d+, and this run is for https:\/\/api\.buddy\.works/,
  );
  assert.equal((await check({ BUDDY_TOKEN: undefined })).exit, 0);
  assert.ok((await check({ BUDDY_BASE_URL: url })).requests > 0);
  assert.ok((await check({}, "--api", url)).requests > 0);
  await bench.write("integrations.yaml", fileAt(url));
  const both = await check({});
  assert.deepEqual([both.exit, both.requests], [3, 0]);
  assert.match(both.text, /unconfirmed-host/);
});

test("a subdomain of localhost isn't this machine", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  const { exit, stderr } = await bench.run(["sync", "--plan", "--api", "http://x.localhost:8787"]);
  assert.equal(exit, 3);
  assert.match(stderr, /http would send the token in clear text to x\.localhost/);
});

test("the command in the hint names the host and runs nothing else, whatever the file says", () => {
  for (const path of ["api", "$(echo pwned)", "`echo pwned`", "';echo pwned;'", "a&echo pwned", "x|echo pwned", "~"]) {
    const api = canonicalApi(`https://buddy.example/${path}`);
    const [line = ""] =
      /export BUDDY_BASE_URL=.*$/s.exec(unconfirmedHostProblem(api, { flag: undefined, env: {} })?.hint ?? "") ?? [];
    const printed = execFileSync("/bin/sh", ["-c", `${line}\nprintf %s "$BUDDY_BASE_URL"`], { encoding: "utf8" });
    assert.equal(printed, api);
  }
});
