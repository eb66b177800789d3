import { seededRandom, testSeed } from "./random.ts";

/** How much the random tests do: 1 in `npm test`, more in `npm run test:more`. */
export const EFFORT = effortOf(process.env["TEST_EFFORT"]);

/** How many random cases to try. @param cases the number for an effort of 1 */
export function effort(cases: number): number {
  return cases * EFFORT;
}

/** A random third of the cases, different in each run. All of them when the effort is more than 1. */
export function sampleOf<T>(cases: readonly T[]): readonly T[] {
  if (EFFORT > 1) return cases;
  const random = seededRandom(testSeed());
  const drawn = cases.map((each) => ({ each, rank: random() })).toSorted((one, other) => one.rank - other.rank);
  const kept = new Set(drawn.slice(0, Math.ceil(cases.length / 3)).map(({ each }) => each));
  return cases.filter((each) => kept.has(each));
}

function effortOf(given: string | undefined): number {
  if (given === undefined || given === "") return 1;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`TEST_EFFORT must be a whole number of at least 1. It is ${given}`);
  return value;
}
