import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldValue } from "../../model/integration.ts";
import { Secret } from "../../model/secret.ts";
import { testHttpClient, startTestServer, type ScriptedReply } from "../../../test/support/http.ts";

const HASH = "5e391f5aae784b7208de0d0a";
const ALL = "/workspaces/my-company/integrations";
const ONE = `${ALL}/${HASH}`;

const about = { method: "GET", path: ONE };
const REFUSALS: readonly (readonly [name: string, reply: ScriptedReply, error: object])[] = [
  [
    "401",
    { status: 401, body: { errors: [{ message: "Invalid token" }] } },
    { kind: "unauthorized", status: 401, messages: ["Invalid token"] },
  ],
  [
    "403",
    { status: 403, body: { error: "cannot receive data" } },
    { kind: "forbidden", status: 403, messages: ["cannot receive data"] },
  ],
  [
    "a disabled API, whatever the status",
    { status: 400, body: { errors: [{ message: "API is disabled in this workspace" }] } },
    { kind: "forbidden", status: 400, messages: ["API is disabled in this workspace"], apiDisabled: true },
  ],
  [
    "400",
    { status: 400, body: { errors: [{ message: "a" }, { message: "b" }] } },
    { kind: "rejected", status: 400, messages: ["a", "b"] },
  ],
  [
    "409 in plain text",
    { status: 409, body: "identifier is\ntaken" },
    { kind: "rejected", status: 409, messages: ["identifier is taken"] },
  ],
  ["422 without a body", { status: 422 }, { kind: "rejected", status: 422, messages: [] }],
  ["422 with unknown JSON", { status: 422, body: { code: 7 } }, { kind: "rejected", status: 422, messages: [] }],
  [
    "a request id",
    { status: 400, headers: { "x-request-id": "8f-1" } },
    { kind: "rejected", status: 400, messages: [], requestId: "8f-1" },
  ],
  [
    "a text that can't be a request id",
    { status: 400, headers: { "x-request-id": "<b> x" } },
    { kind: "rejected", status: 400, messages: [] },
  ],
  ["500", { status: 500, body: { message: "oops" } }, { kind: "server-error", status: 500, messages: ["oops"] }],
  [
    "502 of a proxy",
    { status: 502, body: "<html><title>Bad\nGateway</title>" },
    { kind: "server-error", status: 502, messages: ['an HTML page titled "Bad Gateway"'] },
  ],
  [
    "a web page",
    { body: "<!DOCTYPE html><html>" },
    { kind: "unreadable", status: 200, messages: [], problem: "it is an HTML page" },
  ],
  ["an empty 200", { body: "" }, { kind: "unreadable", status: 200, messages: [], problem: "it is empty" }],
  [
    "half a JSON",
    { body: '{"hash_id": "5e' },
    { kind: "unreadable", status: 200, messages: [], problem: "it is not complete JSON" },
  ],
  [
    "no hash",
    { body: { type: "X" } },
    { kind: "unreadable", status: 200, messages: [], problem: "hash_id is missing" },
  ],
  ["a redirect without a target", { status: 302 }, { kind: "redirected", status: 302, messages: [], to: "" }],
];
for (const [name, reply, error] of REFUSALS) {
  test(`each kind of error response becomes its own kind of failure: ${name}`, async () => {
    await using server = await startTestServer(() => reply);
    assert.deepEqual(await testHttpClient(server).get(HASH), { ok: false, error: { ...about, ...error } });
  });
}

test("if a server echoes the request and the token, no value is shown", async () => {
  await using server = await startTestServer(({ body, headers }) => ({
    status: 422,
    headers: { "x-request-id": String(headers.authorization).slice(7) },
    body: { errors: [{ message: `bad: ${body}` }, { message: `for ${headers.authorization}` }] },
  }));
  const payload = new Map<string, FieldValue>([["token", new Secret("T", 'wJalr"XUtn\\FEMI\nline two')]]);
  assert.deepEqual(await testHttpClient(server).create(payload), {
    ok: false,
    error: {
      kind: "rejected",
      method: "POST",
      path: ALL,
      status: 422,
      messages: [
        "the server's message is withheld: it contains part of $T",
        "the server's message is withheld: it contains part of $BUDDY_TOKEN",
      ],
    },
  });
});
