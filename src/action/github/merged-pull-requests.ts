import { success } from "../../model/integration.ts";
import { answerList, answerNumber, answerText } from "./answers.ts";
import type { Repository } from "./branches.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";
import { allPages } from "./pages.ts";

/** A pull request that was merged. */
export interface MergedPullRequest {
  readonly number: number;
  readonly headOid: string;
  /** The name of its branch. */
  readonly head: string;
  /** `OWNER/NAME` of its branch, in lower case; empty if that repository is gone. */
  readonly headRepository: string;
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly mergedAt: number;
}

/** Pull requests are looked up for this many commits, the newest ones. What older ones changed needs a new review. */
const MOST_COMMITS = 200;
const PAGE = 100;

/** The commits from one to another, without the first; undefined if the second doesn't descend from the first. */
export async function commitsBetween(
  github: GitHubClient,
  { owner, name }: Repository,
  from: string,
  to: string,
): Promise<GitHubResult<readonly string[] | undefined>> {
  const path = `/repos/${owner}/${name}/compare/${from}...${to}`;
  const first = await github.get(`${path}?per_page=1`);
  if (!first.ok) {
    // The branch was rewritten and no longer has the commit.
    return first.error.kind === "not-found" ? success(undefined) : first;
  }
  const status = answerText(first.value, "status");
  if (status !== "ahead" && status !== "identical") return success(undefined);
  const commits: string[] = [];
  const last = Math.ceil((answerNumber(first.value, "ahead_by") ?? 0) / PAGE);
  // The oldest come first.
  for (let page = last; page > 0 && commits.length < MOST_COMMITS; page -= 1) {
    const answer = await github.get(`${path}?per_page=${PAGE}&page=${page}`);
    if (!answer.ok) return answer;
    commits.push(...answerList(answer.value, "commits").flatMap((item) => answerText(item, "sha") ?? []));
  }
  return success(commits);
}

/** The last commits up to this one. */
export async function lastCommits(
  github: GitHubClient,
  { owner, name }: Repository,
  head: string,
): Promise<GitHubResult<readonly string[]>> {
  const answer = await github.get(`/repos/${owner}/${name}/commits?sha=${head}&per_page=50`);
  return answer.ok ? success(answerList(answer.value).flatMap((item) => answerText(item, "sha") ?? [])) : answer;
}

/** The pull requests by which a commit came into a branch. */
export async function pullRequestsOfCommit(
  github: GitHubClient,
  { owner, name }: Repository,
  { commit, branch }: { readonly commit: string; readonly branch: string },
): Promise<GitHubResult<readonly MergedPullRequest[]>> {
  const items = await allPages(github, `/repos/${owner}/${name}/commits/${commit}/pulls`, { most: 300 });
  if (!items.ok) return items;
  const full = `${owner}/${name}`.toLowerCase();
  return success(
    items.value.flatMap((item): MergedPullRequest[] => {
      const [number, headOid] = [answerNumber(item, "number"), answerText(item, "head", "sha")];
      const mergedAt = Date.parse(answerText(item, "merged_at") ?? "");
      const isHere =
        answerText(item, "base", "ref") === branch &&
        answerText(item, "base", "repo", "full_name")?.toLowerCase() === full;
      if (number === undefined || headOid === undefined || Number.isNaN(mergedAt) || !isHere) return [];
      const headRepository = (answerText(item, "head", "repo", "full_name") ?? "").toLowerCase();
      const [head = "", author = ""] = [answerText(item, "head", "ref"), answerText(item, "user", "login")];
      return [{ number, headOid, head, headRepository, mergedAt, author }];
    }),
  );
}

/** GitHub lists at most this many files of a pull request. */
const MOST_FILES = 3000;

/** Whether a pull request changes anything in `.github`. Then it may have changed the workflow that made its plan. */
export async function changesWorkflows(
  github: GitHubClient,
  { owner, name }: Repository,
  number: number,
): Promise<GitHubResult<boolean>> {
  const items = await allPages(github, `/repos/${owner}/${name}/pulls/${number}/files`, { most: MOST_FILES });
  if (!items.ok) return items;
  const paths = items.value.flatMap((item) => [answerText(item, "filename"), answerText(item, "previous_filename")]);
  return success(items.value.length >= MOST_FILES || paths.some((path) => path?.startsWith(".github/")));
}
