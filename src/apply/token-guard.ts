import type { ApiFailure, Unauthorized } from "../api/client.ts";
import { failure, type Result } from "../model/integration.ts";
import type { IntegrationWriter } from "./step.ts";

/**
 * Ends an apply like an interruption when the server refuses the token (401): a token that was made for one CI job may
 * expire in the middle of it. After the first 401 nothing new is sent.
 */
export class TokenGuard {
  readonly #stop = new AbortController();
  #refusal: Unauthorized | undefined;

  /** Aborted at the first 401. The API client must have it too, so that it sends no retry after that. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The first 401, if there was one. */
  get refusal(): Unauthorized | undefined {
    return this.#refusal;
  }

  /** The same API, with this check. */
  watch(api: IntegrationWriter): IntegrationWriter {
    return {
      get: (...args) => this.#watched(api.get(...args)),
      list: (...args) => this.#watched(api.list(...args)),
      create: (...args) => this.#watched(api.create(...args)),
      update: (...args) => this.#watched(api.update(...args)),
      // An interruption doesn't stop a restore, but with a refused token it can only fail.
      restore: async (...args) =>
        this.#refusal === undefined ? this.#watched(api.restore(...args)) : failure(this.#refusal),
      remove: (...args) => this.#watched(api.remove(...args)),
    };
  }

  async #watched<T>(call: Promise<Result<T, ApiFailure>>): Promise<Result<T, ApiFailure>> {
    const answer = await call;
    if (!answer.ok && answer.error.kind === "unauthorized" && this.#refusal === undefined) {
      this.#refusal = answer.error;
      this.#stop.abort();
    }
    return answer;
  }
}
