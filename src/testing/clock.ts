import type { Clock } from "../api/events.ts";

/** Time that passes only by sleeping; every sleep is noted. */
export interface FakeClock extends Clock {
  readonly sleeps: readonly number[];
}

/** @param random what the jitter is made of; 1 gives the longest waits. */
export function fakeClock(start = 1_800_000_000_000, random = 1): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    random: () => random,
    sleep: async (ms, signal) => {
      if (signal?.aborted === true) return;
      sleeps.push(ms);
      const until = now + ms;
      // Others run first, as they would in real time.
      await new Promise((resolve) => setImmediate(resolve));
      now = Math.max(now, until);
    },
  };
}
