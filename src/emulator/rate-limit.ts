export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateStatus {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Fixed windows, one per token, that begin and end on whole seconds: the reset header has no finer unit. */
export class RateLimiter {
  readonly #windows = new Map<string, { readonly endsAt: number; used: number }>();

  /** @param now milliseconds since 1970 */
  take(key: string, { limit, windowSeconds }: RateLimit, now: number): RateStatus {
    let window = this.#windows.get(key);
    if (window === undefined || now >= window.endsAt) {
      window = { endsAt: (Math.floor(now / 1000) + windowSeconds) * 1000, used: 0 };
      this.#windows.set(key, window);
    }
    const allowed = window.used < limit;
    if (allowed) window.used += 1;
    return { allowed, headers: rateHeaders(limit, limit - window.used, window.endsAt / 1000) };
  }
}

/** @param reset epoch seconds */
export function rateHeaders(limit: number, remaining: number, reset: number): Record<string, string> {
  return {
    "X-Rate-Limit-Limit": String(limit),
    "X-Rate-Limit-Remaining": String(remaining),
    "X-Rate-Limit-Reset": String(reset),
  };
}
