import { success } from "../../model/integration.ts";
import { answerAt, answerList, answerText } from "./answers.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";

/** GitHub takes comments of fewer characters than this. */
export const COMMENT_CHARACTERS = 65_536;

export interface PullRequestSubject {
  readonly owner: string;
  readonly name: string;
  readonly number: number;
}

/** A comment of this action, recognised by its mark and its author. */
interface OwnComment {
  readonly id: string;
  readonly url: string;
  readonly body: string;
}

interface FoundComments {
  readonly pullRequestId: string;
  /** The commit that the pull request has now. */
  readonly headOid: string;
  readonly own: readonly OwnComment[];
}

/** What happened to the comment. */
export type CommentOutcome =
  | { readonly kind: "created" | "updated" | "unchanged"; readonly url: string }
  /** There is nothing to say, and nothing was said before. */
  | { readonly kind: "none" }
  /** The pull request has a newer commit, and the run of that commit writes the comment. */
  | { readonly kind: "outdated"; readonly headOid: string };

export interface WantedComment {
  /** The first line of the body. It identifies the comment of this action. */
  readonly mark: string;
  readonly body: string;
  /** The commit that was planned. */
  readonly headOid: string;
  /** Whether a comment is made if there is none. */
  readonly ifMissing: "create" | "leave";
}

/** How often the comment is looked up: somebody may delete it during the update, or a response may be lost. */
const MOST_ATTEMPTS = 4;

/** Writes the action's single comment on a pull request. An existing one is found on any page of the comments. */
export async function writeComment(
  github: GitHubClient,
  subject: PullRequestSubject,
  wanted: WantedComment,
): Promise<GitHubResult<CommentOutcome>> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await findComments(github, subject, wanted.mark);
    if (!found.ok) return found;
    const { headOid, own } = found.value;
    if (headOid !== wanted.headOid) return success({ kind: "outdated", headOid });
    const written = await writeFound(github, found.value, wanted);
    // It was deleted meanwhile, or the outcome is unknown: look again before creating a second one.
    const isUnsettled = !written.ok && (written.error.kind === "not-found" || written.error.kind === "lost");
    if (isUnsettled && attempt < MOST_ATTEMPTS) continue;
    if (written.ok) await removeOthers(github, own.slice(1));
    return written;
  }
}

async function writeFound(
  github: GitHubClient,
  { pullRequestId, own: [first] }: FoundComments,
  { body, ifMissing }: WantedComment,
): Promise<GitHubResult<CommentOutcome>> {
  if (first === undefined) {
    if (ifMissing === "leave") return success({ kind: "none" });
    const added = await github.mutate(ADD, { subject: pullRequestId, body });
    if (!added.ok) return added;
    return success({ kind: "created", url: answerText(added.value, "addComment", "commentEdge", "node", "url") ?? "" });
  }
  if (sameText(first.body, body)) return success({ kind: "unchanged", url: first.url });
  const updated = await github.mutate(UPDATE, { id: first.id, body });
  return updated.ok ? success({ kind: "updated", url: first.url }) : updated;
}

/** Deletes further comments of this action: after a lost response, or in two runs at once, there may be a second one. */
async function removeOthers(github: GitHubClient, others: readonly OwnComment[]): Promise<void> {
  for (const { id } of others) await github.mutate(DELETE, { id });
}

function sameText(one: string, other: string): boolean {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return plain(one) === plain(other);
}

async function findComments(
  github: GitHubClient,
  subject: PullRequestSubject,
  mark: string,
): Promise<GitHubResult<FoundComments>> {
  const own: OwnComment[] = [];
  for (let after: string | null = null; ;) {
    const answer: GitHubResult<unknown> = await github.query(COMMENTS, { ...subject, after });
    if (!answer.ok) return answer;
    const pullRequest = answerAt(answer.value, "repository", "pullRequest");
    for (const node of answerList(pullRequest, "comments", "nodes")) {
      const body = answerText(node, "body") ?? "";
      // Anybody can write a comment with this mark.
      const isOwn = answerAt(node, "viewerDidAuthor") === true && body.split(/\r?\n/, 1)[0] === mark;
      if (isOwn) own.push({ id: answerText(node, "id") ?? "", url: answerText(node, "url") ?? "", body });
    }
    const page = answerAt(pullRequest, "comments", "pageInfo");
    const cursor: string | undefined = answerText(page, "endCursor");
    if (answerAt(page, "hasNextPage") === true && cursor !== undefined) {
      after = cursor;
      continue;
    }
    const [pullRequestId, headOid] = [answerText(pullRequest, "id"), answerText(pullRequest, "headRefOid")];
    if (pullRequestId !== undefined && headOid !== undefined) return success({ pullRequestId, headOid, own });
    return {
      ok: false,
      error: { kind: "not-found", status: 200, message: `there is no pull request ${subject.number}` },
    };
  }
}

const COMMENTS = `query PullRequestComments($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      headRefOid
      comments(first: 100, after: $after) {
        nodes { id url body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const ADD = `mutation AddComment($subject: ID!, $body: String!) {
  addComment(input: { subjectId: $subject, body: $body }) { commentEdge { node { url } } }
}`;

const UPDATE = `mutation UpdateComment($id: ID!, $body: String!) {
  updateIssueComment(input: { id: $id, body: $body }) { issueComment { id } }
}`;

const DELETE = `mutation DeleteComment($id: ID!) { deleteIssueComment(input: { id: $id }) { clientMutationId } }`;
