import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import {
  actionBench,
  FILE,
  pullRequestEvent,
  type ActionBench,
  type ActionEnd,
} from "../support/github/action-bench.ts";
import { BOT, type StoredPullRequest } from "../support/github/state.ts";

const MARK = "<!-- buddy-integrations comment: integrations -->";

/** Runs the action with this plan.json in the folder of the job, which has no checkout. */
async function comment(
  bench: ActionBench,
  pullRequest: StoredPullRequest,
  text: string,
  given: { readonly inputs?: Record<string, string>; readonly env?: Record<string, string> } = {},
): Promise<ActionEnd> {
  const cwd = await bench.checkout("main");
  await writeFile(join(cwd, "plan.json"), text);
  const event = { event: "pull_request", payload: pullRequestEvent(pullRequest) };
  // The job of the comment has neither a token of Buddy nor values.
  const env = { BUDDY_TOKEN: "", TOKEN: "", OTHER: "", BUDDY_INTEGRATIONS_KEY: "", ...given.env };
  return bench.run("comment", { cwd, ...event, ...given, env });
}

/** What the plan of a pull request has uploaded. */
async function planText(bench: ActionBench, pullRequest: StoredPullRequest): Promise<string> {
  const planned = await bench.planAndUpload(pullRequest);
  return planned.files["plan-file"] ?? "";
}

test("a plan becomes the comment of the pull request, and an empty one says that there is nothing to do", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const plan = await planText(bench, pullRequest);
  const first = await comment(bench, pullRequest, plan);
  assert.equal(first.exit, 0, first.log);
  const [made, ...more] = pullRequest.comments;
  assert.equal(more.length, 0);
  assert.ok(made !== undefined && made.body.startsWith(`${MARK}\n`), made?.body);
  assert.match(made.body, /create {2}web/);
  assert.match(first.outputs["comment-url"] ?? "", /^https:/);
  const empty = await bench.propose({ "README.md": "words\n" });
  const nothing = await planText(bench, empty);
  assert.equal((await comment(bench, pullRequest, nothing)).exit, 0);
  assert.equal(pullRequest.comments.length, 1);
  assert.match(pullRequest.comments[0]?.body ?? "", /nothing to do/);
  assert.equal((await comment(bench, empty, nothing)).exit, 0);
  assert.deepEqual(empty.comments, []);
});

test("for a fork only the summary is written, and no request is sent to GitHub", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) }, { headRepository: "stranger/infra" });
  const plan = await planText(bench, pullRequest);
  bench.github.canWrite = false;
  const asked = bench.github.operations.length;
  const ended = await comment(bench, pullRequest, plan, { inputs: { "github-token": "" } });
  assert.equal(ended.exit, 0, ended.log);
  assert.match(ended.summary, /create {2}web/);
  assert.equal(bench.github.operations.length, asked);
});

test("if the token may not comment, the summary has the plan, and the step names the missing permission", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const plan = await planText(bench, pullRequest);
  bench.github.canWrite = false;
  const ended = await comment(bench, pullRequest, plan);
  assert.equal(ended.exit, 5);
  assert.match(ended.log, /pull-requests: write/);
  assert.match(ended.summary, /create {2}web/);
  pullRequest.comments.length = 0;
  const dependabot = await comment(bench, pullRequest, plan, { env: { GITHUB_ACTOR: "dependabot[bot]" } });
  assert.deepEqual([dependabot.exit, pullRequest.comments], [0, []], dependabot.log);
});

test("a file that isn't a plan of this program is refused, and no comment is written", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const forgeries = [
    "",
    "{}",
    "[]",
    "<b>hello</b>",
    '{"report_format":"9.0","command":"plan","exit_code":0,"runs":[]}',
  ];
  for (const text of forgeries) {
    const ended = await comment(bench, pullRequest, text);
    assert.equal(ended.exit, 3, text);
    assert.deepEqual(pullRequest.comments, []);
  }
});

test("texts of a plan can't leave their place in the comment, or ping anybody", async (t) => {
  const bench = await actionBench(t);
  const name = String.raw`"@acme/everyone </details> \u0060\u0060\u0060\n# owned\n${MARK}\n<img src=x> [x](https://evil.example)"`;
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web", { name })) });
  const ended = await comment(bench, pullRequest, await planText(bench, pullRequest));
  assert.equal(ended.exit, 0, ended.log);
  const body = pullRequest.comments[0]?.body ?? "";
  assert.equal(body.split(MARK).length - 1, body.split("\n").filter((line) => line.includes(MARK)).length);
  assert.doesNotMatch(body, /^# owned|^<img/m);
  // The name is only in code fences and in inline code.
  const outside = body.replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, "").replaceAll(/(`+)[^`][\s\S]*?\1/g, "");
  assert.doesNotMatch(outside, /@acme|evil\.example/);
});

test("a plan of two thousand changes fits a comment and a summary", async (t) => {
  const bench = await actionBench(t);
  const blocks = Array.from({ length: 2000 }, (_, index) =>
    block(`web_${index}`, { name: `"Web ${"é".repeat(50)} ${index}"` }),
  );
  const pullRequest = await bench.propose({ [FILE]: fileOf(...blocks) });
  const ended = await comment(bench, pullRequest, await planText(bench, pullRequest));
  assert.equal(ended.exit, 0, ended.log.slice(0, 2000));
  assert.ok((pullRequest.comments[0]?.body.length ?? 0) < 65_536);
  assert.match(pullRequest.comments[0]?.body ?? "", /more lines|cut off/);
});

test("a comment of another author with the action's mark isn't changed, whatever it says", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  const forged = { id: "F", body: `${MARK}\nnothing to do`, author: "attacker" };
  pullRequest.comments.push({ ...forged });
  await comment(bench, pullRequest, await planText(bench, pullRequest));
  assert.deepEqual(pullRequest.comments[0], forged);
  assert.equal(pullRequest.comments[1]?.author, BOT);
});
