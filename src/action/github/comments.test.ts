import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startGitHubServer, type GitHubServer } from "../../../test/support/github/server.ts";
import { addPullRequest, BOT, type StoredPullRequest } from "../../../test/support/github/state.ts";
import { GitHubClient } from "./client.ts";
import { COMMENT_CHARACTERS, writeComment, type CommentOutcome, type WantedComment } from "./comments.ts";
import type { GitHubResult } from "./failure.ts";

const MARK = "<!-- buddy-integrations comment: ci -->";
const SUBJECT = { owner: "acme", name: "infra", number: 1 };
const HEAD = "a".repeat(40);

interface CommentBench {
  readonly github: GitHubServer;
  readonly pullRequest: StoredPullRequest;
  /** The length of each wait, in milliseconds. */
  readonly waits: readonly number[];
  readonly write: (body: string, more?: Partial<WantedComment>) => Promise<GitHubResult<CommentOutcome>>;
}

async function commentBench(t: TestContext): Promise<CommentBench> {
  const github = await startGitHubServer("/nowhere");
  t.after(() => github.close());
  const pullRequest = addPullRequest(github, { headOid: HEAD });
  const waits: number[] = [];
  const client = new GitHubClient({
    ...github,
    fetch,
    now: () => 1_800_000_000_000,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    onWait: () => undefined,
  });
  return {
    github,
    pullRequest,
    waits,
    write: (body, more = {}) =>
      writeComment(client, SUBJECT, {
        mark: MARK,
        body: `${MARK}\n${body}`,
        headOid: HEAD,
        ifMissing: "create",
        ...more,
      }),
  };
}

function kindOf(result: GitHubResult<CommentOutcome>): string {
  return result.ok ? result.value.kind : `${result.error.kind}: ${result.error.message}`;
}

test("the first plan creates a comment, and the next ones update it", async (t) => {
  const { write, pullRequest } = await commentBench(t);
  assert.equal(kindOf(await write("one")), "created");
  assert.equal(kindOf(await write("two")), "updated");
  assert.equal(kindOf(await write("two")), "unchanged");
  assert.deepEqual(
    pullRequest.comments.map(({ body }) => body),
    [`${MARK}\ntwo`],
  );
});

test("the comment is found behind three pages of other comments", async (t) => {
  const { write, pullRequest, github } = await commentBench(t);
  for (let index = 0; index < 350; index += 1)
    pullRequest.comments.push({ id: `C${index}`, body: `words ${index}`, author: "somebody" });
  pullRequest.comments.push({ id: "OURS", body: `${MARK}\nold`, author: BOT });
  assert.equal(kindOf(await write("new")), "updated");
  assert.equal(pullRequest.comments.length, 351);
  assert.equal(github.operations.filter((name) => name === "PullRequestComments").length, 4);
});

test("a comment of another author that has the action's mark isn't changed", async (t) => {
  const { write, pullRequest } = await commentBench(t);
  pullRequest.comments.push({ id: "FORGED", body: `${MARK}\nno changes`, author: "attacker" });
  pullRequest.comments.push({ id: "QUOTED", body: `> ${MARK}\nwords`, author: BOT });
  assert.equal(kindOf(await write("plan")), "created");
  assert.deepEqual(pullRequest.comments.map(({ id, body }) => [id, body]).slice(0, 2), [
    ["FORGED", `${MARK}\nno changes`],
    ["QUOTED", `> ${MARK}\nwords`],
  ]);
  assert.equal(pullRequest.comments.length, 3);
});

test("a comment that is deleted while it is updated is created again", async (t) => {
  const { write, pullRequest, github } = await commentBench(t);
  await write("one");
  let once = true;
  github.faults.push(({ operation }) => {
    if (operation === "UpdateComment" && once) {
      once = false;
      pullRequest.comments.length = 0;
    }
    return undefined;
  });
  assert.equal(kindOf(await write("two")), "created");
  assert.deepEqual(
    pullRequest.comments.map(({ body }) => body),
    [`${MARK}\ntwo`],
  );
});

test("if the response to a new comment is lost, there is still only one comment", async (t) => {
  const { write, pullRequest, github } = await commentBench(t);
  let once = true;
  github.faults.push(({ operation, body }) => {
    if (operation !== "AddComment" || !once) return undefined;
    once = false;
    pullRequest.comments.push({ id: "LATE", body: JSON.parse(body).variables.body, author: BOT });
    return { status: 502 };
  });
  assert.equal(kindOf(await write("plan")), "unchanged");
  assert.equal(pullRequest.comments.length, 1);
});

test("of two comments of the action, one is deleted", async (t) => {
  const { write, pullRequest } = await commentBench(t);
  pullRequest.comments.push({ id: "A", body: `${MARK}\na`, author: BOT }, { id: "B", body: `${MARK}\nb`, author: BOT });
  pullRequest.comments.push({ id: "C", body: "<!-- buddy-integrations comment: other -->\nc", author: BOT });
  await write("plan");
  assert.deepEqual(
    pullRequest.comments.map(({ id }) => id),
    ["A", "C"],
  );
});

test("without changes, no comment is created, and an existing one says so", async (t) => {
  const { write, pullRequest } = await commentBench(t);
  assert.equal(kindOf(await write("nothing to do", { ifMissing: "leave" })), "none");
  await write("plan");
  assert.equal(kindOf(await write("nothing to do", { ifMissing: "leave" })), "updated");
  assert.equal(pullRequest.comments[0]?.body, `${MARK}\nnothing to do`);
});

test("the run of an older commit doesn't overwrite the comment of a newer one", async (t) => {
  const { write, pullRequest } = await commentBench(t);
  pullRequest.headOid = "b".repeat(40);
  assert.equal(kindOf(await write("old")), "outdated");
  assert.deepEqual(pullRequest.comments, []);
});

for (const [what, status, headers, wait] of [
  ["Retry-After", 403, { "retry-after": "7" }, 7000],
  ["X-RateLimit-Reset", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000020" }, 21_000],
  ["only its status", 429, {}, 60_000],
] as const) {
  test(`the action waits for a rate limit that has ${what}, and writes the comment once`, async (t) => {
    const { write, pullRequest, github, waits } = await commentBench(t);
    let refusals = 0;
    github.faults.push(({ operation }) =>
      operation === "AddComment" && (refusals += 1) <= 2
        ? { status, headers, body: { message: "You have exceeded a secondary rate limit" } }
        : undefined,
    );
    assert.equal(kindOf(await write("plan")), "created");
    assert.deepEqual(waits, [wait, wait]);
    assert.equal(pullRequest.comments.length, 1);
  });
}

test("the action also waits for a rate limit of GraphQL, which has the status 200", async (t) => {
  const { write, github, waits } = await commentBench(t);
  let once = true;
  github.faults.push(({ operation }) => {
    if (operation !== "AddComment" || !once) return undefined;
    once = false;
    const errors = [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }];
    return {
      status: 200,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000009" },
      body: { errors },
    };
  });
  assert.equal(kindOf(await write("plan")), "created");
  assert.deepEqual(waits, [10_000]);
});

test("a rate limit that lasts too long ends the job, with an error that says how long it lasts", async (t) => {
  const { write, github, waits } = await commentBench(t);
  github.faults.push(() => ({ status: 429, headers: { "retry-after": "3600" }, body: { message: "later" } }));
  assert.match(kindOf(await write("plan")), /^limited: .*lasts 3600 s more/);
  assert.deepEqual(waits, []);
});

test("the longest allowed comment is written, and a longer one is refused with a message", async (t) => {
  const { write } = await commentBench(t);
  const room = COMMENT_CHARACTERS - MARK.length - 2;
  assert.equal(kindOf(await write("x".repeat(room))), "created");
  assert.match(kindOf(await write("x".repeat(room + 1))), /^refused: .*too long/);
});

test("the token is sent only to the API, even if a response is a redirect", async (t) => {
  const { write, github } = await commentBench(t);
  const elsewhere: string[] = [];
  github.faults.push(({ operation }) =>
    operation === "PullRequestComments"
      ? { status: 302, headers: { location: `${github.apiUrl}/elsewhere` }, body: {} }
      : void elsewhere.push(operation),
  );
  assert.match(kindOf(await write("plan")), /^(?:odd|not-found)/);
  assert.deepEqual(elsewhere, []);
});
