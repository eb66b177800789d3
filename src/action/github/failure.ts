import type { Result } from "../../model/integration.ts";

/**
 * Why GitHub didn't do what it was asked. `lost`: nobody knows whether it did; `refused`: it said no; `limited`: its rate
 * limit lasts longer than is waited; `odd`: an answer that makes no sense.
 */
export interface GitHubFailure {
  readonly kind: "lost" | "refused" | "not-found" | "limited" | "odd";
  readonly status: number | undefined;
  /** What was asked, and what GitHub says to it. */
  readonly message: string;
}

export type GitHubResult<T> = Result<T, GitHubFailure>;
