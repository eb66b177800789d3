import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { ApiClient } from "../../src/api/client.ts";
import { createHttpClient, type HttpClientOptions } from "../../src/api/http/client.ts";
import { createDirectTransport } from "../../src/api/http/direct-transport.ts";
import type { Clock } from "../../src/api/http/events.ts";
import { createFetchTransport } from "../../src/api/http/fetch-transport.ts";
import type { Transport } from "../../src/api/http/transport.ts";
import { Secret } from "../../src/model/secret.ts";

/** A complete request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A real HTTP server on a free port of the loopback. `await using` or {@link close} ends it with all its connections. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Every received request, in the order of completion. */
  readonly received: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** The response of a server. A `body` that isn't text is sent as JSON. */
export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type ReplyHandler = (
  request: ReceivedRequest,
  raw: ServerResponse,
) => ScriptedReply | undefined | Promise<ScriptedReply | undefined>;

/** @param handle returns a reply, or writes to `raw` itself and returns `undefined`. */
export async function startTestServer(handle: ReplyHandler): Promise<TestServer> {
  const received: ReceivedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => void answer({ ...requestHead(request), body }, response));
  };
  const answer = async (request: ReceivedRequest, response: ServerResponse): Promise<void> => {
    received.push(request);
    const reply = await handle(request, response);
    if (reply !== undefined) sendReply(response, reply);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${address.port}`, received, close, [Symbol.asyncDispose]: close };
}

/** Sends one reply after the other, and repeats the last one. */
export function repliesInTurn(...replies: readonly ScriptedReply[]): ReplyHandler {
  let next = 0;
  return () => {
    const reply = replies[Math.min(next, replies.length - 1)];
    next += 1;
    return reply ?? { status: 500 };
  };
}

function requestHead({ method = "", url = "", headers }: IncomingMessage): Omit<ReceivedRequest, "body"> {
  return { method, url, headers };
}

function sendReply(response: ServerResponse, { status = 200, headers = {}, body }: ScriptedReply): void {
  const isText = typeof body === "string";
  response.writeHead(status, {
    ...(!isText && body !== undefined && { "content-type": "application/json" }),
    ...headers,
  });
  response.end(isText || body === undefined ? body : JSON.stringify(body));
}

/** A clock that moves only when somebody sleeps. It records every sleep. */
export interface FakeClock extends Clock {
  readonly sleeps: readonly number[];
}

/** @param lasting real duration of a sleep in milliseconds, so that other work can run meanwhile. Default: 0. */
export function fakeClock(lasting = 0): FakeClock {
  let now = 1_800_000_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    // Jitter never shortens a wait.
    random: () => 1,
    sleep: async (ms, signal) => {
      if (signal?.aborted === true) return;
      sleeps.push(ms);
      const until = now + ms;
      // Let other work run first, as it would in real time.
      await new Promise((resolve) => (lasting === 0 ? setImmediate(resolve) : setTimeout(resolve, lasting)));
      now = Math.max(now, until);
    },
  };
}

export const TEST_TOKEN = "token-6f1d2c";

/** Both transports, for tests that must pass with each. */
export const TRANSPORTS: Readonly<Record<"direct" | "fetch", () => Transport>> = {
  direct: createDirectTransport,
  fetch: () => createFetchTransport(globalThis.fetch),
};

/**
 * A client of this server at `/api`. Its clock doesn't wait. It sends ten requests at once, waits a minute in all,
 * and waits five seconds for a response.
 */
export function testHttpClient(
  server: Pick<TestServer, "origin">,
  { fetch, ...options }: Partial<HttpClientOptions> & { readonly fetch?: typeof globalThis.fetch } = {},
): ApiClient {
  return createHttpClient({
    target: { api: `${server.origin}/api`, workspace: "my-company" },
    token: new Secret("BUDDY_TOKEN", TEST_TOKEN),
    transport: fetch === undefined ? createDirectTransport() : createFetchTransport(fetch),
    concurrency: 10,
    timeoutMs: 5000,
    maxWaitMs: 60_000,
    readOnly: false,
    signal: new AbortController().signal,
    clock: fakeClock(),
    onEvent: () => {},
    ...options,
  });
}
