import { join, resolve } from "node:path";
import { success, failure, type Result } from "../model/integration.ts";
import { lockfilesOf, readCheckoutFile, writeCheckoutFile } from "./checkout-files.ts";
import { checkCheckout } from "./checkout-state.ts";
import { ACTION_EXIT, type ActionJob } from "./job.ts";
import { findLockSource, lockfileText } from "./lock-source.ts";
import { addProgramSummary, summaryFile } from "./plan-action.ts";
import { expectOptions, makeFreshPlan } from "./expected-plans.ts";
import { readPlanOutputs } from "./plan-outputs.ts";
import { proposePipelineFiles } from "./propose-pipelines.ts";
import { programArguments, type ProgramArguments } from "./program-arguments.ts";
import { publishLockfiles, saveLockfileRun, type LockfileBefore, type LockfileRun } from "./publish-lockfiles.ts";
import { APPLY_EVENTS, findReviewedPlans, workflowOf, type ReviewedPlans } from "./reviewed-plans.ts";

/** Applies what was reviewed and merged, and commits the lockfile. With `check: true` it only says whether all of it was reviewed. */
export async function applyAction(job: ActionJob): Promise<number> {
  const prepared = await prepareApplyJob(job);
  if (!prepared.ok) {
    job.log.error(prepared.error.message);
    return endApply(job, prepared.error.exit);
  }
  const { given, run, reviewed } = prepared.value;
  if (job.input("check") === "true") return checkReviewed(job, given, reviewed);
  const expected = await expectOptions(job, given, reviewed.files);
  if (!expected.ok) {
    job.log.error(expected.error);
    return endApply(job, ACTION_EXIT.invalid);
  }
  await saveLockfileRun(job, run);
  const reports = ["--format", "github", "--report", summaryFile(job)];
  const { exit } = await job.program(["apply", ...given.options, ...expected.value, "--yes", ...reports]);
  await addProgramSummary(job);
  const isPublished = await publishLockfiles(job, run);
  // The step at the end of the job need not publish it again.
  if (isPublished) await job.saveState("published", "true");
  const isProposed = job.input("pipelines") !== "true" || (await proposePipelineFiles(job, given, run.branch));
  return endApply(job, exit === ACTION_EXIT.done && !(isPublished && isProposed) ? ACTION_EXIT.failed : exit);
}

async function endApply(job: ActionJob, exit: number): Promise<number> {
  await job.setOutput("exit-code", String(exit));
  await job.setOutput("needs-approval", String(exit === ACTION_EXIT.notReviewed));
  return exit;
}

/** `check: true`: a fresh plan, and whether all of it was reviewed. */
async function checkReviewed(job: ActionJob, given: ProgramArguments, reviewed: ReviewedPlans): Promise<number> {
  const file = resolve(job.io.cwd, job.input("plan-file") || join(job.folder, "plan.json"));
  const fresh = await makeFreshPlan(job, given, file);
  if (!fresh.ok) {
    job.log.error(fresh.error);
    return endApply(job, ACTION_EXIT.invalid);
  }
  const expected = await expectOptions(job, given, reviewed.files);
  if (!expected.ok) {
    job.log.error(expected.error);
    return endApply(job, ACTION_EXIT.invalid);
  }
  const reports = ["--format", "github", "--report", summaryFile(job)];
  const { exit } = await job.program(["plan", ...given.options, ...expected.value, ...reports]);
  await addProgramSummary(job);
  const outputs = await readPlanOutputs(file);
  await job.setOutput("has-changes", String(outputs?.hasChanges ?? false));
  await job.setOutput("plan-file", outputs === undefined ? "" : file);
  await endApply(job, exit);
  if (exit === ACTION_EXIT.notReviewed)
    job.log.notice("a part of this plan wasn't reviewed: the apply waits until somebody approves this plan");
  // Refused changes aren't an error here: the apply refuses them too, and applies the rest of the plan.
  return CHECKED.has(exit) ? ACTION_EXIT.done : exit;
}

/** Done, not reviewed, and refused. */
const CHECKED = new Set([0, 6, 7]);

interface PreparedApply {
  readonly given: ProgramArguments;
  readonly run: LockfileRun;
  readonly reviewed: ReviewedPlans;
}

interface ApplyProblem {
  readonly exit: number;
  readonly message: string;
}

function invalidApply(message: string): Result<never, ApplyProblem> {
  return failure({ exit: ACTION_EXIT.invalid, message });
}

/** Everything before the program runs: the checkout, the lockfile, and the plans that were reviewed. */
async function prepareApplyJob(job: ActionJob): Promise<Result<PreparedApply, ApplyProblem>> {
  const { input, variable } = job;
  const wrong = wrongApplyEvent(variable("GITHUB_EVENT_NAME"), variable("GITHUB_REF_TYPE"));
  if (wrong !== undefined) return invalidApply(wrong);
  const given = await programArguments(job);
  if (!given.ok) return invalidApply(given.error);
  const branches = { branch: variable("GITHUB_REF_NAME"), lockBranch: input("lock-branch") };
  const lockfiles = await lockfilesOf(job, given.value.files);
  if (!lockfiles.ok) return invalidApply(lockfiles.error);
  const checkout = await checkCheckout(job, branches.branch, [
    ...given.value.files,
    ...lockfiles.value.map(({ path }) => path),
  ]);
  if (!checkout.ok) return checkout;
  const source = await findLockSource(job, branches);
  if (!source.ok) return invalidApply(source.error);
  const found: LockfileBefore[] = [];
  for (const lockfile of lockfiles.value) {
    const text = await lockfileText(job, source.value, lockfile);
    if (!text.ok) return invalidApply(text.error);
    const isSame = text.value === (await readCheckoutFile(lockfile.absolute));
    const problem = isSame ? undefined : await writeCheckoutFile(lockfile.absolute, text.value);
    if (problem !== undefined) return invalidApply(`${lockfile.path} can't be written: ${problem}`);
    found.push({ ...lockfile, before: text.value });
  }
  if (source.value.kind !== "checkout") job.log.line(`the lockfile is read from the branch ${source.value.branch}`);
  const reviewed = await findReviewedPlans(job, {
    branch: branches.branch,
    head: checkout.value,
    planWorkflow: input("plan-workflow") || workflowOf(variable("GITHUB_WORKFLOW_REF")),
    artifact: input("plan-artifact") || "buddy-integrations-plan",
  });
  if (!reviewed.ok)
    return failure({
      exit: ACTION_EXIT.failed,
      message: `the reviewed plans can't be read from GitHub: ${reviewed.error}`,
    });
  for (const { number, why } of reviewed.value.without)
    job.log.notice(`pull request #${number} has no reviewed plan: ${why}`);
  job.log.line(`reviewed plans found: ${reviewed.value.files.length}`);
  const run = { ...branches, isProposed: source.value.kind === "proposal", lockfiles: found };
  return success({ given: given.value, run, reviewed: reviewed.value });
}

function wrongApplyEvent(event: string, refType: string): string | undefined {
  if (!APPLY_EVENTS.has(event)) {
    const name = event === "" ? "an unknown event" : event;
    return `buddy-integrations apply doesn't run on ${name}: what it would apply isn't merged. Use ${[...APPLY_EVENTS].join(", ")}`;
  }
  return refType === "branch" ? undefined : "buddy-integrations apply runs on a branch: it commits the lockfile there";
}
