import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeFence } from "../render/markdown-code.ts";
import { readCheckoutFile, type CheckoutFile } from "./checkout-files.ts";
import { answerAt, answerList, answerText } from "./github/answers.ts";
import { branchHead, moveBranch } from "./github/branches.ts";
import type { ActionJob } from "./job.ts";
import { proposalBranch, type LockBranches } from "./lock-source.ts";
import { mergeLockfiles } from "./lockfile-merge.ts";
import { commitFiles, proposeFiles, type ChangedFile, type PublishTools } from "./publish-files.ts";

/** A lockfile as the run found it, in its source. */
export interface LockfileBefore extends CheckoutFile {
  readonly before: string | undefined;
}

/** What the step at the end of the job needs, in case this one is killed. */
export interface LockfileRun extends LockBranches {
  /** Whether the lockfile was read from the action's pull request. */
  readonly isProposed: boolean;
  readonly lockfiles: readonly LockfileBefore[];
}

const HEADLINE = "Lock Buddy integrations";
const BODY =
  "An apply has changed integrations in Buddy, but the action can't commit the lockfile to the branch itself. Until this is merged, plans and applies read the lockfile from here.";

/** @returns whether every lockfile is where the next run reads it */
export async function publishLockfiles(job: ActionJob, run: LockfileRun): Promise<boolean> {
  const files: ChangedFile[] = [];
  for (const { path, absolute, before } of run.lockfiles) {
    const now = await readCheckoutFile(absolute);
    if (now === undefined || now === before) continue;
    files.push({ path, before, now, merge: (theirs) => mergeLockfiles({ before, ours: now, theirs }) });
  }
  await job.setOutput("lockfile-commit", "");
  await job.setOutput("lockfile-pull-request", "");
  if (files.length === 0) {
    job.log.line("the lockfile hasn't changed");
    return true;
  }
  const problem = await publishChanged(job, run, files);
  if (problem === undefined) return true;
  await rescue(job, files, problem);
  return false;
}

/** @returns why the lockfile isn't where the next run reads it */
async function publishChanged(
  job: ActionJob,
  { branch, lockBranch, isProposed }: LockfileRun,
  files: readonly ChangedFile[],
): Promise<string | undefined> {
  const { github, repository, io } = job;
  const tools: PublishTools = { github, repository, sleep: (ms) => io.sleep(ms) };
  if (!isProposed) {
    const made = lockBranch === "" ? undefined : await makeLockBranch(tools, lockBranch, branch);
    if (made !== undefined) return made;
    const target = lockBranch === "" ? branch : lockBranch;
    const committed = await commitFiles(tools, {
      branch: target,
      headline: `${HEADLINE} [skip ci]`,
      files,
      onlyOursAndOf: lockBranch === "" ? undefined : branch,
    });
    if (committed.ok) {
      job.log.line(
        `the lockfile is committed to ${target}${committed.value === undefined ? "" : ` (${committed.value.slice(0, 12)})`}`,
      );
      await job.setOutput("lockfile-commit", committed.value ?? "");
      return undefined;
    }
    if (lockBranch !== "" || committed.error.kind !== "refused") return committed.error.message;
    job.log.line(`the action can't commit to ${target}: ${committed.error.message}`);
  }
  const proposed = await proposeFiles(tools, {
    branch: proposalBranch(branch),
    base: branch,
    headline: HEADLINE,
    body: BODY,
    files,
    isBelieved: true,
  });
  if (!proposed.ok) return proposed.error.message;
  const url = proposed.value ?? "";
  job.log.notice(`the lockfile is in a pull request: merge ${url}`);
  await job.setOutput("lockfile-pull-request", url);
  return undefined;
}

async function makeLockBranch(
  { github, repository }: PublishTools,
  lockBranch: string,
  branch: string,
): Promise<string | undefined> {
  const head = await branchHead(github, repository, lockBranch);
  if (!head.ok) return head.error.message;
  if (head.value !== undefined) return undefined;
  const start = await branchHead(github, repository, branch);
  if (!start.ok) return start.error.message;
  const to = start.value?.oid;
  if (to === undefined) return `there is no branch ${branch}`;
  const moved = await moveBranch(github, repository, { branch: lockBranch, from: undefined, to });
  if (moved.ok) return undefined;
  // Another job may have made it.
  const again = await branchHead(github, repository, lockBranch);
  return again.ok && again.value !== undefined ? undefined : moved.error.message;
}

/** Shows a lockfile that can't be committed, so that a person can commit it: no hash may be lost with the runner. */
async function rescue(job: ActionJob, files: readonly ChangedFile[], problem: string): Promise<void> {
  const names = files.map(({ path }) => path).join(", ");
  job.log.error(
    `${names} can't be committed: ${problem}. The summary of this step has the text: commit it by hand, before the next apply. The job needs \`permissions: { contents: write, pull-requests: write }\``,
  );
  for (const { path, now } of files) {
    await job.addSummary(
      `### Commit this by hand\n\n${path} holds the hashes of what was created, and it can't be committed.\n\n${codeFence(now.trimEnd().split("\n"), "text")}`,
    );
  }
}

/** Saves what the step at the end of the job needs. */
export async function saveLockfileRun(job: ActionJob, run: LockfileRun): Promise<void> {
  const lockfiles = [];
  for (const [index, { before, path, absolute }] of run.lockfiles.entries()) {
    const file = join(job.folder, `lockfile-before-${index}`);
    if (before !== undefined) await writeFile(file, before, { mode: 0o600 });
    lockfiles.push({ path, absolute, ...(before === undefined ? {} : { file }) });
  }
  await job.saveState("run", JSON.stringify({ ...run, lockfiles }));
}

/** @returns undefined if the action has not begun to apply */
export async function savedLockfileRun(job: ActionJob): Promise<LockfileRun | undefined> {
  const state = job.state("run");
  if (state === "") return undefined;
  const saved: unknown = JSON.parse(state);
  const lockfiles: LockfileBefore[] = [];
  for (const item of answerList(saved, "lockfiles")) {
    const file = answerText(item, "file");
    const before = file === undefined ? undefined : await readFile(file, "utf8");
    lockfiles.push({ path: answerText(item, "path") ?? "", absolute: answerText(item, "absolute") ?? "", before });
  }
  return {
    branch: answerText(saved, "branch") ?? "",
    lockBranch: answerText(saved, "lockBranch") ?? "",
    isProposed: answerAt(saved, "isProposed") === true,
    lockfiles,
  };
}
