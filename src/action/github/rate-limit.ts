/** What a secondary rate limit asks for that doesn't say how long it lasts. */
const SECONDARY_WAIT_MS = 60_000;

/** The answer's part that tells of a rate limit. */
export interface LimitedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Of the answer, or of the first error of a GraphQL answer. */
  readonly words: string;
}

/**
 * How long to wait before the request is sent again, in milliseconds; undefined where no rate limit refused it. GitHub says so
 * by `Retry-After`, by `X-RateLimit-Reset` where nothing remains, or only in words.
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
