import assert from "node:assert/strict";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { actionBench, FILE, LOCK, pullRequestEvent, type ActionBench } from "../support/github/action-bench.ts";
import { REPOSITORY, WORKFLOW, type StoredPullRequest } from "../support/github/state.ts";

/** Proposes, plans and merges a desired state. */
async function reviewed(bench: ActionBench, ...integrations: readonly string[]): Promise<StoredPullRequest> {
  const pullRequest = await bench.propose({ [FILE]: fileOf(...integrations) });
  const planned = await bench.planAndUpload(pullRequest);
  assert.equal(planned.exit, 0, planned.log);
  await bench.merge(pullRequest);
  return pullRequest;
}

function created({ emulator }: ActionBench): readonly string[] {
  return emulator
    .stored()
    .map(({ identifier }) => identifier ?? "")
    .toSorted();
}

test("what a pull request shows is applied when it is merged, and the lockfile is committed", async (t) => {
  const bench = await actionBench(t);
  await reviewed(bench, block("web"));
  const ended = await bench.apply();
  assert.equal(ended.exit, 0, ended.log);
  assert.deepEqual([ended.outputs["exit-code"], ended.outputs["needs-approval"]], ["0", "false"]);
  const [web] = bench.emulator.stored();
  assert.match((await bench.github.textAt("main", LOCK)) ?? "", new RegExp(web?.hash_id ?? "none"));
  const head = await bench.github.repository.git("log", "-1", "--format=%H %s", "main");
  assert.equal(head, `${ended.outputs["lockfile-commit"]} Lock Buddy integrations [skip ci]`);
  assert.equal(ended.state["published"], "true");
});

test("a job that runs again applies what the branch has now, and a checkout of the old commit is refused", async (t) => {
  const bench = await actionBench(t);
  await reviewed(bench, block("web"));
  const old = (await bench.github.repository.branch("main")) ?? "";
  assert.equal((await bench.apply()).exit, 0);
  await reviewed(bench, block("web"), block("db"));
  assert.equal((await bench.apply()).exit, 0);
  assert.deepEqual(created(bench), ["db", "web"]);
  const again = await bench.apply();
  assert.equal(again.exit, 0, again.log);
  const stale = await bench.apply({ cwd: await bench.checkout(old) });
  assert.equal(stale.exit, 6, stale.log);
  assert.match(stale.log, /integrations\.yaml has changed on main since/);
  assert.deepEqual(created(bench), ["db", "web"]);
});

test("after two merges in a row, the apply of the second does what both plans show", async (t) => {
  const bench = await actionBench(t);
  const first = await bench.propose({ [FILE]: fileOf(block("web")) });
  await bench.planAndUpload(first);
  const second = await bench.propose({ "other.yaml": fileOf(block("db")) });
  // It was planned before the first was merged, and is about another part of the file.
  await bench.merge(first);
  const both = await bench.propose({ [FILE]: fileOf(block("web"), block("db")) });
  await bench.planAndUpload(both);
  await bench.merge(both);
  const ended = await bench.apply();
  assert.equal(ended.exit, 0, ended.log);
  assert.match(ended.log, /reviewed plans found: 2/);
  assert.deepEqual(created(bench), ["db", "web"]);
  assert.equal(second.state, "OPEN");
});

test("after three merges at once, each job applies what is reviewed, nothing is created twice, and every hash is locked", async (t) => {
  const bench = await actionBench(t);
  const blocks: string[] = [];
  for (const key of ["web", "db", "cache"]) {
    blocks.push(block(key));
    await reviewed(bench, ...blocks);
  }
  // The concurrency group runs one job after the other; each of them checks main out when it begins.
  const first = await bench.apply();
  const others = [await bench.apply(), await bench.apply()];
  assert.deepEqual(
    [first, ...others].map(({ exit }) => exit),
    [0, 0, 0],
    first.log,
  );
  assert.match(first.log, /reviewed plans found: 3/);
  assert.deepEqual(created(bench), ["cache", "db", "web"]);
  const text = (await bench.github.textAt("main", LOCK)) ?? "";
  for (const { hash_id: hash } of bench.emulator.stored()) assert.equal(text.split(hash).length, 2, text);
});

test("successful nightly runs of the same workflow, and failed runs, don't count as the last apply", async (t) => {
  const bench = await actionBench(t);
  const { github } = bench;
  await reviewed(bench, block("web"));
  const head = (await github.repository.branch("main")) ?? "";
  const run = { head_sha: head, head_branch: "main", path: WORKFLOW, pull_requests: [] };
  const here = { repository: REPOSITORY, head_repository: REPOSITORY };
  github.runs.push({ ...run, ...here, id: 901, event: "push", status: "failure" });
  for (let id = 1000; id < 1120; id += 1)
    github.runs.push({ ...run, ...here, id, event: "schedule", status: "success" });
  // A fork's branch of the same name.
  github.runs.push({ ...run, ...here, id: 2000, event: "push", status: "success", head_repository: "stranger/infra" });
  await reviewed(bench, block("web"), block("db"));
  const ended = await bench.apply();
  assert.equal(ended.exit, 0, ended.log);
  assert.match(ended.log, /reviewed plans found: 2/);
  assert.deepEqual(created(bench), ["db", "web"]);
});

test("drift between review and merge doesn't block what was reviewed, and isn't changed", async (t) => {
  const bench = await actionBench(t);
  await reviewed(bench, block("web"), block("db"));
  assert.equal((await bench.apply()).exit, 0);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web", { name: "Website" }), block("db")) });
  await bench.planAndUpload(pullRequest);
  await bench.merge(pullRequest);
  const [db] = bench.emulator.stored().filter(({ identifier }) => identifier === "db");
  await fetch(`${bench.emulator.url}/workspaces/my-company/integrations/${db?.hash_id ?? ""}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${bench.emulator.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "by hand" }),
  });
  const ended = await bench.apply();
  assert.deepEqual([ended.exit, ended.outputs["needs-approval"]], [6, "true"], ended.log);
  const names = bench.emulator.stored().map(({ name }) => name);
  assert.deepEqual(names.toSorted(), ["Website", "by hand"]);
});

test("if something else was merged than the plan shows, it isn't applied", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  await bench.planAndUpload(pullRequest);
  await bench.merge(pullRequest);
  // Somebody pushes another variable after the review.
  await bench.github.push("main", FILE, fileOf(block("web", { token: "$OTHER" })));
  const ended = await bench.apply();
  assert.deepEqual([ended.exit, created(bench)], [6, []], ended.log);
});

test("a changed hash in a pipeline goes into a pull request, and never to the branch itself", async (t) => {
  const bench = await actionBench(t);
  const pipeline = '- pipeline: "Deploy"\n  actions:\n    - action: "Upload"\n      integration_hash: web\n';
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")), "buddy.yml": pipeline });
  await bench.planAndUpload(pullRequest);
  await bench.merge(pullRequest);
  const ended = await bench.apply({ inputs: { pipelines: "true" } });
  assert.equal(ended.exit, 0, ended.log);
  assert.equal(await bench.github.textAt("main", "buddy.yml"), pipeline);
  const [web] = bench.emulator.stored();
  const proposed = await bench.github.textAt("buddy-integrations/pipelines/main", "buddy.yml");
  assert.match(proposed ?? "", new RegExp(`integration_hash: ${web?.hash_id ?? ""}`));
  assert.equal(bench.github.pullRequests.filter(({ head }) => head === "buddy-integrations/pipelines/main").length, 1);
  const again = await bench.apply({ inputs: { pipelines: "true" } });
  assert.equal(again.exit, 0, again.log);
  assert.equal(bench.github.pullRequests.length, 2);
});

test("a push without a pull request isn't reviewed, so it is applied only after an approval", async (t) => {
  const bench = await actionBench(t);
  await bench.github.push("main", FILE, fileOf(block("web")));
  const checked = await bench.apply({ inputs: { check: "true" } });
  assert.equal(checked.exit, 0, checked.log);
  assert.deepEqual([checked.outputs["needs-approval"], checked.outputs["has-changes"]], ["true", "true"]);
  const ended = await bench.apply();
  assert.deepEqual([ended.exit, ended.outputs["needs-approval"]], [6, "true"]);
  assert.deepEqual(created(bench), []);
  const approved = await bench.apply({ inputs: { "approved-plan": checked.outputs["plan-file"] ?? "" } });
  assert.equal(approved.exit, 0, approved.log);
  assert.deepEqual(created(bench), ["web"]);
});

test("if there is nothing to do, no review is needed", async (t) => {
  const bench = await actionBench(t);
  await bench.github.push("main", "README.md", "words\n");
  const checked = await bench.apply({ inputs: { check: "true" } });
  assert.deepEqual([checked.exit, checked.outputs["needs-approval"]], [0, "false"], checked.log);
  const ended = await bench.apply();
  assert.deepEqual([ended.exit, ended.outputs["lockfile-commit"]], [0, ""], ended.log);
});

test("a plan that a run of another repository has uploaded doesn't count as reviewed: nothing is applied", async (t) => {
  const bench = await actionBench(t);
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
  await bench.planAndUpload(pullRequest);
  Object.assign(bench.github.runs[0] ?? {}, { head_repository: "stranger/infra" });
  await bench.merge(pullRequest);
  const ended = await bench.apply();
  assert.deepEqual([ended.exit, ended.outputs["needs-approval"]], [6, "true"], ended.log);
  assert.match(ended.log, /pull request #1 has no reviewed plan/);
  assert.deepEqual(created(bench), []);
});

for (const event of ["pull_request", "pull_request_target", "workflow_run"]) {
  test(`nothing is applied on ${event}`, async (t) => {
    const bench = await actionBench(t);
    const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
    const ended = await bench.apply({ event, payload: pullRequestEvent(pullRequest) });
    assert.equal(ended.exit, 3);
    assert.deepEqual(bench.emulator.requests, []);
  });
}

for (const args of ["--offline", "--adopt"]) {
  test(`a merged plan that was made with ${args} is applied only after an approval`, async (t) => {
    const bench = await actionBench(t);
    const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
    const event = { event: "pull_request", payload: pullRequestEvent(pullRequest) };
    const planned = await bench.run("plan", {
      ...event,
      cwd: await bench.checkout(pullRequest.headOid),
      inputs: { args },
    });
    const run = { head_sha: pullRequest.headOid, head_branch: pullRequest.head };
    bench.github.upload(run, { "plan.json": planned.files["plan-file"] ?? "" });
    await bench.merge(pullRequest);
    const checked = await bench.apply({ inputs: { check: "true" } });
    assert.deepEqual([checked.exit, checked.outputs["needs-approval"]], [0, "true"], checked.log);
    const approved = await bench.apply({ inputs: { "approved-plan": checked.outputs["plan-file"] ?? "" } });
    assert.equal(approved.exit, 0, approved.log);
    assert.deepEqual(created(bench), ["web"]);
  });
}

test("a merged plan that was refused as a whole needs an approval, and doesn't make every later apply fail", async (t) => {
  const bench = await actionBench(t);
  await reviewed(bench, block("web"));
  assert.equal((await bench.apply()).exit, 0);
  const edited = (await bench.github.textAt("main", LOCK))?.replace(/^( +identifier: ).*$/m, "$1other") ?? "";
  // The check isn't required, or somebody merged without it.
  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web"), block("db")), [LOCK]: edited });
  assert.notEqual((await bench.planAndUpload(pullRequest)).exit, 0);
  await bench.merge(pullRequest);
  const checked = await bench.apply({ inputs: { check: "true" } });
  assert.deepEqual([checked.exit, checked.outputs["needs-approval"]], [0, "true"], checked.log);
  assert.match(checked.log, /pull request #2 has no reviewed plan: .* was refused as a whole/);
});
