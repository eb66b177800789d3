import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldValue } from "../../model/integration.ts";
import { Secret } from "../../model/secret.ts";
import { fakeClock, testHttpClient, TEST_TOKEN, startTestServer } from "../../../test/support/http.ts";
import type { HttpEvent } from "./events.ts";

const HASH = "5e391f5aae784b7208de0d0a";
const ALL = "/workspaces/my-company/integrations";
const ONE = `${ALL}/${HASH}`;
const AWS = { hash_id: HASH, type: "AMAZON", name: "AWS", identifier: "aws_prod", scope: "WORKSPACE" };
const LIVE = {
  hashId: HASH,
  type: "AMAZON",
  name: "AWS",
  identifier: "aws_prod",
  scope: "WORKSPACE",
  disabled: false,
  fields: new Map(),
};

test("a GET goes below the base path, with the token in its header and nowhere else", async () => {
  await using server = await startTestServer(() => ({ body: AWS }));
  assert.deepEqual(await testHttpClient(server).get(HASH), { ok: true, value: LIVE });
  const [request] = server.received;
  assert.equal(request?.url, `/api${ONE}`);
  assert.equal(request.headers.authorization, `Bearer ${TEST_TOKEN}`);
  assert.equal(request.headers.accept, "application/json");
  assert.equal(server.received.length, 1);
});

test("a slash at the end of the base URL makes no difference", async () => {
  await using server = await startTestServer(() => ({ body: AWS }));
  for (const path of ["", "/", "/api", "/api/", "/a/b//"]) {
    await testHttpClient(server, { target: { api: server.origin + path, workspace: "ws-1" } }).get(HASH);
  }
  assert.deepEqual(
    server.received.map((request) => request.url.replace(`/workspaces/ws-1/integrations/${HASH}`, "")),
    ["", "", "/api", "/api", "/a/b"],
  );
});

test("a create is a POST with its secrets in the body, and returns what the server made", async () => {
  await using server = await startTestServer(() => ({ status: 201, body: AWS }));
  const payload = new Map<string, FieldValue>([
    ["name", "AWS"],
    ["secret_key", new Secret("KEY", "s3cr3t")],
  ]);
  assert.deepEqual(await testHttpClient(server).create(payload), { ok: true, value: LIVE });
  const [request] = server.received;
  assert.equal(`${request?.method} ${request?.url}`, `POST /api${ALL}`);
  assert.equal(request?.headers["content-type"], "application/json");
  assert.equal(request.body, '{"name":"AWS","secret_key":"s3cr3t"}');
});

test("an update is a PATCH, a removal a DELETE without a body", async () => {
  await using server = await startTestServer(({ method }) => (method === "DELETE" ? { status: 204 } : { body: AWS }));
  const client = testHttpClient(server);
  assert.deepEqual(await client.update(HASH, new Map([["name", "AWS"]])), { ok: true, value: LIVE });
  assert.deepEqual(await client.remove(HASH), { ok: true, value: "deleted" });
  assert.deepEqual(
    server.received.map(({ method, url, body }) => [method, url, body]),
    [
      ["PATCH", `/api${ONE}`, '{"name":"AWS"}'],
      ["DELETE", `/api${ONE}`, ""],
    ],
  );
});

test("a 404 for something that need not exist is a result, not a failure", async () => {
  await using server = await startTestServer(() => ({ status: 404, body: { errors: [{ message: "Not found" }] } }));
  const client = testHttpClient(server);
  assert.deepEqual(await client.get(HASH), { ok: true, value: undefined });
  assert.deepEqual(await client.update(HASH, new Map([["name", "x"]])), { ok: true, value: undefined });
  assert.deepEqual(await client.remove(HASH), { ok: true, value: "absent" });
  assert.deepEqual(await client.pipelines("website"), { ok: true, value: undefined });
  assert.deepEqual(await client.project("website"), { ok: true, value: undefined });
});

test("a project is read by its slug, with the integration of its Git link", async () => {
  const body = { name: "website", display_name: "Website", integration: { hash_id: HASH } };
  await using server = await startTestServer(() => ({ body }));
  assert.deepEqual(await testHttpClient(server).project("website"), {
    ok: true,
    value: { name: "website", displayName: "Website", integration: HASH },
  });
  assert.deepEqual(
    server.received.map(({ method, url }) => `${method} ${url}`),
    ["GET /api/workspaces/my-company/projects/website"],
  );
});

test("a 404 for something that must exist is a failure", async () => {
  await using server = await startTestServer(() => ({ status: 404, body: { errors: [{ message: "Not found" }] } }));
  const client = testHttpClient(server);
  const create = await client.create(new Map([["name", "x"]]));
  for (const result of [
    await client.list(),
    create,
    await client.members(),
    await client.groups(),
    await client.projects(),
  ]) {
    assert.equal(!result.ok && result.error.kind, "not-found");
  }
});

test("a 404 that is a web page doesn't mean that something is gone", async () => {
  await using server = await startTestServer(() => ({ status: 404, body: "<!DOCTYPE html><title>nginx</title>" }));
  const client = testHttpClient(server);
  for (const result of [
    await client.get(HASH),
    await client.remove(HASH),
    await client.list(),
    await client.pipelines("x"),
  ]) {
    assert.equal(!result.ok && result.error.kind, "unreadable");
  }
});

test("names in paths are encoded, and names that would lead to another path count as missing", async () => {
  await using server = await startTestServer(() => ({ body: { pipelines: [] } }));
  const client = testHttpClient(server);
  await client.pipelines("a/../b c?d#ż");
  for (const name of ["..", ".", "", "\ud800"])
    for (const asked of [client.pipelines(name), client.project(name)])
      assert.deepEqual(await asked, { ok: true, value: undefined });
  assert.deepEqual(
    server.received.map(({ url }) => url),
    ["/api/workspaces/my-company/projects/a%2F..%2Fb%20c%3Fd%23%C5%BC/pipelines?page=1&per_page=100"],
  );
  await assert.rejects(client.get("../../user"), /is not a hash_id/);
  await assert.rejects(client.remove(""), /is not a hash_id/);
});

test("lists with pages are read until a page is empty, even if pages are short", async () => {
  const pages: readonly number[][] = [[1, 2], [3], [4, 5], []];
  await using server = await startTestServer(({ url }) => {
    const page = Number(new URL(url, "http://x").searchParams.get("page"));
    return {
      body: { members: (pages[page - 1] ?? []).map((id) => ({ id, name: `n${id}`, email: "", admin: false })) },
    };
  });
  const members = await testHttpClient(server).members();
  assert.deepEqual(members.ok && members.value.map(({ id }) => id), [1, 2, 3, 4, 5]);
  assert.equal(server.received.length, 4);
});

test("if a server ignores paging, the list is read twice; if its pages never end, reading stops", async () => {
  await using same = await startTestServer(() => ({ body: { projects: [{ name: "a" }, { name: "b" }] } }));
  const projects = await testHttpClient(same).projects();
  assert.deepEqual(projects.ok && projects.value.map(({ name }) => name), ["a", "b"]);
  assert.equal(same.received.length, 2);

  let next = 0;
  const endless = (): Promise<Response> => Promise.resolve(Response.json({ projects: [{ name: `p${(next += 1)}` }] }));
  const result = await testHttpClient(same, { fetch: endless }).projects();
  assert.equal(!result.ok && result.error.kind === "unreadable" && result.error.problem, "it has no last page");
  assert.equal(next, 1000);
});

test("a failure on a later page fails the whole list", async () => {
  await using server = await startTestServer(({ url }) =>
    url.includes("page=2&") ? { status: 403 } : { body: { members: [{ id: 1 }] } },
  );
  const members = await testHttpClient(server).members();
  assert.equal(!members.ok && members.error.kind, "forbidden");
});

test("a redirect to another host is refused, and that host gets no request", async () => {
  await using other = await startTestServer(() => ({ body: AWS }));
  await using server = await startTestServer(() => ({
    status: 307,
    headers: { location: `${other.origin}/api${ONE}` },
  }));
  const client = testHttpClient(server);
  const results = [
    await client.get(HASH),
    await client.create(new Map()),
    await client.update(HASH, new Map()),
    await client.remove(HASH),
  ];
  for (const result of results) {
    assert.ok(!result.ok && result.error.kind === "redirected");
    assert.equal(result.error.to, other.origin);
  }
  assert.equal(other.received.length, 0);
  assert.equal(server.received.length, 4);
});

test("a read follows redirects within the same origin three times; a write follows none", async () => {
  await using server = await startTestServer(({ url }) => {
    const hop = Number(new URL(url, "http://x").searchParams.get("hop"));
    return hop === 3 ? { body: AWS } : { status: 302, headers: { location: `${ONE}?hop=${hop + 1}` } };
  });
  const client = testHttpClient(server);
  assert.equal((await client.get(HASH)).ok, true);
  const written = await client.update(HASH, new Map());
  assert.equal(!written.ok && written.error.kind, "redirected");
  await using loop = await startTestServer(() => ({ status: 302, headers: { location: "?again" } }));
  const looped = await testHttpClient(loop).get(HASH);
  assert.equal(!looped.ok && looped.error.kind, "redirected");
  assert.equal(loop.received.length, 4);
});

test("in plan mode every request except a GET is a bug, and isn't sent", async () => {
  await using server = await startTestServer(() => ({ body: AWS }));
  const client = testHttpClient(server, { readOnly: true });
  await assert.rejects(client.create(new Map()), /a plan must not change anything, but POST/);
  await assert.rejects(client.update(HASH, new Map()), /PATCH/);
  await assert.rejects(client.remove(HASH), /DELETE/);
  assert.equal(server.received.length, 0);
  assert.equal((await client.get(HASH)).ok, true);
});

test("every attempt is reported with its method, path, status and request id, and nothing else", async () => {
  const events: HttpEvent[] = [];
  let asked = 0;
  await using server = await startTestServer(() =>
    (asked += 1) === 1 ? { status: 503 } : { headers: { "x-request-id": "r-2" }, body: { members: [] } },
  );
  await testHttpClient(server, { clock: fakeClock(), onEvent: (event) => events.push(event) }).members();
  const path = "/workspaces/my-company/members";
  assert.deepEqual(events, [
    { kind: "answered", method: "GET", path, ms: 0, status: 503 },
    { kind: "waiting", why: "retry", ms: 500, method: "GET", path, after: "the server returned 503" },
    { kind: "answered", method: "GET", path, ms: 0, status: 200, requestId: "r-2" },
  ]);
});

test("a client can't be made with a base URL or a token that must not be used, and the token isn't in the message", () => {
  const withApi = (api: string) => () => testHttpClient({ origin: "" }, { target: { api, workspace: "ws-1" } });
  assert.throws(withApi("http://api.buddy.works"), /http would send the token in clear text to api\.buddy\.works/);
  assert.throws(withApi("https://me:pw@api.buddy.works"), /it holds a user name or a password/);
  assert.throws(withApi("ftp://x"), /neither https nor http/);
  assert.throws(withApi("api.buddy.works"), /it is not a URL/);
  assert.throws(withApi("https://x/?a=1"), /query/);
  for (const api of ["http://localhost:1/x", "http://127.8.9.1", "http://[::1]:80", "https://buddy.example"])
    assert.ok(withApi(api)());
  const token = new Secret("BUDDY_TOKEN", "tok en");
  assert.throws(
    () => testHttpClient({ origin: "http://localhost" }, { token }),
    (error: Error) => !error.message.includes("tok en") && error.message.includes("$BUDDY_TOKEN"),
  );
});
