import { isCertificateCode, proxyRefusal } from "./causes.ts";
import type { ApiFailure, Forbidden, NetworkError } from "../client.ts";
import { probableScope } from "./scopes.ts";

/** A failed call in words for people: what was asked and what came of it, and what to do. Holds no secret. */
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

/** Failures that differ only in what was asked for: they have one cause, and are described once. */
export function describeSharedFailure(failure: ApiFailure): FailureDescription {
  const { message, hint } = explainFailure(failure);
  return { message: `${failure.method}: ${message}`, ...(hint !== undefined && { hint }) };
}

/** What was asked for, and how long each of them waited. */
const OWN_OF_EACH = new Set(["path", "requestId", "waitedMs"]);

/** Equal for failures of one kind, method, status and words, of which the same is to be done. */
export function failureCauseKey(failure: ApiFailure): string {
  const entries = Object.entries(failure).filter(([name]) => !OWN_OF_EACH.has(name));
  const { hint } = explainFailure(failure);
  return JSON.stringify([hint, entries.toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}

const BASE_URLS =
  "https://api.buddy.works, https://api.eu.buddy.works, https://api.asia.buddy.works, or https://HOST/api of your own installation";
const BASE_URL = `is this the API's base URL? It is ${BASE_URLS}`;

function explainFailure(failure: ApiFailure): FailureDescription {
  switch (failure.kind) {
    case "unauthorized":
      return {
        message: `${serverAnswer(failure)}${failure.attemptLost ? "; an earlier attempt got no answer, and may have been carried out" : ""}`,
        hint: "the token is not valid here: it is wrong, expired or revoked, or belongs to another region; check BUDDY_TOKEN and the API's base URL",
      };
    case "forbidden":
      return { message: serverAnswer(failure), hint: forbiddenHint(failure) };
    case "not-found":
      return {
        message: serverAnswer(failure),
        hint: "check the workspace's name and the API's base URL; what the token's owner may not see is answered so too",
      };
    case "rejected":
      return { message: serverAnswer(failure) };
    case "rate-limited":
      return {
        message: `${serverAnswer(failure)}, and ${waitedFor(failure.waitedMs)}`,
        hint: "try again later, allow more with --max-wait, or send less at once with --concurrency",
      };
    case "server-error":
      return {
        message: serverAnswer(failure),
        hint: failure.method === "POST" ? "it may have been carried out nevertheless" : "try again later",
      };
    case "redirected":
      return {
        message: `the server answered ${failure.status}, a redirect ${failure.to === "" ? "that leads nowhere" : `to ${failure.to}`}; the token is not sent along`,
        hint: `if that is where the API is, make it the base URL; else that is ${BASE_URLS}`,
      };
    case "unreadable":
      return {
        message: `the server answered ${failure.status}, but the answer can't be read: ${failure.problem}${serverWords(failure.messages)}`,
        hint: BASE_URL,
      };
    case "network":
      return explainNetworkError(failure);
    case "timeout":
      return {
        message: `no complete answer within ${seconds(failure.seconds * 1000)}`,
        hint: "allow more with --timeout, and check the network",
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
  return `the token may lack a scope, which is probably ${probableScope(failure)}, or its owner may lack the right; compare its scopes in the web page, where it was made`;
}

function explainNetworkError(failure: NetworkError): FailureDescription {
  const { code, message } = failure;
  const status = proxyRefusal(code);
  if (status !== undefined) {
    return { message: `the proxy refused to connect: it answered ${status}`, hint: proxyHint(status) };
  }
  return { message: `no answer: ${code}${message === "" ? "" : ` (${message})`}`, hint: networkHint(failure) };
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
    return `the host is not known here; check DNS, HTTPS_PROXY, and the API's base URL: ${BASE_URLS}`;
  if (isCertificateCode(code)) {
    return "the server's certificate is not trusted here; name your own authority's with NODE_EXTRA_CA_CERTS (BUDDY_INSECURE=true trusts anybody)";
  }
  if (
    code === "ECONNREFUSED" ||
    code === "CONNECT_TIMEOUT" ||
    code === "UND_ERR_CONNECT_TIMEOUT" ||
    code === "EHOSTUNREACH" ||
    code === "ENETUNREACH"
  ) {
    return "nothing answers there; check the API's base URL, the network, and HTTPS_PROXY and NO_PROXY";
  }
  return method === "POST" ? "it may have been carried out nevertheless" : "check the network, and try again";
}

function serverAnswer({ status, messages }: { readonly status: number; readonly messages: readonly string[] }): string {
  return `the server answered ${status}${serverWords(messages)}`;
}

function serverWords(messages: readonly string[]): string {
  return messages.length === 0 ? "" : `: ${messages.join("; ")}`;
}

function waitedFor(ms: number): string {
  return ms < 1000 ? "asks for a longer wait than is allowed" : `waiting ${seconds(ms)} did not help`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
