import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readAtMergeBase } from "../checkout/repository.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { lockfilesOf, readCheckoutFile, writeCheckoutFile, type CheckoutFile } from "./checkout-files.ts";
import { answerText } from "./github/answers.ts";
import { ACTION_EXIT, type ActionJob } from "./job.ts";
import { branchHead } from "./github/branches.ts";
import { findLockSource, lockfileText, proposalBranch } from "./lock-source.ts";
import { isSameLockfile } from "./lockfile-merge.ts";
import { planOutputs, readPlanOutputs } from "./plan-outputs.ts";
import { programArguments, type ProgramArguments } from "./program-arguments.ts";
import { pullRequestOf, type EventPullRequest } from "./pull-request-event.ts";

/** The exit codes of a successful plan: without changes, and with changes. */
const GOOD = new Set([0, 2]);

/** Plans what a pull request proposes. */
export async function planAction(job: ActionJob): Promise<number> {
  const { log } = job;
  const pullRequest = pullRequestOf(job, "buddy-integrations plan");
  const given = await programArguments(job);
  if (!pullRequest.ok || !given.ok) {
    for (const part of [pullRequest, given]) if (!part.ok) log.error(part.error);
    return endPlan(job, ACTION_EXIT.invalid, undefined);
  }
  const base = await baseOptions(job, pullRequest.value, given.value);
  if (!base.ok) {
    log.error(base.error);
    return endPlan(job, ACTION_EXIT.invalid, undefined);
  }
  const file = resolve(job.io.cwd, job.input("plan-file") || join(job.folder, "plan.json"));
  // A plan of an earlier step must not be taken for the plan of this one.
  await rm(file, { force: true });
  const options = [...given.value.options, ...base.value, ...offlineOptions(job, pullRequest.value)];
  const reports = ["--format", "github", "--out", file, "--report", summaryFile(job)];
  const { exit } = await job.program(["plan", ...options, "--detailed-exitcode", ...reports]);
  await addProgramSummary(job);
  return endPlan(job, exit, file);
}

/** Writes the outputs of a plan. @returns the exit code of the step */
async function endPlan(job: ActionJob, exit: number, file: string | undefined): Promise<number> {
  const read = file === undefined ? undefined : await readPlanOutputs(file);
  const { hasChanges, hasDrift, hashes } = read ?? planOutputs(undefined);
  await job.setOutput("exit-code", String(exit));
  await job.setOutput("has-changes", String(hasChanges));
  await job.setOutput("has-drift", String(hasDrift));
  await job.setOutput("plan-hash", hashes.join("\n"));
  await job.setOutput("plan-file", read === undefined ? "" : (file ?? ""));
  return GOOD.has(exit) ? ACTION_EXIT.done : exit;
}

/** Where the program writes its summary. */
export function summaryFile({ folder }: Pick<ActionJob, "folder">): string {
  return join(folder, "summary.md");
}

/** Adds the program's summary to the summary of the step. */
export async function addProgramSummary(job: ActionJob): Promise<void> {
  const text = await readCheckoutFile(summaryFile(job));
  if (text !== undefined) await job.addSummary(text);
  await rm(summaryFile(job), { force: true });
}

/** Pull requests of forks and of Dependabot have no token, so their plans are made from the lockfile alone. */
function offlineOptions({ variable, log }: ActionJob, { isFork, isDependabot }: EventPullRequest): readonly string[] {
  const hasToken = variable("BUDDY_TOKEN") !== "" || variable("BUDDY_TOKEN_FILE") !== "";
  if (hasToken || (!isFork && !isDependabot)) return [];
  const who = isFork ? "a pull request of a fork" : "a pull request of Dependabot";
  log.notice(
    `${who} gets no secrets, so this plan is made from the lockfile alone. After the merge, the apply waits until somebody approves a fresh plan`,
  );
  return ["--offline"];
}

/**
 * Makes the plan use the lockfile that an apply would read. If that lockfile is on a branch of this action, it is written
 * into the checkout. But if the pull request edits the lockfile, `--base` makes the plan report the edits.
 */
async function baseOptions(
  job: ActionJob,
  { base, head, headOid, isFork }: EventPullRequest,
  { files }: ProgramArguments,
): Promise<Result<readonly string[], string>> {
  const { event, input, log } = job;
  const main = answerText(event, "repository", "default_branch") ?? base;
  const ref = input("base") || `refs/remotes/origin/${main}`;
  const branch = ref.replace(/^refs\/remotes\/[^/]+\/|^refs\/heads\/|^origin\//, "");
  const compare = success(["--base", ref]);
  if (head === proposalBranch(branch) && !isFork) return proposalOptions(job, { head, headOid, compare });
  const source = await findLockSource(job, { branch, lockBranch: input("lock-branch") });
  if (!source.ok) return source;
  if (source.value.kind === "checkout") return compare;
  const lockfiles = await lockfilesOf(job, files);
  if (!lockfiles.ok) return lockfiles;
  const texts: [CheckoutFile, string | undefined][] = [];
  for (const lockfile of lockfiles.value) {
    if (await isEdited(job, ref, lockfile)) {
      if (!input("args").includes("--allow-lockfile-edits")) return compare;
      return failure(
        `${lockfile.path} is read from the branch ${source.value.branch}, so edits of it in a pull request have no effect: remove them`,
      );
    }
    const text = await lockfileText(job, source.value, lockfile);
    if (!text.ok) return text;
    texts.push([lockfile, text.value]);
  }
  for (const [{ absolute, path }, text] of texts) {
    const problem = await writeCheckoutFile(absolute, text);
    if (problem !== undefined) return failure(`${path} can't be written: ${problem}`);
  }
  log.line(`the lockfile is read from the branch ${source.value.branch}`);
  return success([]);
}

/** The action's own pull request with the lockfile is the only one that may change it. */
async function proposalOptions(
  { github, repository, log }: ActionJob,
  {
    head,
    headOid,
    compare,
  }: Pick<EventPullRequest, "head" | "headOid"> & { readonly compare: Result<readonly string[], string> },
): Promise<Result<readonly string[], string>> {
  const found = await branchHead(github, repository, head);
  if (!found.ok) return failure(found.error.message);
  if (found.value?.oid !== headOid || !found.value.isOurs) return compare;
  log.line("this is the action's own pull request with the lockfile of an apply");
  return success([]);
}

/** Whether the pull request changes the lockfile; true also if that isn't known. */
async function isEdited({ io }: ActionJob, ref: string, { absolute }: CheckoutFile): Promise<boolean> {
  const before = await readAtMergeBase(io, { path: absolute, ref, cwd: io.cwd });
  if (!before.ok) return true;
  const { bytes } = before.value;
  const text = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  return !isSameLockfile(await readCheckoutFile(absolute), text);
}
