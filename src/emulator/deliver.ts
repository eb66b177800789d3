import type { IncomingMessage, ServerResponse } from "node:http";
import type { EmulatorResponse } from "./response.ts";
import { errorResponse } from "./response.ts";
import type { Fault } from "./faults.ts";
import { rateHeaders } from "./rate-limit.ts";

const HTML_ERROR_PAGE =
  "<!doctype html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n";

export interface ServerExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's body. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends the answer unchanged. @returns its status */
export function sendResponse({ response, headers }: ServerExchange, answer: EmulatorResponse): number {
  const body = responseBytes(answer);
  response.writeHead(answer.status, {
    ...headers,
    ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": String(body.length) }),
  });
  response.end(body);
  return answer.status;
}

/** Applies the fault to the answer and sends the result. @returns the status that was sent, or 0 if there was none */
export function sendWithFault(exchange: ServerExchange, fault: Fault, answer: EmulatorResponse): number {
  const { response } = exchange;
  let status = 0;
  switch (fault.kind) {
    case "latency":
      status = sendResponse(exchange, answer);
      break;
    case "rate-limit": {
      const reset = Math.ceil(Date.now() / 1000) + (fault.resetSeconds ?? 1);
      const headers = fault.headers === false ? {} : rateHeaders(100, 0, reset);
      status = sendResponse(
        { ...exchange, headers: { ...exchange.headers, ...headers } },
        errorResponse(429, "Rate limit exceeded"),
      );
      break;
    }
    case "error":
      status = sendResponse(exchange, errorResponse(fault.status ?? 503, fault.message ?? "Service unavailable"));
      break;
    case "reject":
      status = sendResponse(exchange, errorResponse(fault.status ?? 400, fault.message));
      break;
    case "echo":
      status = sendResponse(exchange, errorResponse(fault.status ?? 400, `Invalid request: ${exchange.text}`));
      break;
    case "reset":
      exchange.request.socket.resetAndDestroy();
      break;
    case "hang":
      break;
    case "html":
      status = sendText(response, fault.status ?? 200, HTML_ERROR_PAGE, { "Content-Type": "text/html" });
      break;
    case "answer":
      status = sendText(response, fault.status, fault.body ?? "", {
        "Content-Type": "application/json",
        ...fault.headers,
      });
      break;
    case "redirect":
      status = sendText(response, fault.status ?? 302, "", { Location: fault.location });
      break;
    case "truncate":
      status = sendTruncated(exchange, answer, fault.bytes);
      break;
    case "slow":
      status = sendSlowly(exchange, answer, 1000 / Math.max(fault.bytesPerSecond ?? 1, 0.001));
      break;
    case "endless":
      status = sendWithoutEnd(exchange, answer);
      break;
  }
  return status;
}

function sendText(response: ServerResponse, status: number, body: string, headers: Record<string, string>): number {
  response.writeHead(status, { "Content-Length": String(Buffer.byteLength(body)), ...headers });
  response.end(body);
  return status;
}

/** Announces the whole body in the headers, and ends the connection before it is complete. */
function sendTruncated(
  { request, response }: ServerExchange,
  answer: EmulatorResponse,
  wanted: number | undefined,
): number {
  const body = responseBytes(answer) ?? Buffer.from("{}");
  const count = Math.min(wanted ?? Math.floor(body.length / 2), body.length - 1);
  const status = answer.status === 204 ? 200 : answer.status;
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": String(body.length) });
  response.write(body.subarray(0, count), () => request.socket.destroy());
  if (count === 0) response.flushHeaders();
  return status;
}

function sendSlowly({ response }: ServerExchange, answer: EmulatorResponse, intervalMs: number): number {
  const body = responseBytes(answer) ?? Buffer.alloc(0);
  response.writeHead(answer.status, { "Content-Type": "application/json", "Content-Length": String(body.length) });
  let at = 0;
  const timer = setInterval(() => {
    if (at < body.length) response.write(body.subarray(at, ++at));
    if (at < body.length) return;
    clearInterval(timer);
    response.end();
  }, intervalMs);
  response.on("close", () => clearInterval(timer));
  return answer.status;
}

function sendWithoutEnd({ response }: ServerExchange, answer: EmulatorResponse): number {
  const body = responseBytes(answer) ?? Buffer.from("{}");
  const status = answer.status === 204 ? 200 : answer.status;
  response.writeHead(status, { "Content-Type": "application/json" });
  response.write(body.subarray(0, -1));
  const timer = setInterval(() => response.write(" ".repeat(64)), 20);
  response.on("close", () => clearInterval(timer));
  return status;
}

function responseBytes({ body }: EmulatorResponse): Buffer | undefined {
  if (body === undefined) return undefined;
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}
