import { resolve } from "node:path";
import { parseFault, runEmulator, type Fault } from "../emulator/index.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";

export interface EmulateOptions {
  readonly port: number;
  readonly data?: string;
  readonly seed?: string;
  readonly log?: string;
  readonly unique: "none" | "project" | "workspace";
  readonly latency: number;
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number };
  readonly apiDisabled?: boolean;
  readonly fault: readonly string[];
}

/** Serves a local Buddy API until SIGTERM or SIGINT, which is how it is meant to end. */
export async function emulate(options: EmulateOptions, io: Io): Promise<ExitCode> {
  const faults: Fault[] = [];
  for (const text of options.fault) {
    const fault = parseFault(text);
    if ("error" in fault) {
      io.stderr.write(`error: --fault: ${fault.error}\n`);
      return EXIT.invalid;
    }
    faults.push(fault);
  }
  const { port, unique, latency, rateLimit, apiDisabled, data, seed, log } = options;
  const path = (file: string): string => resolve(io.cwd, file);
  try {
    await runEmulator(
      {
        port,
        unique,
        latencyMs: latency,
        faults,
        ...(rateLimit === undefined ? {} : { rateLimit }),
        ...(apiDisabled === undefined ? {} : { apiDisabled }),
        ...(data === undefined ? {} : { data: path(data) }),
        ...(seed === undefined ? {} : { seed: path(seed) }),
        ...(log === undefined ? {} : { log: path(log) }),
      },
      { stdout: io.stdout, signal: io.signal },
    );
    return EXIT.done;
  } catch (error) {
    // A port that is taken, a file that can't be opened, a seed that isn't one: all are the caller's to mend.
    if (!(error instanceof Error)) throw error;
    io.stderr.write(`error: the emulator can't start: ${error.message}\n`);
    return EXIT.invalid;
  }
}
