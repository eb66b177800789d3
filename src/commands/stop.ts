import type { ApiFailure } from "../api/client.ts";
import { describeFailure, describeSharedFailure, failureCauseKey } from "../api/words/describe.ts";
import { runLockOf } from "../checkout/paths.ts";
import type { RunLockProblem } from "../checkout/run-lock.ts";
import { reasonOfFailure, type EndReason } from "../exit.ts";
import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { failure, type Result } from "../model/integration.ts";
import type { Plan } from "../plan/change.ts";
import { fewOf } from "../render/shorten.ts";
import type { ConsoleOptions } from "./console.ts";
import type { Session } from "./session.ts";

/** Why a command ends before its job is done. */
export interface CommandStop {
  readonly reasons: readonly EndReason[];
  readonly diagnostics: readonly Diagnostic[];
  /** The plan that was not carried out, if there is one. */
  readonly plan: Plan | undefined;
}

type Stopped = { readonly ok: false; readonly error: CommandStop };

/** Ends a command for one reason, with diagnostics for the user. */
export function stop(reason: EndReason, ...diagnostics: readonly Diagnostic[]): Stopped {
  return failure({ reasons: [reason], diagnostics, plan: undefined });
}

/** Ends a command that could not write a file. `why` is the system's message. */
export function stopUnwritten(file: string, why: string): Stopped {
  return stop("invalid", errorDiagnostic("unwritable", `${file} can't be written: ${why}`));
}

/** A failed call of the API. `what` says what could not be done. */
export interface FailedCall {
  readonly what: string;
  readonly failure: ApiFailure;
}

export function stopForFailedCalls(calls: readonly FailedCall[]): Stopped {
  return failure({
    reasons: calls.map((call) => reasonOfFailure(call.failure)),
    diagnostics: calls.map(failedCallDiagnostic),
    plan: undefined,
  });
}

/** Failed reads; `what` names what should have been read. Reads with the same cause are reported together. */
export function stopForFailedReads(reads: readonly FailedCall[]): Stopped {
  // A read that was no longer sent, for example after a refused token, has its cause among the others.
  const sent = reads.filter(({ failure: cause }) => cause.kind !== "interrupted");
  const groups = new Map<string, [FailedCall, ...FailedCall[]]>();
  for (const read of sent.length === 0 ? reads : sent) {
    const cause = failureCauseKey(read.failure);
    const group = groups.get(cause);
    if (group === undefined) groups.set(cause, [read]);
    else group.push(read);
  }
  return failure({
    reasons: [...groups.values()].map(([{ failure: cause }]) => reasonOfFailure(cause)),
    diagnostics: [...groups.values()].map(failedReadsDiagnostic),
    plan: undefined,
  });
}

function failedReadsDiagnostic(reads: readonly [FailedCall, ...FailedCall[]]): Diagnostic {
  const [{ what, failure: cause }] = reads;
  if (reads.length === 1) return failedCallDiagnostic({ what: `${what} could not be read`, failure: cause });
  const { message, hint } = describeSharedFailure(cause);
  const names = fewOf([...new Set(reads.map((read) => read.what))], MOST_READS);
  // Put the cause first, since the names may fill several lines.
  return errorDiagnostic(`api-${cause.kind}`, `${message}; could not read ${names}`, hint);
}

const MOST_READS = 3;

/** Says what could not be done, what the server said, and what to do. */
export function failedCallDiagnostic({ what, failure: cause }: FailedCall): Diagnostic {
  const { message, hint } = describeFailure(cause);
  return errorDiagnostic(`api-${cause.kind}`, `${what}: ${message}`, hint);
}

/** Writes to stderr why a command stopped. @returns the reasons, for the command to return */
export function reportStop(
  session: Session<ConsoleOptions>,
  { reasons, diagnostics }: Pick<CommandStop, "reasons" | "diagnostics">,
): readonly EndReason[] {
  session.console.problems(diagnostics);
  return reasons;
}

/** Why the run lock can't be taken. @param name the name of the lockfile */
export function runLockStop(problem: RunLockProblem, name: string): Result<never, CommandStop> {
  if (problem.kind === "unwritable") {
    const { code, message } = problem.problem;
    const isBlocked = code === "EEXIST";
    const text = isBlocked ? message : `the folder of ${name} can't be written (${message}), so nothing was changed`;
    return stop("invalid", errorDiagnostic("unwritable", text));
  }
  const text = `another run is active on this checkout: ${problem.by}, last seen ${problem.sinceSeconds} s ago`;
  const hint = `run this again when it has ended (apply and recover wait for it with --lock-timeout SECONDS); the lock of a dead run (${runLockOf(name)}) expires 30 s after it was last seen`;
  return stop("stale", errorDiagnostic("another-run", text, hint));
}
