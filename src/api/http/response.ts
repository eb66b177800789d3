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
  /** How large the body of a 2xx may be, in bytes. */
  readonly maxBytes: number;
  /** Awaited once the rate limit allows the request, right before it is sent; `false`: don't send it. */
  readonly beforeSend?: () => Promise<boolean>;
  /** Once aborted, this call isn't sent any more. Other calls of the connection are. */
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
 * What a response means.
 * @param known the values that the shown words must not contain.
 * @param url the requested URL, for a relative Location.
 * @param requestId the response's, from {@link requestIdOf}. The caller has it already, and to search it again takes time.
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
  const details: FailedResponseDetails = { ...about, status, messages: known.showable(words, call) };
  if (status >= 300 && status < 400) {
    const to = redirectOrigin(headers.get("location"), url);
    const reason = known.reasonToWithhold(to, call);
    return failure({
      ...details,
      kind: "redirected",
      to: reason === undefined ? to : `an address that is withheld: ${reason}`,
    });
  }
  // A 404 that is a web page comes from a proxy or another server. It doesn't mean that there is no such integration.
  if (status === 404 && (text === undefined || isHtml(text))) {
    return failure({ ...details, kind: "unreadable", problem: "it is an HTML page" });
  }
  return failure(failureOfStatus(details, words));
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

/** Whether it is a web page. Then it comes from a proxy or a wrong address, and not from the API. */
export function isHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body|<!--)/i.test(text.slice(0, 1000));
}

export const MIB = 1024 * 1024;

/** `X-Request-Id`, if it looks like one and contains no part of a value in any form. */
export function requestIdOf(headers: ResponseHeaders, call: AnsweredCall, known: KnownTexts): string | undefined {
  const id = headers.get("x-request-id");
  if (id === null || !/^[\w.:=+/-]{1,128}$/.test(id)) return undefined;
  return known.reasonToWithhold(id, call) === undefined ? id : undefined;
}

function failureOfStatus(details: FailedResponseDetails, words: readonly string[]): ApiFailure {
  if (words.some((text) => /\bAPI is disabled\b/i.test(text)))
    return { ...details, kind: "forbidden", apiDisabled: true };
  const { status } = details;
  if (status >= 500) return { ...details, kind: "server-error" };
  switch (status) {
    case 401:
      return { ...details, kind: "unauthorized" };
    case 403:
      return { ...details, kind: "forbidden" };
    case 404:
      return { ...details, kind: "not-found" };
    case 429:
      return { ...details, kind: "rate-limited", waitedMs: 0 };
    default:
      return { ...details, kind: "rejected" };
  }
}

/** The server's words, not yet searched for values: those of the API's error, otherwise the text itself. */
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
