import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeClock, testHttpClient, repliesInTurn, startTestServer } from "../../../test/support/http.ts";
import type { HttpEvent } from "./events.ts";

const HASH = "5e391f5aae784b7208de0d0a";
const AWS = { hash_id: HASH, type: "AMAZON", name: "AWS" };
const NAME = new Map([["name", "AWS"]]);

/** Waits that were announced, in milliseconds. */
function announced(events: readonly HttpEvent[]): readonly number[] {
  return events.flatMap((event) => (event.kind === "waiting" && event.why === "rate-limit" ? [event.ms] : []));
}

/**
 * A server with a limit for each ten seconds of this clock, as the API has. It sends no `Date`, since Node would use
 * another clock for it.
 */
function limited(limit: number, clock: { now(): number }) {
  let window = 0;
  let used = 0;
  let refused = 0;
  const start = startTestServer((_request, raw) => {
    raw.sendDate = false;
    const current = Math.floor(clock.now() / 10_000);
    if (current !== window) [window, used] = [current, 0];
    used += 1;
    const headers = {
      "x-rate-limit-limit": String(limit),
      "x-rate-limit-remaining": String(Math.max(0, limit - used)),
      "x-rate-limit-reset": String((window + 1) * 10),
    };
    if (used <= limit) return { headers, body: AWS };
    refused += 1;
    return { status: 429, headers };
  });
  return { start, refused: () => refused };
}

test("before the limit is hit, all wait until it is reset: nothing is refused, and the wait is reported once", async () => {
  const clock = fakeClock();
  const events: HttpEvent[] = [];
  const { start, refused } = limited(50, clock);
  await using server = await start;
  const client = testHttpClient(server, { clock, concurrency: 5, onEvent: (event) => events.push(event) });
  const results = await Promise.all(Array.from({ length: 120 }, () => client.get(HASH)));
  assert.ok(results.every((result) => result.ok));
  assert.equal(refused(), 0);
  assert.equal(server.received.length, 120);
  assert.deepEqual(announced(events), [10_000, 10_000]);
});

test("a limit below the concurrency is respected too, with a few refusals", async () => {
  const clock = fakeClock();
  const { start } = limited(3, clock);
  await using server = await start;
  const client = testHttpClient(server, { clock, concurrency: 10, maxWaitMs: 600_000 });
  const results = await Promise.all(Array.from({ length: 30 }, () => client.get(HASH)));
  assert.ok(results.every((result) => result.ok));
  assert.ok(server.received.length <= 130, String(server.received.length));
});

test("a 429 stops all calls until its reset, and every kind of call is sent again", async () => {
  const clock = fakeClock(30);
  const events: HttpEvent[] = [];
  let refusals = 3;
  let release = (): void => undefined;
  const allAreUnderWay = new Promise<void>((resolve) => (release = resolve));
  await using server = await startTestServer(async ({ method }) => {
    refusals -= 1;
    if (refusals === 0) release();
    if (refusals >= 0) {
      await allAreUnderWay;
      return { status: 429, headers: { "retry-after": "20" } };
    }
    return method === "DELETE" ? { status: 204 } : { status: 200, body: AWS };
  });
  const client = testHttpClient(server, { clock, onEvent: (event) => events.push(event) });
  const results = await Promise.all([client.create(NAME), client.update(HASH, NAME), client.remove(HASH)]);
  assert.ok(results.every((result) => result.ok));
  assert.deepEqual(announced(events), [20_000]);
  assert.deepEqual(clock.sleeps, [20_000]);
  assert.equal(server.received.length, 6);
});

test("if 429s don't say how long to wait, the waits grow until the call gives up", async () => {
  await using server = await startTestServer(() => ({
    status: 429,
    body: { errors: [{ message: "Too many requests" }] },
  }));
  const clock = fakeClock();
  assert.deepEqual(await testHttpClient(server, { clock }).create(NAME), {
    ok: false,
    error: {
      kind: "rate-limited",
      method: "POST",
      path: "/workspaces/my-company/integrations",
      status: 429,
      messages: ["Too many requests"],
      waitedMs: 31_000,
    },
  });
  assert.deepEqual(clock.sleeps, [1000, 2000, 4000, 8000, 16_000]);
});

test("a wait that is longer than allowed doesn't begin, and waiting calls aren't sent", async () => {
  await using server = await startTestServer(() => ({ status: 429, headers: { "retry-after": "3600" } }));
  const clock = fakeClock();
  const client = testHttpClient(server, { clock, concurrency: 2 });
  const results = await Promise.all(Array.from({ length: 50 }, () => client.get(HASH)));
  for (const result of results)
    assert.ok(!result.ok && result.error.kind === "rate-limited" && result.error.waitedMs === 0);
  assert.equal(server.received.length, 2);
  assert.deepEqual(clock.sleeps, []);
});

test("if the reset is too far away to wait for, requests are sent until one is refused", async () => {
  const headers = { "x-rate-limit-remaining": "0", "retry-after": "", "x-rate-limit-reset": "7200" };
  await using server = await startTestServer(() => ({ headers, body: AWS }));
  const clock = fakeClock();
  const client = testHttpClient(server, { clock });
  for (let call = 0; call < 3; call += 1) assert.equal((await client.get(HASH)).ok, true);
  assert.deepEqual(clock.sleeps, []);
});

test("if no wait is allowed, a call fails at its first 429", async () => {
  await using server = await startTestServer(
    repliesInTurn({ status: 429, headers: { "retry-after": "1" } }, { body: AWS }),
  );
  const result = await testHttpClient(server, { maxWaitMs: 0 }).get(HASH);
  assert.equal(!result.ok && result.error.kind, "rate-limited");
  assert.equal(server.received.length, 1);
});

test("a write that may have been carried out, and is then refused by the rate limit, has an unknown outcome", async () => {
  await using server = await startTestServer(
    repliesInTurn({ status: 502 }, { status: 429, headers: { "retry-after": "3600" } }),
  );
  const result = await testHttpClient(server).update(HASH, NAME);
  assert.equal(!result.ok && result.error.kind, "server-error");
});

test("an interruption ends the waiting, and nothing more is sent", async () => {
  const abort = new AbortController();
  await using server = await startTestServer(() => ({ status: 429, headers: { "retry-after": "30" } }));
  const sleep = (): Promise<void> => {
    abort.abort("SIGINT");
    return Promise.resolve();
  };
  const client = testHttpClient(server, { signal: abort.signal, concurrency: 2, clock: { ...fakeClock(), sleep } });
  const results = await Promise.all([client.get(HASH), client.create(NAME), client.list()]);
  assert.deepEqual(
    results.map((result) => !result.ok && result.error.kind),
    ["interrupted", "interrupted", "interrupted"],
  );
  assert.equal(server.received.length, 2);
});

test("a clock whose sleeps end immediately doesn't cause an endless loop", async () => {
  await using server = await startTestServer(() => ({ status: 429, headers: { "retry-after": "10" } }));
  const clock = { now: () => 1_800_000_000_000, random: () => 0, sleep: () => Promise.resolve() };
  const result = await testHttpClient(server, { clock }).get(HASH);
  assert.equal(!result.ok && result.error.kind, "rate-limited");
  assert.equal(server.received.length, 7);
});
