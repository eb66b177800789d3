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
 * Connections that are kept for further requests. A request gets a connection only after it is connected, for `https:` with
 * a checked certificate. So a failure to connect always means that the request was not sent.
 * @param connectMs how long connecting may take, encryption included.
 */
export function createConnections(protocol: "http:" | "https:", connectMs: number): HttpAgent {
  const isEncrypted = protocol === "https:";
  const agent = isEncrypted ? new HttpsAgent(OPTIONS) : new HttpAgent(OPTIONS);
  // Node has a class for each protocol. Replacing methods of the object gives both the same behaviour.
  const createConnection = agent.createConnection.bind(agent);
  const keepSocketAlive = agent.keepSocketAlive.bind(agent);
  const reuseSocket = agent.reuseSocket.bind(agent);
  return Object.assign(agent, {
    createConnection: (options: ClientRequestArgs, callback?: OnConnected): undefined => {
      const socket = createConnection(options);
      handOverConnected(socket, isEncrypted ? "secureConnect" : "connect", connectMs, callback);
    },
    keepSocketAlive: (socket: Duplex): boolean => keep(socket, keepSocketAlive(socket)),
    reuseSocket: (socket: Duplex, request: ClientRequest): void => {
      socket.off("data", discard);
      reuseSocket(socket, request);
    },
  });
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
