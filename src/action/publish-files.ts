import { failure, success, type Result } from "../model/integration.ts";
import type { GitHubClient } from "./github/client.ts";
import {
  branchHead,
  commitOnBranch,
  forkPointOf,
  moveBranch,
  newestPullRequest,
  textInCommit,
  type BranchPullRequest,
  type Repository,
} from "./github/branches.ts";
import { answerText } from "./github/answers.ts";

/** A file that this run has changed. */
export interface ChangedFile {
  /** From the top of the repository. */
  readonly path: string;
  /** As this run found it; undefined if there was none. */
  readonly before: string | undefined;
  readonly now: string;
  /** Merges this run's change into the file's current text on the branch, which somebody else may have changed. */
  merge(theirs: string | undefined): Result<string, { readonly why: string }>;
}

/** `refused`: GitHub refuses the commit, for any reason; `contested`: somebody else changed the same. */
export interface PublishProblem {
  readonly kind: "refused" | "contested" | "failed";
  readonly message: string;
}

/** The commit that has the files; undefined if the branch already had them. */
type Committed = Result<string | undefined, PublishProblem>;

export interface PublishTools {
  readonly github: GitHubClient;
  readonly repository: Repository;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Enough for three merges at once and for people who push: one of them can make only one attempt fail. */
const MOST_ATTEMPTS = 12;

/** Commits files to a branch, on top of its current commit. */
export async function commitFiles(
  { github, repository, sleep }: PublishTools,
  {
    branch,
    headline,
    files,
    onlyOursAndOf,
  }: {
    readonly branch: string;
    readonly headline: string;
    readonly files: readonly ChangedFile[];
    /**
     * If given, nothing is committed unless every commit of the branch is this action's, or one of this other branch. With our
     * commit on top, runs would also trust what somebody else put below it.
     */
    readonly onlyOursAndOf?: string | undefined;
  },
): Promise<Committed> {
  let refused: string | undefined;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const head = await branchHead(github, repository, branch);
    if (!head.ok) return failed(head.error.message);
    if (head.value === undefined) return failed(`there is no branch ${branch}`);
    const { oid, isOurs } = head.value;
    if (onlyOursAndOf !== undefined && !isOurs) {
      const forkPoint = await forkPointOf(github, repository, onlyOursAndOf, oid);
      if (!forkPoint.ok) return failed(forkPoint.error.message);
      if (forkPoint.value !== oid) return failed(notOurs(branch, oid));
    }
    // The commit was refused, and the branch hasn't moved since: another attempt won't help.
    if (refused?.startsWith(`${oid} `)) return failure({ kind: "refused", message: refused.slice(oid.length + 1) });
    const changed = new Map<string, string>();
    for (const file of files) {
      const theirs = await textInCommit(github, repository, file.path, oid);
      if (!theirs.ok) return failed(theirs.error.message);
      const merged = file.merge(theirs.value);
      if (!merged.ok) return failure({ kind: "contested", message: `${file.path} on ${branch}: ${merged.error.why}` });
      if (merged.value !== theirs.value) changed.set(file.path, merged.value);
    }
    if (changed.size === 0) return success(attempt === 1 ? undefined : oid);
    const commit = await commitOnBranch(github, repository, { branch, expectedHead: oid, headline, files: changed });
    if (commit.ok) return commit;
    const { kind, message } = commit.error;
    if (kind === "limited") return failed(message);
    if (kind !== "lost") refused = `${oid} ${message}`;
    await sleep(Math.min(attempt, 5) * 500);
  }
  return failed(`${MOST_ATTEMPTS} attempts to commit failed, since ${branch} changed each time`);
}

function failed(message: string): Result<never, PublishProblem> {
  return failure({ kind: "failed", message });
}

/** A pull request of this action. Each branch has one, which is updated until it is merged. */
export interface Proposal {
  readonly branch: string;
  /** What it is merged into. */
  readonly base: string;
  readonly headline: string;
  readonly body: string;
  readonly files: readonly ChangedFile[];
  /** Whether runs trust the branch before it is merged. */
  readonly isBelieved: boolean;
}

/** @returns the address of the pull request; undefined if there is nothing to change */
export async function proposeFiles(
  tools: PublishTools,
  proposal: Proposal,
): Promise<Result<string | undefined, PublishProblem>> {
  const { github, repository } = tools;
  const { branch, base, headline, files, isBelieved } = proposal;
  const ready = await readyBranch(tools, proposal);
  if (!ready.ok) return ready;
  const onlyOursAndOf = isBelieved ? base : undefined;
  const committed = await commitFiles(tools, { branch, headline, files, onlyOursAndOf });
  if (!committed.ok) return committed;
  const open = await newestPullRequest(github, repository, { head: branch, base });
  if (!open.ok) return failed(open.error.message);
  if (open.value?.state === "OPEN") return success(open.value.url);
  if (ready.value === "new" && committed.value === undefined) return success(undefined);
  const { owner, name } = repository;
  const made = await github.post(`/repos/${owner}/${name}/pulls`, {
    title: headline,
    head: branch,
    base,
    body: proposal.body,
  });
  if (made.ok) return success(answerText(made.value, "html_url"));
  // Another job may have opened it, or the response was lost.
  const again = await newestPullRequest(github, repository, { head: branch, base });
  if (again.ok && again.value?.state === "OPEN") return success(again.value.url);
  return failed(`the change is on the branch ${branch}, but the pull request can't be opened: ${made.error.message}`);
}

/** Prepares the branch of the pull request: if it was merged, it begins again at the base; otherwise it stays as it is. */
async function readyBranch(
  { github, repository }: PublishTools,
  { branch, base }: Proposal,
): Promise<Result<"new" | "unmerged", PublishProblem>> {
  for (let attempt = 1; ; attempt += 1) {
    const head = await branchHead(github, repository, branch);
    if (!head.ok) return failed(head.error.message);
    const last = await newestPullRequest(github, repository, { head: branch, base });
    if (!last.ok) return failed(last.error.message);
    if (head.value !== undefined && !isMerged(last.value, head.value.oid)) return success("unmerged");
    const start = await branchHead(github, repository, base);
    if (!start.ok) return failed(start.error.message);
    if (start.value === undefined) return failed(`there is no branch ${base}`);
    const moved = await moveBranch(github, repository, { branch, from: head.value?.oid, to: start.value.oid });
    if (moved.ok) return success("new");
    // Another job may have made it meanwhile.
    if (attempt >= MOST_ATTEMPTS || moved.error.kind === "limited") return failed(moved.error.message);
    const now = await branchHead(github, repository, branch);
    if (now.ok && now.value?.oid === head.value?.oid && moved.error.kind !== "lost") return failed(moved.error.message);
  }
}

export function notOurs(branch: string, oid: string): string {
  return `the last commit of ${branch} (${oid.slice(0, 12)}) was not made by this action, so its lockfile isn't trusted: find out who made it, remove it, and protect the branch`;
}

/** Whether everything on a branch was merged by its last pull request. */
export function isMerged(last: BranchPullRequest | undefined, headOid: string): boolean {
  return last?.state === "MERGED" && last.headOid === headOid;
}
