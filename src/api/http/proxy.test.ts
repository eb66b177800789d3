import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { Server, Socket } from "node:net";
import { test } from "node:test";
import { SELF_SIGNED } from "../../../test/support/certificate.ts";
import { testHttpClient, startTestServer } from "../../../test/support/http.ts";
import { isNeverSent } from "../unknown-outcome.ts";
import { isCertificateCode } from "../words/causes.ts";
import { describeFailure } from "../words/describe.ts";
import { proxiedFetch, proxyProblem } from "./proxy.ts";
import { MAX_TRIES } from "./retry.ts";

const HASH = "5e391f5aae784b7208de0d0a";
const AWS = { hash_id: HASH, type: "AMAZON", name: "AWS" };

const API = "https://buddy.test/api";

interface Started extends AsyncDisposable {
  readonly port: number;
}

async function listening(server: Server): Promise<Started> {
  // A server that tunnels or speaks TLS doesn't know all of its connections.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { port: address.port, [Symbol.asyncDispose]: close };
}

/** A proxy that tunnels every host to this port of the loopback, and records the requested hosts. */
async function tunnelTo(port: number): Promise<Started & { readonly hosts: readonly string[] }> {
  const hosts: string[] = [];
  const server = createServer((_request, response) => response.writeHead(400).end());
  server.on("connect", (request, socket) => {
    hosts.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on("error", () => [upstream, socket].forEach((each) => each.destroy()));
  });
  return { ...(await listening(server)), hosts };
}

function selfSigned(): Promise<Started> {
  return listening(
    createTlsServer(SELF_SIGNED, (_request, response) => {
      response.end(JSON.stringify(AWS));
    }),
  );
}

test("without a proxy or BUDDY_INSECURE, no special fetch is needed", async () => {
  assert.equal(await proxiedFetch(API, { NO_PROXY: "*", HTTPS_PROXY: "" }, false), undefined);
});

for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
  test(`the API is reached through the proxy that ${name} names, with its password`, async () => {
    await using api = await selfSigned();
    await using proxy = await tunnelTo(api.port);
    const fetch = await proxiedFetch(API, { [name]: `http://me:pw@127.0.0.1:${proxy.port}` }, true);
    const target = { api: "https://buddy.test/api", workspace: "ws-1" };
    const result = await testHttpClient({ origin: "" }, { target, ...(fetch && { fetch }) }).get(HASH);
    assert.equal(result.ok && result.value?.name, "AWS");
    assert.deepEqual(proxy.hosts, [`buddy.test:443 Basic ${Buffer.from("me:pw").toString("base64")}`]);
  });
}

test("a proxy does not make a certificate trusted", async () => {
  await using api = await selfSigned();
  await using proxy = await tunnelTo(api.port);
  const fetch = await proxiedFetch(API, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }, false);
  const target = { api: "https://buddy.test/api", workspace: "ws-1" };
  const result = await testHttpClient({ origin: "" }, { target, ...(fetch && { fetch }) }).get(HASH);
  assert.ok(!result.ok && result.error.kind === "network");
  assert.ok(isCertificateCode(result.error.code), result.error.code);
  assert.equal(proxy.hosts.length, 1, "it is not tried again");
});

test("hosts of NO_PROXY and the loopback are reached directly, with any proxy", async () => {
  const HTTPS_PROXY = "http://127.0.0.1:1";
  for (const api of ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80/api"]) {
    assert.equal(await proxiedFetch(api, { HTTPS_PROXY, HTTP_PROXY: HTTPS_PROXY }, false), undefined);
  }
  assert.equal(await proxiedFetch("https://10.1.2.3/api", { HTTPS_PROXY, NO_PROXY: "10.0.0.0/8" }, false), undefined);
  assert.ok(await proxiedFetch("https://11.1.2.3/api", { HTTPS_PROXY, NO_PROXY: "10.0.0.0/8" }, false));

  await using proxy = await tunnelTo(1);
  const without = await proxiedFetch(
    "https://buddy.invalid",
    { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "example.com,.invalid" },
    // So that there is a fetch that could go through the proxy.
    true,
  );
  const target = { api: "https://buddy.invalid", workspace: "ws-1" };
  const unknown = await testHttpClient({ origin: "" }, { target, ...(without && { fetch: without }) }).create(
    new Map(),
  );
  assert.ok(!unknown.ok && unknown.error.kind === "network");
  assert.deepEqual(proxy.hosts, []);
});

for (const [status, tries] of [
  [407, 1],
  [403, 1],
  [502, MAX_TRIES],
] as const) {
  test(`a ${status} of the proxy is reported as the proxy's, after ${tries} tries; nothing was sent to the API`, async () => {
    const hosts: string[] = [];
    const server = createServer();
    server.on("connect", (request, socket) => {
      hosts.push(request.url ?? "");
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    });
    await using proxy = await listening(server);
    const fetch = await proxiedFetch(API, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }, false);
    const client = testHttpClient({ origin: "" }, { target: { api: API, workspace: "ws-1" }, ...(fetch && { fetch }) });
    const read = await client.get(HASH);
    assert.equal(hosts.length, tries);
    const created = await client.create(new Map());
    assert.ok(!read.ok && !created.ok);
    assert.equal(isNeverSent(created.error), true);
    const { message, hint } = describeFailure(read.error);
    assert.match(message, new RegExp(`: the proxy refused to connect: it returned ${status}$`));
    assert.match(hint ?? "", /NO_PROXY/);
  });
}

test("a self-signed certificate is refused, unless BUDDY_INSECURE is set", async () => {
  await using api = await selfSigned();
  const target = { api: `https://127.0.0.1:${api.port}`, workspace: "ws-1" };
  const refused = await testHttpClient({ origin: "" }, { target }).get(HASH);
  assert.ok(!refused.ok && refused.error.kind === "network");
  assert.ok(isCertificateCode(refused.error.code), refused.error.code);
  const fetch = await proxiedFetch(target.api, {}, true);
  assert.equal((await testHttpClient({ origin: "" }, { target, ...(fetch && { fetch }) }).get(HASH)).ok, true);
});

test("a proxy variable that isn't a URL is reported without its text, which may hold a password", () => {
  assert.equal(proxyProblem({ HTTPS_PROXY: "http://me:pw@proxy:3128", no_proxy: "x" }), undefined);
  assert.equal(proxyProblem({ HTTPS_PROXY: "proxy:3128" }), "HTTPS_PROXY is not the URL of a proxy (http://HOST:PORT)");
  assert.equal(proxyProblem({ http_proxy: "me:pw@proxy" }), "HTTP_PROXY is not the URL of a proxy (http://HOST:PORT)");
});

test("a % in a proxy's password stands for itself if it doesn't begin an escape", async () => {
  for (const [written, password] of [
    ["100%", "100%"],
    ["100%25", "100%"],
    ["%zz%", "%zz%"],
    ["p%40ss", "p@ss"],
  ] as const) {
    await using server = await startTestServer(() => ({ body: AWS }));
    await using proxy = await tunnelTo(Number(new URL(server.origin).port));
    const env = { HTTP_PROXY: `http://user:${written}@127.0.0.1:${proxy.port}` };
    assert.equal(proxyProblem(env), undefined);
    const fetch = await proxiedFetch("http://buddy.example", env, false);
    await fetch?.("http://buddy.example/");
    const credentials = Buffer.from(`user:${password}`).toString("base64");
    assert.deepEqual(proxy.hosts, [`buddy.example:80 Basic ${credentials}`]);
  }
});

test("an escape that isn't UTF-8 in a proxy's user name or password is refused, without showing either", () => {
  for (const part of ["user:%ff", "%c3%28:x"]) {
    const problem = proxyProblem({ HTTPS_PROXY: `http://${part}@proxy.example:3128` });
    assert.match(problem ?? "", /^the user name or the password in HTTPS_PROXY holds an escape that isn't UTF-8/);
    assert.doesNotMatch(problem ?? "", /%ff|%c3/);
  }
});
