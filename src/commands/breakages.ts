import { resolve } from "node:path";
import type { Io } from "../io.ts";
import { findPipelineFiles, readPipelineFile } from "../checkout/pipeline-files.ts";
import { scanPipeline } from "../pipelines/scan/scan.ts";
import { findBreakages, type Breakage } from "../pipelines/usages.ts";
import type { Change, Plan, PlanWarning } from "../plan/change.ts";
import { takenHashes } from "../plan/loss.ts";

/**
 * The plan with a warning for each pipeline file that refers to a hash which a replacement, a re-creation or a deletion
 * takes away. Looks into `buddy.yml` and `.buddy/`; files that can't be read are passed over.
 */
export async function withBreakages(plan: Plan, io: Pick<Io, "cwd">): Promise<Plan> {
  const taken = new Map(
    plan.changes.flatMap((change) => takenHashes(change).map((hashId) => [hashId, change] as const)),
  );
  if (taken.size === 0) return plan;
  let found: readonly Breakage[] = [];
  for (const name of await findPipelineFiles(io.cwd)) {
    const text = await readPipelineFile(resolve(io.cwd, name));
    if (text.ok) found = [...found, ...findBreakages([scanPipeline(name, text.value)], new Set(taken.keys()))];
  }
  const warnings = found.flatMap((breakage) => {
    const change = taken.get(breakage.hash);
    return change === undefined ? [] : [breakageWarning(breakage, change)];
  });
  return { ...plan, warnings: [...plan.warnings, ...warnings] };
}

function breakageWarning({ file, range, context }: Breakage, { action, key }: Change): PlanWarning {
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
