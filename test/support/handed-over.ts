import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { IntegrationWithIds } from "../../src/model/integration.ts";
import type { Change, Forget } from "../../src/plan/change.ts";
import { planCase, type PlanCase } from "./plan-arbitrary.ts";
import { carryOut, planOf } from "./two-files.ts";

/** A block that gets a new key, while its former key is dropped from management. */
interface HandOver {
  readonly at: number;
  readonly to: "f" | "g";
  /** What leads the new key to the integration of the former one: nothing, or one of the ways in which a key finds it. */
  readonly by: "identifier" | "key" | "moved_from" | "import" | "nothing";
  readonly isEdited: boolean;
}

/** A few hand-overs. */
export const handOvers: fc.Arbitrary<readonly HandOver[]> = fc.array(
  fc.record({
    at: fc.nat(4),
    to: fc.constantFrom("f", "g"),
    by: fc.constantFrom("identifier", "key", "moved_from", "import", "nothing"),
    isEdited: fc.boolean(),
  }),
  { maxLength: 2 },
);

/** The file and the workspace with these hand-overs. The former keys are in `removed`. */
export function withHandOvers({ wanted, world }: PlanCase, all: readonly HandOver[]): PlanCase {
  return all.reduce(withHandOver, { wanted, world });
}

function withHandOver({ wanted, world }: PlanCase, { at, to, by, isEdited }: HandOver): PlanCase {
  const was = wanted[at % Math.max(1, wanted.length)];
  if (was === undefined || wanted.some(({ key }) => key === to)) return { wanted, world };
  const hashId = world.lock?.get(was.key)?.hashId ?? "hnone";
  const lives = world.live ?? [];
  const identifier = lives.find((view) => view.hashId === hashId)?.identifier ?? was.identifier ?? was.key;
  const { identifier: _identifier, ...rest } = was;
  const now: IntegrationWithIds = {
    ...rest,
    key: to,
    ...(by === "identifier" ? { identifier } : {}),
    fields: isEdited ? new Map([...was.fields, ["name", "Edited"]]) : was.fields,
    lifecycle: {
      ...was.lifecycle,
      // A key can't be both removed and renamed.
      movedFrom: by === "moved_from" && identifier !== was.key ? [identifier] : [],
      ...(by === "import" ? { import: hashId } : {}),
    },
  };
  const named =
    by === "key" ? lives.map((each) => (each.hashId === hashId ? { ...each, identifier: to } : each)) : lives;
  return {
    wanted: wanted.map((each) => (each === was ? now : each)),
    world: { ...world, live: named, removed: [...(world.removed ?? []), was.key] },
  };
}

/**
 * A plan decides everything else as the next plan would, if this one only forgot what it forgets. The journal is left out:
 * what it says about an integration that another key has is refused or not used, and after the forgetting nobody knows that.
 */
export async function assertForgottenIsUnmanaged(numRuns: number): Promise<void> {
  let takenOver = 0;
  await fc.assert(
    fc.asyncProperty(planCase, handOvers, async (base, given) => {
      const { wanted, world } = withHandOvers({ ...base, world: { ...base.world, made: {} } }, given);
      const plan = planOf(wanted, world);
      const forgotten = plan.changes.filter(isForgetting);
      if (forgotten.length === 0) return;
      const { after } = await carryOut({ ...plan, changes: forgotten }, wanted, world);
      const next = planOf(wanted, after);
      const rest = plan.changes.filter((change) => !isForgetting(change));
      assert.deepEqual(next.changes, rest);
      const warned = plan.warnings.filter(({ code }) => code !== "adopts-forgotten");
      if (warned.length < plan.warnings.length) takenOver += 1;
      assert.deepEqual(next.warnings, warned);
      assert.deepEqual(next.unsent, plan.unsent);
    }),
    { numRuns },
  );
  assert.ok(takenOver >= numRuns / 100, `${takenOver} of ${numRuns} plans take over what they forget`);
}

function isForgetting(change: Change): change is Forget {
  return change.action === "forget" && change.refused === undefined;
}
