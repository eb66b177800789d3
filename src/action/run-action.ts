import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { proxiedFetch } from "../api/http/proxy.ts";
import { exitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import { main } from "../main.ts";
import { harmlessOutput, workflowData } from "../model/printable.ts";
import { createProcessIo } from "../process-io.ts";
import { GitHubClient } from "./github/client.ts";
import type { ActionJob, ActionLog } from "./job.ts";
import { appendFileCommand, appendSummary } from "./runner-files.ts";

/** What an action does. @returns the exit code of the step */
export type GitHubAction = (job: ActionJob) => Promise<number>;

/** Runs an action in this process, which the runner has started for it, and sets the exit code. */
export async function runAction(action: GitHubAction): Promise<void> {
  const interruption = new AbortController();
  // The runner sends SIGINT when a job is cancelled, 7.5 s later SIGTERM, and ends the process 2.5 s after that.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(exitCode([signal]));
      interruption.abort(signal);
    });
  }
  const log = actionLog(process.stdout);
  try {
    process.exitCode = await action(await createJob(process.env, interruption, log));
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : "something that isn't an Error was thrown";
    log.error(`This is a bug in buddy-integrations; please report it:\n${text}`);
    process.exitCode = exitCode(["bug"]);
  }
}

async function createJob(env: Io["env"], interruption: AbortController, log: ActionLog): Promise<ActionJob> {
  const variable = (name: string): string => env[name] ?? "";
  const input = (name: string): string => variable(`INPUT_${name.toUpperCase()}`).trim();
  const io = createProcessIo(programEnvironment(env), interruption);
  const folder = join(variable("RUNNER_TEMP") || tmpdir(), "buddy-integrations");
  await mkdir(folder, { recursive: true });
  const [owner = "", name = ""] = variable("GITHUB_REPOSITORY").split("/");
  const apiUrl = variable("GITHUB_API_URL") || "https://api.github.com";
  const github = new GitHubClient({
    apiUrl,
    graphqlUrl: variable("GITHUB_GRAPHQL_URL") || "https://api.github.com/graphql",
    token: input("github-token"),
    fetch: fetchOfEnvironment(env),
    now: () => io.now(),
    sleep: (ms) => io.sleep(ms, io.signal),
    onWait: (seconds, why) => log.line(`waiting ${seconds} s: ${why}`),
  });
  return {
    input,
    variable,
    event: await readEvent(variable("GITHUB_EVENT_PATH")),
    repository: { owner, name },
    github,
    io,
    folder,
    log,
    program: (args, stdout = "show") => runProgram(io, args, stdout),
    setOutput: (output, value) => appendFileCommand(variable("GITHUB_OUTPUT"), output, value, randomUUID()),
    saveState: (state, value) => appendFileCommand(variable("GITHUB_STATE"), state, value, randomUUID()),
    state: (state) => variable(`STATE_${state}`),
    addSummary: (markdown) => appendSummary(variable("GITHUB_STEP_SUMMARY"), markdown),
  };
}

/** A fetch that uses the environment's proxy, if there is one for the host. GitHub's storage is another host than its API. */
function fetchOfEnvironment(env: Io["env"]): typeof globalThis.fetch {
  const byOrigin = new Map<string, ReturnType<typeof proxiedFetch>>();
  return async (address, init) => {
    const url = typeof address === "string" ? address : "href" in address ? address.href : address.url;
    const { origin } = new URL(url);
    const proxied = byOrigin.get(origin) ?? proxiedFetch(origin, env, false);
    byOrigin.set(origin, proxied);
    return ((await proxied) ?? globalThis.fetch)(url, init);
  };
}

/** The environment of the program. It has no inputs, so no token of GitHub, and no variables that can get such a token. */
function programEnvironment(env: Io["env"]): Io["env"] {
  const kept = Object.entries(env).filter(([name]) => !/^(?:INPUT_|STATE_|ACTIONS_)/i.test(name));
  return { ...Object.fromEntries(kept), BUDDY_INTEGRATIONS_MASK: env["BUDDY_INTEGRATIONS_MASK"] ?? "true" };
}

async function runProgram(
  io: Io,
  args: readonly string[],
  stdout: "show" | "capture",
): Promise<{ readonly exit: number; readonly stdout: string }> {
  let captured = "";
  const kept = { write: (text: string) => (captured += text), isTTY: false };
  const exit = await main(args, stdout === "show" ? io : { ...io, stdout: kept }, packageJson.version);
  return { exit, stdout: captured };
}

async function readEvent(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch {
    return undefined;
  }
}

function actionLog(stdout: { write(text: string): unknown }): ActionLog {
  const command = (name: string, text: string): void => void stdout.write(`::${name}::${workflowData(text)}\n`);
  return {
    line: (text) => void stdout.write(`${harmlessOutput(text, "without-colors")}\n`),
    notice: (text) => command("notice", text),
    error: (text) => command("error", text),
  };
}
