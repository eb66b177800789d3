import pLimit from "p-limit";
import type { LockSection } from "../model/lockfile.ts";
import { phasesOf } from "../plan/action-order.ts";
import type { Change, Plan } from "../plan/change.ts";
import { heldParts } from "../plan/review/held-parts.ts";
import { announceUpdates } from "./announce-updates.ts";
import { FreshList } from "./fresh-list.ts";
import type { Outcome } from "./outcome.ts";
import { ApplyState, type ApplyInput } from "./apply-state.ts";
import { carryOutChange } from "./carry-out-change.ts";
import { isInterruption, type ApplyContext, type ApplyTools, type StepFailure } from "./step.ts";
import { UnansweredCreations } from "./unanswered-creations.ts";

export interface ApplyPlanOptions extends ApplyTools {
  readonly concurrency: number;
  /** Called as soon as the outcome of a change is known. */
  readonly report: (outcome: Outcome) => void;
}

export interface AppliedPlan {
  /** One for each change that isn't passive, in the plan's order. */
  readonly outcomes: readonly Outcome[];
  /** The new lock section. */
  readonly section: LockSection;
  /** An exception, which is a bug. The lockfile must still record what was done. */
  readonly bugs: readonly unknown[];
}

/** Carries a plan out. One failure doesn't stop the others. The returned lock section is right in any case. */
export async function applyPlan(plan: Plan, input: ApplyInput, options: ApplyPlanOptions): Promise<AppliedPlan> {
  const state = new ApplyState({ ...input, assumeSent: plan.flags.assume_sent, held: heldParts(plan) });
  const freshList = new FreshList(options.api, input, () => options.clock.now());
  const unanswered = new UnansweredCreations();
  const limit = pLimit(options.concurrency);
  const outcomes = new Map<Change, Outcome>();
  const bugs: unknown[] = [];
  if (!options.signal.aborted) await announceUpdates(plan.changes, state, options.journal);
  for (const changes of phasesOf(plan.changes)) {
    const carryOut = async (change: Change): Promise<void> => {
      try {
        const outcome = await outcomeOfChange(change, { state, freshList, unanswered, tools: options });
        outcomes.set(change, outcome);
        options.report(outcome);
      } catch (error) {
        bugs.push(error);
      }
    };
    await Promise.all(changes.map((change) => limit(carryOut, change)));
  }
  return { outcomes: plan.changes.flatMap((change) => outcomes.get(change) ?? []), section: state.section, bugs };
}

async function outcomeOfChange(change: Change, context: ApplyContext): Promise<Outcome> {
  if (change.refused !== undefined) return { change, kind: "refused" };
  if (context.tools.signal.aborted) return { change, kind: "not-started" };
  const result = await carryOutChange(change, context);
  if (result.ok) return { change, kind: "done", ...result.value };
  return failedOutcome(change, result.error);
}

/** A change that was interrupted before it was sent counts as not started. */
function failedOutcome(change: Change, failed: StepFailure): Outcome {
  if (failed.kind === "failed" && isInterruption(failed.cause)) return { change, kind: "not-started" };
  return { change, ...failed };
}
