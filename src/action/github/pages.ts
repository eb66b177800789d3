import { success } from "../../model/integration.ts";
import { answerList } from "./answers.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";

const PAGE = 100;

/**
 * Every item of a list of the REST API, from all its pages.
 * @param path without `per_page` and `page`
 * @param member the member of a response that holds the list; empty: the response is the list
 * @param most reading stops after this many items; the caller decides what more would mean
 */
export async function allPages(
  github: GitHubClient,
  path: string,
  { member = [], most }: { readonly member?: readonly string[]; readonly most: number },
): Promise<GitHubResult<readonly unknown[]>> {
  const items: unknown[] = [];
  for (let page = 1; items.length < most; page += 1) {
    const answer = await github.get(`${path}${path.includes("?") ? "&" : "?"}per_page=${PAGE}&page=${page}`);
    if (!answer.ok) return answer;
    const found = answerList(answer.value, ...member);
    items.push(...found);
    if (found.length < PAGE) break;
  }
  return success(items);
}
