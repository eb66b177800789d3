import type { EmulatorOptions } from "./start.ts";
import { startEmulator } from "./start.ts";

export interface EmulatorPorts {
  readonly stdout: { write(text: string): void };
  /** Aborted when the emulator shall end. */
  readonly signal: AbortSignal;
}

/** Prints what a client needs to know, a line each, once it listens; serves until the signal is aborted. */
export async function runEmulator(options: EmulatorOptions, { stdout, signal }: EmulatorPorts): Promise<void> {
  if (signal.aborted) return;
  const emulator = await startEmulator(options);
  stdout.write(
    `BUDDY_BASE_URL=${emulator.url}\nBUDDY_TOKEN=${emulator.token}\nBUDDY_WORKSPACE=${emulator.workspace}\n`,
  );
  if (!signal.aborted)
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  await emulator.close();
}
