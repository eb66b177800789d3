import type { Clock, HttpEvent } from "./events.ts";
import { readRateLimitHints } from "./rate-limit-hints.ts";
import type { RateLimitHints } from "./rate-limit-hints.ts";
import type { ResponseHeaders } from "./transport.ts";

/** A time in which nobody sends. */
interface SendingPause {
  readonly until: number;
  /** Whether the server said no (429), or we hold back because it is about to. */
  readonly refused: boolean;
  /** One sleep for all who wait. */
  sleep?: Promise<void>;
}

/** `waited`: for how long it was held back; `too-long`: it would have to wait for longer than it may. */
export type Admission = { readonly kind: "go"; readonly waited: number } | { readonly kind: "too-long" };

const FIRST_WAIT_MS = 1000;
const LONGEST_GUESS_MS = 60_000;

/**
 * Holds all requests back before the server's limit is hit, and after it was. What is in flight may or may not be in
 * the server's count already: it is taken not to be.
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
  /** Refusals in a row that didn't say how long. */
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
        // We only guess that the limit is hit: the answer to one request will show it.
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

  /** An answer came, and this is what it says about limits; or none came, `undefined`. */
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
    const told = limits.retryAfterMs ?? limits.resetMs;
    const running = this.#pause?.refused === true && this.#pause.until > now ? this.#pause : undefined;
    // The refusals of what was in flight beside the first one add nothing, unless they ask for more.
    if (running !== undefined && (told === undefined || now + told <= running.until + 1000)) return;
    this.#pause = { until: now + (told ?? this.#guess()), refused: true };
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
    // By identity, not by the clock: a sleep that ends a little early must not make a loop.
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
