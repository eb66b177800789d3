import type { ApiClient } from "../api/client.ts";
import { createHttpClient } from "../api/http/client.ts";
import { createDirectTransport } from "../api/http/direct-transport.ts";
import { createFetchTransport } from "../api/http/fetch-transport.ts";
import type { Clock, HttpEvent } from "../api/http/events.ts";
import { tokenProblem } from "../api/wire.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result, type Target } from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import { workspaceTarget } from "./load.ts";

/** How {@link createClient} reaches the API. */
export interface ClientOptions {
  readonly target: Target;
  /** A personal access token. It is sent to the target's host and to no other. */
  readonly token: string;
  /** `read-only`: a request that would change something is a bug, and throws. {@link apply} needs `read-write`. */
  readonly access: "read-only" | "read-write";
  /** Sends the requests, for example through a proxy. Default: direct connections. */
  readonly fetch?: typeof globalThis.fetch;
  /** For pace, retries and timeouts. */
  readonly clock: Clock;
  /** Once aborted, nothing new is sent. Default: never. */
  readonly signal?: AbortSignal;
  /** How many requests may be in flight at once. Default: 10. */
  readonly concurrency?: number;
  /** The longest time for one request and its answer, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** How long one call may wait for the API's rate limit, in milliseconds. Default: 300,000. */
  readonly maxWaitMs?: number;
  /** Called for each request and each wait; never with a body, a query or the token. */
  readonly onEvent?: (event: HttpEvent) => void;
}

/**
 * Makes a client for one workspace. Reads and repeatable writes are retried; a creation is sent once. Fails with
 * `wrong-token`, or as {@link workspaceTarget} does.
 */
export function createClient(options: ClientOptions): Result<ApiClient, readonly Diagnostic[]> {
  const token = new Secret("BUDDY_TOKEN", options.token);
  const problem = tokenProblem(token);
  if (problem !== undefined) {
    return failure([{ code: "wrong-token", severity: "error", message: `the token can't be used: ${problem}` }]);
  }
  const target = workspaceTarget(options.target);
  if (!target.ok) return target;
  return success(
    createHttpClient({
      target: target.value,
      token,
      transport: options.fetch === undefined ? createDirectTransport() : createFetchTransport(options.fetch),
      clock: options.clock,
      readOnly: options.access === "read-only",
      signal: options.signal ?? new AbortController().signal,
      concurrency: options.concurrency ?? 10,
      timeoutMs: options.timeoutMs ?? 30_000,
      maxWaitMs: options.maxWaitMs ?? 300_000,
      onEvent: options.onEvent ?? (() => undefined),
    }),
  );
}
