import assert from "node:assert/strict";
import { test } from "node:test";
import type { Value } from "../model.ts";
import { Secret } from "../secret.ts";
import { fakeClock } from "../testing/clock.ts";
import { inTurn, startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import type { Client } from "./client.ts";
import { createHttpClient } from "./http.ts";
import type { HttpOptions } from "./http.ts";

const HASH = "5e391f5aae784b7208de0d0a";
const AWS = { hash_id: HASH, type: "AMAZON", name: "AWS", identifier: "aws_prod", scope: "WORKSPACE" };

function clientOf(server: TestServer, options: Partial<HttpOptions> = {}): Client {
  return createHttpClient({
    target: { api: `${server.origin}/api`, workspace: "my-company" },
    token: new Secret("BUDDY_TOKEN", "token-6f1d2c"),
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

void test("GET asks for one integration below the base path, with the token in the header only", async () => {
  await using server = await startServer(() => ({ body: AWS }));
  const result = await clientOf(server).get(HASH);
  assert.deepEqual(result, {
    ok: true,
    value: {
      hashId: HASH,
      type: "AMAZON",
      name: "AWS",
      identifier: "aws_prod",
      scope: "WORKSPACE",
      disabled: false,
      fields: new Map(),
    },
  });
  assert.equal(server.received.length, 1);
  assert.equal(server.received[0]?.url, `/api/workspaces/my-company/integrations/${HASH}`);
  assert.equal(server.received[0].headers.authorization, "Bearer token-6f1d2c");
});

void test("an integration that is gone is not a failure", async () => {
  await using server = await startServer(() => ({ status: 404, body: { errors: [{ message: "Not found" }] } }));
  const client = clientOf(server);
  assert.deepEqual(await client.get(HASH), { ok: true, value: undefined });
  assert.deepEqual(await client.update(HASH, new Map([["name", "x"]])), { ok: true, value: undefined });
  assert.deepEqual(await client.remove(HASH), { ok: true, value: "absent" });
  assert.deepEqual(await client.pipelines("website"), { ok: true, value: undefined });
});

void test("a create is sent once, with its secrets, and answers with the hash", async () => {
  await using server = await startServer(() => ({ status: 201, body: AWS }));
  const payload = new Map<string, Value>([
    ["name", "AWS"],
    ["secret_key", new Secret("KEY", "s3cr3t")],
  ]);
  const result = await clientOf(server).create(payload);
  assert.equal(result.ok && result.value.hashId, HASH);
  assert.deepEqual(
    server.received.map((request) => [request.method, request.body]),
    [["POST", '{"name":"AWS","secret_key":"s3cr3t"}']],
  );
});

void test("a create that meets a 5xx is not repeated", async () => {
  await using server = await startServer(() => ({ status: 502, body: "<html><title>Bad Gateway</title>" }));
  const result = await clientOf(server).create(new Map([["name", "AWS"]]));
  assert.deepEqual(result, {
    ok: false,
    error: {
      kind: "server-error",
      method: "POST",
      path: "/workspaces/my-company/integrations",
      status: 502,
      messages: ['an HTML page titled "Bad Gateway"'],
    },
  });
  assert.equal(server.received.length, 1);
});

void test("a read that meets 5xx is repeated until it succeeds", async () => {
  await using server = await startServer(inTurn({ status: 500 }, { status: 503 }, { body: AWS }));
  const clock = fakeClock();
  const result = await clientOf(server, { clock }).get(HASH);
  assert.equal(result.ok, true);
  assert.deepEqual(clock.sleeps, [500, 1000]);
});
