import type { Result } from "../../model/integration.ts";

/**
 * Why a request to GitHub failed. `lost`: it isn't known whether it was carried out; `refused`: GitHub refused it;
 * `limited`: the rate limit lasts longer than the action waits; `odd`: the response makes no sense.
 */
export interface GitHubFailure {
  readonly kind: "lost" | "refused" | "not-found" | "limited" | "odd";
  readonly status: number | undefined;
  /** The request, and what GitHub says about it. */
  readonly message: string;
}

export type GitHubResult<T> = Result<T, GitHubFailure>;
