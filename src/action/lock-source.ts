import { failure, success, type Result } from "../model/integration.ts";
import { readCheckoutFile, type CheckoutFile } from "./checkout-files.ts";
import { branchHead, forkPointOf, newestPullRequest, textInCommit } from "./github/branches.ts";
import type { ActionJob } from "./job.ts";
import { mergeLockfiles } from "./lockfile-merge.ts";
import { isMerged, notOurs } from "./publish-files.ts";

/**
 * Where the lockfile is read from. `checkout`: as it was checked out; `lock-branch`: the branch of the input; `proposal`: the
 * branch of the action's pull request, until it is merged.
 */
export type LockSource =
  | { readonly kind: "checkout" }
  | { readonly kind: "lock-branch"; readonly branch: string; readonly oid: string }
  | { readonly kind: "proposal"; readonly branch: string; readonly oid: string; readonly forkPoint: string };

/** The branch of the pull request with the lockfile, if `branch` refuses commits. */
export function proposalBranch(branch: string): string {
  return `buddy-integrations/lockfile/${branch}`;
}

export interface LockBranches {
  /** The branch that is merged into, and applied. */
  readonly branch: string;
  /** The input `lock-branch`; empty if it isn't given. */
  readonly lockBranch: string;
}

/** Finds out where the lockfile is. A branch that somebody has pushed to is refused, since an apply trusts its lockfile. */
export async function findLockSource(
  { github, repository }: Pick<ActionJob, "github" | "repository">,
  { branch, lockBranch }: LockBranches,
): Promise<Result<LockSource, string>> {
  const name = lockBranch === "" ? proposalBranch(branch) : lockBranch;
  const head = await branchHead(github, repository, name);
  if (!head.ok) return failure(`the branch with the lockfile can't be read: ${head.error.message}`);
  if (head.value === undefined) return success({ kind: "checkout" });
  const { oid, isOurs } = head.value;
  if (lockBranch !== "" && isOurs) return success({ kind: "lock-branch", branch: name, oid });
  const last = await newestPullRequest(github, repository, { head: name, base: branch });
  if (!last.ok) return failure(last.error.message);
  if (isMerged(last.value, oid)) return success({ kind: "checkout" });
  const compared = await forkPointOf(github, repository, branch, oid);
  if (!compared.ok) return failure(`${name} can't be compared with ${branch}: ${compared.error.message}`);
  const forkPoint = compared.value;
  if (forkPoint === undefined) return failure(`${name} and ${branch} have no commit in common`);
  // There is nothing on it that the other branch doesn't have.
  if (forkPoint === oid) return success({ kind: "checkout" });
  return isOurs && lockBranch === ""
    ? success({ kind: "proposal", branch: name, oid, forkPoint })
    : failure(notOurs(name, oid));
}

/** The text of a lockfile in its source; undefined if there is no such file. */
export async function lockfileText(
  { github, repository }: Pick<ActionJob, "github" | "repository">,
  source: LockSource,
  { absolute, path }: CheckoutFile,
): Promise<Result<string | undefined, string>> {
  const here = await readCheckoutFile(absolute);
  if (source.kind === "checkout") return success(here);
  const there = await textInCommit(github, repository, path, source.oid);
  if (!there.ok) return failure(`${path} of ${source.branch} can't be read: ${there.error.message}`);
  if (source.kind === "lock-branch") return there;
  const before = await textInCommit(github, repository, path, source.forkPoint);
  if (!before.ok) return failure(before.error.message);
  // The pull request doesn't change this lockfile.
  if (there.value === before.value || there.value === undefined) return success(here);
  const merged = mergeLockfiles({ before: before.value, ours: there.value, theirs: here });
  if (merged.ok) return merged;
  // Neither side may win: a hash would be lost, or an older lockfile would come back.
  const why = `${path} differs between the checkout and ${source.branch} (${merged.error.why})`;
  return failure(
    `${why}: merge the pull request with the lockfile, or delete that branch if its lockfile is the older one`,
  );
}
