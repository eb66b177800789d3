import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { answerAt, answerText } from "../../../src/action/github/answers.ts";
import { startTestServer, type ReceivedRequest, type ScriptedReply } from "../http.ts";
import { BareRepository } from "./bare-repository.ts";
import { answerGraphQl } from "./graphql.ts";
import { answerRest, type RestReply } from "./rest.ts";
import {
  newState,
  REPOSITORY,
  WORKFLOW,
  type GitHubFault,
  type GitHubState,
  type StoredArtifact,
  type StoredRun,
} from "./state.ts";

/**
 * A server that behaves like GitHub's REST and GraphQL API for one repository. Its branches are those of a bare git
 * repository. It handles only the requests that the actions send, and fails on any other.
 */
export interface GitHubServer extends GitHubState {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** The only valid token. */
  readonly token: string;
  readonly repository: BareRepository;
  /** Tried in this order before the normal answer. */
  readonly faults: GitHubFault[];
  /** The name of the GraphQL operation, else method and path, of every request. */
  readonly operations: readonly string[];
  readonly received: readonly ReceivedRequest[];
  /** Requests to the artifact storage, which is another host. */
  readonly storageRequests: readonly ReceivedRequest[];
  readonly textAt: (branch: string, path: string) => Promise<string | undefined>;
  /** Pushes a commit with this file, as another person. @returns the commit */
  push(branch: string, path: string, text: string): Promise<string>;
  /** Stores files as an artifact of a run. */
  upload(run: Partial<StoredRun>, files: Readonly<Record<string, string>>, artifact?: Partial<StoredArtifact>): void;
  close(): Promise<void>;
}

export async function startGitHubServer(bare: string): Promise<GitHubServer> {
  const token = "ghs_tokenOfTheJob123456";
  const state = newState();
  const repository = new BareRepository(bare);
  const operations: string[] = [];
  const faults: GitHubFault[] = [];
  const storage = await startTestServer(({ url }, raw) => {
    const found = state.artifacts.find(({ id }) => url === `/artifact-${id}?signature=x`);
    raw.writeHead(found === undefined ? 404 : 200, { "content-type": "application/zip" });
    raw.end(found?.zip);
    return undefined;
  });
  const answer = async (request: ReceivedRequest): Promise<RestReply> => {
    const isGraphQl = request.url === "/graphql";
    const body: unknown = request.body === "" ? undefined : JSON.parse(request.body);
    const path = request.url.replace(/\?.*/, "").replace(`/repos/${REPOSITORY}`, "");
    const query = answerText(body, "query") ?? "";
    const operation = isGraphQl ? (/\b(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "?") : `${request.method} ${path}`;
    operations.push(operation);
    for (const fault of faults) {
      const reply = await fault({ ...request, operation });
      if (reply !== undefined) return reply;
    }
    if (request.headers.authorization !== `Bearer ${token}`) return BAD_CREDENTIALS;
    if (isGraphQl) return { body: await answerGraphQl(state, repository, operation, answerAt(body, "variables")) };
    return answerRest(state, repository, { method: request.method, url: request.url, body, storage: storage.origin });
  };
  const api = await startTestServer(async (request, raw) => {
    const reply = await answer(request);
    if (!("bytes" in reply)) return reply;
    raw.writeHead(200, { "content-type": "application/vnd.github.raw+json" });
    raw.end(reply.bytes);
    return undefined;
  });
  return Object.assign(state, {
    apiUrl: api.origin,
    graphqlUrl: `${api.origin}/graphql`,
    token,
    repository,
    faults,
    operations,
    received: api.received,
    storageRequests: storage.received,
    textAt: (branch: string, path: string) =>
      Promise.resolve(repository.bytes(`refs/heads/${branch}`, path)?.toString()),
    push: async (branch: string, path: string, text: string) => {
      const head = (await repository.branch(branch)) ?? (await repository.branch("main")) ?? "";
      const oid = await repository.addCommit(head, new Map([[path, text]]), "pushed");
      await repository.git("update-ref", `refs/heads/${branch}`, oid);
      return oid;
    },
    upload: (
      run: Partial<StoredRun>,
      files: Readonly<Record<string, string>>,
      artifact: Partial<StoredArtifact> = {},
    ) => upload(state, run, files, artifact),
    close: async () => {
      await api.close();
      await storage.close();
    },
  });
}

const BAD_CREDENTIALS: ScriptedReply = { status: 401, body: { message: "Bad credentials" } };

function upload(
  state: GitHubState,
  run: Partial<StoredRun>,
  files: Readonly<Record<string, string>>,
  artifact: Partial<StoredArtifact>,
): void {
  const stored: StoredRun = {
    id: (state.nextId += 1),
    head_sha: "",
    event: "pull_request",
    path: WORKFLOW,
    head_branch: "feature",
    status: "success",
    repository: REPOSITORY,
    head_repository: REPOSITORY,
    pull_requests: [],
    ...run,
  };
  if (!state.runs.some(({ id }) => id === stored.id)) state.runs.push(stored);
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));
  state.artifacts.push({
    id: (state.nextId += 1),
    run: stored.id,
    name: "buddy-integrations-plan",
    zip,
    createdAt: Date.now() - 60_000,
    expired: false,
    digest: `sha256:${createHash("sha256").update(zip).digest("hex")}`,
    ...artifact,
  });
}
