import type { Clock } from "../../src/api/http/events.ts";

/** Time that passes only by sleeping; every sleep is noted. */
export interface FakeClock extends Clock {
  readonly sleeps: readonly number[];
}

/** @param lasting how long a sleep really takes, in milliseconds, for what happens meanwhile. */
export function fakeClock(lasting = 0): FakeClock {
  let now = 1_800_000_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    // The longest waits.
    random: () => 1,
    sleep: async (ms, signal) => {
      if (signal?.aborted === true) return;
      sleeps.push(ms);
      const until = now + ms;
      // Others run first, as they would in real time.
      await new Promise((resolve) => (lasting === 0 ? setImmediate(resolve) : setTimeout(resolve, lasting)));
      now = Math.max(now, until);
    },
  };
}
