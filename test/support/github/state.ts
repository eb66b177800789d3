import type { ReceivedRequest, ScriptedReply } from "../http.ts";

/** The repository that the server has. */
export const REPOSITORY = "acme/infra";
/** Whose token it takes. */
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
  /** Whether somebody has changed what it is to be merged into. */
  isBaseChanged: boolean;
  title: string;
  body: string;
  /** Milliseconds since 1970. */
  mergedAt: number | undefined;
  /** Commits that the merge brought. */
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

/** What the server returns instead, as long as this function returns something. */
export type GitHubFault = (
  request: ReceivedRequest & { readonly operation: string },
) => ScriptedReply | undefined | Promise<ScriptedReply | undefined>;

/** All that the server knows, besides the git repository. */
export interface GitHubState {
  readonly pullRequests: StoredPullRequest[];
  readonly runs: StoredRun[];
  readonly artifacts: StoredArtifact[];
  /** Branches that take commits by pull requests only. */
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
