import type { Range } from "../../model/diagnostic.ts";
import type { HashId } from "../../model/integration.ts";
import type { Change, Plan, PlanWarning } from "../change.ts";
import { changesByTakenHash } from "../loss.ts";

/** A place in a pipeline file that refers to a hash. */
export interface HashReference {
  readonly hash: HashId;
  readonly file: string;
  readonly range: Range;
  readonly context: { readonly pipeline: string | undefined; readonly action: string | undefined };
}

/** The plan with a warning for each place that refers to a hash which the plan takes away. */
export function withBreakages(plan: Plan, references: readonly HashReference[]): Plan {
  const taken = changesByTakenHash(plan);
  const warnings = references.flatMap((reference) => {
    const change = taken.get(reference.hash);
    return change === undefined ? [] : [breakageWarning(reference, change)];
  });
  return { ...plan, warnings: [...plan.warnings, ...warnings] };
}

function breakageWarning({ file, range, context }: HashReference, { action, key }: Change): PlanWarning {
  const where = [context.pipeline, context.action].filter((name) => name !== undefined).join(" / ");
  const place = `${file}:${range.start.line}${where === "" ? "" : ` (${where})`}`;
  const isDeletion = action === "delete";
  return {
    code: "breaks-pipeline",
    key,
    message: isDeletion ? `${place} refers to a hash that is deleted` : `${place} refers to a hash that is superseded`,
    hint: isDeletion
      ? "point it to another integration first"
      : "after the apply, refs --write points it to the new one",
  };
}
