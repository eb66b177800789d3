import { failure, success } from "../../model/integration.ts";
import { answerAt, answerList, answerText } from "./answers.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";

/** `OWNER/NAME` in its parts. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

export interface BranchHead {
  readonly oid: string;
  /** Whether this action made the commit: GitHub signed it, and its author is the token's owner. So nobody pushed it. */
  readonly isOurs: boolean;
}

/** The last commit of a branch; undefined if there is no such branch. */
export async function branchHead(
  github: GitHubClient,
  repository: Repository,
  branch: string,
): Promise<GitHubResult<BranchHead | undefined>> {
  const answer = await github.query(HEAD, { ...repository, ref: `refs/heads/${branch}` });
  if (!answer.ok) return answer;
  const commit = answerAt(answer.value, "repository", "ref", "target");
  const oid = answerText(commit, "oid");
  if (oid === undefined) return success(undefined);
  const isSigned =
    answerAt(commit, "signature", "isValid") === true && answerAt(commit, "signature", "wasSignedByGitHub") === true;
  const isOurs = isSigned && isAuthor(answerText(answer.value, "viewer", "login") ?? "", answerAt(commit, "author"));
  return success({ oid, isOurs });
}

/** Whether the author is this account. For a bot, GitHub names no user, but the bot has an email address at GitHub. */
function isAuthor(login: string, author: unknown): boolean {
  if (login === "") return false;
  const address = `${login}@users.noreply.github.com`.toLowerCase();
  const email = answerText(author, "email")
    ?.toLowerCase()
    .replace(/^\d+\+/, "");
  return answerText(author, "user", "login") === login || email === address;
}

const HEAD = `query BranchHead($owner: String!, $name: String!, $ref: String!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      target {
        oid
        ... on Commit { signature { isValid wasSignedByGitHub } author { email user { login } } }
      }
    }
  }
}`;

/** The last commit that a branch and a commit have in common; undefined if there is none. */
export async function forkPointOf(
  github: GitHubClient,
  { owner, name }: Repository,
  branch: string,
  oid: string,
): Promise<GitHubResult<string | undefined>> {
  const compared = await github.get(
    `/repos/${owner}/${name}/compare/${encodeURIComponent(branch)}...${oid}?per_page=1`,
  );
  return compared.ok ? success(answerText(compared.value, "merge_base_commit", "sha")) : compared;
}

/** The text of a file in a commit; undefined if the commit has no such file. */
export async function textInCommit(
  github: GitHubClient,
  { owner, name }: Repository,
  path: string,
  oid: string,
): Promise<GitHubResult<string | undefined>> {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const answer = await github.raw(`/repos/${owner}/${name}/contents/${encoded}?ref=${oid}`);
  if (answer.ok) return success(new TextDecoder().decode(answer.value));
  return answer.error.kind === "not-found" ? success(undefined) : answer;
}

/** Files of one commit, by their paths from the top of the repository. */
export interface NewCommit {
  readonly branch: string;
  /** The commit that the branch must still have. */
  readonly expectedHead: string;
  readonly headline: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Makes a commit, which GitHub signs. @returns its hash */
export async function commitOnBranch(
  github: GitHubClient,
  { owner, name }: Repository,
  { branch, expectedHead, headline, files }: NewCommit,
): Promise<GitHubResult<string>> {
  const additions = [...files].map(([path, text]) => ({ path, contents: Buffer.from(text).toString("base64") }));
  const input = {
    branch: { repositoryNameWithOwner: `${owner}/${name}`, branchName: branch },
    message: { headline },
    expectedHeadOid: expectedHead,
    fileChanges: { additions },
  };
  const answer = await github.mutate(COMMIT, { input });
  if (!answer.ok) return answer;
  const oid = answerText(answer.value, "createCommitOnBranch", "commit", "oid");
  if (oid !== undefined) return success(oid);
  return failure({ kind: "odd", status: 200, message: "createCommitOnBranch: the response has no commit" });
}

const COMMIT = `mutation CommitOnBranch($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

/** No commit has this hash: it stands for a branch that doesn't exist. */
const NO_COMMIT = "0".repeat(40);

/** Creates a branch, or moves it to another commit. It fails if the branch has moved since it was read, so that no commit is lost. */
export async function moveBranch(
  github: GitHubClient,
  repository: Repository,
  { branch, from, to }: { readonly branch: string; readonly from: string | undefined; readonly to: string },
): Promise<GitHubResult<void>> {
  const found = await github.query(REPOSITORY_ID, repository);
  if (!found.ok) return found;
  const update = { name: `refs/heads/${branch}`, beforeOid: from ?? NO_COMMIT, afterOid: to, force: true };
  const input = { repositoryId: answerText(found.value, "repository", "id"), refUpdates: [update] };
  const moved = await github.mutate(MOVE, { input });
  return moved.ok ? success(undefined) : moved;
}

const REPOSITORY_ID = `query RepositoryId($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { id }
}`;

const MOVE = `mutation MoveBranch($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;

/** The newest pull request from one branch into another. */
export interface BranchPullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly headOid: string;
}

export async function newestPullRequest(
  github: GitHubClient,
  repository: Repository,
  { head, base }: { readonly head: string; readonly base: string },
): Promise<GitHubResult<BranchPullRequest | undefined>> {
  const answer = await github.query(PULL_REQUESTS, { ...repository, head, base });
  if (!answer.ok) return answer;
  const found = answerList(answer.value, "repository", "pullRequests", "nodes").flatMap((node): BranchPullRequest[] => {
    // A fork's branch may have the same name.
    if (answerAt(node, "isCrossRepository") !== false) return [];
    const [number, url, state] = [answerAt(node, "number"), answerText(node, "url"), answerText(node, "state")];
    const headOid = answerText(node, "headRefOid") ?? "";
    if (typeof number !== "number" || url === undefined) return [];
    if (state !== "OPEN" && state !== "CLOSED" && state !== "MERGED") return [];
    return [{ number, url, state, headOid }];
  });
  return success(found[0]);
}

const PULL_REQUESTS = `query BranchPullRequests($owner: String!, $name: String!, $head: String!, $base: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(headRefName: $head, baseRefName: $base, first: 50, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { number url state headRefOid isCrossRepository }
    }
  }
}`;
