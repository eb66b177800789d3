import assert from "node:assert/strict";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import {
  actionBench,
  FILE,
  LOCK,
  pullRequestEvent,
  type ActionBench,
  type ActionEnd,
} from "../support/github/action-bench.ts";

const PROPOSAL = "buddy-integrations/lockfile/main";

/** A push to main that somebody has approved as a whole. */
async function pushed(bench: ActionBench, ...keys: readonly string[]): Promise<Readonly<Record<string, string>>> {
  await bench.github.push("main", FILE, fileOf(...keys.map((key) => block(key))));
  const checked = await bench.apply({ inputs: { check: "true" } });
  assert.equal(checked.exit, 0, checked.log);
  return { "approved-plan": checked.outputs["plan-file"] ?? "" };
}

async function applied(bench: ActionBench, ...keys: readonly string[]): Promise<ActionEnd> {
  return bench.apply({ inputs: await pushed(bench, ...keys) });
}

/** Every integration of the workspace is in this text, once. */
function assertLocked({ emulator }: ActionBench, text: string | undefined): void {
  for (const { hash_id: hash } of emulator.stored()) assert.equal(text?.split(hash).length, 2, `${hash}\n${text}`);
}

test("if the branch moves while the lockfile is committed, it has both changes in the end", async (t) => {
  const bench = await actionBench(t);
  const { github } = bench;
  const inputs = await pushed(bench, "web");
  let moved = 0;
  github.faults.push(async ({ operation }) => {
    if (operation === "CommitOnBranch" && (moved += 1) <= 3) await github.push("main", `note-${moved}.md`, "words\n");
    return undefined;
  });
  const ended = await bench.apply({ inputs });
  assert.equal(ended.exit, 0, ended.log);
  assertLocked(bench, await github.textAt("main", LOCK));
  assert.equal(await github.textAt("main", "note-3.md"), "words\n");
});

test("if another run commits other entries meanwhile, no hash is lost", async (t) => {
  const bench = await actionBench(t);
  const { github, emulator } = bench;
  const inputs = await pushed(bench, "web");
  const theirs = `lockfile_version: 2\nworkspaces:\n  ${emulator.url}/workspaces/other-company:\n    integrations:\n      far:\n        hash_id: aaaaaaaaaaaaaaaaaaaaaaaa\n        type: VULTR\n`;
  let once = true;
  github.faults.push(async ({ operation }) => {
    if (operation === "CommitOnBranch" && once) {
      once = false;
      await github.push("main", LOCK, theirs);
    }
    return undefined;
  });
  const ended = await bench.apply({ inputs });
  assert.equal(ended.exit, 0, ended.log);
  const text = await github.textAt("main", LOCK);
  assertLocked(bench, text);
  assert.match(text ?? "", /aaaaaaaaaaaaaaaaaaaaaaaa/);
});

test("if both runs changed the same entry, the step fails, and its summary has the lockfile", async (t) => {
  const bench = await actionBench(t);
  const { github, emulator } = bench;
  const inputs = await pushed(bench, "web");
  const theirs = `lockfile_version: 2\nworkspaces:\n  ${emulator.url}/workspaces/my-company:\n    integrations:\n      web:\n        hash_id: bbbbbbbbbbbbbbbbbbbbbbbb\n        type: VULTR\n`;
  let once = true;
  github.faults.push(async ({ operation }) => {
    if (operation === "CommitOnBranch" && once) {
      once = false;
      await github.push("main", LOCK, theirs);
    }
    return undefined;
  });
  const ended = await bench.apply({ inputs });
  assert.equal(ended.exit, 5, ended.log);
  assert.match(ended.log, /both changed web/);
  assertLocked(bench, ended.summary.split("### Commit this by hand")[1]);
  assert.equal(await github.textAt("main", LOCK), theirs);
});

test("if the response to a commit is lost, the commit isn't made twice", async (t) => {
  const bench = await actionBench(t);
  const { github } = bench;
  const inputs = await pushed(bench, "web");
  let lost = 0;
  const { textAt, repository } = github;
  github.faults.push(async ({ operation, body }) => {
    if (operation !== "CommitOnBranch" || (lost += 1) > 1) return undefined;
    const { input } = JSON.parse(body).variables;
    const [{ contents }] = input.fileChanges.additions;
    const text = Buffer.from(contents, "base64").toString();
    const oid = await repository.addCommit(input.expectedHeadOid, new Map([[LOCK, text]]), input.message.headline);
    await repository.git("update-ref", "refs/heads/main", oid);
    return { status: 502, body: "bad gateway" };
  });
  const before = Number(await repository.git("rev-list", "--count", "main"));
  const ended = await bench.apply({ inputs });
  assert.equal(ended.exit, 0, ended.log);
  assertLocked(bench, await textAt("main", LOCK));
  assert.equal(Number(await repository.git("rev-list", "--count", "main")), before + 1);
});

test("if the branch refuses commits, the lockfile is in one pull request, which is updated, and read until it is merged", async (t) => {
  const bench = await actionBench(t);
  const { github } = bench;
  github.protectedBranches.add("main");
  const first = await applied(bench, "web");
  assert.equal(first.exit, 0, first.log);
  const [proposal] = github.pullRequests;
  assert.match(first.outputs["lockfile-pull-request"] ?? "", /\/pull\/1$/);
  assertLocked(bench, await github.textAt(PROPOSAL, LOCK));
  assert.equal(await github.textAt("main", LOCK), undefined);

  const second = await applied(bench, "web", "db");
  assert.equal(second.exit, 0, second.log);
  assert.equal(github.pullRequests.length, 1);
  assert.match(second.log, new RegExp(`lockfile is read from the branch ${PROPOSAL}`));
  assertLocked(bench, await github.textAt(PROPOSAL, LOCK));
  assert.equal(bench.emulator.stored().length, 2);

  // A plan reads it too, so it doesn't show what already exists.
  const other = await bench.propose({ "README.md": "words\n" });
  const planned = await bench.planAndUpload(other);
  assert.deepEqual([planned.exit, planned.outputs["has-changes"]], [0, "false"], planned.log);

  assert.ok(proposal !== undefined);
  // Its own plan passes, so that a required check doesn't keep it from being merged.
  const own = await bench.planAndUpload(proposal);
  assert.deepEqual([own.exit, own.outputs["exit-code"]], [0, "0"], own.log);
  await bench.merge(proposal);
  const third = await applied(bench, "web", "db", "cache");
  assert.equal(third.exit, 0, third.log);
  assert.equal(github.pullRequests.length, 3);
  assertLocked(bench, await github.textAt(PROPOSAL, LOCK));
});

test("if the pull request can't be opened, its branch has the lockfile, and the next run reads it there", async (t) => {
  const bench = await actionBench(t);
  const { github } = bench;
  github.protectedBranches.add("main");
  const message = "GitHub Actions is not permitted to create or approve pull requests.";
  github.faults.push(({ operation }) => (operation === "POST /pulls" ? { status: 403, body: { message } } : undefined));
  const ended = await applied(bench, "web");
  assert.equal(ended.exit, 5);
  assert.match(ended.log, /not permitted to create/);
  assertLocked(bench, await github.textAt(PROPOSAL, LOCK));
  const again = await bench.apply();
  assert.deepEqual([again.exit, bench.emulator.stored().length], [0, 1], again.log);
});

test("if the token may not write, the summary has the lockfile, and the step fails", async (t) => {
  const bench = await actionBench(t);
  const inputs = await pushed(bench, "web");
  bench.github.canWrite = false;
  const ended = await bench.apply({ inputs });
  assert.equal(ended.exit, 5);
  assert.match(ended.log, /permissions: \{ contents: write/);
  assertLocked(bench, ended.summary.split("### Commit this by hand")[1]);
});

test("with lock-branch, the lockfile is only on that branch, and plans and applies read it there", async (t) => {
  const bench = await actionBench(t);
  const { github } = bench;
  const inputs = { "lock-branch": "locks" };
  const first = await bench.apply({ inputs: { ...(await pushed(bench, "web")), ...inputs } });
  assert.equal(first.exit, 0, first.log);
  assert.equal(await github.textAt("main", LOCK), undefined);
  assertLocked(bench, await github.textAt("locks", LOCK));

  const pullRequest = await bench.propose({ [FILE]: fileOf(block("web"), block("db")) });
  const cwd = await bench.checkout(pullRequest.headOid);
  const event = { event: "pull_request", payload: pullRequestEvent(pullRequest) };
  const planned = await bench.run("plan", { cwd, inputs, ...event });
  assert.match(planned.log, /create {2}db/);
  assert.doesNotMatch(planned.log, /(?:create|adopt) {2}web/);
});

for (const branch of ["locks", PROPOSAL]) {
  test(`plans and applies don't trust a commit that somebody has pushed to ${branch}`, async (t) => {
    const bench = await actionBench(t);
    const { github } = bench;
    const inputs: Record<string, string> = branch === "locks" ? { "lock-branch": branch } : {};
    await github.push(branch, LOCK, "lockfile_version: 2\nworkspaces: {}\n");
    const ended = await bench.apply({ inputs });
    assert.equal(ended.exit, 3, ended.log);
    assert.match(ended.log, /was not made by this action/);
    const pullRequest = await bench.propose({ [FILE]: fileOf(block("web")) });
    const cwd = await bench.checkout(pullRequest.headOid);
    const event = { event: "pull_request", payload: pullRequestEvent(pullRequest) };
    assert.equal((await bench.run("plan", { cwd, inputs, ...event })).exit, 3);
    assert.deepEqual(bench.emulator.requests, []);
  });
}

test("an edit of the lockfile in a pull request is refused, even if the lockfile is read from another branch", async (t) => {
  const bench = await actionBench(t);
  bench.github.protectedBranches.add("main");
  await applied(bench, "web");
  const lock = `lockfile_version: 2\nworkspaces:\n  ${bench.emulator.url}/workspaces/my-company:\n    integrations:\n      web:\n        hash_id: bbbbbbbbbbbbbbbbbbbbbbbb\n        type: VULTR\n`;
  const pullRequest = await bench.propose({ [LOCK]: lock });
  const planned = await bench.planAndUpload(pullRequest);
  assert.notEqual(planned.exit, 0);
  assert.match(planned.log, /lockfile-edited/);
});

test("a lockfile that is a symbolic link is neither read nor written", async (t) => {
  const bench = await actionBench(t);
  const cwd = await bench.checkout("main");
  const { symlink } = await import("node:fs/promises");
  await symlink("/etc/hostname", `${cwd}/${LOCK}`);
  const ended = await bench.apply({ cwd });
  assert.equal(ended.exit, 3);
  assert.match(ended.log, /is a symbolic link/);
});

for (const lockBranch of ["", "locks"]) {
  const branch = lockBranch === "" ? PROPOSAL : lockBranch;
  test(`the action adds no commit to ${branch} if somebody pushes there during an apply, since that push would then look trusted`, async (t) => {
    const bench = await actionBench(t);
    const { github, emulator } = bench;
    const given = lockBranch === "" ? {} : { "lock-branch": lockBranch };
    if (lockBranch === "") github.protectedBranches.add("main");
    const inputs = { ...(await pushed(bench, "web")), ...given };
    const forged = `lockfile_version: 2\nworkspaces:\n  ${emulator.url}/workspaces/my-company:\n    integrations:\n      db:\n        hash_id: bbbbbbbbbbbbbbbbbbbbbbbb\n        type: VULTR\n`;
    let pushes = 0;
    github.faults.push(async ({ operation }) => {
      if (operation !== "CommitOnBranch" && operation !== "MoveBranch") return undefined;
      if ((pushes += 1) > 1) return undefined;
      const main = (await github.repository.branch("main")) ?? "";
      const oid = await github.repository.addCommit(main, new Map([[LOCK, forged]]), "pushed");
      await github.repository.git("update-ref", `refs/heads/${branch}`, oid);
      return undefined;
    });
    const ended = await bench.apply({ inputs });
    assert.equal(ended.exit, 5, ended.log);
    assert.match(ended.log, /was not made by this action/);
    assert.equal(await github.textAt(branch, LOCK), forged);
    assertLocked(bench, ended.summary.split("### Commit this by hand")[1]);
  });
}
