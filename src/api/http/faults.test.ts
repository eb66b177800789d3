import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  fakeClock,
  testHttpClient,
  TRANSPORTS,
  repliesInTurn,
  startTestServer,
  type ReplyHandler,
} from "../../../test/support/http.ts";
import type { ApiClient, ApiFailure } from "../client.ts";
import { isOutcomeUnknown } from "../unknown-outcome.ts";
import { MIB } from "./response.ts";
import { backoffMs, MAX_TRIES } from "./retry.ts";

const HASH = "5e391f5aae784b7208de0d0a";
const AWS = { hash_id: HASH, type: "AMAZON", name: "AWS" };
const NAME = new Map([["name", "AWS"]]);

const CALLS: Readonly<
  Record<"GET" | "POST" | "PATCH" | "DELETE", (client: ApiClient) => Promise<{ ok: boolean; error?: ApiFailure }>>
> = {
  GET: (client) => client.get(HASH),
  POST: (client) => client.create(NAME),
  PATCH: (client) => client.update(HASH, NAME),
  DELETE: (client) => client.remove(HASH),
};

/** Long enough for a busy machine to connect, and to send a request. */
const TIMEOUT = { timeoutMs: 250 };

const FAULTS: Readonly<
  Record<string, { readonly handler: ReplyHandler; readonly kind: ApiFailure["kind"]; readonly options?: object }>
> = {
  "a reset before the response": { handler: (_request, raw) => void raw.destroy(), kind: "network" },
  "a reset in the middle of the response": {
    handler: (_request, raw) => {
      raw.writeHead(200, { "content-length": "1000" });
      raw.write('{"hash_id":', () => raw.destroy());
      return undefined;
    },
    kind: "network",
  },
  "a reset in the middle of chunks": {
    handler: (_request, raw) => {
      raw.write('{"hash_id":', () => raw.destroy());
      return undefined;
    },
    kind: "network",
  },
  "no response at all": { handler: () => undefined, kind: "timeout", options: TIMEOUT },
  "a body that never ends": {
    handler: (_request, raw) => void raw.write('{"hash_id":'),
    kind: "timeout",
    options: TIMEOUT,
  },
  "a byte now and then": {
    handler: (_request, raw) => {
      const timer = setInterval(() => raw.write(" "), 10);
      raw.on("close", () => clearInterval(timer));
      return undefined;
    },
    kind: "timeout",
    options: TIMEOUT,
  },
  "500": { handler: () => ({ status: 500 }), kind: "server-error" },
  "503": { handler: () => ({ status: 503 }), kind: "server-error" },
  "408": { handler: () => ({ status: 408 }), kind: "rejected" },
};

for (const [by, createTransport] of Object.entries(TRANSPORTS))
  for (const [name, { handler, kind, options }] of Object.entries(FAULTS)) {
    test(`reads, updates and removals are tried ${MAX_TRIES} times and creates once, by ${by}: ${name}`, async () => {
      // All at once, since some wait for their timeout.
      const calls = Object.entries(CALLS).map(async ([method, call]) => {
        await using server = await startTestServer(handler);
        const result = await call(testHttpClient(server, { ...options, transport: createTransport() }));
        assert.equal(result.error?.kind, kind, method);
        assert.equal(server.received.length, method === "POST" ? 1 : MAX_TRIES, method);
      });
      await Promise.all(calls);
    });
    test(`a read, an update and a removal recover, by ${by}: ${name}`, async () => {
      const { POST: _, ...repeatable } = CALLS;
      const calls = Object.entries(repeatable).map(async ([method, call]) => {
        let asked = 0;
        await using server = await startTestServer((request, raw) =>
          (asked += 1) < 3 ? handler(request, raw) : { body: AWS },
        );
        assert.equal(
          (await call(testHttpClient(server, { ...options, transport: createTransport() }))).ok,
          true,
          method,
        );
      });
      await Promise.all(calls);
    });
  }

for (const status of [400, 401, 403, 409, 422]) {
  test(`a call that the server refused is not sent again: ${status}`, async () => {
    for (const [method, call] of Object.entries(CALLS)) {
      await using server = await startTestServer(() => ({ status }));
      assert.equal((await call(testHttpClient(server))).ok, false, method);
      assert.equal(server.received.length, 1, method);
    }
  });
}

test("a removal whose response was lost, and that then gets a 404, has succeeded", async () => {
  await using server = await startTestServer(repliesInTurn({ status: 502 }, { status: 404 }));
  assert.deepEqual(await testHttpClient(server).remove(HASH), { ok: true, value: "absent" });
});

test("a removal with a 2xx response is done, except if the response is a web page", async () => {
  for (const body of [undefined, "", {}, { deleted: true }]) {
    await using server = await startTestServer(() => ({ status: 200, body }));
    assert.deepEqual(await testHttpClient(server).remove(HASH), { ok: true, value: "deleted" });
  }
  await using portal = await startTestServer(() => ({
    status: 200,
    body: "<html>Please sign in to the hotel's network",
  }));
  const result = await testHttpClient(portal).remove(HASH);
  assert.equal(!result.ok && result.error.kind, "unreadable");
});

test("waits between tries grow, with jitter, and Retry-After is respected if the call may wait so long", async () => {
  await using failing = await startTestServer(() => ({ status: 500 }));
  const clock = fakeClock();
  await testHttpClient(failing, { clock }).get(HASH);
  assert.deepEqual(clock.sleeps, [500, 1000, 2000]);

  await using asking = await startTestServer(
    repliesInTurn({ status: 503, headers: { "retry-after": "7" } }, { body: AWS }),
  );
  const patient = fakeClock();
  assert.equal((await testHttpClient(asking, { clock: patient }).get(HASH)).ok, true);
  assert.deepEqual(patient.sleeps, [7000]);

  await using long = await startTestServer(() => ({ status: 503, headers: { "retry-after": "61" } }));
  assert.equal((await testHttpClient(long).get(HASH)).ok, false);
  assert.equal(long.received.length, 1);
});

for (const [by, createTransport] of Object.entries(TRANSPORTS)) {
  test(`reading stops when a body is too large, with or without a declared length, by ${by}`, async () => {
    const chunk = Buffer.alloc(MIB, " ");
    let sent = 0;
    await using server = await startTestServer((_request, raw) => {
      const more = (): void => {
        for (sent += 1; raw.write(chunk); sent += 1);
      };
      raw.on("drain", more);
      more();
      return undefined;
    });
    const result = await testHttpClient(server, { transport: createTransport(), timeoutMs: 60_000 }).list();
    assert.equal(!result.ok && result.error.kind === "unreadable" && result.error.problem, "it is larger than 64 MiB");
    assert.ok(sent < 80, `${sent} MiB were sent`);

    await using declared = await startTestServer((_request, raw) => {
      raw.writeHead(200, { "content-length": String(65 * MIB) });
      raw.write(chunk);
      return undefined;
    });
    const other = await testHttpClient(declared, { transport: createTransport() }).create(NAME);
    assert.equal(!other.ok && other.error.kind, "unreadable");
  });
}

for (const [by, createTransport] of Object.entries(TRANSPORTS)) {
  test(`if no server listens, the failure has the system's code and the address, and nothing else, by ${by}`, async () => {
    const server = await startTestServer(() => ({}));
    await server.close();
    const result = await testHttpClient(server, { transport: createTransport() }).create(NAME);
    assert.ok(!result.ok && result.error.kind === "network");
    assert.equal(result.error.code, "ECONNREFUSED");
    assert.match(result.error.message, /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });
}

test("a fetch that throws anything gives a failure without the URL or the token", async () => {
  const thrown: readonly unknown[] = [
    new Error("https://x/?token"),
    new TypeError("fetch failed", { cause: "odd" }),
    "text",
    undefined,
  ];
  for (const value of thrown) {
    const client = testHttpClient({ origin: "http://localhost" }, { fetch: () => Promise.reject(value) });
    const result = await client.create(NAME);
    assert.ok(!result.ok && result.error.kind === "network");
    assert.equal(result.error.code, "UNKNOWN");
    assert.doesNotMatch(JSON.stringify(result), /localhost|token/);
  }
});

test("a slow or failing call does not hold the others back", async () => {
  const slow = "b".repeat(24);
  const order: string[] = [];
  let release = (): void => undefined;
  const othersAreDone = new Promise<void>((resolve) => (release = resolve));
  await using server = await startTestServer(async ({ url }) => {
    if (url.endsWith("failing")) return { status: 500 };
    if (url.endsWith(slow)) await othersAreDone;
    return { body: { ...AWS, hash_id: url.split("/").at(-1) } };
  });
  // With this clock, retries of the failing call wait for ever.
  const clock = { ...fakeClock(), sleep: () => new Promise<void>(() => {}) };
  const client = testHttpClient(server, { concurrency: 2, clock });
  void client.get("failing");
  const calls = [slow, "c1", "c2", "c3", "c4"].map(async (hash) => {
    assert.equal((await client.get(hash)).ok, true);
    order.push(hash);
    if (order.length === 4) release();
  });
  await Promise.all(calls);
  assert.deepEqual(order, ["c1", "c2", "c3", "c4", slow]);
});

for (const [by, createTransport] of Object.entries(TRANSPORTS)) {
  test(`after an interruption nothing new is sent, and requests in flight finish, by ${by}`, async () => {
    const abort = new AbortController();
    await using server = await startTestServer(async () => {
      abort.abort("SIGINT");
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { body: AWS };
    });
    const client = testHttpClient(server, { transport: createTransport(), concurrency: 1, signal: abort.signal });
    const [first, second] = await Promise.all([client.get(HASH), client.update(HASH, NAME)]);
    assert.equal(first.ok, true);
    assert.equal(!second.ok && second.error.kind, "interrupted");
    assert.equal(server.received.length, 1);
  });
}

test("if a run is interrupted while a lost write waits to be repeated, the outcome of the write is unknown", async () => {
  const abort = new AbortController();
  await using server = await startTestServer(() => {
    abort.abort("SIGTERM");
    return { status: 502 };
  });
  const result = await testHttpClient(server, { signal: abort.signal }).update(HASH, NAME);
  assert.equal(!result.ok && result.error.kind, "server-error");
  assert.equal(server.received.length, 1);
});

for (const [last, reply] of [
  ["a 400", () => new Response("{}", { status: 400 })],
  ["a 401", () => new Response("{}", { status: 401 })],
  ["a 403", () => new Response("{}", { status: 403 })],
  ["a refused connection", () => connectionRefused()],
] as const) {
  test(`if an attempt of a write is lost and the last one ends with ${last}, the outcome of the write is unknown`, async () => {
    let asked = 0;
    const answer = async (): Promise<Response> => {
      asked += 1;
      return asked === 1 ? new Response("{}", { status: 502 }) : reply();
    };
    const result = await testHttpClient({ origin: "http://localhost" }, { fetch: answer }).update(HASH, NAME);
    assert.ok(!result.ok && isOutcomeUnknown(result.error), JSON.stringify(result));
  });

  test(`if the only attempt of a write ends with ${last}, it wasn't carried out`, async () => {
    const answer = async (): Promise<Response> => reply();
    const result = await testHttpClient({ origin: "http://localhost" }, { fetch: answer }).update(HASH, NAME);
    assert.ok(!result.ok && !isOutcomeUnknown(result.error), JSON.stringify(result));
  });
}

function connectionRefused(): never {
  throw Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });
}

test("a call ends after a limited number of requests, with any responses of the server", async () => {
  const status = fc.constantFrom(200, 204, 301, 302, 400, 401, 404, 408, 429, 500, 503);
  const location = fc.constantFrom(undefined, "/x", "https://elsewhere.example/", "::", "//");
  const header = fc.oneof(
    fc.constantFrom("0", "1", "30", "-1", "1e9", "", "x", "99999999999999"),
    fc.nat().map(String),
  );
  const reply = fc.record({ status, location, header, reset: header, remaining: header, body: fc.string() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(reply, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...Object.values(CALLS)),
      async (replies, call) => {
        let asked = 0;
        const answer = (): Promise<Response> => {
          const {
            status: code,
            location: to,
            header: after,
            reset,
            remaining,
            body,
          } = replies[asked % replies.length] ?? replies[0]!;
          asked += 1;
          const headers = new Headers({
            "retry-after": after,
            "x-rate-limit-reset": reset,
            "x-rate-limit-remaining": remaining,
          });
          if (to !== undefined) headers.set("location", to);
          return Promise.resolve(new Response(code === 204 ? null : body, { status: code, headers }));
        };
        await call(testHttpClient({ origin: "http://localhost" }, { fetch: answer }));
        // Four tries, and a 429 for every half second of the minute, each after three redirects.
        assert.ok(asked <= 4 * (4 + 120), `${asked} requests`);
      },
    ),
    { numRuns: 500 },
  );
});

test("backoff never exceeds its bound", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
      const ms = backoffMs(tries, random);
      assert.ok(ms >= 0 && ms <= 10_000 && ms <= 500 * 2 ** (tries - 1));
    }),
  );
});
