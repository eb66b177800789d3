import assert from "node:assert/strict";
import { test } from "node:test";
import { GitHubClient } from "./client.ts";
import { changesWorkflows, commitsBetween } from "./merged-pull-requests.ts";

const REPOSITORY = { owner: "acme", name: "infra" };

/** A client whose responses are made from the address. */
function clientOf(answer: (url: URL) => unknown): GitHubClient {
  return new GitHubClient({
    apiUrl: "https://api.github.example",
    graphqlUrl: "https://api.github.example/graphql",
    token: "t",
    fetch: (url) => Promise.resolve(Response.json(answer(new URL(typeof url === "string" ? url : "about:blank")))),
    now: () => 0,
    sleep: () => Promise.resolve(),
    onWait: () => undefined,
  });
}

function comparison(status: string, count: number): GitHubClient {
  return clientOf(({ searchParams }) => {
    const [size, page] = ["per_page", "page"].map((name) => Number(searchParams.get(name) ?? 1));
    const all = Array.from({ length: count }, (_, index) => ({ sha: `c${index + 1}` }));
    return { status, ahead_by: count, commits: all.slice(((page ?? 1) - 1) * (size ?? 1), (page ?? 1) * (size ?? 1)) };
  });
}

test("all commits since the last apply are found, on every page", async () => {
  const found = await commitsBetween(comparison("ahead", 150), REPOSITORY, "a", "b");
  assert.ok(found.ok && found.value !== undefined);
  assert.equal(new Set(found.value).size, 150);
});

test("of thousands of commits only the newest are read, so that an apply doesn't fail for ever", async () => {
  const found = await commitsBetween(comparison("ahead", 4321), REPOSITORY, "a", "b");
  assert.ok(found.ok && found.value !== undefined);
  assert.ok(found.value.length >= 200 && found.value.length <= 300, `${found.value.length}`);
  assert.ok(found.value.includes("c4321") && found.value.includes("c4150"));
});

test("a commit that the branch no longer has, or that is ahead of it, isn't a last apply", async () => {
  for (const status of ["diverged", "behind"]) {
    assert.deepEqual(await commitsBetween(comparison(status, 0), REPOSITORY, "a", "b"), { ok: true, value: undefined });
  }
  assert.deepEqual(await commitsBetween(comparison("identical", 0), REPOSITORY, "a", "a"), { ok: true, value: [] });
});

test("a change of .github is found on any page, also by its former name; a list that is cut off counts as such a change", async () => {
  const files = (make: (index: number) => object, count: number): GitHubClient =>
    clientOf(({ searchParams }) => {
      const start = (Number(searchParams.get("page")) - 1) * 100;
      return Array.from({ length: Math.max(0, Math.min(100, count - start)) }, (_, index) => make(start + index));
    });
  const plain = (index: number): object => ({ filename: `src/${index}` });
  const renamed = (index: number): object =>
    index === 249 ? { filename: "x", previous_filename: ".github/workflows/plan.yml" } : plain(index);
  for (const [make, count, expected] of [
    [plain, 250, false],
    [renamed, 250, true],
    [plain, 5000, true],
  ] as const) {
    assert.deepEqual(await changesWorkflows(files(make, count), REPOSITORY, 1), { ok: true, value: expected });
  }
});
