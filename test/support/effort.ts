import { seededRandom, testSeed } from "./random.ts";

/** The size of the random tests: 1 in `npm test`, which people wait for; more in `npm run test:more`. */
export const EFFORT = effortOf(process.env["TEST_EFFORT"]);

/** How many random cases to try. @param cases with an effort of 1 */
export function effort(cases: number): number {
  return cases * EFFORT;
}

/** A random third of the cases, another one in each run; all of them with more than the least effort. */
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
  if (!Number.isInteger(value) || value < 1) throw new Error(`TEST_EFFORT is a whole number from 1, and not ${given}`);
  return value;
}
