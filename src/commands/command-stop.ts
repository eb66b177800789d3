import { describeFailure } from "../api/words/describe.ts";
import type { ApiFailure } from "../api/client.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EXIT, worstExitCode, type ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import { failure } from "../model/integration.ts";
import type { Plan } from "../plan/change.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";

/** Why a command ends before its job is done. */
export interface CommandStop {
  readonly exit: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
  /** The plan that isn't carried out, where there is one. */
  readonly plan?: Plan;
}

export function commandStop(
  exit: ExitCode,
  diagnostics: readonly Diagnostic[],
): { readonly ok: false; readonly error: CommandStop } {
  return failure({ exit, diagnostics });
}

/** An error without a place in a file. */
export function errorDiagnostic(code: string, message: string, hint?: string): Diagnostic {
  return { code, severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

/** A warning names what to do about it. */
export function warningDiagnostic(code: string, message: string, hint: string): Diagnostic {
  return { ...errorDiagnostic(code, message, hint), severity: "warning" };
}

/** A failed call as a diagnostic: what was wanted, what the server said, what to do. */
export function apiFailureDiagnostic(what: string, cause: ApiFailure): Diagnostic {
  const { message, hint } = describeFailure(cause);
  return errorDiagnostic(`api-${cause.kind}`, `${what}: ${message}`, hint);
}

/** 401, and 403 on a read, are a matter of authentication; everything else is the API's failure. */
export function exitCodeOfFailures(failures: readonly ApiFailure[]): ExitCode {
  return worstExitCode(failures.map(exitCodeOfFailure));
}

function exitCodeOfFailure(cause: ApiFailure): ExitCode {
  if (cause.kind === "unauthorized") return EXIT.auth;
  if (cause.kind === "forbidden" && (cause.method === "GET" || cause.apiDisabled)) return EXIT.auth;
  return EXIT.failed;
}

/** Writes what there is of a result to stdout and the diagnostics to stderr. */
export function finishCommand(
  { exit, diagnostics }: CommandStop,
  { color }: { readonly color: boolean },
  io: Pick<Io, "stdout" | "stderr">,
  result = "",
): ExitCode {
  if (result !== "") io.stdout.write(result);
  if (diagnostics.length > 0) io.stderr.write(renderDiagnostics(diagnostics, "text", { color }));
  return exit;
}
