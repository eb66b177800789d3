import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/index.ts";
import { gitIn, gitRepository } from "../git.ts";
import { assertBuilt } from "../kill/program.ts";
import { root } from "../root.ts";
import { startGitHubServer, type GitHubServer } from "./server.ts";
import { addPullRequest, REPOSITORY, WORKFLOW, type StoredPullRequest } from "./state.ts";

export type ActionName = "plan" | "comment" | "apply" | "post";

export interface ActionOptions {
  /** The checkout that it runs in. */
  readonly cwd: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: string;
  readonly payload?: object;
  /** What the main step saved for the post step. */
  readonly state?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
}

export interface ActionEnd {
  readonly exit: number | null;
  /** Stdout and stderr, without the `::add-mask::` lines, which the runner doesn't show. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The text of each file that an output names. */
  readonly files: Readonly<Record<string, string>>;
}

/** Secret values that no action may write anywhere. */
const SECRETS = { TOKEN: "value-of-token-1f9d", OTHER: "value-of-other-77aa", BUDDY_INTEGRATIONS_KEY: "cd".repeat(32) };

/** A repository on a server like GitHub's, a workspace of the emulator, and runners that run the built actions. */
export interface ActionBench {
  readonly github: GitHubServer;
  readonly emulator: Emulator;
  /** Makes a fresh clone at a branch or a commit. @returns its folder */
  checkout(at: string): Promise<string>;
  /** Pushes a branch with these files and opens a pull request to main. */
  propose(files: Readonly<Record<string, string>>, given?: Partial<StoredPullRequest>): Promise<StoredPullRequest>;
  /** Squashes a pull request into main. @returns the commit */
  merge(pullRequest: StoredPullRequest): Promise<string>;
  /** Runs an action in its own process, as a runner does. */
  run(name: ActionName, options: ActionOptions): Promise<ActionEnd>;
  /** Plans a pull request, and uploads the files of the plan as the workflow does. */
  planAndUpload(pullRequest: StoredPullRequest): Promise<ActionEnd>;
  /** Checks out main and applies, like the run for a push to main. A run that succeeds is stored on the server. */
  apply(options?: Partial<ActionOptions>): Promise<ActionEnd>;
}

export const FILE = "integrations.yaml";
export const LOCK = "integrations.lock.yaml";

const NOTHING = "version: 1\nintegrations: {}\n";

export async function actionBench(test: TestContext, options: EmulatorOptions = {}): Promise<ActionBench> {
  assertBuilt();
  const dir = await mkdtemp(join(tmpdir(), "buddy-action-"));
  const emulator = await startEmulator(options);
  const seed = join(dir, "seed");
  await mkdir(seed);
  const repository = await gitRepository(seed);
  await writeFile(join(seed, FILE), NOTHING);
  await repository.commit("first");
  const bare = join(dir, "bare.git");
  await gitIn(dir, "clone", "-q", "--bare", seed, bare);
  const github = await startGitHubServer(bare);
  test.after(async () => {
    await emulator.close();
    await github.close();
    await rm(dir, { recursive: true, force: true });
  });
  const runner: Runner = { dir, github, emulator, count: 0 };
  const checkout = async (at: string): Promise<string> => {
    const folder = join(dir, `checkout-${(runner.count += 1)}`);
    await gitIn(dir, "clone", "-q", "--no-checkout", bare, folder);
    await gitIn(folder, "checkout", "-q", at);
    return folder;
  };
  const run = (name: ActionName, given: ActionOptions): Promise<ActionEnd> => runInProcess(runner, name, given);
  return {
    github,
    emulator,
    checkout,
    run,
    propose: async (changed, given = {}) => {
      const main = (await github.repository.branch("main")) ?? "";
      const headOid = await github.repository.addCommit(main, new Map(Object.entries(changed)), "proposed");
      const head = given.head ?? `feature-${github.pullRequests.length + 1}`;
      await github.repository.git("update-ref", `refs/heads/${head}`, headOid);
      return addPullRequest(github, { files: Object.keys(changed), ...given, head, headOid });
    },
    merge: (pullRequest) => mergePullRequest(github, pullRequest),
    planAndUpload: async (pullRequest) => {
      const cwd = await checkout(pullRequest.headOid);
      const ended = await run("plan", { cwd, event: "pull_request", payload: pullRequestEvent(pullRequest) });
      const text = ended.files["plan-file"];
      const planRun = { head_sha: pullRequest.headOid, head_branch: pullRequest.head };
      if (text !== undefined) github.upload(planRun, { "plan.json": text });
      return ended;
    },
    apply: async (given = {}) => {
      const cwd = given.cwd ?? (await checkout("main"));
      const head = (await github.repository.branch("main")) ?? "";
      const ended = await run("apply", { ...given, cwd });
      const status = ended.exit === 0 ? "success" : "failure";
      const stored = { event: "push", head_branch: "main", head_sha: head, path: WORKFLOW, status };
      const id = (github.nextId += 1);
      if (given.inputs?.["check"] !== "true") {
        github.runs.push({ ...stored, id, repository: REPOSITORY, head_repository: REPOSITORY, pull_requests: [] });
      }
      return ended;
    },
  };
}

/** The event of a pull request, as GitHub writes it for a run. */
export function pullRequestEvent({ number, headOid, head, base, author, headRepository }: StoredPullRequest): object {
  return {
    number,
    repository: { full_name: REPOSITORY, default_branch: "main" },
    pull_request: {
      number,
      user: { login: author },
      head: { sha: headOid, ref: head, repo: { full_name: headRepository } },
      base: { ref: base, repo: { full_name: REPOSITORY } },
    },
  };
}

async function mergePullRequest(github: GitHubServer, pullRequest: StoredPullRequest): Promise<string> {
  const { repository } = github;
  const main = (await repository.branch("main")) ?? "";
  const base = await repository.git("merge-base", main, pullRequest.headOid);
  const changed = (await repository.git("diff", "--name-only", base, pullRequest.headOid)).split("\n");
  const files = new Map(
    changed.flatMap((path) => {
      const bytes = repository.bytes(pullRequest.headOid, path);
      return bytes === undefined ? [] : [[path, bytes.toString()] as const];
    }),
  );
  const commit = await repository.addCommit(main, files, `merge #${pullRequest.number}`);
  await repository.git("update-ref", "refs/heads/main", commit);
  Object.assign(pullRequest, { state: "MERGED", mergedAt: Date.now(), commits: [commit] });
  return commit;
}

interface Runner {
  readonly dir: string;
  readonly github: GitHubServer;
  readonly emulator: Emulator;
  count: number;
}

async function runInProcess(runner: Runner, name: ActionName, given: ActionOptions): Promise<ActionEnd> {
  const { dir, github, emulator } = runner;
  const place = join(dir, `runner-${(runner.count += 1)}`);
  await mkdir(join(place, "temp"), { recursive: true });
  const files = ["output", "state", "summary", "event.json"].map((file) => join(place, file));
  const [output = "", state = "", summary = "", event = ""] = files;
  for (const file of [output, state, summary]) await writeFile(file, "");
  const { payload = { repository: { full_name: REPOSITORY, default_branch: "main" } } } = given;
  await writeFile(event, JSON.stringify(payload));
  const inputs = { "github-token": github.token, ...given.inputs };
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: github.apiUrl,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_WORKSPACE: given.cwd,
    GITHUB_EVENT_NAME: given.event ?? "push",
    GITHUB_EVENT_PATH: event,
    GITHUB_REF_NAME: "main",
    GITHUB_REF_TYPE: "branch",
    GITHUB_RUN_ID: "1",
    GITHUB_WORKFLOW: "integrations",
    GITHUB_WORKFLOW_REF: `${REPOSITORY}/${WORKFLOW}@refs/heads/main`,
    GITHUB_OUTPUT: output,
    GITHUB_STATE: state,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: join(place, "temp"),
    ACTIONS_RUNTIME_TOKEN: "runtime-token-of-the-runner",
    BUDDY_TOKEN: emulator.token,
    BUDDY_BASE_URL: emulator.url,
    BUDDY_WORKSPACE: emulator.workspace,
    ...SECRETS,
    ...given.env,
    ...Object.fromEntries(Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value])),
    ...Object.fromEntries(Object.entries(given.state ?? {}).map(([key, value]) => [`STATE_${key}`, value])),
  };
  const { exit, log } = await startAction(name, given, env);
  const outputs = fileCommands(await readFile(output, "utf8"));
  const plan = outputs["plan-file"] ?? "";
  const ended = {
    exit,
    log,
    outputs,
    files: plan === "" ? {} : { "plan-file": await readFile(plan, "utf8") },
    state: fileCommands(await readFile(state, "utf8")),
    summary: await readFile(summary, "utf8"),
  };
  assertNothingLeaks(runner, ended, env);
  return ended;
}

function startAction(
  name: ActionName,
  { cwd, onStart }: ActionOptions,
  env: Readonly<Record<string, string>>,
): Promise<Pick<ActionEnd, "exit" | "log">> {
  const entry = fileURLToPath(new URL(`dist/action/${name}.js`, root));
  const child = spawn(process.execPath, [entry], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  }
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      // The runner reads these lines, and shows none of them.
      resolve({ exit, log: log.replaceAll(/^::add-mask::.*\n/gm, "") });
    });
  });
}

/** Parses `GITHUB_OUTPUT` as a runner does: names and values between delimiters, and nothing else. */
function fileCommands(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const [whole, name = "", , value = ""] = /^([\w-]+)<<(\S+)\n([\s\S]*?)\n?\2\n/.exec(rest) ?? [];
    assert.ok(whole !== undefined, `not a file command: ${rest.slice(0, 200)}`);
    found[name] = value;
    rest = rest.slice(whole.length);
  }
  return found;
}

/** Asserts that no token and no value is in the log, and that neither server gets the other's token. */
function assertNothingLeaks(
  { github, emulator }: Runner,
  ended: ActionEnd,
  env: Readonly<Record<string, string>>,
): void {
  const secrets = [github.token, emulator.token, env["ACTIONS_RUNTIME_TOKEN"] ?? "", ...Object.values(SECRETS)];
  const shown = JSON.stringify(ended);
  for (const secret of secrets) assert.ok(!shown.includes(secret), `${secret} is shown: ${shown}`);
  const sent = JSON.stringify([github.received, github.storageRequests]);
  for (const secret of secrets.slice(1)) assert.ok(!sent.includes(secret), `GitHub gets ${secret}`);
  assert.ok(!JSON.stringify(github.storageRequests).includes(github.token), "the storage gets the token");
  assert.deepEqual(
    emulator.requests.filter(({ status }) => status === 401),
    [],
  );
}
