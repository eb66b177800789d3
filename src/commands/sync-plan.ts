import type { EndReason } from "../exit.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { findBreakages } from "../pipelines/usages.ts";
import { isPassive, type Plan } from "../plan/change.ts";
import { withBreakages } from "../plan/review/breakages.ts";
import { changesByTakenHash } from "../plan/loss.ts";
import { connectClient } from "./connect.ts";
import { checkExpectedPlan, type ExpectOptions } from "./expected-plan.ts";
import type { CommandInputs } from "./inputs.ts";
import { inspectJournal } from "./journal.ts";
import { compareWithBase, type BaseOptions } from "./lockfile-base.ts";
import { checkOwnFiles } from "./own-files.ts";
import { scanPipelineFiles } from "./pipeline-scans.ts";
import { checkPlanFile, writePlanFile, type PlanFileOptions } from "./plan-file.ts";
import { prepareOfflinePlan, preparePlan, type PlanningOptions, type PlanSources } from "./prepare.ts";
import type { Session } from "./session.ts";
import type { CommandStop } from "./stop.ts";
import type { PlannedReport } from "./sync-report.ts";

/** The options of `sync --plan`. */
export interface SyncPlanOptions extends PlanFileOptions, PlanningOptions, BaseOptions, ExpectOptions {
  readonly mode: "plan";
  /** Pending changes are a reason to end with. */
  readonly detailedExitcode: boolean;
  /** Plan from the lockfile alone. */
  readonly offline: boolean;
}

/** `sync --plan`: shows what an apply would do, and changes nothing. */
export async function planChanges(
  session: Session<SyncPlanOptions>,
  inputs: CommandInputs,
): Promise<Result<PlannedReport, CommandStop>> {
  const isWritable = await checkPlanFile(session, inputs);
  if (!isWritable.ok) return isWritable;
  const compared = await compareWithBase(session, inputs.lock);
  if (!compared.ok) return compared;
  const { isRefused } = compared.value;
  const checked = await checkOwnFiles(session, inputs.lock);
  if (!checked.ok) return checked;
  const { trust } = checked.value;
  const { records, notes: found } = await inspectJournal(inputs, trust);
  const notes = [...compared.value.notes, ...checked.value.notes, ...found];
  // What is refused as a whole must not be taken for a reviewed plan later.
  const options = isRefused ? { ...session.options, out: undefined } : session.options;
  const planned = await planFromRecords({ ...session, options }, { inputs, records, trust });
  // However it ends, it says what the journal says.
  return planned.ok
    ? success({
        ...planned.value,
        reasons: [...planned.value.reasons, ...(isRefused ? (["refused"] as const) : [])],
        diagnostics: notes,
      })
    : failure({ ...planned.error, diagnostics: [...notes, ...planned.error.diagnostics] });
}

async function planFromRecords(
  session: Session<SyncPlanOptions>,
  sources: PlanSources,
): Promise<Result<Omit<PlannedReport, "diagnostics">, CommandStop>> {
  const planned = session.options.offline
    ? prepareOfflinePlan(session, sources)
    : await prepareOnlinePlan(session, sources);
  if (!planned.ok) return planned;
  const plan = await warnOfBreakages(session, planned.value);
  const written = await writePlanFile(session, plan);
  if (!written.ok) return written;
  const expected = await checkExpectedPlan(session, plan);
  if (!expected.ok) return expected;
  return success({ kind: "planned", reasons: reasonsOfPlan(session, plan), plan });
}

async function prepareOnlinePlan(
  session: Session<SyncPlanOptions>,
  sources: PlanSources,
): Promise<Result<Plan, CommandStop>> {
  const client = await connectClient(session, { ...sources.inputs, access: "read-only" });
  if (!client.ok) return client;
  const prepared = await preparePlan(session, { ...sources, client: client.value });
  return prepared.ok ? success(prepared.value.plan) : prepared;
}

/** Looks into the pipeline files only if the plan takes a hash away. Files that can't be read are passed over. */
async function warnOfBreakages(session: Session<SyncPlanOptions>, plan: Plan): Promise<Plan> {
  const taken = new Set(changesByTakenHash(plan).keys());
  if (taken.size === 0) return plan;
  const { scans } = await scanPipelineFiles(session);
  return withBreakages(plan, findBreakages(scans, taken));
}

function reasonsOfPlan({ options }: Session<SyncPlanOptions>, { changes }: Plan): EndReason[] {
  const reasons: EndReason[] = [];
  if (changes.some(({ refused }) => refused !== undefined)) reasons.push("refused");
  if (options.detailedExitcode && changes.some((change) => !isPassive(change))) reasons.push("changes");
  return reasons;
}
