import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The time and the memory of one run of a program. */
export interface ProgramUsage {
  /** From its start to its end, in milliseconds. */
  readonly ms: number;
  /** The time of the processor, in user and system mode, in milliseconds. */
  readonly cpu: number;
  /** The peak of resident memory. */
  readonly mib: number;
}

const REPORTER = fileURLToPath(new URL("usage.cjs", import.meta.url));

/** Runs Node with these arguments. Rejects unless the program exits with 0. */
export async function measureProgram(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<ProgramUsage> {
  const start = performance.now();
  const child = spawn(process.execPath, ["--require", REPORTER, ...args], {
    cwd,
    env,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  const [ms, stderr, report] = await Promise.all([
    once(child, "exit").then(() => performance.now() - start),
    text(child.stderr ?? Readable.from([])),
    text(child.stdio[3] instanceof Readable ? child.stdio[3] : Readable.from([])),
  ]);
  if (child.exitCode !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = parseUsage(report);
  return { ms, cpu: (userCPUTime + systemCPUTime) / 1000, mib: maxRSS / 1024 };
}

/** The medians of five runs: one short run alone is too noisy. */
export async function medianUsage(run: () => Promise<ProgramUsage>): Promise<ProgramUsage> {
  const runs: ProgramUsage[] = [];
  while (runs.length < 5) runs.push(await run());
  const middle = (field: keyof ProgramUsage): number => median(runs.map((usage) => usage[field]));
  return { ms: middle("ms"), cpu: middle("cpu"), mib: middle("mib") };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const parseUsage = (report: string): NodeJS.ResourceUsage => JSON.parse(report);
