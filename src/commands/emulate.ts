import { resolve } from "node:path";
import { parseFault, runEmulator, type Fault, type Settings } from "../emulator/index.ts";
import type { EndReason } from "../exit.ts";
import type { ConsoleOptions } from "./console.ts";
import { outputProblem } from "./sync/output-problem.ts";
import type { Session } from "./session.ts";

export interface EmulateOptions extends ConsoleOptions {
  readonly port: number;
  readonly data?: string;
  readonly seed?: string;
  readonly log?: string;
  readonly list: Settings["list"];
  readonly unique: Settings["unique"];
  readonly identifiers: Settings["identifiers"];
  readonly latency: number;
  readonly lag: number;
  readonly commitDelay: number;
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number };
  readonly apiDisabled?: boolean;
  readonly expireAfter?: number;
  readonly hide: readonly string[];
  readonly fault: readonly string[];
}

/** Serves a local Buddy API until SIGTERM or SIGINT, which is its normal end. */
export async function emulate({
  io,
  console,
  options,
  signal,
}: Session<EmulateOptions>): Promise<readonly EndReason[]> {
  const faults: Fault[] = [];
  for (const text of options.fault) {
    const fault = parseFault(text);
    if ("error" in fault) {
      console.say(`error: --fault: ${fault.error}`);
      return ["invalid"];
    }
    faults.push(fault);
  }
  const { port, list, unique, identifiers, rateLimit, apiDisabled, expireAfter, data, seed, log } = options;
  const path = (file: string): string => resolve(io.cwd, file);
  // Check these files first: they are opened before signals are handled, and opening a FIFO would block. Existing
  // regular files are fine, since the emulator replaces its own.
  for (const file of [data, seed, log === "/dev/stdout" ? undefined : log]) {
    const problem = file === undefined ? undefined : await outputProblem(io, file, []);
    if (problem === undefined) continue;
    console.say(`error: the emulator can't start: ${problem.message}`);
    return ["invalid"];
  }
  try {
    await runEmulator(
      {
        port,
        list,
        unique,
        identifiers,
        latencyMs: options.latency,
        lagMs: options.lag,
        commitDelayMs: options.commitDelay,
        expireAfter,
        hidden: options.hide,
        faults,
        rateLimit,
        ...(apiDisabled === undefined ? {} : { apiDisabled }),
        ...(data === undefined ? {} : { data: path(data) }),
        ...(seed === undefined ? {} : { seed: path(seed) }),
        ...(log === undefined ? {} : { log: path(log) }),
      },
      { stdout: io.stdout, signal },
    );
    return ["served"];
  } catch (error) {
    // The user can correct each of these: a port in use, a file that can't be opened, an invalid seed.
    if (!(error instanceof Error)) throw error;
    console.say(`error: the emulator can't start: ${error.message}`);
    return ["invalid"];
  }
}
