import { failure } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";
import { sameOriginRedirect } from "../../model/address.ts";
import { oneLine } from "../../model/printable.ts";
import { interpretResponse, requestIdOf } from "./response.ts";
import type { SuccessResponse, ApiCall } from "./response.ts";
import type { ApiFailure, RateLimited } from "../client.ts";
import type { Clock, HttpEvent } from "./events.ts";
import { RequestPacer } from "./request-pacer.ts";
import type { KnownTexts } from "../words/known-texts.ts";
import type { Transport } from "./transport.ts";

export interface AttemptOptions {
  /** Without a trailing slash. */
  readonly base: string;
  /** The `Authorization` header. */
  readonly authorization: string;
  /** What the server's words are searched for before they are shown. */
  readonly known: KnownTexts;
  readonly transport: Transport;
  /** For one request, until the response's body is complete. */
  readonly timeoutMs: number;
  /** Once aborted, nothing new is sent; what is in flight finishes. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onEvent: (event: HttpEvent) => void;
}

/** The result of an attempt. */
export interface AttemptResult {
  readonly result: Result<SuccessResponse, ApiFailure>;
  /** How long the call was held back by the rate limit, in milliseconds. */
  readonly waited: number;
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs?: number;
}

/** @param budgetMs how long it may be held back by the rate limit. */
export type Attempt = (call: ApiCall, budgetMs: number) => Promise<AttemptResult>;

const MAX_REDIRECTS = 3;

/**
 * Sends a call as soon as the rate limit allows it, and again after each 429. This is safe for every method: the server
 * returns 429 before it does anything.
 */
export function createAttempt(options: AttemptOptions): Attempt {
  const { base, authorization, known, transport, timeoutMs, signal, clock, onEvent } = options;
  const pacer = new RequestPacer(clock, signal, onEvent);
  const common = {
    accept: "application/json",
    authorization,
    "user-agent": "buddy-integrations",
  };
  const withBody = { ...common, "content-type": "application/json" };
  /** The last 429, for calls that are not sent because of it. */
  let refusal: Pick<RateLimited, "status" | "messages"> = { status: 429, messages: [] };

  return async (call, budgetMs) => {
    const { method, path } = call;
    const isEnded = (): boolean => signal.aborted || call.signal?.aborted === true;
    let waited = 0;
    let refusedSince: number | undefined;
    for (;;) {
      if (isEnded()) return { waited, result: failure({ kind: "interrupted", method, path }) };
      const entry = await pacer.enter(budgetMs - waited);
      if (entry.kind === "too-long") {
        const { status, messages } = refusal;
        return { waited, result: failure({ kind: "rate-limited", method, path, status, messages, waitedMs: waited }) };
      }
      waited += entry.waited;
      const isAllowed = isEnded() || (await call.beforeSend?.()) !== false;
      if (isEnded() || !isAllowed) {
        pacer.leave(undefined);
        return { waited, result: failure({ kind: "interrupted", method, path }) };
      }
      const attempted = await request(call);
      if (attempted.result.ok || attempted.result.error.kind !== "rate-limited") return { ...attempted, waited };
      refusal = attempted.result.error;
      // The time since the first 429 counts too: a call that is refused again and again without a wait must also end.
      refusedSince ??= clock.now() - waited;
      waited = Math.max(waited, clock.now() - refusedSince);
    }
  };

  /** Follows redirects of a read within the origin. */
  async function request(call: ApiCall): Promise<Omit<AttemptResult, "waited">> {
    const { method, path } = call;
    const headers = call.body === undefined ? common : withBody;
    let url = base + path + (call.query ?? "");
    for (let hops = 0; ; hops += 1) {
      const started = clock.now();
      const exchange = await transport({ ...call, url, headers, timeoutMs });
      const ms = clock.now() - started;
      if (exchange.kind === "timeout") {
        pacer.leave(undefined);
        onEvent({ kind: "lost", method, path, ms, code: "TIMEOUT" });
        return { result: failure({ kind: "timeout", method, path, seconds: timeoutMs / 1000 }) };
      }
      if (exchange.kind === "network") {
        pacer.leave(undefined);
        const { code, neverConnected } = exchange;
        onEvent({ kind: "lost", method, path, ms, code });
        const reason = known.reasonToWithhold(exchange.message, call);
        const message = reason === undefined ? oneLine(exchange.message) : `withheld: ${reason}`;
        return {
          result: failure({ kind: "network", method, path, code, message, ...(neverConnected && { neverConnected }) }),
        };
      }
      const { status } = exchange;
      const requestId = requestIdOf(exchange.headers, call, known);
      onEvent({ kind: "answered", method, path, ms, status, ...(requestId !== undefined && { requestId }) });
      const follows = method === "GET" && isRedirect(status) && hops < MAX_REDIRECTS && !signal.aborted;
      const next = follows ? sameOriginRedirect(exchange.headers.get("location"), url) : undefined;
      if (next === undefined) {
        const { retryAfterMs } = pacer.leave(exchange);
        return {
          result: interpretResponse(call, exchange, known, url, requestId),
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        };
      }
      url = next;
    }
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
