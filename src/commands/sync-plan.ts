import { runLockOf } from "../checkout/paths.ts";
import { runLockHolder } from "../checkout/run-lock.ts";
import type { EndReason } from "../exit.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { workspaceSection } from "../model/lockfile.ts";
import { missingValues } from "../plan/decide/missing-values.ts";
import { isNotReviewed, isPassive, type Plan } from "../plan/change.ts";
import type { NameSources } from "../plan/review/lost-names.ts";
import type { JudgedPlan } from "../plan/review/reviewed-part.ts";
import { connectClient } from "./connect.ts";
import { expectedPart, type ExpectOptions } from "./expected-plan.ts";
import type { CommandInputs } from "./inputs.ts";
import { inspectJournal } from "./journal.ts";
import { compareWithBase, type BaseOptions } from "./lockfile-base.ts";
import { checkOwnFiles } from "./own-files.ts";
import { warnOfBreakages } from "./pipeline-breakages.ts";
import { prepareOfflinePlan, preparePlan, type PlanningOptions, type PlanSources } from "./prepare.ts";
import { createSecondLook } from "./second-look.ts";
import type { Session } from "./session.ts";
import type { CommandStop } from "./stop.ts";
import type { PlannedReport } from "./sync-report.ts";

/** The options of `sync --plan`. */
export interface SyncPlanOptions extends PlanningOptions, BaseOptions, ExpectOptions {
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
  const compared = await compareWithBase(session, inputs.lock);
  if (!compared.ok) return compared;
  const { isRefused } = compared.value;
  const checked = await checkOwnFiles(session, inputs.lock);
  if (!checked.ok) return checked;
  const { trust } = checked.value;
  const holder = await runLockHolder(runLockOf(inputs.lock.path), session.io);
  const { records, notes: found } = await inspectJournal(inputs, trust, holder);
  const notes = [...compared.value.notes, ...checked.value.notes, ...found];
  const planned = await planFromRecords(session, { inputs, records, trust });
  // However it ends, it says what the journal says.
  const reasons = isRefused ? (["refused"] as const) : [];
  return withDiagnostics(
    planned.ok ? success({ ...planned.value, reasons: [...planned.value.reasons, ...reasons] }) : planned,
    notes,
  );
}

async function planFromRecords(
  session: Session<SyncPlanOptions>,
  sources: PlanSources,
): Promise<Result<PlannedReport, CommandStop>> {
  const prepared = session.options.offline
    ? prepareFromLockfile(session, sources)
    : await prepareOnlinePlan(session, sources);
  if (!prepared.ok) return prepared;
  const { judged, names } = prepared.value;
  const expected = await expectedPart(session, judged);
  const part = expected.ok ? expected.value : judged.plan;
  const { plan, diagnostics } = await warnOfBreakages(session, part, names);
  const missing = missingVariables({ ...judged, plan });
  const planned: Result<PlannedReport, CommandStop> = expected.ok
    ? success({ kind: "planned", reasons: reasonsOfPlan(session, plan), plan, missing, diagnostics: [] })
    : failure({ ...expected.error, ...(expected.error.plan === undefined ? {} : { plan }) });
  return withDiagnostics(planned, diagnostics);
}

/** Variables that an apply needs, and that aren't set here. */
function missingVariables({ plan, desired, observed }: JudgedPlan): string[] {
  return [...new Set(missingValues(plan, desired, observed).map(({ variable }) => variable))].toSorted();
}

function withDiagnostics(
  planned: Result<PlannedReport, CommandStop>,
  diagnostics: readonly Diagnostic[],
): Result<PlannedReport, CommandStop> {
  return planned.ok
    ? success({ ...planned.value, diagnostics: [...diagnostics, ...planned.value.diagnostics] })
    : failure({ ...planned.error, diagnostics: [...diagnostics, ...planned.error.diagnostics] });
}

/** A plan, and what it was made from. */
interface PlanWithSources {
  readonly judged: JudgedPlan;
  readonly names: NameSources;
}

async function prepareOnlinePlan(
  session: Session<SyncPlanOptions>,
  sources: PlanSources,
): Promise<Result<PlanWithSources, CommandStop>> {
  const client = await connectClient(session, { ...sources.inputs, access: "read-only" });
  if (!client.ok) return client;
  const prepared = await preparePlan(session, {
    ...sources,
    client: client.value,
    secondLook: createSecondLook(session, undefined),
  });
  if (!prepared.ok) return prepared;
  const { plan, section, desired, observed } = prepared.value;
  return success({ judged: { plan, desired, observed }, names: { section, desired, live: observed.live } });
}

function prepareFromLockfile(
  session: Session<SyncPlanOptions>,
  sources: PlanSources,
): Result<PlanWithSources, CommandStop> {
  const plan = prepareOfflinePlan(session, sources);
  if (!plan.ok) return plan;
  const { lock, target, integrations } = sources.inputs;
  const section = workspaceSection(lock.lock, target);
  const observed = { live: new Map(), parts: new Map() };
  return success({
    judged: { plan: plan.value, desired: [], observed },
    names: { section, desired: integrations, live: observed.live },
  });
}

function reasonsOfPlan({ options }: Session<SyncPlanOptions>, { changes }: Plan): EndReason[] {
  const reasons: EndReason[] = [];
  if (changes.some(isNotReviewed)) reasons.push("stale");
  if (changes.some((change) => change.refused !== undefined && !isNotReviewed(change))) reasons.push("refused");
  if (options.detailedExitcode && changes.some((change) => !isPassive(change))) reasons.push("changes");
  return reasons;
}
