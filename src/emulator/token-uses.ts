import type { TokenRecord } from "./types.ts";

/** Counts the requests of each token, in memory: a new start begins at zero. */
export class TokenUses {
  readonly #total = new Map<string, number>();
  readonly #recent = new Map<string, number>();

  /** Whether the token is still good for this request. `limit` counts from the last {@link restart}. */
  take(token: TokenRecord, limit = Infinity): boolean {
    const total = countUp(this.#total, token.token);
    const recent = countUp(this.#recent, token.token);
    return total <= (token.expires_after ?? Infinity) && recent <= limit;
  }

  restart(): void {
    this.#recent.clear();
  }
}

function countUp(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
