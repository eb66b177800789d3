import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import { LARGEST_REPORT } from "../model/limits.ts";
import { findReviewedPlan, readReviewedReport } from "../plan/review/reviewed-report.ts";
import { answerText } from "./github/answers.ts";
import { fileOfArtifact } from "./github/artifact-zip.ts";
import type { GitHubFailure } from "./github/failure.ts";
import {
  changesWorkflows,
  commitsBetween,
  lastCommits,
  pullRequestsOfCommit,
  type MergedPullRequest,
} from "./github/merged-pull-requests.ts";
import { hasOneBase } from "./github/proposed-bases.ts";
import { artifactsOf, downloadArtifact, runsOfCommit, successfulRuns, type WorkflowRun } from "./github/runs.ts";
import type { ActionJob } from "./job.ts";

/** Reports compress well. */
const LARGEST_ZIP = 32 * 1024 * 1024;

export interface ReviewSearch {
  /** The branch that is applied. */
  readonly branch: string;
  /** The commit of it that is applied. */
  readonly head: string;
  /** The workflow whose runs make plans, such as `.github/workflows/plan.yml`. */
  readonly planWorkflow: string;
  /** The name of their artifact with plan.json. */
  readonly artifact: string;
}

type ReviewJob = Pick<ActionJob, "github" | "repository" | "variable" | "folder">;

/** What was reviewed since the last apply that ended with 0. */
export interface ReviewedPlans {
  /** Paths of reports, in the order of their pull requests. */
  readonly files: readonly string[];
  /** Pull requests without a plan that counts as reviewed, and why. */
  readonly without: readonly { readonly number: number; readonly why: string }[];
}

/** Finds the plans of all pull requests that were merged since the last apply that ended with 0. */
export async function findReviewedPlans(job: ReviewJob, search: ReviewSearch): Promise<Result<ReviewedPlans, string>> {
  const commits = await commitsToReview(job, search);
  if (!commits.ok) return failure(commits.error.message);
  const merged = new Map<number, MergedPullRequest>();
  for (const commit of commits.value) {
    const found = await pullRequestsOfCommit(job.github, job.repository, { commit, branch: search.branch });
    if (!found.ok) return failure(found.error.message);
    for (const pullRequest of found.value) merged.set(pullRequest.number, pullRequest);
  }
  const folder = join(job.folder, "reviewed");
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  const without: { number: number; why: string }[] = [];
  for (const pullRequest of [...merged.values()].toSorted((one, other) => one.number - other.number)) {
    const plan = await planOf(job, search, pullRequest);
    if (!plan.ok && plan.error.kind === "failed") return failure(plan.error.message);
    if (plan.ok) {
      const path = join(folder, `${pullRequest.number}.json`);
      await writeFile(path, plan.value, { mode: 0o600 });
      files.push(path);
    } else without.push({ number: pullRequest.number, why: plan.error.message });
  }
  return success({ files, without });
}

/** The commits since the last apply that ended with 0. */
async function commitsToReview(
  { github, repository, variable }: ReviewJob,
  { branch, head }: ReviewSearch,
): Promise<Result<readonly string[], GitHubFailure>> {
  const workflow = workflowOf(variable("GITHUB_WORKFLOW_REF"));
  const full = fullName(repository);
  // On other events, the same workflow may do something else, such as a nightly check for drift.
  const events = [...new Set(["push", variable("GITHUB_EVENT_NAME")])];
  const found: WorkflowRun[] = [];
  for (const event of events) {
    const runs = await successfulRuns(github, repository, { workflow, branch, event });
    if (!runs.ok) return runs;
    found.push(...runs.value);
  }
  for (const run of found.toSorted((one, other) => other.id - one.id)) {
    // A fork may have a branch of the same name.
    const isHere = run.branch === branch && run.path === workflow && run.headRepository === full;
    const isOwn = String(run.id) === variable("GITHUB_RUN_ID");
    if (isOwn || !isHere || !events.includes(run.event)) continue;
    const commits = await commitsBetween(github, repository, run.headOid, head);
    if (!commits.ok) return commits;
    if (commits.value !== undefined) return success(withHead(commits.value, head));
  }
  // There was no such apply yet, so the last commits are searched.
  const commits = await lastCommits(github, repository, head);
  return commits.ok ? success(withHead(commits.value, head)) : commits;
}

/** Adds the applied commit: a job that runs again after an apply that ended with 0 is still about the last merge. */
function withHead(commits: readonly string[], head: string): readonly string[] {
  return [...new Set([...commits, head])];
}

/** Events on which the action applies. */
export const APPLY_EVENTS: ReadonlySet<string> = new Set([
  "push",
  "workflow_dispatch",
  "repository_dispatch",
  "schedule",
]);

/** @param ref such as `OWNER/NAME/.github/workflows/apply.yml@refs/heads/main` */
export function workflowOf(ref: string): string {
  return ref.replace(/@.*$/s, "").split("/").slice(2).join("/");
}

function fullName({ owner, name }: ActionJob["repository"]): string {
  return `${owner}/${name}`.toLowerCase();
}

/** `none`: it counts as not reviewed; `failed`: GitHub can't be read, so it isn't known. */
type PlanProblem = { readonly kind: "none" | "failed"; readonly message: string };

function none(message: string): Result<never, PlanProblem> {
  return failure({ kind: "none", message });
}

function cannotTell({ message }: GitHubFailure): Result<never, PlanProblem> {
  return failure({ kind: "failed", message });
}

/** The plan.json that existed when the pull request was merged. */
async function planOf(
  { github, repository }: ReviewJob,
  search: ReviewSearch,
  pullRequest: MergedPullRequest,
): Promise<Result<Uint8Array, PlanProblem>> {
  const { number, head, headOid, headRepository, author, mergedAt } = pullRequest;
  if (headRepository !== fullName(repository)) return none("it is from a fork, whose plan is made without a token");
  if (author === "dependabot[bot]") return none("it is from Dependabot, whose plan is made without a token");
  const workflows = await changesWorkflows(github, repository, number);
  if (!workflows.ok) return cannotTell(workflows.error);
  if (workflows.value) return none("it changes .github, so a changed workflow may have made its plan");
  const isForBranch = await hasOneBase(github, repository, { number, head, base: search.branch });
  if (!isForBranch.ok) return cannotTell(isForBranch.error);
  if (!isForBranch.value)
    return none(`its branch was also proposed for another branch than ${search.branch}, whose files its plan may show`);
  const runs = await runsOfCommit(github, repository, headOid);
  if (!runs.ok) return cannotTell(runs.error);
  const trusted = runs.value.filter((run) => isPlanRun(run, search, pullRequest, fullName(repository)));
  if (trusted.length === 0) return none(`no run of ${search.planWorkflow} planned its last commit`);
  const found = [];
  for (const { id } of trusted) {
    const artifacts = await artifactsOf(github, repository, { run: id, name: search.artifact });
    if (!artifacts.ok) return cannotTell(artifacts.error);
    // Nobody can have reviewed an artifact that was made after the merge.
    found.push(...artifacts.value.filter(({ createdAt }) => createdAt <= mergedAt));
  }
  const [newest] = found.toSorted((one, other) => other.createdAt - one.createdAt);
  if (newest === undefined)
    return none(`the run of its last commit has no artifact ${search.artifact} from before the merge`);
  if (newest.expired) return none("the artifact with its plan has expired");
  // Another attempt won't help, and this must not make every later apply fail.
  if (newest.size > LARGEST_ZIP) return none(`its artifact has ${newest.size} bytes, and the limit is ${LARGEST_ZIP}`);
  const zip = await downloadArtifact(github, repository, newest, LARGEST_ZIP);
  if (!zip.ok)
    return zip.error.kind === "not-found" ? none("the artifact with its plan has expired") : cannotTell(zip.error);
  const digest = `sha256:${createHash("sha256").update(zip.value).digest("hex")}`;
  if (newest.digest !== undefined && newest.digest !== digest)
    return none("its artifact isn't the uploaded one: the digest differs");
  const plan = fileOfArtifact(zip.value, "plan.json", LARGEST_REPORT);
  if (!plan.ok) return none(`its artifact can't be used: ${plan.error}`);
  const problem = reportProblem(plan.value);
  return problem === undefined ? plan : none(`its plan can't be used: ${problem}`);
}

function isPlanRun(
  run: WorkflowRun,
  { planWorkflow }: ReviewSearch,
  { number, head, headOid }: MergedPullRequest,
  repository: string,
): boolean {
  const isSameCode =
    run.headOid === headOid &&
    run.branch === head &&
    run.repository === repository &&
    run.headRepository === repository;
  const isPlan = run.event === "pull_request" && run.path === planWorkflow;
  // The same commit may be proposed for another branch too.
  return isSameCode && isPlan && (run.pullRequests.length === 0 || run.pullRequests.includes(number));
}

/** Why `--expect` would refuse the report. With such a report, an apply would refuse all other reviewed plans too. */
function reportProblem(bytes: Uint8Array): string | undefined {
  const report = readReviewedReport(new TextDecoder().decode(bytes));
  if (!report.ok) return report.error;
  for (const { file, plan } of report.value.runs) {
    const [api, workspace] = [answerText(plan, "api") ?? "", answerText(plan, "workspace") ?? ""];
    const found = findReviewedPlan(report.value, { api, workspace, file });
    // If planning failed, the report has no plan. Then `--expect` ignores it.
    if (!found.ok && plan !== undefined) return found.error.why;
  }
  return undefined;
}
