import { Agent as HttpAgent, type ClientRequest, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** How long an unused connection is kept. It is shorter if the server says that it closes sooner. */
const IDLE_MS = 4000;

const OPTIONS = { keepAlive: true, timeout: IDLE_MS };

/** Why a connection didn't come about. No part of a request was sent. */
export class ConnectingFailed extends Error {
  constructor(cause: Error) {
    super("no connection", { cause });
  }
}

type OnConnected = (error: Error | null, socket: Duplex) => void;

/**
 * Connections for `http:` that are kept for further requests. A request gets a connection only after it is connected. So a
 * failure to connect always means that the request was not sent.
 */
export class PlainConnections extends HttpAgent {
  readonly #connectMs: number;
  /** @param connectMs how long connecting may take. */
  constructor(connectMs: number) {
    super(OPTIONS);
    this.#connectMs = connectMs;
  }
  override createConnection(options: ClientRequestArgs, callback?: OnConnected): undefined {
    handOverConnected(super.createConnection(options), "connect", this.#connectMs, callback);
  }
  override keepSocketAlive(socket: Duplex): boolean {
    return keep(socket, super.keepSocketAlive(socket));
  }
  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    socket.off("data", discard);
    super.reuseSocket(socket, request);
  }
}

/** The same for `https:`. The server's certificate is checked before a request gets the connection. */
export class EncryptedConnections extends HttpsAgent {
  readonly #connectMs: number;
  /** @param connectMs how long connecting may take, encryption included. */
  constructor(connectMs: number) {
    super(OPTIONS);
    this.#connectMs = connectMs;
  }
  override createConnection(options: ClientRequestArgs, callback?: OnConnected): undefined {
    handOverConnected(super.createConnection(options), "secureConnect", this.#connectMs, callback);
  }
  override keepSocketAlive(socket: Duplex): boolean {
    return keep(socket, super.keepSocketAlive(socket));
  }
  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    socket.off("data", discard);
    super.reuseSocket(socket, request);
  }
}

function handOverConnected(
  socket: Duplex | null | undefined,
  event: "connect" | "secureConnect",
  connectMs: number,
  callback: OnConnected | undefined,
): void {
  if (!(socket instanceof Socket) || callback === undefined) throw new Error("Node made no connection");
  const fail = (error: Error): void => {
    clearTimeout(timer);
    callback(new ConnectingFailed(error), socket);
  };
  const closed = (): void =>
    fail(Object.assign(new Error("the connection was closed before it was ready"), { code: "ECONNRESET" }));
  const timer = setTimeout(() => {
    const seconds = connectMs / 1000;
    socket.destroy(Object.assign(new Error(`no connection within ${seconds} seconds`), { code: "CONNECT_TIMEOUT" }));
  }, connectMs);
  socket.once("error", fail);
  socket.once("close", closed);
  socket.once(event, () => {
    clearTimeout(timer);
    socket.off("error", fail);
    socket.off("close", closed);
    callback(null, socket);
  });
}

/** Data on an unused connection belongs to no request. It must not be taken for the response to the next one. */
function keep(socket: Duplex, isKept: unknown): boolean {
  if (isKept === false) return false;
  socket.on("data", discard);
  return true;
}

function discard(this: Duplex): void {
  this.destroy();
}
