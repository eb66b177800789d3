import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { actionBench, FILE, LOCK, pullRequestEvent } from "../support/github/action-bench.ts";
import type { ActionBench, ActionEnd } from "../support/github/action-bench.ts";
import type { StoredPullRequest } from "../support/github/state.ts";

async function plan(
  bench: ActionBench,
  pullRequest: StoredPullRequest,
  given: { readonly inputs?: Record<string, string>; readonly env?: Record<string, string> } = {},
): Promise<ActionEnd> {
  const cwd = await bench.checkout(pullRequest.headOid);
  return bench.run("plan", { cwd, event: "pull_request", payload: pullRequestEvent(pullRequest), ...given });
}

test("a plan of a pull request has annotations, a summary, outputs and plan.json, and passes", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const ended = await plan(bench, pullRequest);
  assert.equal(ended.exit, 0, ended.log);
  const { "plan-file": file = "", "plan-hash": hash = "", ...outputs } = ended.outputs;
  assert.deepEqual(outputs, { "exit-code": "2", "has-changes": "true", "has-drift": "false" });
  assert.match(hash, /^v2:sha256:[0-9a-f]{64}$/);
  assert.match(ended.log, /^::notice title=my-company::/m);
  assert.match(ended.summary, /create {2}web/);
  assert.equal(JSON.parse(await readFile(file, "utf8")).command, "plan");
  assert.deepEqual(
    bench.emulator.requests.filter(({ method }) => method !== "GET"),
    [],
  );
});

test("the bundle contains the package for proxies and certificates, since nothing is installed where an action runs", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const env = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9", BUDDY_INSECURE: "true" };
  const ended = await plan(bench, pullRequest, { env });
  assert.match(ended.log, /BUDDY_INSECURE=true/);
  assert.deepEqual([ended.exit, ended.outputs["exit-code"]], [0, "2"], ended.log);
});

test("a plan without changes passes, and says so in its outputs", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ "README.md": "words\n" });
  const ended = await plan(bench, pullRequest);
  const { "plan-file": _, "plan-hash": __, ...outputs } = ended.outputs;
  assert.deepEqual([ended.exit, outputs], [0, { "exit-code": "0", "has-changes": "false", "has-drift": "false" }]);
});

test("a wrong file makes the step fail, with an annotation at the wrong place", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: "version: 1\nintegrations:\n  web: { type: VULTR }\n" });
  const ended = await plan(bench, pullRequest);
  assert.deepEqual([ended.exit, ended.outputs["exit-code"], ended.outputs["has-changes"]], [3, "3", "false"]);
  assert.match(ended.log, /^::error .*file=integrations\.yaml,line=3/m);
});

test("a pull request that edits the lockfile is refused", async (t) => {
  const bench = await actionBench(t);
  const lock = `lockfile_version: 2\nworkspaces:\n  ${bench.emulator.url}/workspaces/my-company:\n    integrations:\n      web:\n        hash_id: deadbeefdeadbeefdeadbeef\n        type: VULTR\n`;
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")), [LOCK]: lock });
  const ended = await plan(bench, pullRequest);
  assert.match(ended.log, /lockfile-edited/);
  assert.notEqual(ended.exit, 0);
});

for (const event of ["pull_request_target", "workflow_run", "push", "issue_comment"]) {
  test(`on ${event} nothing is planned, and an error says why`, async (t) => {
    const bench = await actionBench(t);
    const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
    const cwd = await bench.checkout(pullRequest.headOid);
    const ended = await bench.run("plan", { cwd, event, payload: pullRequestEvent(pullRequest) });
    assert.equal(ended.exit, 3);
    assert.match(ended.log, new RegExp(`^::error::buddy-integrations plan (?:doesn't run|runs) on .*${event}`, "m"));
    assert.deepEqual(bench.emulator.requests, []);
  });
}

for (const [who, given] of [
  ["a fork", { headRepository: "stranger/infra" }],
  ["Dependabot", { author: "dependabot[bot]" }],
] as const) {
  test(`without a token, ${who} gets a plan from the lockfile alone`, async (t) => {
    const bench = await actionBench(t);
    const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) }, given);
    const ended = await plan(bench, pullRequest, { env: { BUDDY_TOKEN: "" } });
    assert.equal(ended.exit, 0, ended.log);
    assert.equal(ended.outputs["plan-hash"], "");
    assert.match(ended.log, /^::notice::.*from the lockfile alone/m);
    assert.deepEqual(bench.emulator.requests, []);
  });
}

test("in a pull request of the repository itself, a missing token is an error, and no offline plan is made", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const ended = await plan(bench, pullRequest, { env: { BUDDY_TOKEN: "" } });
  assert.equal(ended.exit, 3);
  assert.match(ended.log, /^::error title=no-token::/m);
});

test("inputs are options of the command line, and args can't set what the action sets", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web"), block("db")) });
  const only = await plan(bench, pullRequest, { inputs: { only: "w*", args: "--max-deletions '3'" } });
  assert.equal(only.exit, 0, only.log);
  const { runs } = JSON.parse(await readFile(only.outputs["plan-file"] ?? "", "utf8"));
  assert.deepEqual([runs[0].plan.flags.only, runs[0].plan.flags.max_deletions], [["w*"], 3]);
  for (const args of ["--out x.json", "--expect=y", "--base main", "--format json", "'--file' z"]) {
    const refused = await plan(bench, pullRequest, { inputs: { args } });
    assert.equal(refused.exit, 3, args);
    assert.match(refused.log, /^::error::--\w+ can't be in the input args/m);
  }
  const open = await plan(bench, pullRequest, { inputs: { args: "--only 'x" } });
  assert.equal(open.exit, 3);
});

test("a hostile name can't give the runner a command, or end an output", async (t) => {
  const bench = await actionBench(t);
  const name = String.raw`"::set-env name=X::y\n::error::owned \u001b[31m ##[error]z\nhas-changes=false\n"`;
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web", { name })) });
  const ended = await plan(bench, pullRequest);
  assert.equal(ended.outputs["has-changes"], "true", ended.log);
  assert.doesNotMatch(ended.log, /^::(?!notice|warning|error|add-mask)/m);
  assert.doesNotMatch(ended.log, /^::error::owned|##\[|\p{Cf}|[^\P{Cc}\n\t]/mu);
});
