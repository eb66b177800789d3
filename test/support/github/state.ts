import type { ReceivedRequest, ScriptedReply } from "../http.ts";

/** The only repository of the server. */
export const REPOSITORY = "acme/infra";
/** The account that the token belongs to. */
export const BOT = "github-actions[bot]";
/** The workflow that plans and applies. */
export const WORKFLOW = ".github/workflows/buddy-integrations.yml";

/** A comment of a pull request, as GitHub keeps it. */
export interface StoredComment {
  readonly id: string;
  body: string;
  readonly author: string;
}

export interface StoredPullRequest {
  readonly number: number;
  /** Branch names. */
  readonly head: string;
  readonly base: string;
  readonly author: string;
  /** `OWNER/NAME` of the head's repository. */
  readonly headRepository: string;
  headOid: string;
  state: "OPEN" | "CLOSED" | "MERGED";
  /** Whether somebody has changed the base branch of the pull request. */
  isBaseChanged: boolean;
  title: string;
  body: string;
  /** Milliseconds since 1970. */
  mergedAt: number | undefined;
  /** Commits that the merge added. */
  commits: string[];
  /** Changed files. */
  files: string[];
  comments: StoredComment[];
}

export interface StoredRun {
  readonly id: number;
  head_sha: string;
  event: string;
  path: string;
  head_branch: string;
  status: string;
  repository: string;
  head_repository: string;
  pull_requests: number[];
}

export interface StoredArtifact {
  readonly id: number;
  readonly run: number;
  name: string;
  zip: Uint8Array;
  createdAt: number;
  expired: boolean;
  digest: string | undefined;
}

/** Returns a response that replaces the normal one, or undefined to let the request pass. */
export type GitHubFault = (
  request: ReceivedRequest & { readonly operation: string },
) => ScriptedReply | undefined | Promise<ScriptedReply | undefined>;

/** The state of the server, except for the git repository. */
export interface GitHubState {
  readonly pullRequests: StoredPullRequest[];
  readonly runs: StoredRun[];
  readonly artifacts: StoredArtifact[];
  /** Branches that accept commits only through pull requests. */
  readonly protectedBranches: Set<string>;
  /** Commits that GitHub has made and signed for the bot. */
  readonly signed: Set<string>;
  /** Whether the token may write; a fork's may not. */
  canWrite: boolean;
  nextId: number;
}

export function newState(): GitHubState {
  return {
    pullRequests: [],
    runs: [],
    artifacts: [],
    protectedBranches: new Set(),
    signed: new Set(),
    canWrite: true,
    nextId: 100,
  };
}

export function urlOf({ number }: StoredPullRequest): string {
  return `https://github.example/${REPOSITORY}/pull/${number}`;
}

export function addPullRequest(
  state: Pick<GitHubState, "pullRequests">,
  given: Partial<StoredPullRequest> & { readonly headOid: string },
): StoredPullRequest {
  const made: StoredPullRequest = {
    number: state.pullRequests.length + 1,
    head: "feature",
    base: "main",
    author: "somebody",
    headRepository: REPOSITORY,
    state: "OPEN",
    isBaseChanged: false,
    title: "",
    body: "",
    mergedAt: undefined,
    commits: [],
    files: ["integrations.yaml"],
    comments: [],
    ...given,
  };
  state.pullRequests.push(made);
  return made;
}
