import type { ApiFailure } from "./client.ts";

/** Without a connection nothing was sent. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Whether a write that failed so may have been carried out nevertheless. A 429 was refused before it was carried out; a
 * redirect may be how the server answers what it has done (303).
 */
export function isOutcomeUnknown(failure: ApiFailure): boolean {
  switch (failure.kind) {
    case "network":
      return !NEVER_CONNECTED.has(failure.code);
    case "server-error":
    case "redirected":
    case "unreadable":
    case "timeout":
      return true;
    case "unauthorized":
      return failure.attemptLost === true;
    case "forbidden":
    case "not-found":
    case "rejected":
    case "rate-limited":
    case "interrupted":
      return false;
    default:
      return failure satisfies never;
  }
}
