import { applyPlan } from "../apply/apply-plan.ts";
import type { JournalRecord } from "../apply/journal.ts";
import type { Outcome } from "../apply/outcome.ts";
import { TokenGuard } from "../apply/token-guard.ts";
import { sortDiagnostics, type Diagnostic } from "../model/diagnostic.ts";
import { EXIT, worstExitCode, type ExitCode } from "../exit.ts";
import { removeLeftovers } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import { JournalFile } from "../checkout/journal/journal-file.ts";
import { journalOf, runLockOf } from "../checkout/paths.ts";
import { formatLockfile } from "../checkout/lockfile/write.ts";
import { workspaceSection, withWorkspaceSection } from "../model/lockfile.ts";
import type { Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { isPassive, type Change, type Plan } from "../plan/change.ts";
import { missingValues } from "../plan/decide/missing-values.ts";
import { withoutRunnerCommands } from "../model/printable.ts";
import { outcomeLine } from "../render/outcomes.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import { renderPlanText } from "../render/plan-text.ts";
import { takeRunLock, type RunLock, type RunLockProblem } from "../checkout/run-lock.ts";
import { connectClient } from "./connect.ts";
import type { CommandConsole } from "./console.ts";
import { checkExpectation } from "./expect.ts";
import { loadLockfile, type CommandInputs } from "./inputs.ts";
import type { SyncOptions } from "./sync-options.ts";
import { preparePlan, type PreparedPlan } from "./prepare.ts";
import { recoverJournal, recordsToKeep } from "./recovery.ts";
import { textOptions, type SyncReport } from "./report.ts";
import { saveLockfile, unrecordedHashes } from "./save-lockfile.ts";
import {
  exitCodeOfFailures,
  errorDiagnostic,
  commandStop,
  warningDiagnostic,
  type CommandStop,
} from "./command-stop.ts";

type ApplyCommandResult = Result<Omit<SyncReport, "command">, CommandStop>;

/**
 * Plans, asks, carries out, and writes the lockfile; one run on a checkout at a time.
 * @param select the changes to carry out; `import` takes adoptions alone
 */
export async function applyCommand(
  inputs: CommandInputs,
  options: SyncOptions,
  io: Io,
  console: CommandConsole,
  select: (change: Change) => boolean = () => true,
): Promise<ApplyCommandResult> {
  const lock = await takeRunLock(runLockOf(inputs.lock.path), io);
  if (!lock.ok) return commandStop(...runLockStop(lock.error, inputs.lock.name));
  try {
    // Read again: another run may have written it until this one got its turn.
    const fresh = await loadLockfile(options, inputs.target, io);
    if (fresh.input === undefined) return commandStop(EXIT.invalid, fresh.diagnostics);
    await removeLeftovers(fresh.input.path);
    const signal = AbortSignal.any([io.signal, lock.value.lost]);
    const now: CommandInputs = { ...inputs, lock: fresh.input };
    return await applyUnderLock(now, options, { ...io, signal }, console, select, lock.value);
  } finally {
    await lock.value.release();
  }
}

function runLockStop(cause: RunLockProblem, name: string): Parameters<typeof commandStop> {
  if (cause.kind === "unwritable") {
    const { code, message } = cause.problem;
    const isInTheWay = code === "EEXIST";
    const text = isInTheWay ? message : `the folder of ${name} can't be written (${message}), so nothing was changed`;
    return [EXIT.invalid, [errorDiagnostic("unwritable", text)]];
  }
  const text = `another run is active on this checkout: ${cause.by}, last seen ${cause.sinceSeconds} s ago`;
  const hint = `wait for it; if it is dead, this passes 30 s after it was last seen (${runLockOf(name)})`;
  return [EXIT.stale, [errorDiagnostic("another-run", text, hint)]];
}

async function applyUnderLock(
  inputs: CommandInputs,
  options: SyncOptions,
  io: Io,
  console: CommandConsole,
  select: (change: Change) => boolean,
  runLock: RunLock,
): Promise<ApplyCommandResult> {
  const journalFile = new JournalFile(journalOf(inputs.lock.path));
  const recovered = await recoverJournal(inputs, journalFile, io.now());
  if (!recovered.ok) return recovered;
  const { records, notes } = recovered.value;
  // People hear of it before they are asked; a document holds it, however the run ends.
  const isText = options.format === "text";
  if (isText) io.stderr.write(renderDiagnostics(notes, "text", options));
  const ended = await carryOut({ inputs, options, io, console, select, runLock, journalFile, records });
  if (isText) return ended;
  const noted = <T extends { readonly diagnostics: readonly Diagnostic[] }>(end: T): T => ({
    ...end,
    diagnostics: [...notes, ...end.diagnostics],
  });
  return ended.ok ? success(noted(ended.value)) : failure(noted(ended.error));
}

interface ApplyRun {
  readonly inputs: CommandInputs;
  readonly options: SyncOptions;
  readonly io: Io;
  readonly console: CommandConsole;
  readonly select: (change: Change) => boolean;
  readonly runLock: RunLock;
  readonly journalFile: JournalFile;
  readonly records: readonly JournalRecord[];
}

async function carryOut(run: ApplyRun): Promise<ApplyCommandResult> {
  const { inputs, options, io, console, select, runLock, journalFile, records } = run;
  const token = new TokenGuard();
  const signal = AbortSignal.any([io.signal, token.signal]);
  const client = await connectClient(inputs.target, { ...options, readOnly: false }, { ...io, signal }, console);
  if (!client.ok) return client;
  const made = await preparePlan(inputs, client.value, records, options.flags);
  if (!made.ok) return made;
  const plan: Plan = { ...made.value.plan, changes: made.value.plan.changes.filter(select) };
  const prepared = { ...made.value, plan };
  const obstacles = [
    options.expect === undefined ? undefined : await checkExpectation(plan, options.expect, io),
    missingValuesStop(inputs, prepared),
  ].filter((obstacle) => obstacle !== undefined);
  if (obstacles.length > 0) {
    const diagnostics = obstacles.flatMap((obstacle) => obstacle.diagnostics);
    return { ok: false, error: { exit: worstExitCode(obstacles.map(({ exit }) => exit)), diagnostics, plan } };
  }
  if (options.format === "text")
    io.stdout.write(`${withoutRunnerCommands(renderPlanText(plan, textOptions(options, io)))}\n`);
  if (!(await isConfirmed(plan, options, io)))
    return commandStop(EXIT.refused, [errorDiagnostic("declined", "nothing was changed")]);

  // While it waited for an answer, another run may have taken the lock over.
  if (!runLock.isHeld()) return commandStop(EXIT.stale, [lockLostProblem(inputs)]);
  const replayed = await saveInterruptedCreates(inputs, prepared, options);
  if (!replayed.ok) return replayed;
  const say = (): void => console.say("the token was refused: finishing what is under way, starting nothing new");
  token.signal.addEventListener("abort", say, { once: true });
  const { outcomes, section, bugs } = await applyPlan(
    plan,
    { ...inputs, ...prepared },
    {
      api: token.watch(client.value),
      journal: journalFile,
      clock: io,
      signal,
      concurrency: options.concurrency,
      note: (line) => console.note(line),
      report: (outcome) => {
        const line = outcomeLine(outcome);
        if (line !== undefined) console.say(line);
      },
    },
  );
  if (!runLock.isHeld()) {
    await journalFile.close();
    return commandStop(EXIT.stale, [lockLostProblem(inputs), ...unrecordedHashes(outcomes, options)]);
  }
  const saved = await saveLockfile(replayed.value, section, outcomes, options);
  if (saved.length > 0) await journalFile.close();
  const left =
    saved.length > 0
      ? []
      : await finishJournal(
          inputs,
          journalFile,
          await recordsToKeep(inputs, section, outcomes, options.flags.only, prepared.observed),
        );
  // The lockfile is true all the same.
  if (bugs.length > 0) throw bugs[0];
  return success({
    exit: worstExitCode([
      ...exitCodesOfOutcomes(outcomes),
      ...(token.refusal === undefined ? [] : [EXIT.auth]),
      ...(saved.length > 0 ? [EXIT.failed] : []),
    ]),
    diagnostics: [...(token.refusal === undefined ? [] : [tokenRefused(outcomes)]), ...left, ...saved],
    plan,
    outcomes,
  });
}

/**
 * What interrupted runs made is in the lockfile before anything new is begun, since the journal keeps one creation of a
 * key. @returns the inputs with the lockfile as it is then
 */
async function saveInterruptedCreates(
  inputs: CommandInputs,
  prepared: PreparedPlan,
  options: SyncOptions,
): Promise<Result<CommandInputs, CommandStop>> {
  const { lock, target } = inputs;
  const recorded = workspaceSection(lock.lock, target);
  if ([...prepared.section].every(([key, entry]) => recorded.get(key) === entry)) return success(inputs);
  const problems = await saveLockfile(inputs, prepared.section, [], options);
  if (problems.length > 0) return commandStop(EXIT.failed, problems);
  const now = withWorkspaceSection(lock.lock, target, prepared.section);
  return success({ ...inputs, lock: { ...lock, lock: now, text: formatLockfile(now) } });
}

/** The journal goes, but for what the next run needs. */
async function finishJournal(
  { lock }: CommandInputs,
  journalFile: JournalFile,
  records: readonly JournalRecord[] | undefined,
): Promise<Diagnostic[]> {
  const kept = records === undefined ? undefined : await journalFile.keep(records);
  if (kept?.ok) return [];
  await journalFile.close();
  const why = kept === undefined ? "it can't be read" : kept.error.message;
  return [
    warningDiagnostic("journal-stays", `${journalOf(lock.name)} can't be removed: ${why}`, "the next apply removes it"),
  ];
}

/** A plan's refusals are left out: a fresh token doesn't allow them. */
function tokenRefused(outcomes: readonly Outcome[]): Diagnostic {
  const done = outcomes.filter(({ kind }) => kind === "done").length;
  const left = outcomes.filter(({ kind }) => kind !== "done" && kind !== "refused").length;
  const message = `the token was refused in the middle of the apply (has it expired?): ${done === 1 ? "1 change is" : `${done} changes are`} done and ${left} ${left === 1 ? "is" : "are"} not`;
  return errorDiagnostic("token-refused", message, "apply again with a fresh token to finish the job");
}

function lockLostProblem({ lock }: CommandInputs): Diagnostic {
  const message = `this run was suspended or couldn't touch its lock, and another one may have ${lock.name}; it was not written`;
  const hint = "apply again when that run is over: what was done here is found by its identifier";
  return errorDiagnostic("taken-over", message, hint);
}

/** Every value that has to be sent and isn't here, at its place in the file. */
function missingValuesStop(inputs: CommandInputs, { plan, desired, observed }: PreparedPlan): CommandStop | undefined {
  const diagnostics = missingValues(plan, desired, observed).map(({ key, path, variable }): Diagnostic => {
    const place = inputs.written.placeOf(key, path);
    const hint = `set ${variable}, or ${variable}_FILE, or pass --secrets-file`;
    return {
      ...errorDiagnostic("missing-value", `$${variable} is not set, and ${key} needs it`, hint),
      ...(place === undefined ? {} : { place }),
    };
  });
  if (diagnostics.length === 0) return undefined;
  return { exit: EXIT.invalid, diagnostics: sortDiagnostics(diagnostics) };
}

async function isConfirmed(plan: Plan, { yes, format, color }: SyncOptions, io: Io): Promise<boolean> {
  const due = plan.changes.filter((change) => !isPassive(change) && change.refused === undefined);
  if (yes || due.length === 0 || !io.interactive) return true;
  // stdout is for the document that comes at the end.
  if (format !== "text") io.stderr.write(`${renderPlanText(plan, { color })}\n`);
  const answer = await io.ask(`Apply these changes to ${plan.workspace}? [y/N] `);
  return /^(?:y|yes)$/i.test(answer?.trim() ?? "");
}

function exitCodesOfOutcomes(outcomes: readonly Outcome[]): ExitCode[] {
  return outcomes.map((outcome): ExitCode => {
    switch (outcome.kind) {
      case "done":
        return EXIT.done;
      case "failed":
      case "unknown":
        return outcome.cause.kind === "api" ? exitCodeOfFailures([outcome.cause.failure]) : EXIT.failed;
      case "refused":
        return EXIT.refused;
      case "not-started":
        return EXIT.failed;
      default:
        return outcome satisfies never;
    }
  });
}
