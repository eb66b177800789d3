import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { SystemFaults } from "./system-faults.ts";

export interface ProgramResult {
  /** Undefined when a signal ended it. */
  readonly exit: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Peak resident memory, where it was asked for. */
  readonly mib: number | undefined;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly faults?: SystemFaults;
  /** Given the process as soon as it runs. */
  readonly onStart?: (child: RunningProgram) => void;
  /** Kills it with SIGKILL once stderr holds so many lines that begin so. */
  readonly killAfterLines?: { readonly pattern: string; readonly count: number };
  /** Whether to tell the peak of its memory. */
  readonly measured?: boolean;
  /** Bytes of stdout to read before it is closed; default: all. */
  readonly stdoutLimit?: number;
}

export interface RunningProgram {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Calls back once stderr holds this text. */
  onStderr(text: string, callback: () => void): void;
}

/** Tells the peak of the memory, in MiB, as the process ends. */
const MEASURE = `process.on("exit", () => process.stderr.write("PEAK " + Math.round(process.resourceUsage().maxRSS / 1024) + "\\n"));`;

/** The program as users run it, bundled once for this test file, in processes of its own. */
export class Program {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async build(): Promise<Program> {
    const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-bin-"));
    const source = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
    await build({
      entryPoints: [source("src/bin.ts"), source("test/support/system-preload.ts")],
      outdir: dir,
      outbase: source("."),
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      external: ["undici"],
      logLevel: "error",
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
    });
    await writeFile(join(dir, "package.json"), '{ "type": "module" }\n');
    await symlink(source("node_modules"), join(dir, "node_modules"));
    return new Program(dir);
  }

  /** Removes the bundle. */
  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** A process that serves until it is killed. */
  start(args: readonly string[], cwd: string): ChildProcess {
    return spawn(process.execPath, [join(this.#dir, "src", "bin.js"), ...args], {
      cwd,
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  run(args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
    const { cwd, env, faults, onStart, stdoutLimit, killAfterLines, measured } = options;
    const preload = [
      ...(faults === undefined ? [] : ["--import", join(this.#dir, "test", "support", "system-preload.js")]),
      ...(measured ? ["--import", `data:text/javascript,${encodeURIComponent(MEASURE)}`] : []),
    ];
    const child = spawn(process.execPath, [...preload, join(this.#dir, "src", "bin.js"), ...args], {
      cwd,
      env: {
        PATH: process.env["PATH"] ?? "",
        ...env,
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
}
