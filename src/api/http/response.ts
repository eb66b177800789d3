import { failure, success } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";
import type { ApiFailure, UnreadableResponse } from "../client.ts";
import { redirectOrigin } from "../../model/address.ts";
import type { AnsweredCall, KnownTexts } from "../words/known-texts.ts";
import type { HttpResponse, ResponseHeaders } from "./transport.ts";
import { decodeErrors } from "../wire.ts";

/** One call of the API, before it is sent. */
export interface ApiCall extends AnsweredCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the API's base, without a query. */
  readonly path: string;
  readonly body?: string;
  /** How large the answer to a success may be, in bytes. */
  readonly maxBytes: number;
  /** Awaited once the rate limit allows the request, right before it is sent; `false`: don't send it. */
  readonly beforeSend?: () => Promise<boolean>;
  /** Once aborted, it isn't sent any more; others of its connection are. */
  readonly signal?: AbortSignal;
}

/** A 2xx. */
export interface SuccessResponse {
  readonly status: number;
  readonly text: string;
  readonly requestId?: string;
}

type FailedResponseDetails = Pick<UnreadableResponse, "method" | "path" | "requestId" | "status" | "messages">;

/**
 * What an answer means.
 * @param known what the server's words must not hold.
 * @param url what was asked, for a relative Location.
 * @param requestId the answer's, by {@link requestIdOf}: to search it for values takes time.
 */
export function interpretResponse(
  call: ApiCall,
  incoming: HttpResponse,
  known: KnownTexts,
  url: string,
  requestId: string | undefined,
): Result<SuccessResponse, ApiFailure> {
  const { status, headers, text } = incoming;
  const about = { method: call.method, path: call.path, ...(requestId !== undefined && { requestId }) };
  if (status >= 200 && status < 300) {
    if (text !== undefined) return success({ status, text, ...(requestId !== undefined && { requestId }) });
    const problem = `it is larger than ${call.maxBytes / MIB} MiB`;
    return failure({ ...about, kind: "unreadable", status, messages: [], problem });
  }
  const words = serverMessages(text ?? "");
  const told: FailedResponseDetails = { ...about, status, messages: known.showable(words, call) };
  if (status >= 300 && status < 400) {
    const to = redirectOrigin(headers.get("location"), url);
    const reason = known.reasonToWithhold(to, call);
    return failure({
      ...told,
      kind: "redirected",
      to: reason === undefined ? to : `an address that is withheld: ${reason}`,
    });
  }
  // A page that says 404 is a proxy's or another server's: it must not pass for the API's "there is no such integration".
  if (status === 404 && (text === undefined || isHtml(text))) {
    return failure({ ...told, kind: "unreadable", problem: "it is an HTML page" });
  }
  return failure(failureOfStatus(told, words));
}

/** A 2xx whose body is not what was expected. */
export function unreadableResponse(
  call: ApiCall,
  answer: Omit<SuccessResponse, "text">,
  problem: string,
): UnreadableResponse {
  const { status, requestId } = answer;
  const { method, path } = call;
  return {
    kind: "unreadable",
    method,
    path,
    status,
    problem,
    messages: [],
    ...(requestId !== undefined && { requestId }),
  };
}

/** Whether it is a web page: a proxy's or a wrong address's, and not the API's word. */
export function isHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body|<!--)/i.test(text.slice(0, 1000));
}

export const MIB = 1024 * 1024;

/** `X-Request-Id`, if it looks like one and holds no part of a value, in whatever form. */
export function requestIdOf(headers: ResponseHeaders, call: AnsweredCall, known: KnownTexts): string | undefined {
  const id = headers.get("x-request-id");
  if (id === null || !/^[\w.:=+/-]{1,128}$/.test(id)) return undefined;
  return known.reasonToWithhold(id, call) === undefined ? id : undefined;
}

function failureOfStatus(told: FailedResponseDetails, words: readonly string[]): ApiFailure {
  if (words.some((text) => /\bAPI is disabled\b/i.test(text))) return { ...told, kind: "forbidden", apiDisabled: true };
  const { status } = told;
  if (status >= 500) return { ...told, kind: "server-error" };
  switch (status) {
    case 401:
      return { ...told, kind: "unauthorized" };
    case 403:
      return { ...told, kind: "forbidden" };
    case 404:
      return { ...told, kind: "not-found" };
    case 429:
      return { ...told, kind: "rate-limited", waitedMs: 0 };
    default:
      return { ...told, kind: "rejected" };
  }
}

/** The server's words, not searched yet: of the API's error, else the text itself. */
function serverMessages(text: string): readonly string[] {
  if (text.trim() === "") return [];
  if (isHtml(text)) {
    const title = /<title[^>]*>([^<]{1,300})/i.exec(text)?.[1]?.trim() ?? "";
    return [title === "" ? "an HTML page" : `an HTML page titled "${title}"`];
  }
  try {
    return decodeErrors(JSON.parse(text));
  } catch {
    return [text];
  }
}
