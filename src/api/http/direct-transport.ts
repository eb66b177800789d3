import { request as requestPlain, type ClientRequest, type IncomingMessage } from "node:http";
import { request as requestEncrypted } from "node:https";
import { rootCause } from "../words/causes.ts";
import { ConnectingFailed, createConnections } from "./connections.ts";
import { decodeBody, utf8Text } from "./decode-body.ts";
import { bodyLimit, type HttpRequest, type Transport, type TransportResult } from "./transport.ts";

/** As long as fetch allows for connecting. */
const CONNECT_MS = 10_000;

/**
 * Sends with Node's own HTTP client, which needs half the time and the memory of fetch. A request is written once, to one
 * connection. If the connection ends before the response is complete, the result is `network`, and nothing is sent again.
 * @param connectMs how long connecting may take.
 */
export function createDirectTransport(connectMs: number = CONNECT_MS): Transport {
  const plain = createConnections("http:", connectMs);
  const encrypted = createConnections("https:", connectMs);
  let server = serverOf("http://localhost");
  return (outgoing) =>
    exchange(outgoing, () => {
      const { method, url } = outgoing;
      // Nearly every request goes to the server of the one before.
      const pathStart = pathStartOf(url);
      if (!isAt(server, url, pathStart)) server = serverOf(url.slice(0, pathStart));
      const { hostname, port } = server;
      const options = { method, hostname, port, path: url.slice(pathStart), headers: headerList(outgoing, server) };
      return server.isEncrypted
        ? requestEncrypted({ ...options, agent: encrypted })
        : requestPlain({ ...options, agent: plain });
    });
}

/** What `https://HOST:PORT` says. Node would work it out again for each request. */
interface HttpServer {
  readonly origin: string;
  readonly isEncrypted: boolean;
  readonly hostname: string;
  /** Empty: the usual one. */
  readonly port: string;
  /** For the header: with the port, unless it is the usual one. */
  readonly host: string;
}

function serverOf(origin: string): HttpServer {
  const { protocol, hostname, port, host } = new URL(origin);
  const isAddress = hostname.startsWith("[");
  return {
    origin,
    isEncrypted: protocol === "https:",
    hostname: isAddress ? hostname.slice(1, -1) : hostname,
    port,
    host,
  };
}

/** Where the path begins: at the first slash behind `https://`. */
function pathStartOf(url: string): number {
  const start = url.indexOf("/", "https://".length);
  return start === -1 ? url.length : start;
}

function isAt({ origin }: HttpServer, url: string, pathStart: number): boolean {
  return origin.length === pathStart && url.startsWith(origin);
}

/** Names and values in turn, which Node writes as they are. The body's length has to be among them, or it is sent in chunks. */
function headerList({ headers, body }: HttpRequest, { host }: HttpServer): string[] {
  const list = ["host", host, "accept-encoding", "gzip"];
  for (const [name, value] of Object.entries(headers)) list.push(name, value);
  if (body !== undefined) list.push("content-length", String(Buffer.byteLength(body)));
  return list;
}

function exchange(outgoing: HttpRequest, start: () => ClientRequest): Promise<TransportResult> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    try {
      request = start();
    } catch (error) {
      resolve(noResponse(error));
      return;
    }
    const settle = (result: TransportResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => {
      // A request gets its connection only once that is ready.
      settle(request.socket === null ? notConnectedWithin(outgoing.timeoutMs) : { kind: "timeout" });
      request.destroy();
    }, outgoing.timeoutMs);
    request.on("error", (error) => settle(noResponse(error)));
    const closed = (): void => settle(CLOSED);
    request.on("close", closed);
    request.on("response", (response) => {
      request.off("close", closed);
      readResponse(response, outgoing.maxBytes, settle);
    });
    request.end(outgoing.body);
  });
}

/** Reads the body. Node enforces a declared length and the end of chunks: a body that ends earlier is an error. */
function readResponse(response: IncomingMessage, maxBytes: number, settle: (result: TransportResult) => void): void {
  const { statusCode: status = 0, headers } = response;
  const limit = bodyLimit(status, maxBytes);
  const answer = (text: string | undefined): TransportResult => ({
    kind: "answer",
    status,
    headers: { get: (name) => headerText(headers[name]) },
    text,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  const giveUp = (): void => {
    settle(answer(undefined));
    response.destroy();
  };
  response.on("error", (error) => settle(noResponse(error)));
  if (Number(headers["content-length"]) > limit) {
    giveUp();
    return;
  }
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.byteLength;
    chunks.push(chunk);
    if (bytes > limit) giveUp();
  });
  response.on("end", () => {
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes);
    const encoding = headers["content-encoding"];
    if (encoding === undefined) settle(answer(utf8Text(body)));
    else
      decodeBody(body, encoding, limit).then(
        (text) => settle(answer(text)),
        (error: unknown) => settle(noResponse(error)),
      );
  });
}

const CLOSED: TransportResult = { kind: "network", code: "ECONNRESET", message: "the connection was closed" };

function notConnectedWithin(ms: number): TransportResult {
  const message = `no connection within ${ms / 1000} seconds`;
  return { kind: "network", code: "CONNECT_TIMEOUT", message, neverConnected: true };
}

function noResponse(error: unknown): TransportResult {
  return error instanceof ConnectingFailed
    ? { kind: "network", ...rootCause(error.cause), neverConnected: true }
    : { kind: "network", ...rootCause(error) };
}

/** The text of a header. If it is repeated, Node keeps the first one or joins them, depending on the header. */
function headerText(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(", ") : (value ?? null);
}
