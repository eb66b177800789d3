import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { GitHubClient } from "../../src/action/github/client.ts";
import type { ActionJob } from "../../src/action/job.ts";
import { findReviewedPlans, type ReviewedPlans } from "../../src/action/reviewed-plans.ts";
import { gitIn, gitRepository } from "../support/git.ts";
import { startGitHubServer, type GitHubServer } from "../support/github/server.ts";
import { addPullRequest, REPOSITORY, WORKFLOW, type StoredPullRequest } from "../support/github/state.ts";

// apply.test.ts tests the whole action in its own process.

const REPORT = { report_format: "2.0", command: "plan", exit_code: 2, diagnostics: [], runs: [] };
const PLAN = JSON.stringify(REPORT);
/** The report of a plan that `--base` has refused. */
const REFUSED = JSON.stringify({
  ...REPORT,
  runs: [
    {
      file: "integrations.yaml",
      exit_code: 3,
      diagnostics: [{ code: "lockfile-edited", severity: "error", message: "m" }],
      plan: { api: "https://api.buddy.works", workspace: "acme" },
    },
  ],
});
const HEAD = "c".repeat(40);

let dir = "";
let bare = "";
let commit = "";

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "buddy-reviewed-"));
  await mkdir(join(dir, "seed"));
  await writeFile(join(dir, "seed", "integrations.yaml"), "version: 1\n");
  commit = await (await gitRepository(join(dir, "seed"))).commit("first");
  bare = join(dir, "bare.git");
  await gitIn(dir, "clone", "-q", "--bare", join(dir, "seed"), bare);
});

after(() => rm(dir, { recursive: true, force: true }));

/** The reviewed plans after one merge. Its plan was uploaded correctly, and then `change` changes something. */
async function reviewedAfter(
  change: (github: GitHubServer, pullRequest: StoredPullRequest) => void,
): Promise<ReviewedPlans> {
  const github = await startGitHubServer(bare);
  try {
    const pullRequest = addPullRequest(github, { headOid: HEAD, commits: [commit], mergedAt: Date.now() });
    github.upload({ head_sha: HEAD }, { "plan.json": PLAN });
    change(github, pullRequest);
    const found = await findReviewedPlans(jobOf(github), {
      branch: "main",
      head: commit,
      planWorkflow: WORKFLOW,
      artifact: "buddy-integrations-plan",
    });
    assert.ok(found.ok, JSON.stringify(found));
    const sent = JSON.stringify(github.storageRequests);
    assert.ok(!sent.includes(github.token), "the storage gets the token");
    return found.value;
  } finally {
    await github.close();
  }
}

function jobOf(github: GitHubServer): Pick<ActionJob, "github" | "repository" | "variable" | "folder"> {
  const [owner = "", name = ""] = REPOSITORY.split("/");
  const variables: Readonly<Record<string, string>> = {
    GITHUB_EVENT_NAME: "push",
    GITHUB_WORKFLOW_REF: `${REPOSITORY}/${WORKFLOW}@refs/heads/main`,
  };
  const { apiUrl, graphqlUrl, token } = github;
  const rest = { fetch, now: () => 0, sleep: () => Promise.resolve(), onWait: () => undefined };
  return {
    github: new GitHubClient({ apiUrl, graphqlUrl, token, ...rest }),
    repository: { owner, name },
    variable: (variable) => variables[variable] ?? "",
    folder: dir,
  };
}

test("a plan that a run of the plan workflow uploaded before the merge counts as reviewed", async () => {
  const { files, without } = await reviewedAfter(() => undefined);
  assert.deepEqual(without, []);
  assert.equal(await readFile(files[0] ?? "", "utf8"), PLAN);
});

test("of several plans of the same commit, the last one before the merge counts", async () => {
  const { files } = await reviewedAfter((github) => {
    github.upload({ head_sha: HEAD }, { "plan.json": PLAN.replace("2,", "0,") }, { createdAt: Date.now() - 1000 });
    github.upload({ head_sha: HEAD }, { "plan.json": PLAN.replace("2,", "7,") }, { createdAt: Date.now() + 60_000 });
  });
  assert.equal(await readFile(files[0] ?? "", "utf8"), PLAN.replace("2,", "0,"));
});

const later = Date.now() + 3_600_000;
const FORGERIES: Readonly<
  Record<
    string,
    { run?: object; artifact?: object; pullRequest?: Partial<StoredPullRequest>; text?: string; why: RegExp }
  >
> = {
  "of a run of another commit": { run: { head_sha: "0".repeat(40) }, why: /no run of .* planned its last commit/ },
  "of a run of another event": { run: { event: "push" }, why: /no run of .* planned/ },
  "of another workflow": { run: { path: ".github/workflows/forged.yml" }, why: /no run of .* planned/ },
  "of a workflow with the same name elsewhere": { run: { path: `x/${WORKFLOW}` }, why: /no run of .* planned/ },
  "of a run in a fork": { run: { head_repository: "stranger/infra" }, why: /no run of .* planned/ },
  "of a run of another repository": { run: { repository: "stranger/infra" }, why: /no run of .* planned/ },
  "of another pull request with the same commit": { run: { pull_requests: [99] }, why: /no run of .* planned/ },
  "that was made after the merge": { artifact: { createdAt: later }, why: /has no artifact/ },
  "that has expired": { artifact: { expired: true }, why: /with its plan has expired/ },
  "of a run of another branch": { run: { head_branch: "another" }, why: /no run of .* planned/ },
  "of a pull request whose base was changed": {
    pullRequest: { isBaseChanged: true },
    why: /was also proposed for another/,
  },
  "with another name": { artifact: { name: "another" }, why: /has no artifact/ },
  "that differs from the uploaded one": { artifact: { digest: `sha256:${"0".repeat(64)}` }, why: /the digest differs/ },
  "that isn't a zip": {
    artifact: { zip: Buffer.from("no zip"), digest: undefined },
    why: /isn't a zip that can be unpacked/,
  },
  "that isn't a report": { text: '{"hello":1}', why: /it isn't the report of a plan/ },
  "that another version has made": { text: PLAN.replace('"2.0"', '"3.0"'), why: /planned by another version/ },
  "that was refused as a whole": { text: REFUSED, why: /was refused as a whole: lockfile-edited/ },
  "that isn't complete": {
    text: REFUSED.replace('"lockfile-edited"', '"stale-plan"'),
    why: /planned by another version/,
  },
  "that is larger than any plan": {
    artifact: { zip: new Uint8Array(33 * 1024 * 1024), digest: undefined },
    why: /bytes/,
  },
  "that isn't JSON": { text: "<b>", why: /it isn't JSON/ },
  "from a fork": { pullRequest: { headRepository: "stranger/infra" }, why: /it is from a fork/ },
  "from Dependabot": { pullRequest: { author: "dependabot[bot]" }, why: /it is from Dependabot/ },
  "that its own workflow has made": { pullRequest: { files: ["x", WORKFLOW] }, why: /it changes \.github/ },
};

for (const [what, { run, artifact, pullRequest: given, text, why }] of Object.entries(FORGERIES)) {
  test(`a plan ${what} doesn't count as reviewed, and the reason is reported`, async () => {
    const { files, without } = await reviewedAfter((github, pullRequest) => {
      if (text !== undefined) {
        github.artifacts.length = 0;
        github.upload({ ...github.runs[0] }, { "plan.json": text });
      }
      Object.assign(github.artifacts[0] ?? {}, artifact);
      Object.assign(github.runs[0] ?? {}, run);
      Object.assign(pullRequest, given);
    });
    assert.deepEqual(files, []);
    assert.match(without[0]?.why ?? "", why);
  });
}

test("a pull request that was merged into another branch, or not merged, is ignored", async () => {
  for (const given of [{ base: "release" }, { mergedAt: undefined, state: "CLOSED" as const }]) {
    const { files, without } = await reviewedAfter((_, pullRequest) => void Object.assign(pullRequest, given));
    assert.deepEqual([files, without], [[], []]);
  }
});

test("a plan of a branch that was also proposed for another base doesn't count as reviewed, since it may be based on that base", async () => {
  // The run of that pull request merges the same commit into files, and a workflow, that anybody can push.
  const { files, without } = await reviewedAfter((github) => {
    addPullRequest(github, { headOid: HEAD, base: "anything", state: "CLOSED" });
  });
  assert.deepEqual(files, []);
  assert.match(without[0]?.why ?? "", /its branch was also proposed for another branch than main/);
});

test("a fork's branch of the same name makes no difference, whatever its base is", async () => {
  const { without } = await reviewedAfter((github) => {
    addPullRequest(github, { headOid: HEAD, base: "anything", headRepository: "stranger/infra" });
  });
  assert.deepEqual(without, []);
});
