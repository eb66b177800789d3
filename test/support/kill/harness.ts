import { after, before } from "node:test";
import { seededRandom } from "../random.ts";
import {
  assertAllRecover,
  atBoundaries,
  runBaselines,
  scenarios,
  type Baselines,
  type KillScenario,
} from "./scenario.ts";
import type { Size } from "./wanted.ts";
import { PreparedWorkspace, type List } from "./workspace.ts";

/** One prepared workspace for all tests of a file, and the baseline runs, which nothing kills. */
export interface KillHarness {
  /** A random number from 1 to `most`. */
  upTo(most: number): number;
  /** A random boundary of the baseline run with this kind of list. */
  anyBoundary(list: List): number;
  /**
   * Kills at the boundary `first` and at every `step`-th after it, and asserts that the next apply finishes the work.
   */
  killAtBoundaries(first: number, step: number): Promise<void>;
  /** Runs `count` scenarios; the kinds of list take turns. */
  kill(count: number, make: (list: List) => Omit<KillScenario, "list">): Promise<void>;
}

/** Prepares the workspace before the tests of a file, and removes it after them. */
export function killHarness(size: Size, seed: number): KillHarness {
  const random = seededRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  let ready: { readonly prepared: PreparedWorkspace; readonly baselines: Baselines } | undefined;
  const get = (): NonNullable<typeof ready> => {
    if (ready === undefined) throw new Error("the workspace isn't prepared");
    return ready;
  };
  before(async () => {
    const prepared = await PreparedWorkspace.prepare(size);
    ready = { prepared, baselines: await runBaselines(prepared) };
  });
  after(() => ready?.prepared.remove());
  const recover = (all: readonly KillScenario[]): Promise<void> =>
    assertAllRecover(get().prepared, all, get().baselines);
  return {
    upTo,
    anyBoundary: (list) => upTo(get().baselines[list].boundaries.length),
    killAtBoundaries: (first, step) => recover(atBoundaries(get().baselines, first, step)),
    kill: (count, make) => recover(scenarios(count, make)),
  };
}
