/** What the client reports while it works, for `--verbose` and for announcing waits. Never a body, a query or the token. */
export type HttpEvent = RequestAnswered | RequestLost | RequestDelayed;

interface RequestEvent {
  readonly method: string;
  /** Path below the API's base, without a query. */
  readonly path: string;
  /** From sending to the end of the body, in milliseconds. */
  readonly ms: number;
}

/** A response arrived, with any status. There is one event for each attempt. */
export interface RequestAnswered extends RequestEvent {
  readonly kind: "answered";
  readonly status: number;
  readonly requestId?: string;
}

/** No complete response arrived. */
export interface RequestLost extends RequestEvent {
  readonly kind: "lost";
  /** `TIMEOUT`, or the system's code. */
  readonly code: string;
}

/** Nothing is sent for a while. */
export type RequestDelayed = RateLimitPause | RetryDelay;

/** All calls wait. It is reported once for each wait. */
interface RateLimitPause {
  readonly kind: "waiting";
  readonly why: "rate-limit";
  readonly ms: number;
}

/** This call waits, and is then sent again. */
interface RetryDelay {
  readonly kind: "waiting";
  readonly why: "retry";
  readonly ms: number;
  readonly method: string;
  readonly path: string;
  /** The result of the last attempt, in a few words that contain no text of the server. */
  readonly after: string;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1), for jitter. */
  random(): number;
}
