/** Random numbers in [0, 1) that a seed tells: xorshift32. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** The seed of this run: of the environment where a failure is looked into, else a new one. It goes into every message. */
export function testSeed(): number {
  const given = Number(process.env["TEST_SEED"]);
  return Number.isSafeInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * 2 ** 31);
}

/** Runs all tasks, so many at once. */
export async function inParallel<T>(
  tasks: readonly T[],
  width: number,
  run: (task: T) => Promise<void>,
): Promise<void> {
  const rest = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of rest) await run(task);
  };
  await Promise.all(Array.from({ length: width }, work));
}
