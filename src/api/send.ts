import pLimit from "p-limit";
import { failure } from "../model.ts";
import type { Result } from "../model.ts";
import { sameOrigin } from "./address.ts";
import { interpret, requestIdOf } from "./answer.ts";
import type { Answer, Call } from "./answer.ts";
import { outcomeUnknown } from "./client.ts";
import type { Failure, RateLimited } from "./client.ts";
import type { Clock, HttpEvent } from "./events.ts";
import { readLimits } from "./limits.ts";
import { Pace } from "./pace.ts";
import { backoff, MAX_TRIES, mayRepeat } from "./retry.ts";
import { scrubText } from "./scrub.ts";
import { createTransport } from "./transport.ts";

export interface SendOptions {
  /** Without a trailing slash. */
  readonly base: string;
  readonly authorization: { readonly header: string; readonly sent: readonly string[] };
  readonly fetch: typeof globalThis.fetch;
  /** How many requests may be in flight at once. */
  readonly concurrency: number;
  /** For one attempt, its body included. */
  readonly timeoutMs: number;
  /** How long a call may wait, in all, because the server said so. */
  readonly maxWaitMs: number;
  /** Refuse everything but GET: a plan changes nothing, whatever bug there is. */
  readonly readOnly: boolean;
  /** Once aborted, nothing new is sent; what is in flight finishes. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onEvent: (event: HttpEvent) => void;
}

export type Send = (call: Call) => Promise<Result<Answer, Failure>>;

const MAX_REDIRECTS = 3;

/** What became of one attempt. */
interface Round {
  readonly result: Result<Answer, Failure>;
  /** How long the call waited for its turn because of the rate limit. */
  readonly waited: number;
  /** The server's wish. */
  readonly retryAfterMs?: number;
  /** No further attempt, whatever the failure. */
  readonly final?: true;
}

/** Sends calls under the limits of concurrency and rate, and repeats those that may be repeated. */
export function createSend(options: SendOptions): Send {
  const { base, authorization, maxWaitMs, signal, clock, onEvent } = options;
  const transport = createTransport(options.fetch, options.timeoutMs);
  const limit = pLimit(options.concurrency);
  const pace = new Pace(clock, signal, onEvent);
  const common = {
    accept: "application/json",
    authorization: authorization.header,
    "user-agent": "buddy-integrations",
  };
  const withBody = { ...common, "content-type": "application/json" };
  /** Of the last 429, for calls that are not sent because of it. */
  let refusal: RateLimited | undefined;

  return async (call) => {
    if (options.readOnly && call.method !== "GET") {
      throw new Error(`a plan must not change anything, but ${call.method} ${call.path} was about to be sent`);
    }
    const secrets = [...call.sent, ...authorization.sent];
    let waited = 0;
    let refusedSince: number | undefined;
    let doubtful: Failure | undefined;
    for (let tries = 1; ;) {
      // A slot is held for one attempt, not while a call waits to repeat a failed one: the others go on.
      const round = await limit(() => attempt(call, secrets, maxWaitMs - waited));
      waited += round.waited;
      if (round.result.ok) return round.result;
      const { error } = round.result;
      if (error.kind === "interrupted") return failure(doubtful ?? error);
      if (error.kind === "rate-limited") {
        // By the clock as well: a call that is refused again and again without sitting through a wait must end too.
        refusedSince ??= clock.now() - round.waited;
        waited = Math.max(waited, clock.now() - refusedSince);
        // What an earlier attempt may have done matters more than that the last one wasn't let in.
        if (round.final) return failure(doubtful ?? { ...error, waitedMs: waited });
        continue;
      }
      if (outcomeUnknown(error)) doubtful = error;
      const asked = round.retryAfterMs ?? 0;
      if (tries === MAX_TRIES || !mayRepeat(error) || waited + asked > maxWaitMs) return round.result;
      waited += asked;
      const ms = Math.max(asked, backoff(tries, clock.random()));
      onEvent({ kind: "waiting", why: "retry", ms });
      await clock.sleep(ms, signal);
      tries += 1;
    }
  };

  async function attempt(call: Call, secrets: readonly string[], budgetMs: number): Promise<Round> {
    const { method, path } = call;
    if (signal.aborted) return { waited: 0, result: failure({ kind: "interrupted", method, path }) };
    const entry = await pace.enter(budgetMs);
    if (entry.kind === "too-long") {
      const words = refusal ?? { status: 429, messages: [] };
      const { status, messages } = words;
      return {
        waited: 0,
        final: true,
        result: failure({ kind: "rate-limited", method, path, status, messages, waitedMs: 0 }),
      };
    }
    const waited = entry.after;
    if (signal.aborted) {
      pace.leave(undefined);
      return { waited, result: failure({ kind: "interrupted", method, path }) };
    }
    const headers = call.body === undefined ? common : withBody;
    let url = base + path + (call.query ?? "");
    for (let hops = 0; ; hops += 1) {
      const started = clock.now();
      const exchange = await transport({ ...call, url, headers });
      const ms = clock.now() - started;
      if (exchange.kind !== "answer") {
        pace.leave(undefined);
        onEvent({ kind: "lost", method, path, ms, code: exchange.kind === "timeout" ? "TIMEOUT" : exchange.code });
        return {
          waited,
          result: failure(
            exchange.kind === "timeout"
              ? { kind: "timeout", method, path, seconds: options.timeoutMs / 1000 }
              : { kind: "network", method, path, code: exchange.code, message: scrubText(exchange.message, secrets) },
          ),
        };
      }
      const requestId = requestIdOf(exchange.headers, secrets);
      onEvent({
        kind: "answered",
        method,
        path,
        ms,
        status: exchange.status,
        ...(requestId !== undefined && { requestId }),
      });
      const next =
        isRedirect(exchange.status) && method === "GET" ? sameOrigin(exchange.headers.get("location"), url) : undefined;
      if (next !== undefined && hops < MAX_REDIRECTS && !signal.aborted) {
        url = next;
        continue;
      }
      pace.leave(exchange);
      const result = interpret(call, exchange, secrets, url);
      const { retryAfterMs } = readLimits(exchange.headers, clock.now());
      if (!result.ok && result.error.kind === "rate-limited") refusal = result.error;
      return { waited, result, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
