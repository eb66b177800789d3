import { answerList, answerNumber, answerText } from "../../../src/action/github/answers.ts";
import type { BareRepository } from "./bare-repository.ts";
import { BOT, REPOSITORY, urlOf, type GitHubState } from "./state.ts";

/** GitHub's longest comment. */
const COMMENT_LIMIT = 65_536;

/** Handles the operations that the actions send. Throws for any other, which is a fault of a test or of an action. */
export async function answerGraphQl(
  state: GitHubState,
  repository: BareRepository,
  operation: string,
  variables: unknown,
): Promise<object> {
  const isMutation = /^(?:Add|Update|Delete|Move|Commit)/.test(operation);
  if (isMutation && !state.canWrite) return refused("Resource not accessible by integration", "FORBIDDEN");
  switch (operation) {
    case "PullRequestComments":
      return listComments(state, variables);
    case "AddComment":
      return addComment(state, variables);
    case "UpdateComment":
    case "DeleteComment":
      return changeComment(state, operation, variables);
    case "RepositoryId":
      return { data: { repository: { id: "R_1" } } };
    case "BranchHead":
      return branchHead(state, repository, answerText(variables, "ref") ?? "");
    case "MoveBranch":
      return moveBranch(repository, variables);
    case "CommitOnBranch":
      return commitOnBranch(state, repository, variables);
    case "ProposedBases":
      return listBases(state, variables);
    case "BranchPullRequests":
      return listPullRequests(state, variables);
    default:
      throw new Error(`the test server doesn't know this GraphQL operation: ${operation}`);
  }
}

function refused(message: string, type: string): object {
  return { data: null, errors: [{ type, message }] };
}

function missing(what: string): object {
  return refused(`Could not resolve to ${what}`, "NOT_FOUND");
}

const TOO_LONG = refused("Body is too long (maximum is 65536 characters)", "UNPROCESSABLE");

function listComments(state: GitHubState, variables: unknown): object {
  const found = state.pullRequests.find(({ number }) => number === answerNumber(variables, "number"));
  if (found === undefined) return missing("a PullRequest");
  const start = Number(answerText(variables, "after") ?? 0);
  const nodes = found.comments.slice(start, start + 100).map(({ id, body, author }) => {
    return { id, body, url: `https://github.example/c/${id}`, viewerDidAuthor: author === BOT };
  });
  const hasNextPage = found.comments.length > start + 100;
  const comments = { nodes, pageInfo: { hasNextPage, endCursor: String(start + 100) } };
  const pullRequest = { id: `PR_${found.number}`, headRefOid: found.headOid, comments };
  return { data: { repository: { pullRequest } } };
}

function addComment(state: GitHubState, variables: unknown): object {
  const body = answerText(variables, "body") ?? "";
  const found = state.pullRequests.find(({ number }) => `PR_${number}` === answerText(variables, "subject"));
  if (found === undefined) return missing("a node");
  if (body.length >= COMMENT_LIMIT) return TOO_LONG;
  const id = `IC_${(state.nextId += 1)}`;
  found.comments.push({ id, body, author: BOT });
  return { data: { addComment: { commentEdge: { node: { url: `https://github.example/c/${id}` } } } } };
}

function changeComment(state: GitHubState, operation: "UpdateComment" | "DeleteComment", variables: unknown): object {
  const isIt = ({ id }: { readonly id: string }): boolean => id === answerText(variables, "id");
  const owner = state.pullRequests.find(({ comments }) => comments.some(isIt));
  const comment = owner?.comments.find(isIt);
  if (owner === undefined || comment === undefined) return missing("a node");
  const body = answerText(variables, "body") ?? "";
  if (operation === "DeleteComment") owner.comments.splice(owner.comments.indexOf(comment), 1);
  else if (body.length >= COMMENT_LIMIT) return TOO_LONG;
  else comment.body = body;
  return { data: {} };
}

async function branchHead(state: GitHubState, repository: BareRepository, ref: string): Promise<object> {
  const viewer = { login: BOT };
  const oid = await repository.branch(ref.replace("refs/heads/", ""));
  if (oid === undefined) return { data: { viewer, repository: { ref: null } } };
  const isOwn = state.signed.has(oid);
  const target = {
    oid,
    signature: isOwn ? { isValid: true, wasSignedByGitHub: true } : null,
    author: isOwn
      ? { email: `41898282+${BOT}@users.noreply.github.com`, user: null }
      : { email: "t@example.com", user: { login: "somebody" } },
  };
  return { data: { viewer, repository: { ref: { target } } } };
}

async function moveBranch(repository: BareRepository, variables: unknown): Promise<object> {
  const [update] = answerList(variables, "input", "refUpdates");
  const [name = "", before = "", after = ""] = ["name", "beforeOid", "afterOid"].map((part) =>
    answerText(update, part),
  );
  try {
    await repository.git("update-ref", name, after, before);
    return { data: { updateRefs: {} } };
  } catch {
    return refused("Reference does not point to beforeOid", "STALE_DATA");
  }
}

async function commitOnBranch(state: GitHubState, repository: BareRepository, variables: unknown): Promise<object> {
  const branch = answerText(variables, "input", "branch", "branchName") ?? "";
  const expected = answerText(variables, "input", "expectedHeadOid") ?? "";
  const head = await repository.branch(branch);
  if (head === undefined) return missing(`a Ref ${branch}`);
  const stale = refused(`Expected branch to point to "${expected}" but it did not. Pull and try again.`, "STALE_DATA");
  if (head !== expected) return stale;
  if (state.protectedBranches.has(branch))
    return refused("Changes must be made through a pull request.", "BRANCH_PROTECTION_RULE_VIOLATION");
  const files = new Map(
    answerList(variables, "input", "fileChanges", "additions").map((addition) => {
      const contents = Buffer.from(answerText(addition, "contents") ?? "", "base64").toString();
      return [answerText(addition, "path") ?? "", contents] as const;
    }),
  );
  const headline = answerText(variables, "input", "message", "headline") ?? "";
  const oid = await repository.addCommit(head, files, headline);
  try {
    await repository.git("update-ref", `refs/heads/${branch}`, oid, head);
  } catch {
    return stale;
  }
  state.signed.add(oid);
  const open = state.pullRequests.find((each) => each.head === branch && each.state === "OPEN");
  if (open !== undefined) open.headOid = oid;
  return { data: { createCommitOnBranch: { commit: { oid } } } };
}

function listPullRequests(state: GitHubState, variables: unknown): object {
  const nodes = state.pullRequests
    .filter(({ head, base }) => head === answerText(variables, "head") && base === answerText(variables, "base"))
    .toReversed()
    .map((each) => ({
      number: each.number,
      url: urlOf(each),
      state: each.state,
      headRefOid: each.headOid,
      isCrossRepository: each.headRepository !== REPOSITORY,
    }));
  return { data: { repository: { pullRequests: { nodes } } } };
}

function listBases(state: GitHubState, variables: unknown): object {
  const found = state.pullRequests.filter(({ head }) => head === answerText(variables, "head"));
  const nodes = found.slice(0, 100).map(({ number, base, headRepository, isBaseChanged }) => ({
    number,
    baseRefName: base,
    isCrossRepository: headRepository !== REPOSITORY,
    timelineItems: { nodes: isBaseChanged ? [{ __typename: "BaseRefChangedEvent" }] : [] },
  }));
  return { data: { repository: { pullRequests: { nodes, pageInfo: { hasNextPage: found.length > 100 } } } } };
}
