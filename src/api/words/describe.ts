import { isCertificateCode, proxyRefusal } from "./causes.ts";
import type { ApiFailure, Forbidden, NetworkError } from "../client.ts";
import { probableScope } from "./scopes.ts";

/** A failed call in words for people: the request, the result, and what to do. Holds no secret. */
export interface FailureDescription {
  readonly message: string;
  readonly hint?: string;
}

export function describeFailure(failure: ApiFailure): FailureDescription {
  const { message, hint } = explainFailure(failure);
  const asked = `${failure.method} ${failure.path}`;
  const id = failure.requestId === undefined ? "" : ` (request ${failure.requestId})`;
  return { message: `${asked}: ${message}${id}`, ...(hint !== undefined && { hint }) };
}

/** The description of several failures that differ only in their requests: they have one cause. */
export function describeSharedFailure(failure: ApiFailure): FailureDescription {
  const { message, hint } = explainFailure(failure);
  return { message: `${failure.method}: ${message}`, ...(hint !== undefined && { hint }) };
}

/** The requests, and how long each of them waited. */
const OWN_OF_EACH = new Set(["path", "requestId", "waitedMs"]);

/** Equal for failures of one kind, method, status and words, which need the same action. */
export function failureCauseKey(failure: ApiFailure): string {
  const entries = Object.entries(failure).filter(([name]) => !OWN_OF_EACH.has(name));
  const { hint } = explainFailure(failure);
  return JSON.stringify([hint, entries.toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}

const BASE_URLS =
  "https://api.buddy.works, https://api.eu.buddy.works, https://api.asia.buddy.works, or https://HOST/api for your own installation";
const BASE_URL = `is this the API's base URL? It should be ${BASE_URLS}`;

function explainFailure(failure: ApiFailure): FailureDescription {
  switch (failure.kind) {
    case "unauthorized":
      return {
        message: serverAnswer(failure),
        hint: "the token is not valid here: it is wrong, expired or revoked, or belongs to another region; check BUDDY_TOKEN and the API's base URL",
      };
    case "forbidden":
      return { message: serverAnswer(failure), hint: forbiddenHint(failure) };
    case "not-found":
      return {
        message: serverAnswer(failure),
        hint: "check the workspace's name and the API's base URL; the API also returns 404 for what the token's owner may not see",
      };
    case "rejected":
      return { message: serverAnswer(failure) };
    case "rate-limited":
      return {
        message: `${serverAnswer(failure)}, and ${waitedFor(failure.waitedMs)}`,
        hint: "try again later, wait longer with --max-wait, or send less at once with --concurrency",
      };
    case "server-error":
      return {
        message: serverAnswer(failure),
        hint: failure.method === "POST" ? "it may have succeeded anyway" : "try again later",
      };
    case "redirected":
      return {
        message: `the server returned ${failure.status}, a redirect ${failure.to === "" ? "without a target" : `to ${failure.to}`}; the token is not sent there`,
        hint: `if that is the API, make it the base URL; otherwise the base URL is ${BASE_URLS}`,
      };
    case "unreadable":
      return {
        message: `the server returned ${failure.status}, but the response can't be read: ${failure.problem}${serverWords(failure.messages)}`,
        hint: BASE_URL,
      };
    case "network":
      return explainNetworkError(failure);
    case "timeout":
      return {
        message: `no complete response within ${seconds(failure.seconds * 1000)}`,
        hint: "wait longer with --timeout, and check the network",
      };
    case "interrupted":
      return { message: "not sent, because the run was stopped" };
    default:
      return failure satisfies never;
  }
}

function forbiddenHint(failure: Forbidden): string {
  if (failure.apiDisabled) {
    return "an administrator has to enable the API in the workspace's settings (API, also called Developer API): it is off by default";
  }
  return `the token may lack a scope, probably ${probableScope(failure)}, or its owner may lack the right; compare its scopes in the web page, where it was made`;
}

function explainNetworkError(failure: NetworkError): FailureDescription {
  const { code, message } = failure;
  const status = proxyRefusal(code);
  if (status !== undefined) {
    return { message: `the proxy refused to connect: it returned ${status}`, hint: proxyHint(status) };
  }
  return { message: `no response: ${code}${message === "" ? "" : ` (${message})`}`, hint: networkHint(failure) };
}

function proxyHint(status: number): string {
  if (status === 407) {
    return "the proxy wants a user name and a password, or refuses these: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT; NO_PROXY names hosts to reach without it";
  }
  if (status < 500) return "ask who runs the proxy to allow this host, or name the host in NO_PROXY";
  return "the proxy can't reach the host; check the API's base URL, HTTPS_PROXY and NO_PROXY";
}

function networkHint({ code, method }: NetworkError): string {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `this host can't be found; check DNS, HTTPS_PROXY, and the API's base URL: ${BASE_URLS}`;
  if (isCertificateCode(code)) {
    return "the server's certificate isn't trusted; for your own certificate authority, set NODE_EXTRA_CA_CERTS (BUDDY_INSECURE=true accepts any certificate)";
  }
  if (
    code === "ECONNREFUSED" ||
    code === "CONNECT_TIMEOUT" ||
    code === "UND_ERR_CONNECT_TIMEOUT" ||
    code === "EHOSTUNREACH" ||
    code === "ENETUNREACH"
  ) {
    return "no server responds there; check the API's base URL, the network, and HTTPS_PROXY and NO_PROXY";
  }
  return method === "POST" ? "it may have succeeded anyway" : "check the network, and try again";
}

function serverAnswer({
  status,
  messages,
  attemptLost,
}: Pick<Extract<ApiFailure, { readonly status: number }>, "status" | "messages" | "attemptLost">): string {
  const lost = attemptLost ? "; an earlier attempt got no clear response, and may have succeeded" : "";
  return `the server returned ${status}${serverWords(messages)}${lost}`;
}

function serverWords(messages: readonly string[]): string {
  return messages.length === 0 ? "" : `: ${messages.join("; ")}`;
}

function waitedFor(ms: number): string {
  return ms < 1000 ? "asks for a longer wait than --max-wait allows" : `waiting ${seconds(ms)} did not help`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
