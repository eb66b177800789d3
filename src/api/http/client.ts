import { failure, isHashId, success } from "../../model/integration.ts";
import type { HashId, LiveIntegration, Result, Target } from "../../model/integration.ts";
import type { Secret } from "../../model/secret.ts";
import { parseApi, urlPath } from "../../model/address.ts";
import { isHtml, unreadableResponse } from "./response.ts";
import type { ApiCall } from "./response.ts";
import type { ApiClient, ApiFailure, Payload } from "../client.ts";
import { readPages } from "./pages.ts";
import { parseResponseJson } from "./response-json.ts";
import { createSend } from "./send.ts";
import { MAX_BODY_BYTES } from "./transport.ts";
import type { UsedSecret } from "../words/known-value.ts";
import { KnownTexts } from "../words/known-texts.ts";
import type { Send, SendOptions } from "./send.ts";
import * as wire from "../wire.ts";

export interface HttpConnectionOptions extends Omit<SendOptions, "base" | "authorization" | "known"> {
  /** The API's base URL. */
  readonly api: string;
  /** A token that can be sent: `tokenProblem` of wire.ts finds nothing wrong with it. */
  readonly token: Secret;
  /** Other values of the run that the server's words are searched for. They are always searched for the request's values. */
  readonly secrets?: readonly UsedSecret[];
  /** Values that the file has in plain text: the server's message may repeat them. */
  readonly literals?: readonly string[];
}

export interface HttpClientOptions extends Omit<HttpConnectionOptions, "api"> {
  readonly target: Target;
}

/** One host with one token. Its workspaces share the rate limit and the number of concurrent requests. */
export interface HttpConnection {
  /** @param signal stops only this client */
  workspace(handle: string, signal?: AbortSignal): ApiClient;
}

const NO_BODY: Pick<ApiCall, "sent" | "maxBytes"> = { sent: [], maxBytes: MAX_BODY_BYTES };

/**
 * The API over HTTP. It throws for a base URL or a token that must not be used: the caller has to check them with `parseApi`
 * and `tokenProblem`. A call rejects if a plan would change something. Both are bugs of the caller.
 */
export function createHttpConnection(options: HttpConnectionOptions): HttpConnection {
  const problem = wire.tokenProblem(options.token);
  if (problem !== undefined) throw new Error(`the token can't be sent: ${problem}`);
  const api = parseApi(options.api);
  if (!api.ok) throw new Error(`the API's base URL can't be used: ${api.error}`);
  const used = [{ secret: options.token, use: "secret" as const }, ...(options.secrets ?? [])];
  const known = new KnownTexts(wire.knownValues(used), options.literals ?? []);
  const base = { ...options, base: api.value, authorization: wire.authorization(options.token), known };
  const send = createSend(base);
  const restoring = createSend({ ...base, signal: new AbortController().signal });
  return { workspace: (handle, signal) => workspaceClient({ send, restoring }, handle, signal) };
}

/** A client for one workspace, with its own connection. */
export function createHttpClient({ target, ...options }: HttpClientOptions): ApiClient {
  return createHttpConnection({ ...options, api: target.api }).workspace(target.workspace);
}

function workspaceClient(
  { send, restoring }: { readonly send: Send; readonly restoring: Send },
  handle: string,
  signal: AbortSignal | undefined,
): ApiClient {
  const workspace = urlPath("workspaces", handle);
  if (workspace === undefined) throw new Error("the workspace's name can't be part of a URL");
  const integrations = `${workspace}/integrations`;

  return {
    get: async (hashId) => notFoundAsUndefined(run(readCall(one(hashId)), decodeViewOf(hashId))),
    list: (project) => {
      const query = project === undefined ? undefined : `?${new URLSearchParams({ project_name: project }).toString()}`;
      return run(readCall(integrations, query), wire.decodeList);
    },
    create: async (payload, beforeSend) =>
      run({ ...writeCall("POST", integrations, payload), ...(beforeSend && { beforeSend }) }, wire.decodeLive),
    update: async (hashId, payload) =>
      notFoundAsUndefined(run(writeCall("PATCH", one(hashId), payload), decodeViewOf(hashId))),
    restore: async (hashId, payload) =>
      notFoundAsUndefined(run(writeCall("PATCH", one(hashId), payload), decodeViewOf(hashId), restoring)),
    remove: async (hashId) => {
      const removed = await notFoundAsUndefined(
        run({ method: "DELETE", path: one(hashId), ...NO_BODY }, () => success("deleted" as const)),
      );
      return removed.ok ? success(removed.value ?? "absent") : removed;
    },
    members: () => pages(`${workspace}/members`, wire.decodeMembers, (member) => member.id),
    groups: () => run(readCall(`${workspace}/groups`), wire.decodeGroups),
    projects: () => pages(`${workspace}/projects`, wire.decodeProjects, (project) => project.name),
    project: async (name) => {
      const path = urlPath(name);
      return path === undefined
        ? success(undefined)
        : notFoundAsUndefined(run(readCall(`${workspace}/projects${path}`), wire.decodeProject));
    },
    pipelines: async (project) => {
      const path = urlPath(project);
      if (path === undefined) return success(undefined);
      const all = `${workspace}/projects${path}/pipelines`;
      return notFoundAsUndefined(pages(all, wire.decodePipelines, (pipeline) => pipeline.id));
    },
    actions: async (project, pipelineId) => {
      const path = urlPath(project);
      if (path === undefined) return success(undefined);
      const all = `${workspace}/projects${path}/pipelines/${pipelineId}/actions`;
      return notFoundAsUndefined(run(readCall(all), wire.decodeActions));
    },
    owner: () => run(readCall("/user"), wire.decodeOwner),
    token: () => run(readCall("/user/token"), wire.decodeTokenFacts),
  };

  /** The path of one integration. The reader that the hash came from has checked it, so another text is a bug. */
  function one(hashId: HashId): string {
    if (!isHashId(hashId)) throw new Error(`${JSON.stringify(hashId)} is not a hash_id`);
    return `${integrations}/${hashId}`;
  }

  async function run<T>(
    call: ApiCall,
    decode: (json: unknown) => Result<T, string>,
    by: Send = send,
  ): Promise<Result<T, ApiFailure>> {
    // A call that undoes an unfinished step is sent even after the signal.
    const sent = await by(signal === undefined || by === restoring ? call : { ...call, signal });
    if (!sent.ok) return sent;
    const decoded = decodeResponse(call, sent.value.text, decode);
    return decoded.ok ? decoded : failure(unreadableResponse(call, sent.value, decoded.error));
  }

  function pages<T>(
    path: string,
    decode: (json: unknown) => Result<readonly T[], string>,
    identity: (item: T) => unknown,
  ): Promise<Result<readonly T[], ApiFailure>> {
    const endless = (): ApiFailure => unreadableResponse(readCall(path), { status: 200 }, "it has no last page");
    return readPages((query) => run(readCall(path, query), decode), identity, endless);
  }
}

/** Decodes the view of this integration, and refuses a response about another one. */
function decodeViewOf(hashId: HashId): (json: unknown) => Result<LiveIntegration, string> {
  return (json) => {
    const live = wire.decodeLive(json);
    return !live.ok || live.value.hashId === hashId ? live : failure(`it is about ${live.value.hashId}`);
  };
}

function readCall(path: string, query?: string): ApiCall {
  return { method: "GET", path, ...NO_BODY, ...(query !== undefined && { query }) };
}

function writeCall(method: "POST" | "PATCH", path: string, payload: Payload): ApiCall {
  return { method, path, ...wire.encodePayload(payload), maxBytes: MAX_BODY_BYTES };
}

function decodeResponse<T>(
  call: ApiCall,
  text: string,
  decode: (json: unknown) => Result<T, string>,
): Result<T, string> {
  if (isHtml(text)) return failure("it is an HTML page");
  if (text.trim() === "") return call.method === "DELETE" ? decode(undefined) : failure("it is empty");
  const json = parseResponseJson(text);
  return json.ok ? decode(json.value) : failure(`it ${json.error}`);
}

/** For something that need not exist, a 404 is a result. */
async function notFoundAsUndefined<T>(
  result: Promise<Result<T, ApiFailure>>,
): Promise<Result<T | undefined, ApiFailure>> {
  const settled = await result;
  return !settled.ok && settled.error.kind === "not-found" ? success(undefined) : settled;
}
