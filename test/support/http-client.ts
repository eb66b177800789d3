import type { ApiClient } from "../../src/api/client.ts";
import { createHttpClient } from "../../src/api/http/client.ts";
import type { HttpClientOptions } from "../../src/api/http/client.ts";
import { Secret } from "../../src/model/secret.ts";
import { fakeClock } from "./clock.ts";
import type { TestServer } from "./server.ts";

export const TEST_TOKEN = "token-6f1d2c";

/** A client of this server at `/api`, with a clock that doesn't wait; ten at once, a minute of waits, five seconds for an answer. */
export function testHttpClient(
  server: Pick<TestServer, "origin">,
  options: Partial<HttpClientOptions> = {},
): ApiClient {
  return createHttpClient({
    target: { api: `${server.origin}/api`, workspace: "my-company" },
    token: new Secret("BUDDY_TOKEN", TEST_TOKEN),
    fetch,
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
