import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../root.ts";
import type { SystemFaults } from "./system-faults.ts";

export interface ProgramResult {
  /** Undefined when a signal ended it. */
  readonly exit: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Peak resident memory in MiB, when `measured` is set. */
  readonly mib: number | undefined;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly faults?: SystemFaults;
  /** Called with the process as soon as it runs. */
  readonly onStart?: (child: RunningProgram) => void;
  /** Kills it with SIGKILL once stderr has `count` lines that begin with `pattern`. */
  readonly killAfterLines?: { readonly pattern: string; readonly count: number };
  /** Factor by which its clock and its waits are faster. */
  readonly clockSpeed?: number;
  /** Whether to measure its peak memory. */
  readonly measured?: boolean;
  /** Bytes of stdout to read before the pipe is closed. Default: all. */
  readonly stdoutLimit?: number;
}

export interface RunningProgram {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Calls `callback` once stderr holds this text. */
  onStderr(text: string, callback: () => void): void;
}

const BIN = fileURLToPath(new URL("dist/bin.js", root));
const FAST_CLOCK = new URL("test/support/kill/fast-clock.mjs", root);
const PRELOAD = new URL("test/support/kill/system-preload.mjs", root);

/** Prints the peak memory in MiB when the process ends. */
const MEASURE = new URL(
  `data:text/javascript,${encodeURIComponent(
    'process.on("exit", () => process.stderr.write("PEAK " + Math.round(process.resourceUsage().maxRSS / 1024) + "\\n"));',
  )}`,
);

/** The arguments of `node` for the program as users get it, with these modules loaded before it. */
export function programArguments(args: readonly string[], preloads: readonly URL[] = []): string[] {
  assertBuilt();
  return [...preloads.flatMap(({ href }) => ["--import", href]), BIN, ...args];
}

/** Starts a process that runs until it is killed. */
export function startProgram(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, programArguments(args), { cwd, stdio: ["ignore", "pipe", "ignore"] });
}

/** Runs the built program in its own process until it ends. */
export function runProgram(args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const { cwd, env, faults, onStart, stdoutLimit, killAfterLines, measured, clockSpeed } = options;
  const preloads = [
    ...(clockSpeed === undefined ? [] : [FAST_CLOCK]),
    ...(faults === undefined ? [] : [PRELOAD]),
    ...(measured ? [MEASURE] : []),
  ];
  const child = spawn(process.execPath, programArguments(args, preloads), {
    cwd,
    env: {
      PATH: process.env["PATH"] ?? "",
      ...env,
      ...(clockSpeed === undefined ? {} : { CLOCK_SPEED: String(clockSpeed) }),
      ...(faults === undefined ? {} : { SYSTEM_FAULTS: JSON.stringify(faults) }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let killed = false;
  const waiting: { readonly text: string; readonly callback: () => void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (stdoutLimit !== undefined && stdout.length >= stdoutLimit) child.stdout.destroy();
  });
  if (stdoutLimit === 0) child.stdout.destroy();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    if (killAfterLines !== undefined && !killed) {
      killed = stderr.split(`\n${killAfterLines.pattern}`).length > killAfterLines.count;
      if (killed) child.kill("SIGKILL");
    }
    for (const { text, callback } of waiting.splice(0)) {
      if (stderr.includes(text)) callback();
      else waiting.push({ text, callback });
    }
  });
  onStart?.({
    pid: child.pid ?? 0,
    kill: (signal) => child.kill(signal),
    onStderr: (text, callback) => waiting.push({ text, callback }),
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const [, mib] = /^PEAK (\d+)$/m.exec(stderr) ?? [];
      const ended = { exit: code ?? undefined, signal: signal ?? undefined, stdout, stderr };
      resolve({ ...ended, mib: mib === undefined ? undefined : Number(mib) });
    });
  });
}

let isBuilt = false;

/** @throws when `dist/` is missing or older than the sources, because the tests would run an old program */
export function assertBuilt(): void {
  if (isBuilt) return;
  const built = statSync(BIN, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const source = fileURLToPath(new URL("src/", root));
  const isSource = (name: string): boolean => name.endsWith(".ts") && !/\.(?:test|d)\.ts$/.test(name);
  const newer = readdirSync(source, { recursive: true, encoding: "utf8" }).find(
    (name) => isSource(name) && statSync(join(source, name)).mtimeMs > built,
  );
  if (newer !== undefined) throw new Error(`dist/ is older than src/${newer}: run npm run build`);
  isBuilt = true;
}
