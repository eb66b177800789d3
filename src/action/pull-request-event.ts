import { failure, success, type Result } from "../model/integration.ts";
import { answerAt, answerNumber, answerText } from "./github/answers.ts";
import type { ActionJob } from "./job.ts";

/** The pull request that this job is about. */
export interface EventPullRequest {
  readonly number: number;
  /** Its last commit when the job was started. */
  readonly headOid: string;
  /** Its branch. */
  readonly head: string;
  /** The branch that it is to be merged into. */
  readonly base: string;
  /** Its branch is in another repository, whose owner decides what is in it: the job's token can only read. */
  readonly isFork: boolean;
  readonly isDependabot: boolean;
}

/** @param action its name, for the message */
export function pullRequestOf(
  { event, variable, repository }: Pick<ActionJob, "event" | "variable" | "repository">,
  action: string,
): Result<EventPullRequest, string> {
  const name = variable("GITHUB_EVENT_NAME");
  if (name !== "pull_request") return failure(wrongEvent(name, action));
  const found = answerAt(event, "pull_request");
  const [number, headOid, base] = [
    answerNumber(found, "number"),
    answerText(found, "head", "sha"),
    answerText(found, "base", "ref"),
  ];
  if (number === undefined || headOid === undefined || base === undefined)
    return failure("the event of this job has no pull request (GITHUB_EVENT_PATH)");
  const repo = answerText(found, "head", "repo", "full_name")?.toLowerCase();
  const isFork = repo !== `${repository.owner}/${repository.name}`.toLowerCase();
  const isDependabot =
    variable("GITHUB_ACTOR") === "dependabot[bot]" || answerText(found, "user", "login") === "dependabot[bot]";
  return success({ number, headOid, head: answerText(found, "head", "ref") ?? "", base, isFork, isDependabot });
}

function wrongEvent(name: string, action: string): string {
  if (name === "pull_request_target" || name === "workflow_run") {
    return `${action} doesn't run on ${name}: such a job has the secrets of the repository, and would read files that anybody with a fork can propose. Use pull_request`;
  }
  return `${action} doesn't run on ${name === "" ? "an unknown event" : name}. Use pull_request`;
}
