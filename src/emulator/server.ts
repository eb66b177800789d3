import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { refuse } from "./answer.ts";
import type { Api, ApiRequest } from "./api.ts";
import { answerApi, tokenOf } from "./api.ts";
import { isObject } from "./body.ts";
import type { Control } from "./control.ts";
import { answerControl, CONTROL_SEGMENT } from "./control.ts";
import { deliver, send } from "./deliver.ts";
import { strikes } from "./faults.ts";
import { loggable } from "./request-log.ts";

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const NOTHING = { status: 200, body: {} } as const;

/** The HTTP side: reads the request, lets faults have their way, logs. */
export function emulatorServer(api: Api & Control, closing: AbortSignal): Server {
  const server = createServer((request, response) => {
    handle(api, request, response, closing).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (closing.aborted || response.headersSent) response.destroy();
      else send({ request, response, text: "", headers: {} }, refuse(500, `Emulator: ${message}`));
    });
  });
  // Longer than any client keeps a connection, so that it is never the emulator that closes one in use.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function handle(
  api: Api & Control,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const text = await readText(request);
  const started = performance.now();
  const now = new Date();
  const method = request.method ?? "GET";
  const { path, rawQuery, segments, query } = parseTarget(request.url ?? "/");
  const json = parseJson(text);
  const exchange = { request, response, text, headers: {} };
  if (segments === undefined) return void send(exchange, refuse(400, "Invalid path"));
  if (segments[0] === CONTROL_SEGMENT)
    return void send(exchange, answerControl(api, method, segments.slice(1), query, json));

  const identifier = isObject(json) && typeof json["identifier"] === "string" ? json["identifier"] : undefined;
  const { latencyMs, fault } = api.faults.choose({ method, path, query: rawQuery, identifier });
  const wait = api.settings.latencyMs + latencyMs;
  if (wait > 0) await sleep(wait, undefined, { signal: closing });
  const { authorization } = request.headers;
  const token = tokenOf(api.store, authorization, now)?.name;
  const log = (status: number, error?: string) => {
    const ms = Math.round((performance.now() - started) * 100) / 100;
    const struck = fault === undefined ? undefined : `${fault.kind} ${strikes(fault)}`;
    const parts = { method, path, query: loggable(query), status, ms, token, identifier, fault: struck, error };
    api.log.add({ at: now.toISOString(), ...parts });
  };
  if (fault !== undefined && strikes(fault) === "before") return log(deliver(exchange, fault, NOTHING));
  // It goes on when the client has gone.
  const delay = method === "POST" ? api.settings.commitDelayMs : 0;
  if (delay > 0) await sleep(delay, undefined, { signal: closing });
  const apiRequest: ApiRequest = { method, segments, query, authorization, json, text, now };
  const { answer, headers } = answerApi(api, apiRequest);
  if (fault !== undefined) return log(deliver({ ...exchange, headers }, fault, answer));
  // Logged first: whoever has the answer finds the request in the log.
  log(answer.status, firstMessage(answer.body));
  send({ ...exchange, headers }, answer);
}

function firstMessage(body: unknown): string | undefined {
  const errors: unknown = isObject(body) ? body["errors"] : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isObject(first) && typeof first["message"] === "string" ? first["message"] : undefined;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error("the request's body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseTarget(target: string): {
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

function parseJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
