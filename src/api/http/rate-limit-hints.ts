import type { ResponseHeaders } from "./transport.ts";

/** What a response says about the rate limit. */
export interface RateLimitHints {
  /** Requests left until `resetMs`. */
  readonly remaining?: number;
  /** Milliseconds until the limit is reset; absent if unknown, past or implausible. */
  readonly resetMs?: number;
  /** `Retry-After`, in milliseconds; absent if unknown, past or implausible. */
  readonly retryAfterMs?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param now the local time. If the response has a `Date`, the server's time is used instead. */
export function readRateLimitHints(headers: ResponseHeaders, now: number): RateLimitHints {
  const remaining = headers.get("x-rate-limit-remaining");
  const reset = headers.get("x-rate-limit-reset");
  const retryAfter = headers.get("retry-after");
  if (remaining === null && reset === null && retryAfter === null) return NO_HINTS;
  const left = parseCount(remaining);
  const resetMs = plausible(untilReset(reset, headers, now));
  const retryAfterMs = plausible(untilRetry(retryAfter, headers, now));
  return {
    ...(left !== undefined && { remaining: left }),
    ...(resetMs !== undefined && { resetMs }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const NO_HINTS: RateLimitHints = {};

/** The API promises epoch seconds. Epoch milliseconds and seconds from now are recognised by their size. */
function untilReset(text: string | null, headers: ResponseHeaders, now: number): number | undefined {
  const value = parseCount(text);
  if (value === undefined) return undefined;
  if (value < 1e8) return value * 1000;
  return (value < 1e11 ? value * 1000 : value) - serverNow(headers, now);
}

/** Seconds, or a date. */
function untilRetry(text: string | null, headers: ResponseHeaders, now: number): number | undefined {
  if (text === null) return undefined;
  const seconds = parseCount(text);
  return seconds === undefined ? Date.parse(text) - serverNow(headers, now) : seconds * 1000;
}

/** `Date` has whole seconds, rounded down. So a wait that counts from it may end up to one second late, but never early. */
function serverNow(headers: ResponseHeaders, now: number): number {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? now : date;
}

function parseCount(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function plausible(ms: number | undefined): number | undefined {
  return ms !== undefined && ms > 0 && ms <= DAY_MS ? ms : undefined;
}
