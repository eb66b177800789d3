import type { ApiClient } from "../../api/client.ts";
import { runLockOf } from "../../checkout/paths.ts";
import { runLockHolder } from "../../checkout/run-lock.ts";
import type { EndReason } from "../../exit.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { workspaceSection } from "../../model/lockfile.ts";
import { missingValues } from "../../plan/decide/missing-values.ts";
import { isNotReviewed, isPassive, type Plan } from "../../plan/change.ts";
import { countDrift, driftPart } from "../../plan/review/drift-part.ts";
import { withoutHalfMoves } from "../../plan/review/half-moves.ts";
import type { PlanWithInputs } from "../../plan/review/reviewed-part.ts";
import type { OtherFiles } from "../../plan/match/other-files.ts";
import type { NameSources } from "../../plan/review/lost-names.ts";
import { expectedPart, type ExpectOptions } from "./expected-plan.ts";
import { sharedStop, type FileEnds } from "./file-ends.ts";
import type { FileRun, FilesOptions } from "./file-runs.ts";
import { inspectJournal } from "./journal.ts";
import { compareWithBase, type BaseOptions } from "./lockfile-base.ts";
import { refuseTrackedFiles } from "./tracked-files.ts";
import { warnOfBreakages } from "./pipeline-breakages.ts";
import { mapSomeAtOnce } from "../inputs/map-some-at-once.ts";
import { othersOfFiles, withOtherFiles } from "./other-files.ts";
import {
  planFromReading,
  prepareOfflinePlan,
  readForPlan,
  type PlanSources,
  type ReadForPlan,
} from "./prepare-plan.ts";
import { RunConnection } from "./run-connection.ts";
import { createSecondLook } from "./second-look.ts";
import type { Session } from "../session.ts";
import type { CommandStop } from "../stop.ts";
import type { PlannedReport } from "./sync-report.ts";

/** The options of `plan`. */
export interface SyncPlanOptions extends FilesOptions, BaseOptions, ExpectOptions {
  readonly mode: "plan";
  /** End with an exit code for pending changes. */
  readonly detailedExitcode: boolean;
  /** Plan from the lockfile alone. */
  readonly offline: boolean;
}

/**
 * `plan`: shows what an apply would do, and changes nothing. All files are read together, and each is planned with
 * the others in view.
 */
export async function planFiles(
  session: Session<SyncPlanOptions>,
  runs: readonly FileRun<SyncPlanOptions>[],
  unreadable: readonly string[],
): Promise<FileEnds<PlannedReport>> {
  const begun = await mapSomeAtOnce(runs, AT_ONCE, beginPlan);
  const [first, ...rest] = begun.flatMap(({ run, stopped }) => (stopped === undefined ? [run.inputs] : []));
  if (session.options.offline || first === undefined) {
    return {
      whole: undefined,
      ends: await mapSomeAtOnce(begun, AT_ONCE, (each) => finishPlan(each, () => planFileOffline(each))),
    };
  }
  const connection = await RunConnection.open(session, [first, ...rest], "read-only");
  if (!connection.ok) {
    const { whole, each } = sharedStop(connection.error, runs.length);
    return { whole, ends: await Promise.all(begun.map((one) => finishPlan(one, async () => failure(each)))) };
  }
  const read = await Promise.all(begun.map((each) => readBegun(each, connection.value)));
  const others = othersOfFiles(
    read.map(({ run, reading }) => ({ run, reading: reading?.ok === true ? reading.value.read : undefined })),
    unreadable,
  );
  const ends = await mapSomeAtOnce(read, AT_ONCE, (each) => finishPlan(each, () => planOnline(each, others)));
  return { whole: undefined, ends: planWithoutHalfMoves(runs, ends) };
}

/** The same as in an apply: a move needs both files. */
function planWithoutHalfMoves(
  runs: readonly FileRun<SyncPlanOptions>[],
  ends: readonly Result<PlannedReport, CommandStop>[],
): readonly Result<PlannedReport, CommandStop>[] {
  const plans = withoutHalfMoves(
    runs.flatMap(({ file, inputs: { lock, target } }, index) => {
      const end = ends[index];
      if (end === undefined) return [];
      const { plan } = end.ok ? end.value : end.error;
      const section = workspaceSection(lock.lock, target);
      return [{ file, workspace: target.workspace, lock: section, plan, isGoingOn: end.ok }];
    }),
  );
  return ends.map((end, index) => {
    const [plan, run] = [plans[index], runs[index]];
    if (!end.ok || plan === undefined || run === undefined || plan === end.value.plan) return end;
    return success({ ...end.value, plan, reasons: [...end.value.reasons, ...reasonsOfPlan(run.session, plan)] });
  });
}

/** How many files run git or read pipelines at once. Requests have their own limit, which all files share. */
const AT_ONCE = 8;

/** A file after the checks that need no request. */
interface BegunPlan {
  readonly run: FileRun<SyncPlanOptions>;
  readonly notes: readonly Diagnostic[];
  readonly reasons: readonly EndReason[];
  readonly sources: PlanSources;
  readonly stopped: CommandStop | undefined;
}

async function beginPlan(run: FileRun<SyncPlanOptions>): Promise<BegunPlan> {
  const { session, inputs, isOnly } = run;
  const namesOfFlags = isOnly ? undefined : "checked";
  const none = { inputs, records: [], trust: "trusted", namesOfFlags } as const;
  const stopped = (error: CommandStop): BegunPlan => ({ run, notes: [], reasons: [], sources: none, stopped: error });
  const compared = await compareWithBase(session, inputs.lock);
  if (!compared.ok) return stopped(compared.error);
  const checked = await refuseTrackedFiles(session, inputs.lock);
  if (!checked.ok) return stopped(checked.error);
  const { trust } = checked.value;
  const holder = await runLockHolder(runLockOf(inputs.lock.path), session.io);
  const { records, notes: found } = await inspectJournal(inputs, trust, holder);
  return {
    run,
    notes: [...compared.value.notes, ...checked.value.notes, ...found],
    reasons: compared.value.isRefused ? ["refused"] : [],
    sources: { inputs, records, trust, namesOfFlags },
    stopped: undefined,
  };
}

/** Reports the notes about the journal and the lockfile, whether the plan succeeds or not. */
async function finishPlan(
  { run, notes, reasons, stopped }: BegunPlan,
  plan: () => Promise<Result<PlanWithSources, CommandStop>>,
): Promise<Result<PlannedReport, CommandStop>> {
  if (stopped !== undefined) return failure(stopped);
  const made = await plan();
  const ended = made.ok ? await reportPlan(run.session, made.value) : made;
  return ended.ok
    ? success({
        ...ended.value,
        reasons: [...ended.value.reasons, ...reasons],
        diagnostics: [...notes, ...ended.value.diagnostics],
      })
    : failure({ ...ended.error, diagnostics: [...notes, ...ended.error.diagnostics] });
}

async function reportPlan(
  session: Session<SyncPlanOptions>,
  { prepared, names }: PlanWithSources,
): Promise<Result<PlannedReport, CommandStop>> {
  const expected = await expectedPart(session, prepared);
  const part = expected.ok ? expected.value : prepared.plan;
  const { plan, diagnostics } = await warnOfBreakages(session, part, names);
  if (!expected.ok) {
    const stopped = { ...expected.error, ...(expected.error.plan === undefined ? {} : { plan }) };
    return failure({ ...stopped, diagnostics: [...diagnostics, ...stopped.diagnostics] });
  }
  const missing = missingVariables({ ...prepared, plan });
  return success({ kind: "planned", reasons: reasonsOfPlan(session, plan), plan, missing, diagnostics });
}

/** Variables that an apply needs, and that aren't set here. */
function missingVariables({ plan, desired, observed }: PlanWithInputs): string[] {
  return [...new Set(missingValues(plan, desired, observed).map(({ variable }) => variable))].toSorted();
}

/** A plan, and what it was made from. */
interface PlanWithSources {
  readonly prepared: PlanWithInputs;
  readonly names: NameSources;
}

interface ReadPlan extends BegunPlan {
  /** Undefined if the file was stopped before. */
  readonly reading: Result<{ readonly client: ApiClient; readonly read: ReadForPlan }, CommandStop> | undefined;
}

async function readBegun(begun: BegunPlan, connection: RunConnection): Promise<ReadPlan> {
  const { run, sources, stopped } = begun;
  if (stopped !== undefined) return { ...begun, reading: undefined };
  const client = connection.toPlan(run.inputs.target);
  if (!client.ok) return { ...begun, reading: client };
  const secondLook = createSecondLook(run.session, undefined);
  const read = await readForPlan(run.session, { ...sources, client: client.value, secondLook });
  return { ...begun, reading: read.ok ? success({ client: client.value, read: read.value }) : read };
}

async function planOnline(
  { run, reading }: ReadPlan,
  others: ReadonlyMap<string, OtherFiles>,
): Promise<Result<PlanWithSources, CommandStop>> {
  if (reading === undefined) throw new Error("a file that was stopped isn't planned");
  if (!reading.ok) return reading;
  const { client, read } = reading.value;
  const prepared = await planFromReading(client, withOtherFiles(read, others.get(run.file)));
  if (!prepared.ok) return prepared;
  const { section, desired, observed } = prepared.value;
  const { drift } = run.session.options.flags;
  const plan = drift ? driftPart(prepared.value.plan, section, observed) : prepared.value.plan;
  return success({ prepared: { plan, desired, observed }, names: { section, desired, live: observed.live } });
}

function planFileOffline({ run, sources }: BegunPlan): Promise<Result<PlanWithSources, CommandStop>> {
  const plan = prepareOfflinePlan(run.session, sources);
  if (!plan.ok) return Promise.resolve(plan);
  const { lock, target, integrations } = run.inputs;
  const section = workspaceSection(lock.lock, target);
  const observed = { live: new Map(), parts: new Map() };
  const prepared = { plan: plan.value, desired: [], observed };
  return Promise.resolve(success({ prepared, names: { section, desired: integrations, live: observed.live } }));
}

function reasonsOfPlan({ options }: Session<SyncPlanOptions>, plan: Plan): EndReason[] {
  if (options.flags.drift) return countDrift(plan) > 0 ? ["changes"] : [];
  const { changes } = plan;
  const reasons: EndReason[] = [];
  if (changes.some(isNotReviewed)) reasons.push("stale");
  if (changes.some((change) => change.refused !== undefined && !isNotReviewed(change))) reasons.push("refused");
  if (options.detailedExitcode && changes.some((change) => !isPassive(change))) reasons.push("changes");
  return reasons;
}
