import pLimit from "p-limit";
import { failure } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";
import type { SuccessResponse, ApiCall } from "./response.ts";
import { createAttempt } from "./attempt.ts";
import type { AttemptOptions } from "./attempt.ts";
import { isNeverSent, isOutcomeUnknown } from "../unknown-outcome.ts";
import type { ApiFailure, Unauthorized } from "../client.ts";
import { backoffMs, MAX_TRIES, mayRepeat } from "./retry.ts";

export interface SendOptions extends AttemptOptions {
  /** How many requests may be in flight at once. */
  readonly concurrency: number;
  /** How long a call may wait in total because the server asks for it. */
  readonly maxWaitMs: number;
  /** Refuse every request except GET, so that a plan changes nothing even if there is a bug. */
  readonly readOnly: boolean;
}

export type Send = (call: ApiCall) => Promise<Result<SuccessResponse, ApiFailure>>;

/** Sends calls, a limited number at once, and repeats those that may be repeated. */
export function createSend(options: SendOptions): Send {
  const { maxWaitMs, signal, clock, onEvent } = options;
  const attempt = createAttempt(options);
  const limit = pLimit(options.concurrency);
  /** The last 401, and how many there were. */
  let refusal: Unauthorized | undefined;
  let refusals = 0;

  return async (call) => {
    if (options.readOnly && call.method !== "GET") {
      throw new Error(`a plan must not change anything, but ${call.method} ${call.path} was about to be sent`);
    }
    let budget = maxWaitMs;
    let doubtful: ApiFailure | undefined;
    const refusalsBefore = refusals;
    const tryOnce = async (): ReturnType<typeof attempt> => {
      const { method, path } = call;
      // While this read waited for its turn, the server refused the token. It would refuse all other reads too.
      if (method === "GET" && refusal !== undefined && refusals > refusalsBefore) {
        const { status, messages } = refusal;
        return { waited: 0, result: failure({ kind: "unauthorized", method, path, status, messages }) };
      }
      const attempted = await attempt(call, budget);
      if (!attempted.result.ok && attempted.result.error.kind === "unauthorized") {
        refusal = attempted.result.error;
        refusals += 1;
      }
      return attempted;
    };
    for (let tries = 1; ; tries += 1) {
      // A call holds a slot during an attempt, not while it waits to repeat a failed one, so that other calls go on. It
      // keeps the slot while it waits for the rate limit, since then no call may be sent.
      const { result, waited, retryAfterMs = 0 } = await limit(tryOnce);
      if (result.ok) return result;
      const { error } = result;
      if (isOutcomeUnknown(error)) doubtful = error;
      budget -= waited + retryAfterMs;
      if (tries === MAX_TRIES || !mayRepeat(error) || budget < 0) return failure(endOfCall(error, doubtful));
      const ms = Math.max(retryAfterMs, backoffMs(tries, clock.random()));
      onEvent({ kind: "waiting", why: "retry", ms, method: call.method, path: call.path, after: shortCause(error) });
      await clock.sleep(ms, signal);
    }
  };
}

/**
 * The failure of a call whose last attempt ended with this one. An earlier attempt that may have been carried out matters
 * more than what became of the last one.
 */
function endOfCall(last: ApiFailure, doubtful: ApiFailure | undefined): ApiFailure {
  if (doubtful === undefined) return last;
  switch (last.kind) {
    case "interrupted":
    case "rate-limited":
      return doubtful;
    case "network":
      return last.method !== "GET" && isNeverSent(last) ? doubtful : last;
    case "unauthorized":
    case "forbidden":
    case "not-found":
    case "rejected":
      return last.method === "GET" ? last : { ...last, attemptLost: true };
    case "server-error":
    case "redirected":
    case "unreadable":
    case "timeout":
      return last;
    default:
      return last satisfies never;
  }
}

/** Why it is tried again, in a few words that contain no text of the server. */
function shortCause(cause: ApiFailure): string {
  if (cause.kind === "timeout") return "no complete response in time";
  if (cause.kind === "network") return `no response: ${cause.code}`;
  return "status" in cause ? `the server returned ${cause.status}` : cause.kind;
}
