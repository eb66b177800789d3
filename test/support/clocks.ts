import type { Emulator } from "../../src/emulator/index.ts";

/** A clock that stands still: the plan's list stays fresh enough for creations, however slow the machine is. */
export const stillClock = (): number => 1_800_000_000_000;

/**
 * A clock that jumps three seconds with the first request: the plan's list is too old for creations and is read
 * again.
 */
export function clockPastPlan({ requests }: Pick<Emulator, "requests">): () => number {
  const before = requests.length;
  return () => Date.now() + (requests.length > before ? 3_000 : 0);
}
