import { createFetch } from "ofetch";
import { rootCause } from "../words/causes.ts";
import type { NetworkCause } from "../words/causes.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** How large the body of a 2xx may be, in bytes. */
  readonly maxBytes: number;
}

/** A complete answer, of whatever status. */
export interface HttpResponse {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Headers;
  /** `undefined`: larger than it may be; the rest was not read. */
  readonly text: string | undefined;
}

export interface NoResponse extends NetworkCause {
  readonly kind: "network";
}

/** No complete answer in time: the headers and the whole body count. */
export interface ResponseTimeout {
  readonly kind: "timeout";
}

export type TransportResult = HttpResponse | NoResponse | ResponseTimeout;

/** One request, one answer: no retry, no redirect, no opinion about the status. Never rejects. */
export type Transport = (outgoing: HttpRequest) => Promise<TransportResult>;

/** More than this is no message for people, and would be slow to search for secrets. */
export const MAX_ERROR_BYTES = 64 * 1024;

export function createTransport(fetch: typeof globalThis.fetch, timeoutMs: number): Transport {
  const request = createFetch({ fetch });
  return async ({ method, url, headers, body, maxBytes }) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      const response = await request.raw(url, {
        method,
        headers: { ...headers },
        ...(body !== undefined && { body }),
        signal: controller.signal,
        redirect: "manual",
        // All of these are decided elsewhere: ofetch would retry what must not be, and read without a bound.
        retry: 0,
        ignoreResponseError: true,
        responseType: "stream",
      });
      const text = await readBody(response, response.ok ? maxBytes : MAX_ERROR_BYTES);
      return { kind: "answer", status: response.status, headers: response.headers, text };
    } catch (error) {
      return controller.signal.aborted ? { kind: "timeout" } : { kind: "network", ...rootCause(error) };
    } finally {
      clearTimeout(timer);
    }
  };
}

async function readBody(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return "";
  // A declared length is enforced by HTTP itself; that of a compressed body says nothing.
  const declared = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
  if (declared !== null && Number(declared) <= maxBytes) return response.text();
  if (declared !== null) {
    await response.body.cancel();
    return undefined;
  }
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
