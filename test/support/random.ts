/** Random numbers in [0, 1) that a seed determines: xorshift32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** The seed of this run: TEST_SEED, to repeat a failure, or a new one. Every message of a failure holds it. */
export function testSeed(): number {
  const given = Number(process.env["TEST_SEED"]);
  return Number.isSafeInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * 2 ** 31);
}

/**
 * Runs all tasks, at most `limit` at once. After a failure it starts no other task, waits for the running ones, and
 * throws. A task that ran on after the end of a test would keep the process alive.
 */
export async function inParallel<T>(
  tasks: readonly T[],
  width: number,
  run: (task: T) => Promise<void>,
): Promise<void> {
  const rest = tasks.values();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const task of rest) {
      if (failures.length > 0) return;
      try {
        await run(task);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  if (failures.length > 0) throw failures[0];
}
