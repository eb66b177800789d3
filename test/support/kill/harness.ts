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

/** One prepared workspace for all tests of a file, and its undisturbed runs. */
export interface KillHarness {
  /** A random number from 1 to `most`. */
  upTo(most: number): number;
  /** A random boundary of the run under this way of listing. */
  anyBoundary(list: List): number;
  /** Kills at every so many-th boundary, and asserts that the next apply finishes the work. */
  killAtBoundaries(first: number, step: number): Promise<void>;
  /** Kills as each of so many scenarios asks for, the ways of listing in turn. */
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
