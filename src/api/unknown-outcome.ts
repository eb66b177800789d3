import type { ApiFailure } from "./client.ts";

/**
 * Without a connection nothing was sent. "No route" (EHOSTUNREACH, ENETUNREACH) isn't here: a connection that has sent its
 * request can end with it too.
 */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "CONNECT_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);
/** The proxy refused to connect to the API. */
const REFUSED_BY_PROXY = /^PROXY_\d{3}$/;
/** Why a certificate isn't trusted. This is found out before anything is sent. Other TLS errors can happen at any time. */
const UNTRUSTED_CERTIFICATE = /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** Whether a call failed before any part of it could reach the server. */
export function isNeverSent(failure: ApiFailure): boolean {
  if (failure.kind !== "network") return false;
  const { code, neverConnected } = failure;
  return (
    neverConnected === true ||
    NEVER_CONNECTED.has(code) ||
    UNTRUSTED_CERTIFICATE.test(code) ||
    REFUSED_BY_PROXY.test(code)
  );
}

/**
 * Whether a write with this failure may have been carried out nevertheless. After a 429 it was not. After a redirect it may
 * have been: a 303 may be how the server reports what it has done.
 */
export function isOutcomeUnknown(failure: ApiFailure): boolean {
  switch (failure.kind) {
    case "network":
      return !isNeverSent(failure);
    case "server-error":
    case "redirected":
    case "unreadable":
    case "timeout":
      return true;
    case "unauthorized":
    case "forbidden":
    case "not-found":
    case "rejected":
      return failure.attemptLost === true;
    case "rate-limited":
    case "interrupted":
      return false;
    default:
      return failure satisfies never;
  }
}
