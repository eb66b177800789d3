import { resolve } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import type { GitHubFailure } from "./github/failure.ts";
import { cutMarkdown } from "./cut-markdown.ts";
import { COMMENT_CHARACTERS, writeComment, type CommentOutcome } from "./github/comments.ts";
import { ACTION_EXIT, type ActionJob } from "./job.ts";
import { readPlanOutputs } from "./plan-outputs.ts";
import { linesOf } from "./program-arguments.ts";
import { pullRequestOf, type EventPullRequest } from "./pull-request-event.ts";

/** Shows plans in a single comment on the pull request. */
export async function commentAction(job: ActionJob): Promise<number> {
  const { log, input } = job;
  const pullRequest = pullRequestOf(job, "buddy-integrations comment");
  if (!pullRequest.ok) return reportInvalid(job, pullRequest.error);
  const files = linesOf(input("plan") || "plan.json").map((file) => resolve(job.io.cwd, file));
  const rendered = await renderPlans(job, files);
  if (!rendered.ok) return reportInvalid(job, rendered.error);
  const { body, isEmpty } = rendered.value;
  if (pullRequest.value.isFork) {
    log.notice("the token of a pull request from a fork can't comment: the plan is in the summary");
    await job.addSummary(body);
    await job.setOutput("comment-url", "");
    return ACTION_EXIT.done;
  }
  const mark = `<!-- buddy-integrations comment: ${markName(input("id") || job.variable("GITHUB_WORKFLOW"))} -->`;
  const written = await writeComment(
    job.github,
    { ...job.repository, number: pullRequest.value.number },
    {
      mark,
      body: commentBody(mark, body),
      headOid: pullRequest.value.headOid,
      ifMissing: isEmpty ? "leave" : "create",
    },
  );
  if (!written.ok) return notWritten(job, pullRequest.value, written.error, body);
  log.line(outcomeWords(written.value));
  await job.setOutput("comment-url", "url" in written.value ? written.value.url : "");
  return ACTION_EXIT.done;
}

function reportInvalid(job: ActionJob, message: string): number {
  job.log.error(message);
  return ACTION_EXIT.invalid;
}

async function notWritten(
  job: ActionJob,
  { isDependabot }: EventPullRequest,
  problem: GitHubFailure,
  body: string,
): Promise<number> {
  await job.addSummary(body);
  const isForbidden = problem.kind === "refused" && /not accessible by integration|forbidden/i.test(problem.message);
  if (isForbidden && isDependabot) {
    job.log.notice("the token of Dependabot's pull requests can't comment: the plan is in the summary");
    return ACTION_EXIT.done;
  }
  const hint = isForbidden ? ". The job needs `permissions: { pull-requests: write }`" : "";
  job.log.error(`the comment can't be written, so the plan is in the summary: ${problem.message}${hint}`);
  return ACTION_EXIT.failed;
}

/** What the comment says, without its mark. */
interface RenderedPlans {
  readonly body: string;
  /** There is nothing to do, and nothing is wrong. */
  readonly isEmpty: boolean;
}

async function renderPlans(job: ActionJob, files: readonly string[]): Promise<Result<RenderedPlans, string>> {
  const bodies: string[] = [];
  let isEmpty = true;
  for (const file of files) {
    const { exit, stdout } = await job.program(["render", file, "--format", "markdown"], "capture");
    const outputs = await readPlanOutputs(file);
    if (exit !== 0 || outputs === undefined)
      return failure(
        `${file} isn't a plan that this version can show: create it with the action plan of the same version`,
      );
    bodies.push(stdout.trim());
    isEmpty &&= outputs.isWhole && !outputs.hasChanges;
  }
  return success({ body: bodies.join("\n\n"), isEmpty });
}

/** The name in the mark. It can't end the mark or begin another line. */
function markName(name: string): string {
  return name.replaceAll(/[^\w .]/g, (character) =>
    encodeURIComponent(character).replaceAll(/[-!*'()~]/g, (each) => `%${each.charCodeAt(0).toString(16)}`),
  );
}

/** Each plan is short enough by itself; of several, the last ones may not fit. */
function commentBody(mark: string, body: string): string {
  return `${mark}\n${cutMarkdown(body, COMMENT_CHARACTERS - mark.length - 3, (text) => text.length)}\n`;
}

function outcomeWords(outcome: CommentOutcome): string {
  switch (outcome.kind) {
    case "none":
      return "the plan has no changes, and there is no comment to update";
    case "outdated":
      return `the pull request has a newer commit (${outcome.headOid.slice(0, 12)}); the run of that commit writes the comment`;
    case "created":
    case "updated":
    case "unchanged":
      return `comment ${outcome.kind}: ${outcome.url}`;
    default:
      return outcome satisfies never;
  }
}
