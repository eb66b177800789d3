import { success } from "../../model/integration.ts";
import { answerAt, answerList, answerNumber, answerText } from "./answers.ts";
import type { Repository } from "./branches.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";

/**
 * Whether a branch was never proposed for another base. GitHub shows the branch and the commit of a `pull_request` run. But
 * such a run checks out a merge with a base, which GitHub doesn't show. With another base, its files and its workflow may
 * come from somebody who can push there.
 */
export async function hasOneBase(
  github: GitHubClient,
  repository: Repository,
  { number, head, base }: { readonly number: number; readonly head: string; readonly base: string },
): Promise<GitHubResult<boolean>> {
  const answer = await github.query(BASES, { ...repository, head });
  if (!answer.ok) return answer;
  const found = answerAt(answer.value, "repository", "pullRequests");
  // A fork's branch of the same name is another branch.
  const ofBranch = answerList(found, "nodes").filter((node) => answerAt(node, "isCrossRepository") !== true);
  const isWhole = answerAt(found, "pageInfo", "hasNextPage") === false;
  const isKnown = ofBranch.some((node) => answerNumber(node, "number") === number);
  const isSteady = (node: unknown): boolean =>
    answerText(node, "baseRefName") === base && answerAt(node, "timelineItems", "nodes", 0) === undefined;
  return success(isWhole && isKnown && ofBranch.every(isSteady));
}

const BASES = `query ProposedBases($owner: String!, $name: String!, $head: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(headRefName: $head, first: 100) {
      nodes {
        number
        baseRefName
        isCrossRepository
        timelineItems(first: 1, itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]) {
          nodes { __typename }
        }
      }
      pageInfo { hasNextPage }
    }
  }
}`;
