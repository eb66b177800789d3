import type { EmulatorOptions } from "./start.ts";
import { startEmulator } from "./start.ts";

export interface EmulatorPorts {
  readonly stdout: { write(text: string): void };
  /** Aborted to stop the emulator. */
  readonly signal: AbortSignal;
}

/**
 * Prints what a client needs to know once it listens, a line each and all in one line for a shell; serves until the signal
 * is aborted.
 */
export async function runEmulator(options: EmulatorOptions, { stdout, signal }: EmulatorPorts): Promise<void> {
  if (signal.aborted) return;
  const emulator = await startEmulator(options);
  const { url, token, workspace } = emulator;
  const variables = [`BUDDY_BASE_URL=${url}`, `BUDDY_TOKEN=${token}`, `BUDDY_WORKSPACE=${workspace}`];
  stdout.write(`${variables.join("\n")}\nexport ${variables.join(" ")}\n`);
  if (!signal.aborted)
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  await emulator.close();
}
