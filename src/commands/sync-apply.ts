import { applyPlan } from "../apply/apply-plan.ts";
import type { JournalRecord, JournalTrust } from "../apply/journal.ts";
import type { Outcome } from "../apply/outcome.ts";
import { TokenGuard } from "../apply/token-guard.ts";
import { removeLeftovers } from "../checkout/files.ts";
import { journalOf, runLockOf } from "../checkout/paths.ts";
import { JournalFile } from "../checkout/journal/journal-file.ts";
import { formatLockfile } from "../checkout/lockfile/write.ts";
import { waitForRunLock, type RunLock, type RunLockProblem } from "../checkout/run-lock.ts";
import { reasonOfFailure, type EndReason } from "../exit.ts";
import { errorDiagnostic, sortDiagnostics, type Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { withWorkspaceSection, workspaceSection } from "../model/lockfile.ts";
import { isNotReviewed, isPassive, type Change, type Plan } from "../plan/change.ts";
import { missingValues } from "../plan/decide/missing-values.ts";
import { outcomeLines } from "../render/outcomes.ts";
import { renderPlanText } from "../render/plan-text.ts";
import { connectClient } from "./connect.ts";
import { expectedPart, type ExpectOptions } from "./expected-plan.ts";
import type { CommandInputs } from "./inputs.ts";
import { finishJournal, recoverJournal } from "./journal.ts";
import { checkOwnFiles, type CheckedOwnFiles } from "./own-files.ts";
import { loadLockfile } from "./load-lockfile.ts";
import { warnOfBreakages } from "./pipeline-breakages.ts";
import { preparePlan, type PlanningOptions, type PreparedPlan } from "./prepare.ts";
import { saveLockfile, unrecordedHashes } from "./save-lockfile.ts";
import { createSecondLook } from "./second-look.ts";
import { withSignal, type Session, type WorkspaceOptions } from "./session.ts";
import { stop, type CommandStop } from "./stop.ts";
import { planTextOptions, type AppliedReport, type ReportOptions } from "./sync-report.ts";

/** The options of `sync --apply`. */
export interface SyncApplyOptions extends WorkspaceOptions, PlanningOptions, ReportOptions, ExpectOptions {
  readonly mode: "apply";
  /** Don't ask. */
  readonly yes: boolean;
  /** How long the server may take to carry out and show a creation whose answer was lost. */
  readonly settleSeconds: number;
  /** How long to wait for another run on this checkout. */
  readonly lockTimeoutSeconds: number;
}

/** What to apply. */
export interface ApplyRequest {
  readonly inputs: CommandInputs;
  /** Which changes to carry out: `import` takes adoptions alone. */
  readonly select: (change: Change) => boolean;
}

type SyncApplyResult = Result<AppliedReport, CommandStop>;

/** Plans, asks, carries out, and writes the lockfile; one run on a checkout at a time. */
export async function applyChanges(
  session: Session<SyncApplyOptions>,
  { inputs, select }: ApplyRequest,
): Promise<SyncApplyResult> {
  const { io, console } = session;
  const say = (): void => {
    const again = io.signal.reason === "SIGTERM" ? "send SIGTERM" : "press Ctrl-C";
    console.say(`\n${String(io.signal.reason)}: finishing what is under way; ${again} again to stop now`);
  };
  io.signal.addEventListener("abort", say, { once: true });
  const checked = await checkOwnFiles(session, inputs.lock);
  if (!checked.ok) return checked;
  const runLock = await waitForRunLock(runLockOf(inputs.lock.path), io, {
    timeoutMs: session.options.lockTimeoutSeconds * 1000,
    announce: (holder) => console.note(`waiting for the run that is active on this checkout (${holder})`),
  });
  if (!runLock.ok) return runLockStop(runLock.error, inputs.lock.name);
  try {
    // Read again: another run may have written it until this one got its turn.
    const lock = await loadLockfile(session, inputs.target);
    if (!lock.ok) return stop("invalid", ...lock.error);
    await removeLeftovers(lock.value.path);
    const guarded = withSignal(session, runLock.value.lost);
    const run = { inputs: { ...inputs, lock: lock.value }, select, runLock: runLock.value, checked: checked.value };
    return await applyUnderLock(guarded, run);
  } finally {
    await runLock.value.release();
  }
}

/** Why the run lock can't be had. @param name the lockfile's */
export function runLockStop(problem: RunLockProblem, name: string): Result<never, CommandStop> {
  if (problem.kind === "unwritable") {
    const { code, message } = problem.problem;
    const isInTheWay = code === "EEXIST";
    const text = isInTheWay ? message : `the folder of ${name} can't be written (${message}), so nothing was changed`;
    return stop("invalid", errorDiagnostic("unwritable", text));
  }
  const text = `another run is active on this checkout: ${problem.by}, last seen ${problem.sinceSeconds} s ago`;
  const hint = `wait for it, with --lock-timeout SECONDS; if it is dead, this passes 30 s after it was last seen (${runLockOf(name)})`;
  return stop("stale", errorDiagnostic("another-run", text, hint));
}

/** An apply that holds the run lock. */
interface LockedRun extends ApplyRequest {
  readonly runLock: RunLock;
  readonly checked: CheckedOwnFiles;
}

/** The same, with the journal of earlier runs. */
interface RecoveredRun extends LockedRun {
  readonly journalFile: JournalFile;
  readonly records: readonly JournalRecord[];
  /** What a document says besides what came of it; in text it is said at once. */
  readonly notes: Diagnostic[];
  readonly trust: JournalTrust;
}

async function applyUnderLock(session: Session<SyncApplyOptions>, run: LockedRun): Promise<SyncApplyResult> {
  const { io, console, options } = session;
  const journalFile = new JournalFile(journalOf(run.inputs.lock.path));
  const { trust } = run.checked;
  const recovered = await recoverJournal(run.inputs, journalFile, io.now(), trust);
  if (!recovered.ok) return recovered;
  const { records } = recovered.value;
  const notes = [...run.checked.notes, ...recovered.value.notes];
  // People hear of it before they are asked; a document holds it, however the run ends.
  const isText = options.format === "text";
  if (isText) console.problems(notes);
  const ended = await carryOut(session, { ...run, journalFile, records, trust, notes });
  if (isText) return ended;
  return ended.ok
    ? success({ ...ended.value, diagnostics: [...notes, ...ended.value.diagnostics] })
    : failure({ ...ended.error, diagnostics: [...notes, ...ended.error.diagnostics] });
}

async function carryOut(session: Session<SyncApplyOptions>, run: RecoveredRun): Promise<SyncApplyResult> {
  const { io, console, options } = session;
  const { inputs, select, runLock, journalFile, trust } = run;
  const token = new TokenGuard();
  const guarded = withSignal(session, token.signal);
  const client = await connectClient(guarded, { ...inputs, access: "read-write" });
  if (!client.ok) return client;
  const secondLook = createSecondLook(guarded, options.settleSeconds * 1000);
  const made = await preparePlan(guarded, { ...run, client: client.value, secondLook });
  if (!made.ok) return made;
  const selected: Plan = { ...made.value.plan, changes: made.value.plan.changes.filter(select) };
  const expected = await expectedPart(session, { ...made.value, plan: selected });
  const plan = await withPipelines(guarded, run.notes, made.value, expected.ok ? expected.value : selected);
  const prepared = { ...made.value, plan };
  const allowed = checkPreparedPlan(inputs, prepared, expected);
  if (!allowed.ok) return allowed;
  console.progress?.end();
  // With --quiet the result is enough, except for a person who is asked about it.
  const isShown = !options.quiet || isAsked(session, plan);
  if (options.format === "text" && isShown) io.stdout.write(`${renderPlanText(plan, planTextOptions(session))}\n`);
  if (!(await isConfirmed(session, plan))) return stop("refused", errorDiagnostic("declined", "nothing was changed"));

  // While it waited for an answer, another run may have taken the lock over.
  if (!runLock.isHeld()) return stop("stale", lockLostProblem(inputs));
  const saved = await saveInterruptedCreates(session, inputs, prepared);
  if (!saved.ok) return saved;
  const say = (): void => console.say("the token was refused: finishing what is under way, starting nothing new");
  token.signal.addEventListener("abort", say, { once: true });
  const describeOutcome = outcomeLines();
  console.progress?.changesStarted(plan.changes.filter(isDue).length);
  const { outcomes, section, bugs } = await applyPlan(
    plan,
    { ...inputs, ...prepared },
    {
      api: token.watch(client.value),
      journal: journalFile,
      clock: io,
      signal: guarded.signal,
      concurrency: options.concurrency,
      note: (line) => console.note(line),
      report: (outcome) => {
        if (isDue(outcome.change)) console.progress?.changeEnded(outcome.kind === "done" ? "done" : "failed");
        const line = describeOutcome(outcome);
        if (line !== undefined) console.say(line);
      },
    },
  );
  console.progress?.end();
  if (!runLock.isHeld()) {
    await journalFile.close();
    return stop("stale", lockLostProblem(inputs), ...unrecordedHashes(session, outcomes));
  }
  const unsaved = await saveLockfile(session, { inputs: saved.value, section, outcomes });
  const finished = { trust, section, outcomes, observed: prepared.observed, only: options.flags.only };
  if (unsaved.length > 0) await journalFile.close();
  const left = unsaved.length > 0 ? [] : await finishJournal(inputs, journalFile, finished);
  // The lockfile is true all the same.
  if (bugs.length > 0) throw bugs[0];
  const isTokenRefused = token.refusal !== undefined;
  return success({
    kind: "applied",
    reasons: [
      ...outcomes.flatMap(reasonsOfOutcome),
      ...(isTokenRefused ? (["auth"] as const) : []),
      ...(unsaved.length > 0 ? (["failed"] as const) : []),
    ],
    diagnostics: [...(isTokenRefused ? [tokenRefusedProblem(outcomes)] : []), ...left, ...unsaved],
    plan,
    outcomes,
  });
}

/** The plan with what it breaks, before anybody is asked; what could not be looked at is said then, too. */
async function withPipelines(
  session: Session<SyncApplyOptions>,
  notes: Diagnostic[],
  { section, desired, observed }: PreparedPlan,
  plan: Plan,
): Promise<Plan> {
  const { io, console, options } = session;
  const found = await warnOfBreakages(session, plan, { section, desired, live: observed.live });
  if (options.format === "text" || (io.interactive && !options.yes)) console.problems(found.diagnostics);
  if (options.format !== "text") notes.push(...found.diagnostics);
  return found.plan;
}

/** Whether a part of the plan is what was reviewed, and every value that it sends is here; else all that is wrong. */
function checkPreparedPlan(
  inputs: CommandInputs,
  prepared: PreparedPlan,
  expected: Result<Plan, CommandStop>,
): Result<void, CommandStop> {
  const checks = [expected, checkValuesToSend(inputs, prepared)];
  const obstacles = checks.flatMap((check) => (check.ok ? [] : [check.error]));
  if (obstacles.length === 0) return success(undefined);
  return failure({
    reasons: obstacles.flatMap(({ reasons }) => reasons),
    diagnostics: obstacles.flatMap(({ diagnostics }) => diagnostics),
    plan: prepared.plan,
  });
}

/** Every value that has to be sent and isn't here, at its place in the file. */
function checkValuesToSend(
  inputs: CommandInputs,
  { plan, desired, observed }: PreparedPlan,
): Result<void, CommandStop> {
  const diagnostics = missingValues(plan, desired, observed).map(({ key, path, variable }): Diagnostic => {
    const place = inputs.written.placeOf(key, path);
    const hint = `set ${variable}, or ${variable}_FILE, or pass --secrets-file`;
    return {
      ...errorDiagnostic("missing-value", `$${variable} is not set, and ${key} needs it`, hint),
      ...(place === undefined ? {} : { place }),
    };
  });
  return diagnostics.length === 0 ? success(undefined) : stop("invalid", ...sortDiagnostics(diagnostics));
}

function isDue(change: Change): boolean {
  return !isPassive(change) && change.refused === undefined;
}

function isAsked({ io, options }: Session<SyncApplyOptions>, plan: Plan): boolean {
  return !options.yes && plan.changes.some(isDue) && io.interactive;
}

async function isConfirmed(session: Session<SyncApplyOptions>, plan: Plan): Promise<boolean> {
  const { io, options } = session;
  if (!isAsked(session, plan)) return true;
  // stdout is for the document that comes at the end.
  if (options.format !== "text") io.stderr.write(`${renderPlanText(plan, { color: options.color })}\n`);
  const answer = await io.ask(`Apply these changes to ${plan.workspace}? [y/N] `);
  return /^(?:y|yes)$/i.test(answer?.trim() ?? "");
}

/**
 * What interrupted runs made is in the lockfile before anything new is begun, since the journal keeps one creation of a
 * key. @returns the inputs with the lockfile as it is then
 */
async function saveInterruptedCreates(
  session: Session<SyncApplyOptions>,
  inputs: CommandInputs,
  { section }: PreparedPlan,
): Promise<Result<CommandInputs, CommandStop>> {
  const { lock, target } = inputs;
  const recorded = workspaceSection(lock.lock, target);
  if ([...section].every(([key, entry]) => recorded.get(key) === entry)) return success(inputs);
  const problems = await saveLockfile(session, { inputs, section, outcomes: [] });
  if (problems.length > 0) return stop("failed", ...problems);
  const now = withWorkspaceSection(lock.lock, target, section);
  return success({ ...inputs, lock: { ...lock, lock: now, text: formatLockfile(now) } });
}

function lockLostProblem({ lock }: CommandInputs): Diagnostic {
  const message = `this run was suspended or couldn't touch its lock, and another one may have ${lock.name}; it was not written`;
  const hint = "apply again when that run is over: what was done here is found by its identifier";
  return errorDiagnostic("taken-over", message, hint);
}

/** A plan's refusals are left out: a fresh token doesn't allow them. */
function tokenRefusedProblem(outcomes: readonly Outcome[]): Diagnostic {
  const done = outcomes.filter(({ kind }) => kind === "done").length;
  const left = outcomes.filter(({ kind }) => kind !== "done" && kind !== "refused").length;
  const message = `the token was refused in the middle of the apply (has it expired?): ${done === 1 ? "1 change is" : `${done} changes are`} done and ${left} ${left === 1 ? "is" : "are"} not`;
  return errorDiagnostic("token-refused", message, "apply again with a fresh token to finish the job");
}

function reasonsOfOutcome(outcome: Outcome): EndReason[] {
  switch (outcome.kind) {
    case "done":
      return [];
    case "failed":
    case "unknown":
      return [outcome.cause.kind === "api" ? reasonOfFailure(outcome.cause.failure) : "failed"];
    case "refused":
      if (isNotReviewed(outcome.change)) return ["stale"];
      // As in the run that lost the answer: nobody knows whether it is done.
      return [outcome.change.refused?.code === "doubtful-creation" ? "failed" : "refused"];
    case "not-started":
      return ["failed"];
    default:
      return outcome satisfies never;
  }
}
