/** The wait for a secondary rate limit that doesn't say how long it lasts. */
const SECONDARY_WAIT_MS = 60_000;

/** The parts of a response that show a rate limit. */
export interface LimitedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The message of the response, or of its first GraphQL error. */
  readonly words: string;
}

/**
 * How long to wait before the request is sent again, in milliseconds; undefined if no rate limit refused it. GitHub reports
 * a rate limit with `Retry-After`, with `X-RateLimit-Reset` if nothing remains, or only in words.
 */
export function rateLimitWait({ status, headers, words }: LimitedAnswer, now: number): number | undefined {
  const isGraphQl = status === 200 && /rate limit/i.test(words);
  if (status !== 403 && status !== 429 && !isGraphQl) return undefined;
  const retryAfter = headers.get("retry-after") ?? "";
  if (/^\d{1,6}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const reset = headers.get("x-ratelimit-reset") ?? "";
  if (headers.get("x-ratelimit-remaining") === "0" && /^\d{1,12}$/.test(reset)) {
    // The two clocks may differ by a second.
    return Math.max(1000, Number(reset) * 1000 - now + 1000);
  }
  return status === 429 || /rate limit/i.test(words) ? SECONDARY_WAIT_MS : undefined;
}
