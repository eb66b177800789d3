import { findPipelineFiles } from "../checkout/pipeline-files.ts";
import { pathsFromTop } from "../checkout/repository-top.ts";
import { success } from "../model/integration.ts";
import { resolve } from "node:path";
import { readCheckoutFile } from "./checkout-files.ts";
import { ACTION_EXIT, type ActionJob } from "./job.ts";
import type { ProgramArguments } from "./program-arguments.ts";
import { proposeFiles, type ChangedFile } from "./publish-files.ts";

const HEADLINE = "Point Buddy pipelines to the current integrations";
const BODY =
  "`buddy-integrations refs --write` has changed these pipeline files after an apply. Review them like any other change.";

/** Opens a pull request with what `refs --write` changes, even if the branch allows commits. @returns whether that worked */
export async function proposePipelineFiles(
  job: ActionJob,
  { files, target }: ProgramArguments,
  base: string,
): Promise<boolean> {
  const { io, log, github, repository } = job;
  const names = (await findPipelineFiles(io.cwd)).files;
  const before = new Map<string, string | undefined>();
  for (const name of names) before.set(name, await readCheckoutFile(resolve(io.cwd, name)));
  for (const file of files) {
    const { exit } = await job.program(["refs", "--write", "--file", file, ...target]);
    if (exit !== ACTION_EXIT.done) {
      log.error("refs --write failed, so the pipeline files still have old references: see the log of this step");
      return false;
    }
  }
  const pathOf = await pathsFromTop({ cwd: io.cwd, env: { GITHUB_WORKSPACE: job.variable("GITHUB_WORKSPACE") } });
  const changed: ChangedFile[] = [];
  for (const [name, was] of before) {
    const now = await readCheckoutFile(resolve(io.cwd, name));
    if (now === undefined || now === was) continue;
    // The change is made from the current files, not from an earlier proposal.
    changed.push({ path: pathOf(name), before: was, now, merge: () => success(now) });
  }
  if (changed.length === 0) return true;
  const branch = `buddy-integrations/pipelines/${base}`;
  const tools = { github, repository, sleep: (ms: number) => io.sleep(ms) };
  const proposed = await proposeFiles(tools, {
    branch,
    base,
    headline: HEADLINE,
    body: BODY,
    files: changed,
    isBelieved: false,
  });
  if (proposed.ok) log.notice(`pipeline files have changed: review and merge ${proposed.value ?? branch}`);
  else log.error(`the pull request with the changed pipeline files can't be made: ${proposed.error.message}`);
  return proposed.ok;
}
