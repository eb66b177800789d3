import { isCertificateCode, proxyRefusal } from "../words/causes.ts";
import type { ApiFailure } from "../client.ts";

/** Attempts of one call, the first included; those that met a 429 don't count. */
export const MAX_TRIES = 4;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/**
 * Whether a call with this failure may be sent again unchanged.
 *
 * GET, PATCH and DELETE have the same effect once or twice: PATCH sets fields to values, and a DELETE that finds
 * nothing has succeeded. POST creates, and names aren't unique. Only a look at the workspace shows whether a lost POST was
 * carried out, and that is the caller's task. (A 429 doesn't follow this rule: it is repeated for every method, since the
 * server returns it before it does anything.)
 */
export function mayRepeat(failure: ApiFailure): boolean {
  if (failure.method === "POST") return false;
  switch (failure.kind) {
    case "server-error":
    case "timeout":
      return true;
    case "network":
      // A proxy that can't reach the host now (5xx) may reach it later. A proxy that refuses the request will refuse it again.
      return !isCertificateCode(failure.code) && (proxyRefusal(failure.code) ?? 500) >= 500;
    case "rejected":
      // The server stopped waiting for the request, which hadn't arrived completely.
      return failure.status === 408;
    case "unauthorized":
    case "forbidden":
    case "not-found":
    case "rate-limited":
    case "redirected":
    case "unreadable":
    case "interrupted":
      return false;
    default:
      return failure satisfies never;
  }
}

/** Exponential with full jitter, in milliseconds. @param tries how many were made. @param random in [0, 1). */
export function backoffMs(tries: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1)));
}
