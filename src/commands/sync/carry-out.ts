import { applyPlan } from "../../apply/apply-plan.ts";
import type { Outcome } from "../../apply/outcome.ts";
import type { TokenGuard } from "../../apply/token-guard.ts";
import type { ApiClient } from "../../api/client.ts";
import { formatLockfile } from "../../checkout/lockfile/write.ts";
import { reasonOfFailure, type EndReason } from "../../exit.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Key, type Result } from "../../model/integration.ts";
import { withoutKeys, withWorkspaceSection, workspaceSection, type LockSection } from "../../model/lockfile.ts";
import { isNotReviewed } from "../../plan/change.ts";
import { outcomeLines } from "../../render/outcomes.ts";
import { withNotes } from "./apply-lock.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { finishJournal } from "./journal.ts";
import { isDue, type PreparedFile } from "./prepare-apply.ts";
import { hasLockfileChanged } from "../inputs/lockfile-change.ts";
import { saveLockfile, unrecordedHashes } from "./save-lockfile.ts";
import type { SyncApplyOptions } from "./apply-options.ts";
import type { PreparedPlan } from "./prepare-plan.ts";
import type { Session } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";
import type { AppliedReport } from "./sync-report.ts";

/** Carries out the plan of a file, and writes its lockfile. */
export async function carryOut(
  file: PreparedFile,
  { client, token }: { readonly client: ApiClient; readonly token: TokenGuard },
): Promise<Result<AppliedReport, CommandStop>> {
  const ended = await carryOutPlan(file, client, token);
  return ended.ok
    ? success({ ...ended.value, diagnostics: [...file.notes, ...ended.value.diagnostics] })
    : failure(withNotes(ended.error, file.notes));
}

async function carryOutPlan(
  { session, inputs, prepared, passedOver, runLock, journalFile, trust, released }: PreparedFile,
  client: ApiClient,
  token: TokenGuard,
): Promise<Result<AppliedReport, CommandStop>> {
  const { io, console, options } = session;
  const { plan } = prepared;
  const wasRefused = token.refusal !== undefined;
  // Another run may have taken the lock while this run waited for a person's answer.
  if (!runLock.isHeld()) return stop("stale", lockLostProblem(inputs));
  // Somebody may have pulled another lockfile while this run waited.
  if (await hasLockfileChanged(session, inputs.lock)) return stop("stale", lockChangedProblem(inputs));
  const saved = await saveInterruptedRuns(session, inputs, prepared);
  if (!saved.ok) return saved;
  const describeOutcome = outcomeLines();
  console.progress?.changesStarted(plan.changes.filter(isDue).length);
  const {
    outcomes: carriedOut,
    section,
    bugs,
  } = await applyPlan(
    plan,
    { ...inputs, ...prepared },
    {
      api: token.watch(client),
      journal: journalFile,
      clock: io,
      signal: AbortSignal.any([session.signal, token.signal]),
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
  const outcomes = carriedOut.map((outcome) => asReleased(outcome, released));
  if (!runLock.isHeld()) {
    await journalFile.close();
    return stop("stale", lockLostProblem(inputs), ...unrecordedHashes(session, outcomes));
  }
  const unsaved = await saveLockfile(session, { inputs: saved.value, section, outcomes });
  // Changes that this run passed over count as not started, so that their journal records stay for a later run.
  const all = [...outcomes, ...passedOver.map((change): Outcome => ({ change, kind: "not-started" }))];
  const finished = { trust, section, outcomes: all, observed: prepared.observed, choice: options.flags };
  if (unsaved.length > 0) await journalFile.close();
  const left = unsaved.length > 0 ? [] : await finishJournal(inputs, journalFile, finished);
  // Throw the bug only now: the lockfile is correct despite it, and had to be written.
  if (bugs.length > 0) throw bugs[0];
  // If an earlier file already reported the refusal, this file reports it only if some changes here are left.
  const isLeft = outcomes.some(({ kind }) => kind !== "done" && kind !== "refused");
  const isTokenRefused = token.refusal !== undefined && (isLeft || !wasRefused);
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

/**
 * Drops the keys that move to another file from this lockfile, before the other file adopts them. If the run ended
 * between the two steps, no later run of this file alone could delete the integration.
 */
export async function releaseMoved(file: PreparedFile): Promise<Result<PreparedFile, CommandStop>> {
  const { session, inputs, prepared, runLock, notes } = file;
  const moved = new Set(
    prepared.plan.changes.flatMap((change) =>
      change.action === "forget" && change.why === "moved" && !change.refused ? [change.key] : [],
    ),
  );
  if (moved.size === 0 || session.signal.aborted) return success(file);
  const stopped = ({ error }: { readonly error: CommandStop }) => failure(withNotes(error, notes));
  if (!runLock.isHeld()) return stopped(stop("stale", lockLostProblem(inputs)));
  const section = withoutKeys(prepared.section, moved);
  const problems = await saveLockfile(session, { inputs, section, outcomes: [] });
  if (problems.length > 0) return stopped(stop("failed", ...problems));
  return success({
    ...file,
    inputs: withSection(inputs, section),
    prepared: { ...prepared, section },
    released: moved,
  });
}

/** A released key counts as done, even if the run was interrupted before its change was due. */
function asReleased(outcome: Outcome, released: ReadonlySet<Key> | undefined): Outcome {
  const { change, kind } = outcome;
  if (kind !== "not-started" || change.action !== "forget" || released?.has(change.key) !== true) return outcome;
  return { change, kind: "done", hashId: change.hash_id, remarks: [] };
}

/**
 * Writes what interrupted runs created, and which values they left in doubt, to the lockfile before anything new is begun:
 * the journal keeps only one creation of a key, and it is gone when this run ends.
 * @returns the inputs with the new lockfile
 */
async function saveInterruptedRuns(
  session: Session<SyncApplyOptions>,
  inputs: CommandInputs,
  { section }: PreparedPlan,
): Promise<Result<CommandInputs, CommandStop>> {
  const { lock, target } = inputs;
  const recorded = workspaceSection(lock.lock, target);
  if ([...section].every(([key, entry]) => recorded.get(key) === entry)) return success(inputs);
  const problems = await saveLockfile(session, { inputs, section, outcomes: [] });
  if (problems.length > 0) return stop("failed", ...problems);
  return success(withSection(inputs, section));
}

/** The inputs with this section in the lockfile. */
function withSection(inputs: CommandInputs, section: LockSection): CommandInputs {
  const { lock, target } = inputs;
  const now = withWorkspaceSection(lock.lock, target, section);
  return { ...inputs, lock: { ...lock, lock: now, text: formatLockfile(now) } };
}

function lockLostProblem({ lock }: CommandInputs): Diagnostic {
  const message = `lost the run lock (suspended too long?). Another run may be active, so ${lock.name} was not written`;
  const hint = "apply again when no other run is active: what this run created is found by its identifier";
  return errorDiagnostic("taken-over", message, hint);
}

function lockChangedProblem({ lock }: CommandInputs): Diagnostic {
  const message = `${lock.name} was changed by somebody else after the plan was made, so neither it nor the workspace was changed`;
  return errorDiagnostic("lock-unwritten", message, "apply again: the plan is then made from the lockfile of now");
}

/** Refused changes don't count as left: a new token doesn't allow them. */
function tokenRefusedProblem(outcomes: readonly Outcome[]): Diagnostic {
  const done = outcomes.filter(({ kind }) => kind === "done").length;
  const left = outcomes.filter(({ kind }) => kind !== "done" && kind !== "refused").length;
  const message = `the token was refused in the middle of the apply (has it expired?): ${done === 1 ? "1 change is" : `${done} changes are`} done and ${left} ${left === 1 ? "is" : "are"} not`;
  return errorDiagnostic("token-refused", message, "apply again with a new token to do the rest");
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
      // The same reason as in the run that lost the answer: whether the creation was done is unknown.
      return [outcome.change.refused?.code === "doubtful-creation" ? "failed" : "refused"];
    case "not-started":
      return ["failed"];
    default:
      return outcome satisfies never;
  }
}
