import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { errorResponse } from "./response.ts";
import type { ApiContext, ApiRequest } from "./api.ts";
import { handleApiRequest, tokenOf } from "./api.ts";
import { isJsonObject } from "./integration-body.ts";
import type { ControlContext } from "./control.ts";
import { handleControlRequest, CONTROL_SEGMENT } from "./control.ts";
import { sendWithFault, sendResponse } from "./deliver.ts";
import { timingOf } from "./faults.ts";
import { loggableQuery } from "./request-log.ts";

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const EMPTY_RESPONSE = { status: 200, body: {} } as const;

/** The HTTP side: reads the request, applies faults, logs. */
export function emulatorServer(api: ApiContext & ControlContext, closing: AbortSignal): Server {
  const server = createServer((request, response) => {
    handleRequest(api, request, response, closing).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (closing.aborted || response.headersSent) response.destroy();
      else sendResponse({ request, response, text: "", headers: {} }, errorResponse(500, `Emulator: ${message}`));
    });
  });
  // Longer than any client keeps a connection, so that the emulator never closes a connection in use.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function handleRequest(
  api: ApiContext & ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const text = await readRequestBody(request);
  const started = performance.now();
  const now = new Date();
  const method = request.method ?? "GET";
  const { path, rawQuery, segments, query } = parseRequestTarget(request.url ?? "/");
  const json = parseJsonOrUndefined(text);
  const exchange = { request, response, text, headers: {} };
  if (segments === undefined) return void sendResponse(exchange, errorResponse(400, "Invalid path"));
  if (segments[0] === CONTROL_SEGMENT)
    return void sendResponse(exchange, handleControlRequest(api, method, segments.slice(1), query, json));

  const identifier = isJsonObject(json) && typeof json["identifier"] === "string" ? json["identifier"] : undefined;
  const { latencyMs, fault } = api.faults.choose({ method, path, query: rawQuery, identifier });
  const wait = api.settings.latencyMs + latencyMs;
  if (wait > 0) await sleep(wait, undefined, { signal: closing });
  const { authorization } = request.headers;
  const token = tokenOf(api.store, authorization, now)?.name;
  const log = (status: number, error?: string) => {
    const ms = Math.round((performance.now() - started) * 100) / 100;
    const struck = fault === undefined ? undefined : `${fault.kind} ${timingOf(fault)}`;
    const parts = { method, path, query: loggableQuery(query), status, ms, token, identifier, fault: struck, error };
    api.log.add({ at: now.toISOString(), ...parts });
  };
  if (fault !== undefined && timingOf(fault) === "before") return log(sendWithFault(exchange, fault, EMPTY_RESPONSE));
  // The wait continues even if the client disconnects.
  const delay = method === "POST" ? api.settings.commitDelayMs : 0;
  if (delay > 0) await sleep(delay, undefined, { signal: closing });
  const apiRequest: ApiRequest = { method, segments, query, authorization, json, text, now };
  const { answer, headers } = handleApiRequest(api, apiRequest);
  if (fault !== undefined) return log(sendWithFault({ ...exchange, headers }, fault, answer));
  // Log first, so that a client with a response finds the request in the log.
  log(answer.status, firstErrorMessage(answer.body));
  sendResponse({ ...exchange, headers }, answer);
}

function firstErrorMessage(body: unknown): string | undefined {
  const errors: unknown = isJsonObject(body) ? body["errors"] : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isJsonObject(first) && typeof first["message"] === "string" ? first["message"] : undefined;
}

async function readRequestBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error("the request's body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseRequestTarget(target: string): {
  path: string;
  rawQuery: string;
  segments: readonly string[] | undefined;
  query: URLSearchParams;
} {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const rawQuery = mark === -1 ? "" : target.slice(mark + 1);
  const query = new URLSearchParams(rawQuery);
  try {
    return {
      path,
      rawQuery,
      segments: path
        .split("/")
        .filter((part) => part !== "")
        .map(decodeURIComponent),
      query,
    };
  } catch {
    return { path, rawQuery, segments: undefined, query };
  }
}

function parseJsonOrUndefined(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
