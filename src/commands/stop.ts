import type { ApiFailure } from "../api/client.ts";
import { describeFailure } from "../api/words/describe.ts";
import { reasonOfFailure, type EndReason } from "../exit.ts";
import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { failure } from "../model/integration.ts";
import type { Plan } from "../plan/change.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import type { ConsoleOptions } from "./console.ts";
import type { Session } from "./session.ts";

/** Why a command ends before its job is done. */
export interface CommandStop {
  readonly reasons: readonly EndReason[];
  readonly diagnostics: readonly Diagnostic[];
  /** The plan that isn't carried out, where there is one. */
  readonly plan: Plan | undefined;
}

type Stopped = { readonly ok: false; readonly error: CommandStop };

/** Ends a command for one reason, with what a user should know about it. */
export function stop(reason: EndReason, ...diagnostics: readonly Diagnostic[]): Stopped {
  return failure({ reasons: [reason], diagnostics, plan: undefined });
}

/** A failed call of the API: what could not be done. */
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

/** What was wanted, what the server said, what to do. */
export function failedCallDiagnostic({ what, failure: cause }: FailedCall): Diagnostic {
  const { message, hint } = describeFailure(cause);
  return errorDiagnostic(`api-${cause.kind}`, `${what}: ${message}`, hint);
}

/** Writes why a command stopped to stderr. @returns the reasons, which a command returns in its turn */
export function reportStop(
  session: Session<ConsoleOptions>,
  { reasons, diagnostics }: Pick<CommandStop, "reasons" | "diagnostics">,
): readonly EndReason[] {
  const { io, options } = session;
  if (diagnostics.length > 0) io.stderr.write(renderDiagnostics(diagnostics, "text", options));
  return reasons;
}
