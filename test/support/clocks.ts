import type { Emulator } from "../../src/emulator/index.ts";

/** No time passes, so that a plan's list is good enough to create by, however slow the machine is. */
export const stillClock = (): number => 1_800_000_000_000;

/** Three seconds pass when the first request is sent, so that a plan's list is too old to create by, and is read again. */
export function clockPastPlan({ requests }: Pick<Emulator, "requests">): () => number {
  const before = requests.length;
  return () => Date.now() + (requests.length > before ? 3_000 : 0);
}
