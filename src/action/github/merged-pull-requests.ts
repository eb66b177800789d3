import { failure, success } from "../../model/integration.ts";
import { answerList, answerNumber, answerText } from "./answers.ts";
import type { Repository } from "./branches.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";
import { allPages } from "./pages.ts";

/** A pull request that was merged. */
export interface MergedPullRequest {
  readonly number: number;
  readonly headOid: string;
  /** `OWNER/NAME` of its branch, in lower case; empty where that repository is gone. */
  readonly headRepository: string;
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly mergedAt: number;
}

/** A merge with more commits than this, all of them new to the branch, is reviewed anew. */
const MOST_COMMITS = 1000;

/** The commits from one to another, without the first; undefined where the second doesn't descend from the first. */
export async function commitsBetween(
  github: GitHubClient,
  { owner, name }: Repository,
  from: string,
  to: string,
): Promise<GitHubResult<readonly string[] | undefined>> {
  if (from === to) return success([]);
  const path = `/repos/${owner}/${name}/compare/${from}...${to}`;
  const first = await github.get(`${path}?per_page=1`);
  if (!first.ok) {
    // A branch that was rewritten has lost it.
    return first.error.kind === "not-found" ? success(undefined) : first;
  }
  const status = answerText(first.value, "status");
  if (status === "identical") return success([]);
  if (status !== "ahead") return success(undefined);
  const items = await allPages(github, path, { member: ["commits"], most: MOST_COMMITS });
  if (!items.ok) return items;
  if (items.value.length < (answerNumber(first.value, "ahead_by") ?? 0)) {
    return failure({ kind: "odd", status: 200, message: `there are more than ${MOST_COMMITS} commits since ${from}` });
  }
  return success(items.value.flatMap((item) => answerText(item, "sha") ?? []));
}

/** The last hundred commits up to this one. */
export async function lastCommits(
  github: GitHubClient,
  { owner, name }: Repository,
  head: string,
): Promise<GitHubResult<readonly string[]>> {
  const answer = await github.get(`/repos/${owner}/${name}/commits?sha=${head}&per_page=100`);
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
      return [{ number, headOid, headRepository, mergedAt, author: answerText(item, "user", "login") ?? "" }];
    }),
  );
}

/** GitHub lists so many files of a pull request, and no more. */
const MOST_FILES = 3000;

/** Whether a pull request changes anything in `.github`, so that the workflow which planned it was its own. */
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
