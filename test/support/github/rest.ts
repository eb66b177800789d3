import { answerText } from "../../../src/action/github/answers.ts";
import type { ScriptedReply } from "../http.ts";
import type { BareRepository } from "./bare-repository.ts";
import {
  addPullRequest,
  BOT,
  REPOSITORY,
  urlOf,
  type GitHubState,
  type StoredArtifact,
  type StoredPullRequest,
  type StoredRun,
} from "./state.ts";

const NOT_FOUND: ScriptedReply = { status: 404, body: { message: "Not Found" } };

export interface RestRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body: unknown;
  /** Where artifacts are stored. */
  readonly storage: string;
}

/** A scripted reply, or bytes that are sent unchanged. */
export type RestReply = ScriptedReply | { readonly bytes: Uint8Array };

/** Handles the requests that the actions send. Throws for any other, which is a fault of a test or of an action. */
export async function answerRest(
  state: GitHubState,
  repository: BareRepository,
  request: RestRequest,
): Promise<RestReply> {
  const { pathname, searchParams: query } = new URL(request.url, "http://x");
  const path = decodeURIComponent(pathname.replace(`/repos/${REPOSITORY}`, ""));
  const page = (items: readonly unknown[]): readonly unknown[] => {
    const size = Number(query.get("per_page") ?? 30);
    const start = (Number(query.get("page") ?? 1) - 1) * size;
    return items.slice(start, start + size);
  };
  for (const [pattern, answer] of Object.entries(ROUTES)) {
    const found = new RegExp(`^${pattern}$`).exec(`${request.method} ${path}`);
    if (found !== null) return answer({ state, repository, request, query, page }, found.slice(1));
  }
  throw new Error(`the test server doesn't know this request: ${request.method} ${request.url}`);
}

interface RouteContext {
  readonly state: GitHubState;
  readonly repository: BareRepository;
  readonly request: RestRequest;
  readonly query: URLSearchParams;
  readonly page: (items: readonly unknown[]) => readonly unknown[];
}

type RestRoute = (context: RouteContext, parts: readonly string[]) => RestReply | Promise<RestReply>;

const ROUTES: Readonly<Record<string, RestRoute>> = {
  "GET /contents/(.+)": ({ repository, query }, [path = ""]) => {
    const bytes = repository.bytes(query.get("ref") ?? "", path);
    return bytes === undefined ? NOT_FOUND : { bytes };
  },
  "GET /compare/(.+)\\.\\.\\.(.+)": async ({ repository, page }, [from = "", to = ""]) => {
    const [one, other] = [await repository.commit(from), await repository.commit(to)];
    if (one === undefined || other === undefined) return NOT_FOUND;
    const base = await repository.git("merge-base", one, other);
    const listed = await repository.git("rev-list", "--reverse", `${one}..${other}`);
    const commits = listed.split("\n").filter((sha) => sha !== "");
    const status = one === other ? "identical" : base === one ? "ahead" : base === other ? "behind" : "diverged";
    const shown = page(commits.map((sha) => ({ sha })));
    return { body: { status, ahead_by: commits.length, merge_base_commit: { sha: base }, commits: shown } };
  },
  "GET /commits": async ({ repository, query, page }) => {
    const listed = await repository.git("rev-list", query.get("sha") ?? "");
    return { body: page(listed.split("\n").map((sha) => ({ sha }))) };
  },
  "GET /commits/(\\w+)/pulls": ({ state, page }, [commit = ""]) => ({
    body: page(state.pullRequests.filter(({ commits }) => commits.includes(commit)).map(pullRequestJson)),
  }),
  "GET /pulls/(\\d+)/files": ({ state, page }, [number]) => {
    const found = state.pullRequests.find((each) => each.number === Number(number));
    return { body: page((found?.files ?? []).map((filename) => ({ filename }))) };
  },
  "GET /actions/runs": ({ state, query, page }) => {
    const isIt = (run: StoredRun): boolean =>
      run.head_sha === query.get("head_sha") && run.event === query.get("event");
    return { body: { workflow_runs: page(state.runs.filter(isIt).toReversed().map(runJson)) } };
  },
  "GET /actions/workflows/([^/]+)/runs": ({ state, query, page }, [file = ""]) => {
    const isIt = (run: StoredRun): boolean =>
      run.path.endsWith(`/${file}`) &&
      run.status === query.get("status") &&
      run.head_branch === query.get("branch") &&
      run.event === query.get("event");
    return { body: { workflow_runs: page(state.runs.filter(isIt).toReversed().map(runJson)) } };
  },
  "GET /actions/runs/(\\d+)/artifacts": ({ state, query, page }, [run]) => {
    const isIt = (each: StoredArtifact): boolean => each.run === Number(run) && each.name === query.get("name");
    return { body: { artifacts: page(state.artifacts.filter(isIt).map(artifactJson)) } };
  },
  "GET /actions/artifacts/(\\d+)/zip": ({ state, request }, [id]) => {
    const found = state.artifacts.find((each) => each.id === Number(id));
    if (found === undefined || found.expired) return { status: 410, body: { message: "Artifact has expired" } };
    return { status: 302, headers: { location: `${request.storage}/artifact-${found.id}?signature=x` } };
  },
  "POST /pulls": async ({ state, repository, request: { body } }) => {
    if (!state.canWrite) return { status: 403, body: { message: "Resource not accessible by integration" } };
    const [head = "", base = "", title = "", text = ""] = ["head", "base", "title", "body"].map((name) =>
      answerText(body, name),
    );
    const headOid = await repository.branch(head);
    const isOpen = state.pullRequests.some((each) => each.head === head && each.state === "OPEN");
    if (headOid === undefined || isOpen) {
      const message = `A pull request already exists for ${head}.`;
      return { status: 422, body: { message: "Validation Failed", errors: [{ message }] } };
    }
    const made = addPullRequest(state, { head, base, headOid, title, body: text, author: BOT });
    return { status: 201, body: pullRequestJson(made) };
  },
};

function pullRequestJson(each: StoredPullRequest): object {
  return {
    number: each.number,
    html_url: urlOf(each),
    user: { login: each.author },
    merged_at: each.mergedAt === undefined ? null : new Date(each.mergedAt).toISOString(),
    head: { ref: each.head, sha: each.headOid, repo: { full_name: each.headRepository } },
    base: { ref: each.base, repo: { full_name: REPOSITORY } },
  };
}

function runJson(run: StoredRun): object {
  return {
    ...run,
    repository: { full_name: run.repository },
    head_repository: { full_name: run.head_repository },
    pull_requests: run.pull_requests.map((number) => ({ number })),
  };
}

function artifactJson({ id, run, name, zip, createdAt, expired, digest }: StoredArtifact): object {
  return {
    id,
    name,
    size_in_bytes: zip.byteLength,
    expired,
    created_at: new Date(createdAt).toISOString(),
    digest,
    workflow_run: { id: run },
  };
}
