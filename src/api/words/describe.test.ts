import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiFailure } from "../client.ts";
import { describeFailure } from "./describe.ts";

const ASKED = { method: "GET", path: "/workspaces/my-company/integrations/a1" } as const;
const POSTED = { method: "POST", path: "/workspaces/my-company/integrations" } as const;
const BASES =
  "https://api.buddy.works, https://api.eu.buddy.works, https://api.asia.buddy.works, or https://HOST/api for your own installation";
const BASE = `is this the API's base URL? It should be ${BASES}`;

const CASES: readonly (readonly [failure: ApiFailure, message: string, hint: string | undefined])[] = [
  [
    { ...ASKED, kind: "unauthorized", status: 401, messages: ["Invalid token"], requestId: "r-1" },
    "GET /workspaces/my-company/integrations/a1: the server returned 401: Invalid token (request r-1)",
    "the token is not valid here: it is wrong, expired or revoked, or belongs to another region; check BUDDY_TOKEN and the API's base URL",
  ],
  [
    { ...ASKED, kind: "unauthorized", status: 401, messages: ["Expired"], attemptLost: true },
    "GET /workspaces/my-company/integrations/a1: the server returned 401: Expired; an earlier attempt got no clear response, and may have succeeded",
    "the token is not valid here: it is wrong, expired or revoked, or belongs to another region; check BUDDY_TOKEN and the API's base URL",
  ],
  [
    { ...ASKED, kind: "forbidden", status: 403, messages: ["cannot receive data"] },
    "GET /workspaces/my-company/integrations/a1: the server returned 403: cannot receive data",
    "the token may lack a scope, probably INTEGRATION_READ (INTEGRATION_INFO before August 2026), or its owner may lack the right; compare its scopes in the web page, where it was made",
  ],
  [
    { ...POSTED, kind: "forbidden", status: 403, messages: ["API is disabled in this workspace"], apiDisabled: true },
    "POST /workspaces/my-company/integrations: the server returned 403: API is disabled in this workspace",
    "an administrator has to enable the API in the workspace's settings (API, also called Developer API): it is off by default",
  ],
  [
    { ...ASKED, kind: "not-found", status: 404, messages: [] },
    "GET /workspaces/my-company/integrations/a1: the server returned 404",
    "check the workspace's name and the API's base URL; the API also returns 404 for what the token's owner may not see",
  ],
  [
    { ...POSTED, kind: "rejected", status: 422, messages: ["name is taken", "type is wrong"] },
    "POST /workspaces/my-company/integrations: the server returned 422: name is taken; type is wrong",
    undefined,
  ],
  [
    { ...ASKED, kind: "rate-limited", status: 429, messages: [], waitedMs: 61_240 },
    "GET /workspaces/my-company/integrations/a1: the server returned 429, and waiting 61.2 s did not help",
    "try again later, wait longer with --max-wait, or send less at once with --concurrency",
  ],
  [
    { ...ASKED, kind: "rate-limited", status: 429, messages: [], waitedMs: 0 },
    "GET /workspaces/my-company/integrations/a1: the server returned 429, and asks for a longer wait than --max-wait allows",
    "try again later, wait longer with --max-wait, or send less at once with --concurrency",
  ],
  [
    { ...POSTED, kind: "server-error", status: 502, messages: ['an HTML page titled "Bad Gateway"'] },
    'POST /workspaces/my-company/integrations: the server returned 502: an HTML page titled "Bad Gateway"',
    "it may have succeeded anyway",
  ],
  [
    { ...ASKED, kind: "redirected", status: 301, messages: [], to: "https://app.buddy.works" },
    "GET /workspaces/my-company/integrations/a1: the server returned 301, a redirect to https://app.buddy.works; the token is not sent there",
    `if that is the API, make it the base URL; otherwise the base URL is ${BASES}`,
  ],
  [
    { ...ASKED, kind: "unreadable", status: 200, messages: [], problem: "it is an HTML page" },
    "GET /workspaces/my-company/integrations/a1: the server returned 200, but the response can't be read: it is an HTML page",
    BASE,
  ],
  [
    { ...ASKED, kind: "network", code: "ENOTFOUND", message: "getaddrinfo ENOTFOUND api.budy.works" },
    "GET /workspaces/my-company/integrations/a1: no response: ENOTFOUND (getaddrinfo ENOTFOUND api.budy.works)",
    `this host can't be found; check DNS, HTTPS_PROXY, and the API's base URL: ${BASES}`,
  ],
  [
    { ...ASKED, kind: "network", code: "DEPTH_ZERO_SELF_SIGNED_CERT", message: "self-signed certificate" },
    "GET /workspaces/my-company/integrations/a1: no response: DEPTH_ZERO_SELF_SIGNED_CERT (self-signed certificate)",
    "the server's certificate isn't trusted; for your own certificate authority, set NODE_EXTRA_CA_CERTS (BUDDY_INSECURE=true accepts any certificate)",
  ],
  [
    { ...ASKED, kind: "timeout", seconds: 30 },
    "GET /workspaces/my-company/integrations/a1: no complete response within 30 s",
    "wait longer with --timeout, and check the network",
  ],
  [
    { ...POSTED, kind: "interrupted" },
    "POST /workspaces/my-company/integrations: not sent, because the run was stopped",
    undefined,
  ],
];
for (const [failure, message, hint] of CASES) {
  test(`a failure is described with what to do: ${failure.kind}, ${message.slice(-24)}`, () => {
    assert.deepEqual(describeFailure(failure), hint === undefined ? { message } : { message, hint });
  });
}

test("the hint of a 403 names the scope that the call needs, by its new and by its old name", () => {
  const hint = (method: "GET" | "PATCH" | "DELETE" | "POST", path: string): string =>
    /probably (.+), or its owner/.exec(
      describeFailure({ method, path, kind: "forbidden", status: 403, messages: [] }).hint ?? "",
    )?.[1] ?? "";
  assert.equal(hint("PATCH", "/workspaces/w/integrations/a"), "INTEGRATION_MANAGE");
  assert.equal(hint("DELETE", "/workspaces/w/integrations/a"), "INTEGRATION_MANAGE");
  assert.equal(hint("POST", "/workspaces/w/integrations"), "INTEGRATION_WRITE (INTEGRATION_ADD before August 2026)");
  assert.equal(hint("GET", "/workspaces/w/members"), "MEMBER_READ (WORKSPACE before August 2026)");
  assert.equal(hint("GET", "/workspaces/w/groups"), "GROUP_READ (WORKSPACE before August 2026)");
  assert.equal(hint("GET", "/workspaces/w/projects"), "PROJECT_READ (WORKSPACE before August 2026)");
  assert.equal(hint("GET", "/workspaces/w/projects/p"), "PROJECT_READ (WORKSPACE before August 2026)");
  assert.equal(hint("GET", "/workspaces/w/projects/p/pipelines"), "PIPELINE_READ (EXECUTION_INFO before August 2026)");
  assert.equal(hint("GET", "/user"), "USER_READ (USER_INFO before August 2026)");
});

test("a scope of any name is shown as the server writes it", () => {
  const messages = ["cannot receive data, scope INTEGRATION_READ_V2 is missing"];
  const described = describeFailure({ ...ASKED, kind: "forbidden", status: 403, messages });
  assert.match(described.message, /returned 403: cannot receive data, scope INTEGRATION_READ_V2 is missing$/);
});
