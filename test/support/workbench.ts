import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/index.ts";
import type { Io } from "../../src/io.ts";
import { main } from "../../src/main.ts";

export interface CliResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What a person types, one line for each question. Without it, there is no terminal for questions. */
  readonly answers?: readonly string[];
  readonly signal?: AbortSignal;
  /** Replaces parts of the program's `Io`. */
  readonly io?: Partial<Io>;
}

/**
 * A folder and an emulator for the whole command line, which runs in this process. Both are removed when the test
 * ends.
 */
export interface Workbench {
  readonly dir: string;
  readonly emulator: Emulator;
  /** Runs `buddy-integrations ARGS`. The program's waits take no time. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  write(name: string, text: string): Promise<void>;
  /** The text of a file; undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** `METHOD path` of each request since the last call, except for those to the control endpoints. */
  requests(): string[];
}

export async function workbench(test: TestContext, options: EmulatorOptions = {}): Promise<Workbench> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-"));
  const emulator = await startEmulator(options);
  test.after(async () => {
    await emulator.close();
    await rm(dir, { recursive: true, force: true });
  });
  let seen = 0;
  const env = { BUDDY_BASE_URL: emulator.url, BUDDY_TOKEN: emulator.token, BUDDY_WORKSPACE: emulator.workspace };
  return {
    dir,
    emulator,
    run: (args, given = {}) => runCli(args, dir, { ...given, env: { ...env, ...given.env } }),
    write: (name, text) => writeFile(join(dir, name), text),
    read: (name) => readFile(join(dir, name), "utf8").catch(() => undefined),
    requests: () => {
      const all = emulator.requests.slice(seen);
      seen = emulator.requests.length;
      return all.map(({ method, path }) => `${method} ${path}`);
    },
  };
}

/** Runs the command line in this process. */
export async function runCli(args: readonly string[], cwd: string, options: CliOptions = {}): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const answers = [...(options.answers ?? [])];
  const io: Io = {
    env: options.env ?? {},
    cwd,
    stdout: { write: (text) => (stdout += text), isTTY: false },
    stderr: { write: (text) => (stderr += text), isTTY: false },
    interactive: options.answers !== undefined,
    ask: (question) => {
      stderr += question;
      return Promise.resolve(answers.shift());
    },
    signal: options.signal ?? new AbortController().signal,
    now: () => Date.now(),
    sleep: () => Promise.resolve(),
    every: () => () => undefined,
    random: () => 0.5,
    pid: process.pid,
    hostname: hostname(),
    nodeVersion: "20.19.0",
    // A git repository without committed files.
    git: () => Promise.resolve({ kind: "ended", code: 0, stdout: new Uint8Array(), stderr: "" }),
    isAlive: () => true,
    processStart: () => undefined,
    ...options.io,
  };
  const exit = await main(args, io, "0.0.0-test");
  return { exit, stdout, stderr };
}

/** The width of the narrowest usual terminal. */
const COLUMNS = 80;

/** Like {@link runCli}, on a terminal of 80 columns without colours. */
export async function runOnTerminal(args: readonly string[], cwd: string, options: CliOptions): Promise<CliResult> {
  let [stdout, stderr] = ["", ""];
  const terminal = { isTTY: true, columns: COLUMNS };
  const streams = {
    stdout: { write: (text: string) => (stdout += text), ...terminal },
    stderr: { write: (text: string) => (stderr += text), ...terminal },
  };
  const env = { NO_COLOR: "1", ...options.env };
  const { exit } = await runCli(args, cwd, { ...options, env, io: { ...streams, ...options.io } });
  return { exit, stdout, stderr };
}
