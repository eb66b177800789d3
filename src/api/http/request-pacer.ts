import type { Clock, HttpEvent } from "./events.ts";
import { readRateLimitHints } from "./rate-limit-hints.ts";
import type { RateLimitHints } from "./rate-limit-hints.ts";
import type { ResponseHeaders } from "./transport.ts";

/** A time in which no request is sent. */
interface SendingPause {
  readonly until: number;
  /** `true`: the server returned 429. `false`: the limit is about to be reached. */
  readonly refused: boolean;
  /** One sleep for all waiting calls. */
  sleep?: Promise<void>;
}

/** `waited`: how long the call was held back; `too-long`: it would have to wait longer than allowed. */
export type Admission = { readonly kind: "go"; readonly waited: number } | { readonly kind: "too-long" };

const FIRST_WAIT_MS = 1000;
const LONGEST_GUESS_MS = 60_000;

/**
 * Holds all requests back before the server's limit is reached, and after a 429. The server's count may already contain
 * requests in flight. This class assumes that it doesn't.
 */
export class RequestPacer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onEvent: (event: HttpEvent) => void;
  #inFlight = 0;
  /** How many may still be sent until `#resetAt`. */
  #left = Infinity;
  #resetAt = 0;
  #pause: SendingPause | undefined;
  /** Refusals in a row that didn't say how long to wait. */
  #guesses = 0;

  constructor(clock: Clock, signal: AbortSignal, onEvent: (event: HttpEvent) => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#onEvent = onEvent;
  }

  /** Resolves when one more request may be sent, and counts it as sent; {@link leave} must follow. */
  async enter(budgetMs: number): Promise<Admission> {
    let waited = 0;
    for (let pause = this.#current(); pause !== undefined; pause = this.#current()) {
      const ms = pause.until - this.#clock.now();
      if (waited + ms > budgetMs) {
        if (pause.refused) return { kind: "too-long" };
        // It is only a guess that the limit is reached. The response to one request will show it.
        break;
      }
      await this.#waitOut(pause, ms);
      waited += ms;
      if (this.#signal.aborted) break;
    }
    this.#inFlight += 1;
    this.#left -= 1;
    return { kind: "go", waited };
  }

  /** Must follow each {@link enter}, with the response, or `undefined` if none arrived. @returns what it says about limits */
  leave(answer: { readonly status: number; readonly headers: ResponseHeaders } | undefined): RateLimitHints {
    this.#inFlight -= 1;
    if (answer === undefined) return {};
    const now = this.#clock.now();
    const limits = readRateLimitHints(answer.headers, now);
    if (limits.remaining !== undefined && limits.resetMs !== undefined) {
      this.#left = limits.remaining - this.#inFlight;
      this.#resetAt = now + limits.resetMs;
    }
    if (answer.status === 429) this.#refused(limits, now);
    else this.#guesses = 0;
    return limits;
  }

  #refused(limits: RateLimitHints, now: number): void {
    const requestedMs = limits.retryAfterMs ?? limits.resetMs;
    const running = this.#pause?.refused === true && this.#pause.until > now ? this.#pause : undefined;
    // Requests that were in flight at the first 429 are refused too. They count only if they ask for a longer wait.
    if (running !== undefined && (requestedMs === undefined || now + requestedMs <= running.until + 1000)) return;
    this.#pause = { until: now + (requestedMs ?? this.#guess()), refused: true };
  }

  #current(): SendingPause | undefined {
    const now = this.#clock.now();
    if (this.#pause !== undefined && this.#pause.until <= now) this.#endPause(this.#pause);
    if (this.#pause === undefined && this.#left <= 0 && this.#resetAt > now) {
      this.#pause = { until: this.#resetAt, refused: false };
    }
    return this.#pause;
  }

  async #waitOut(pause: SendingPause, ms: number): Promise<void> {
    if (pause.sleep === undefined) {
      this.#onEvent({ kind: "waiting", why: "rate-limit", ms });
      pause.sleep = this.#clock.sleep(ms, this.#signal);
    }
    await pause.sleep;
    // The pause ends even if the sleep was a little too short: otherwise this would loop.
    this.#endPause(pause);
  }

  #endPause(pause: SendingPause): void {
    if (this.#pause !== pause) return;
    this.#pause = undefined;
    this.#left = Infinity;
  }

  #guess(): number {
    const longest = Math.min(LONGEST_GUESS_MS, FIRST_WAIT_MS * 2 ** this.#guesses);
    this.#guesses += 1;
    return longest / 2 + (this.#clock.random() * longest) / 2;
  }
}
