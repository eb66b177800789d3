import type { NetworkCause } from "../words/causes.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** How large the body of a 2xx may be, in bytes. */
  readonly maxBytes: number;
  /** Until the response's body is complete. */
  readonly timeoutMs: number;
}

/** A header by its name in lower case, `null` where there is none. */
export interface ResponseHeaders {
  get(name: string): string | null;
}

/** A complete response, with any status. */
export interface HttpResponse {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** `undefined`: larger than it may be; the rest was not read. */
  readonly text: string | undefined;
}

export interface NoResponse extends NetworkCause {
  readonly kind: "network";
}

/** No complete response in time. The time includes the headers and the whole body. */
export interface ResponseTimeout {
  readonly kind: "timeout";
}

export type TransportResult = HttpResponse | NoResponse | ResponseTimeout;

/** Sends one request and returns one response. It doesn't retry, follow redirects or judge the status, and never rejects. */
export type Transport = (outgoing: HttpRequest) => Promise<TransportResult>;

/** The largest body that is read. The largest one is the list, which has no pages: a short view takes about 300 bytes. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** A longer text isn't a message for people, and would be slow to search for secrets. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** How many bytes of a response's body are read. */
export function bodyLimit(status: number, maxBytes: number): number {
  return status >= 200 && status < 300 ? maxBytes : MAX_ERROR_BYTES;
}
