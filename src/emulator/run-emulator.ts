import type { EmulatorOptions } from "./start.ts";
import { startEmulator } from "./start.ts";

export interface EmulatorPorts {
  readonly stdout: { write(text: string): void };
  /** Aborted to stop the emulator. */
  readonly signal: AbortSignal;
}

/**
 * Serves until the signal is aborted. Once it listens, it prints the variables that a client needs: one line each,
 * then all in one line for a shell.
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
