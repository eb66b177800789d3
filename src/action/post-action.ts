import type { ActionJob } from "./job.ts";
import { ACTION_EXIT } from "./job.ts";
import { programArguments } from "./program-arguments.ts";
import { publishLockfiles, savedLockfileRun } from "./publish-lockfiles.ts";

/**
 * Runs at the end of the job of an apply, also if it was cancelled or its process was killed. If the apply hasn't done it,
 * this step records what was created in the lockfile, and commits the lockfile.
 */
export async function postAction(job: ActionJob): Promise<number> {
  const run = await savedLockfileRun(job);
  if (run === undefined || job.state("published") === "true") return ACTION_EXIT.done;
  const given = await programArguments(job);
  if (!given.ok) {
    job.log.error(given.error);
    return ACTION_EXIT.invalid;
  }
  job.log.line("the apply was interrupted: this step looks for what it created, and commits the lockfile");
  let exit: number = ACTION_EXIT.done;
  for (const file of given.value.files) {
    const recovered = await job.program(["recover", "--file", file, ...given.value.target]);
    if (recovered.exit !== ACTION_EXIT.done) exit = recovered.exit;
  }
  const isPublished = await publishLockfiles(job, run);
  return isPublished ? exit : ACTION_EXIT.failed;
}
