import { success } from "../../model/integration.ts";
import { answerAt, answerList, answerNumber, answerText } from "./answers.ts";
import type { Repository } from "./branches.ts";
import type { GitHubClient } from "./client.ts";
import type { GitHubResult } from "./failure.ts";
import { allPages } from "./pages.ts";

/** A run of a workflow. */
export interface WorkflowRun {
  readonly id: number;
  readonly headOid: string;
  readonly event: string;
  /** Of the workflow, such as `.github/workflows/plan.yml`. */
  readonly path: string;
  /** `OWNER/NAME`, in lower case: where it ran, and where its commit is from. */
  readonly repository: string;
  readonly headRepository: string;
  readonly branch: string;
  /** Numbers of the pull requests that it was for; GitHub doesn't always say. */
  readonly pullRequests: readonly number[];
}

/** No commit or branch should have more runs. Further ones aren't read. */
const MOST_RUNS = 300;

export async function runsOfCommit(
  github: GitHubClient,
  { owner, name }: Repository,
  headOid: string,
): Promise<GitHubResult<readonly WorkflowRun[]>> {
  const path = `/repos/${owner}/${name}/actions/runs?event=pull_request&head_sha=${encodeURIComponent(headOid)}`;
  const items = await allPages(github, path, { member: ["workflow_runs"], most: MOST_RUNS });
  return items.ok ? success(items.value.flatMap(workflowRun)) : items;
}

/** The last successful runs of a workflow for one event on a branch, newest first. */
export async function successfulRuns(
  github: GitHubClient,
  { owner, name }: Repository,
  { workflow, branch, event }: { readonly workflow: string; readonly branch: string; readonly event: string },
): Promise<GitHubResult<readonly WorkflowRun[]>> {
  const file = encodeURIComponent(workflow.slice(workflow.lastIndexOf("/") + 1));
  const query = new URLSearchParams({ status: "success", branch, event });
  const path = `/repos/${owner}/${name}/actions/workflows/${file}/runs?${query.toString()}`;
  const items = await allPages(github, path, { member: ["workflow_runs"], most: 100 });
  return items.ok ? success(items.value.flatMap(workflowRun)) : items;
}

function workflowRun(item: unknown): WorkflowRun[] {
  const id = answerNumber(item, "id");
  if (id === undefined) return [];
  return [
    {
      id,
      headOid: answerText(item, "head_sha") ?? "",
      event: answerText(item, "event") ?? "",
      // GitHub may add the branch: `.github/workflows/plan.yml@main`.
      path: (answerText(item, "path") ?? "").replace(/@.*$/s, ""),
      repository: (answerText(item, "repository", "full_name") ?? "").toLowerCase(),
      headRepository: (answerText(item, "head_repository", "full_name") ?? "").toLowerCase(),
      branch: answerText(item, "head_branch") ?? "",
      pullRequests: answerList(item, "pull_requests").flatMap((each) => answerNumber(each, "number") ?? []),
    },
  ];
}

/** What a run has uploaded. */
export interface Artifact {
  readonly id: number;
  readonly size: number;
  readonly expired: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** `sha256:` and the digest of the zip, if GitHub reports it. */
  readonly digest: string | undefined;
}

/** The artifacts of this name of a run, the newest first: a run that was run again has several. */
export async function artifactsOf(
  github: GitHubClient,
  { owner, name: repo }: Repository,
  { run, name }: { readonly run: number; readonly name: string },
): Promise<GitHubResult<readonly Artifact[]>> {
  const path = `/repos/${owner}/${repo}/actions/runs/${run}/artifacts?name=${encodeURIComponent(name)}`;
  const items = await allPages(github, path, { member: ["artifacts"], most: MOST_RUNS });
  if (!items.ok) return items;
  const found = items.value.flatMap((item): Artifact[] => {
    const [id, size] = [answerNumber(item, "id"), answerNumber(item, "size_in_bytes")];
    const createdAt = Date.parse(answerText(item, "created_at") ?? "");
    const isOfRun = answerNumber(item, "workflow_run", "id") === run;
    if (id === undefined || size === undefined || !isOfRun || answerText(item, "name") !== name) return [];
    return [{ id, size, expired: answerAt(item, "expired") !== false, createdAt, digest: answerText(item, "digest") }];
  });
  return success(found.toSorted((one, other) => other.createdAt - one.createdAt));
}

/** Downloads an artifact, which is a zip. */
export async function downloadArtifact(
  github: GitHubClient,
  { owner, name }: Repository,
  { id }: Artifact,
  limit: number,
): Promise<GitHubResult<Uint8Array>> {
  return github.redirected(`/repos/${owner}/${name}/actions/artifacts/${id}/zip`, limit);
}
