import { resolve } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import { readCheckoutFile } from "./checkout-files.ts";
import { branchHead, textInCommit } from "./github/branches.ts";
import { ACTION_EXIT, type ActionJob } from "./job.ts";

/**
 * Checks that these files are the same in the checkout and on the branch: a job that runs again, or that has waited, must
 * not apply an old file.
 *
 * @param paths from the top of the repository
 * @returns the commit of the branch
 */
export async function checkCheckout(
  { io, github, repository }: ActionJob,
  branch: string,
  paths: readonly string[],
): Promise<Result<string, { readonly exit: number; readonly message: string }>> {
  const asked = await io.git(io.cwd, ["rev-parse", "HEAD"]);
  if (asked.kind === "missing" || asked.code !== 0)
    return failure({
      exit: ACTION_EXIT.invalid,
      message: "git can't read this checkout: use actions/checkout before this action",
    });
  const here = new TextDecoder().decode(asked.stdout).trim();
  const head = await branchHead(github, repository, branch);
  if (!head.ok) return failure({ exit: ACTION_EXIT.failed, message: head.error.message });
  if (head.value === undefined) return failure({ exit: ACTION_EXIT.invalid, message: `there is no branch ${branch}` });
  const { oid } = head.value;
  if (oid === here) return success(oid);
  for (const path of paths) {
    const there = await textInCommit(github, repository, path, oid);
    if (!there.ok) return failure({ exit: ACTION_EXIT.failed, message: there.error.message });
    if (there.value !== (await readCheckoutFile(resolve(io.cwd, path)))) {
      const message = `${path} has changed on ${branch} since the checked-out commit ${here.slice(0, 12)}, so nothing was applied: the run of the newer commit applies it. A job that waits should check out the branch (ref: \${{ github.ref_name }})`;
      return failure({ exit: ACTION_EXIT.notReviewed, message });
    }
  }
  return success(oid);
}
