import assert from "node:assert/strict";
import { createServer as createRawServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { SELF_SIGNED } from "../../../test/support/certificate.ts";
import { startTestServer, testHttpClient, TRANSPORTS } from "../../../test/support/http.ts";
import { isOutcomeUnknown } from "../unknown-outcome.ts";
import { isCertificateCode } from "../words/causes.ts";
import { createDirectTransport } from "./direct-transport.ts";
import { MIB } from "./response.ts";
import { MAX_ERROR_BYTES, type HttpRequest } from "./transport.ts";

const GET: HttpRequest = { method: "GET", url: "", headers: {}, maxBytes: MIB, timeoutMs: 5000 };
const POST: HttpRequest = { ...GET, method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** What each connection has received so far. */
  readonly connections: readonly string[];
}

/** @param handle called for every chunk, with everything that this connection has received so far. */
async function rawServer(handle: (socket: Socket, received: string, connection: number) => void): Promise<RawServer> {
  const connections: string[] = [];
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    const index = connections.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      connections[index] += chunk.toString("latin1");
      handle(socket, connections[index] ?? "", index);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const { port } = address;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const requestsIn = (text: string, method: string): number => text.split(`${method} / HTTP/1.1`).length - 1;
const ok = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

for (const [by, createTransport] of Object.entries(TRANSPORTS)) {
  test(`a response has its status, its headers and its text, by ${by}`, async () => {
    await using server = await startTestServer(() => ({
      status: 418,
      headers: { "x-request-id": "r1", location: "/elsewhere" },
      body: "ż\u{1f375}",
    }));
    const result = await createTransport()({ ...GET, url: server.origin });
    assert.ok(result.kind === "answer");
    const { status, headers, text } = result;
    assert.deepEqual(
      [status, headers.get("x-request-id"), headers.get("location"), headers.get("retry-after"), text],
      [418, "r1", "/elsewhere", null, "ż\u{1f375}"],
    );
  });

  test(`a byte order mark is not part of the text, by ${by}`, async () => {
    await using server = await startTestServer(() => ({ body: "\uFEFF{}" }));
    const result = await createTransport()({ ...GET, url: server.origin });
    assert.equal(result.kind === "answer" && result.text, "{}");
  });

  for (const [coding, compress] of Object.entries({
    gzip: gzipSync,
    "X-GZIP": gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
  })) {
    test(`a compressed body is read, and its decompressed size is limited: ${coding}, by ${by}`, async () => {
      const small = compress(JSON.stringify({ a: "b".repeat(1000) }));
      const bomb = compress(Buffer.alloc(4 * MIB, " "));
      for (const [bytes, status, expected] of [
        [small, 200, `{"a":"${"b".repeat(1000)}"}`],
        [small, 422, `{"a":"${"b".repeat(1000)}"}`],
        [bomb, 200, undefined],
        [bomb, 500, undefined],
        [compress(Buffer.alloc(MAX_ERROR_BYTES + 1, " ")), 500, undefined],
      ] as const) {
        await using server = await startTestServer((_request, raw) => {
          raw.writeHead(status, { "content-encoding": coding }).end(bytes);
          return undefined;
        });
        const result = await createTransport()({ ...GET, url: server.origin });
        assert.ok(result.kind === "answer");
        assert.equal(result.text, expected);
      }
    });
  }

  test(`a compressed body that is cut off, or that isn't compressed, is a lost response, by ${by}`, async () => {
    const whole = gzipSync(JSON.stringify({ text: "0123456789".repeat(1000) }));
    for (const bytes of [whole.subarray(0, 30), Buffer.from("no gzip at all")]) {
      await using server = await startTestServer((_request, raw) => {
        raw.writeHead(200, { "content-encoding": "gzip" }).end(bytes);
        return undefined;
      });
      const result = await testHttpClient(server, { transport: createTransport() }).create(new Map());
      assert.ok(!result.ok && isOutcomeUnknown(result.error), JSON.stringify(result));
    }
  });

  test(`a status without a body has an empty text, and later requests work, by ${by}`, async () => {
    await using server = await startTestServer(() => ({ status: 204 }));
    const transport = createTransport();
    for (let n = 0; n < 3; n += 1) {
      const result = await transport({ ...GET, url: server.origin });
      assert.equal(result.kind === "answer" && result.text, "");
    }
  });

  test(`an interim response (1xx) is not taken for the response, by ${by}`, async () => {
    await using server = await rawServer((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${ok("yes")}`));
    const result = await createTransport()({ ...GET, url: server.url });
    assert.equal(result.kind === "answer" && result.text, "yes");
  });

  for (const [what, text] of Object.entries({
    "another protocol": "SSH-2.0-OpenSSH_9.6\r\n",
    "a switch of protocols that nobody asked for":
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    "two lengths": "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}",
    "a length and chunks":
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "headers without an end": `HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n`,
    nothing: "",
  })) {
    test(`if the server sends ${what}, the response is lost and nothing is sent again, by ${by}`, async () => {
      await using server = await rawServer((socket) => {
        if (text === "") socket.end();
        else socket.write(text);
      });
      const result = await createTransport()({ ...POST, url: server.url });
      assert.equal(result.kind, "network", JSON.stringify(result));
      assert.equal(server.connections.filter((received) => requestsIn(received, "POST") > 0).length, 1);
    });
  }

  test(`a creation on a kept connection that the server closes instead of answering is not sent again, by ${by}`, async () => {
    for (const end of ["end", "destroy", "resetAndDestroy"] as const) {
      await using server = await rawServer((socket, received) => {
        if (requestsIn(received, "POST") > 0) socket[end]();
        else socket.write(ok("{}"));
      });
      const transport = createTransport();
      assert.equal((await transport({ ...GET, url: server.url })).kind, "answer");
      const result = await transport({ ...POST, url: server.url });
      assert.equal(result.kind, "network");
      const sent = server.connections.map((received) => requestsIn(received, "POST"));
      assert.equal(
        sent.reduce((sum, count) => sum + count),
        1,
        end,
      );
      // The next one gets a new connection.
      assert.equal((await transport({ ...GET, url: server.url })).kind, "answer");
    }
  });

  test(`a creation reaches the server at most once, even if the server closes the connection after a response, by ${by}`, async () => {
    for (const end of ["end", "destroy", "resetAndDestroy"] as const) {
      await using server = await rawServer((socket) => socket.write(ok("{}"), () => socket[end]()));
      const transport = createTransport();
      for (let round = 1; round <= 30; round += 1) {
        await transport({ ...GET, url: server.url });
        const before = server.connections.reduce((sum, received) => sum + requestsIn(received, "POST"), 0);
        if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        const result = await transport({ ...POST, url: server.url });
        const sent = server.connections.reduce((sum, received) => sum + requestsIn(received, "POST"), 0) - before;
        assert.ok(result.kind === "answer" ? sent === 1 : sent <= 1, `${sent} after ${end}`);
      }
    }
  });

  test(`unrequested data on a kept connection is not taken for the next response, by ${by}`, async () => {
    let isSent = Promise.resolve();
    await using server = await rawServer((socket, received, connection) => {
      if (connection > 0) socket.write(ok("mine"));
      if (connection > 0 || requestsIn(received, "GET") > 1) return;
      socket.write(ok("first"));
      isSent = new Promise((resolve) =>
        setTimeout(() => socket.write(ok("forged"), () => setTimeout(resolve, 20)), 20),
      );
    });
    const transport = createTransport();
    const first = await transport({ ...GET, url: server.url });
    assert.equal(first.kind === "answer" && first.text, "first");
    await isSent;
    const second = await transport({ ...GET, url: server.url });
    assert.equal(second.kind === "answer" && second.text, "mine");
  });

  test(`the second of two responses to one request is not taken for the next response, by ${by}`, async () => {
    await using server = await rawServer((socket, _received, connection) => {
      socket.write(connection === 0 ? ok("first") + ok("forged") : ok("mine"));
    });
    const transport = createTransport();
    await transport({ ...GET, url: server.url });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await transport({ ...GET, url: server.url });
    assert.notEqual(second.kind === "answer" && second.text, "forged");
  });

  test(`a server with a self-signed certificate gets no byte of the request, by ${by}`, async () => {
    let received = "";
    const server = createTlsServer(SELF_SIGNED, (socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    });
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const result = await createTransport()({ ...POST, url: `https://127.0.0.1:${address.port}/` });
    await new Promise((resolve) => server.close(resolve));
    assert.ok(result.kind === "network" && isCertificateCode(result.code), JSON.stringify(result));
    assert.equal(received, "");
  });

  test(`a header that can't be sent is a failure without its text, by ${by}`, async () => {
    const result = await createTransport()({
      ...GET,
      url: "http://127.0.0.1:1/",
      headers: { authorization: "Bearer s3cr3t\nx" },
    });
    assert.equal(result.kind, "network");
    assert.doesNotMatch(JSON.stringify(result), /s3cr3t/);
  });
}

test("requests one after the other use one connection, and ten at once use ten at most", async () => {
  await using server = await rawServer((socket) => socket.write(ok("{}")));
  const transport = createDirectTransport();
  for (let n = 0; n < 20; n += 1) await transport({ ...GET, url: server.url });
  assert.equal(server.connections.length, 1);
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 10 }, () => transport({ ...GET, url: server.url })));
  }
  assert.equal(server.connections.length, 10);
});

test("a connection that the server will close within a second is not used again", async () => {
  await using server = await rawServer((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n"),
  );
  const transport = createDirectTransport();
  for (let n = 0; n < 3; n += 1) await transport({ ...GET, url: server.url });
  assert.equal(server.connections.length, 3);
});

test("if connecting takes too long, it is a failure, and the request was not sent", async () => {
  await using server = await rawServer(() => undefined);
  // It never speaks TLS.
  const result = await createDirectTransport(50)({ ...POST, url: `https://127.0.0.1:${server.port}/` });
  assert.ok(result.kind === "network");
  assert.deepEqual([result.code, result.message], ["CONNECT_TIMEOUT", "no connection within 0.05 seconds"]);
  assert.equal(isOutcomeUnknown({ ...result, kind: "network", method: "POST", path: "/" }), false);
});

test("a creation for which no connection came about was not sent, whatever the reason", async () => {
  await using closing = await rawServer((socket) => socket.end());
  await using resetting = await rawServer((socket) => socket.resetAndDestroy());
  await using silent = await rawServer(() => undefined);
  const cases = [
    [closing, POST, "ECONNRESET"],
    [resetting, POST, "ECONNRESET"],
    [silent, { ...POST, timeoutMs: 50 }, "CONNECT_TIMEOUT"],
  ] as const;
  for (const [{ port }, request, code] of cases) {
    const result = await createDirectTransport()({ ...request, url: `https://127.0.0.1:${port}/` });
    assert.ok(result.kind === "network");
    assert.equal(result.code, code);
    assert.equal(isOutcomeUnknown({ ...result, method: "POST", path: "/" }), false, code);
  }
});

test("a creation on a connection that came about may have been carried out, even if the connection is reset", async () => {
  await using server = await rawServer((socket) => socket.resetAndDestroy());
  const result = await createDirectTransport()({ ...POST, url: server.url });
  assert.ok(result.kind === "network");
  assert.equal(result.code, "ECONNRESET");
  assert.equal(isOutcomeUnknown({ ...result, method: "POST", path: "/" }), true);
});
