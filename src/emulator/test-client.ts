import { isJsonObject } from "./integration-body.ts";
import type { Emulator } from "./start.ts";
import type { JsonObject } from "./types.ts";

export interface EmulatorReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer's JSON object. Empty if it isn't one. */
  readonly json: JsonObject;
}

/** For tests: a plain client that shares nothing with the product. */
export class TestClient {
  readonly #base: string;
  readonly #token: string;
  readonly workspace: string;

  constructor(emulator: Pick<Emulator, "url" | "token" | "workspace">, token: string = emulator.token) {
    this.#base = emulator.url;
    this.#token = token;
    this.workspace = emulator.workspace;
  }

  /** @param path from the base; a string body is sent as it is */
  async call(method: string, path: string, sent?: object | string): Promise<EmulatorReply> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
      ...(sent === undefined ? {} : { body: typeof sent === "string" ? sent : JSON.stringify(sent) }),
    });
    const body = await response.text();
    return { status: response.status, headers: response.headers, text: body, json: jsonObjectOf(body) };
  }

  /** A request within the default workspace. */
  async inWorkspace(method: string, path: string, body?: object | string): Promise<EmulatorReply> {
    return this.call(method, `/workspaces/${this.workspace}${path}`, body);
  }

  async createIntegration(body: object): Promise<EmulatorReply> {
    return this.inWorkspace("POST", "/integrations", body);
  }
}

/** The smallest integration that can be created, with these fields. */
export function gitHubIntegration(fields: object = {}): object {
  return { name: "GitHub", type: "GIT_HUB", scope: "WORKSPACE", token: "made-up", ...fields };
}

/** A string field of an answer. */
export function replyText(reply: EmulatorReply, field: string): string {
  const value = reply.json[field];
  return typeof value === "string" ? value : "";
}

/** The hash of an integration's view. */
export function integrationHash(json: JsonObject): string {
  const hash = json["hash_id"];
  return typeof hash === "string" ? hash : "";
}

/** A number field of an answer. */
export function replyNumber(reply: EmulatorReply, field: string): number {
  const value = reply.json[field];
  return typeof value === "number" ? value : Number.NaN;
}

/** A list of an answer. */
export function replyList(reply: EmulatorReply, field: string): readonly JsonObject[] {
  const value = reply.json[field];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The messages of a refusal. */
export function replyMessages(reply: EmulatorReply): unknown[] {
  return replyList(reply, "errors").map((error) => error["message"]);
}

function jsonObjectOf(source: string): JsonObject {
  try {
    const value: unknown = JSON.parse(source);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
