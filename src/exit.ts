import type { ApiFailure } from "./api/client.ts";

/**
 * The reasons why a run ends, with their exit codes: a contract (docs/reference.md). Sorted by precedence: of several
 * reasons the first in this list decides, since it is the most urgent one for the user. A run without a reason has
 * succeeded.
 */
const EXIT_CODES = [
  ["bug", 1],
  /** A signal ended `emulate`, which is its normal end. */
  ["served", 0],
  ["SIGINT", 130],
  ["SIGTERM", 143],
  /** The arguments, a file or the environment have to be corrected. */
  ["invalid", 3],
  /** The API refuses the token, or the token can't see the workspace. */
  ["auth", 4],
  /** The plan isn't the reviewed one, or another run is active. */
  ["stale", 6],
  /** The API failed, or a part of the plan was not applied. */
  ["failed", 5],
  /** A safety rule, or the person who was asked, refused a change. */
  ["refused", 7],
  /** `--detailed-exitcode`: changes are pending. */
  ["changes", 2],
] as const;

const DONE = 0;

export type EndReason = (typeof EXIT_CODES)[number][0];
export type ExitCode = (typeof EXIT_CODES)[number][1] | typeof DONE;

/** @param interruption the signal of the process: an interrupted run never counts as successful */
export function exitCode(reasons: Iterable<EndReason>, interruption?: AbortSignal): ExitCode {
  const held = new Set<EndReason>(reasons);
  if (interruption?.aborted) held.add(interruption.reason === "SIGTERM" ? "SIGTERM" : "SIGINT");
  return EXIT_CODES.find(([reason]) => held.has(reason))?.[1] ?? DONE;
}

/** 401, and 403 on a read, are a matter of authentication; everything else is the API's failure. */
export function reasonOfFailure(failure: ApiFailure): EndReason {
  if (failure.kind === "unauthorized") return "auth";
  if (failure.kind === "forbidden" && (failure.method === "GET" || failure.apiDisabled)) return "auth";
  return "failed";
}
