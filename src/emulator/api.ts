import type { EmulatorResponse } from "./response.ts";
import { notFound, errorResponse } from "./response.ts";
import { isJsonObject } from "./integration-body.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { matchRoute } from "./routes.ts";
import type { EmulatorSettings } from "./settings.ts";
import type { Store } from "./store.ts";
import type { TokenUses } from "./token-uses.ts";
import type { JsonObject, TokenRecord } from "./types.ts";
import type { Links } from "./views.ts";
import { maySeeWorkspace } from "./visibility.ts";

export interface ApiRequest {
  readonly method: string;
  /** The parts of the path, decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** The body's JSON; undefined if it isn't JSON. */
  readonly json: unknown;
  readonly text: string;
  readonly now: Date;
}

export interface ApiContext {
  readonly store: Store;
  readonly settings: EmulatorSettings;
  readonly limiter: RateLimiter;
  readonly uses: TokenUses;
  readonly links: Links;
}

export interface ResponseWithHeaders {
  readonly answer: EmulatorResponse;
  readonly headers: Readonly<Record<string, string>>;
}

/** The token of a request. Undefined if it is unknown or has expired. */
export function tokenOf(store: Store, authorization: string | undefined, now: Date): TokenRecord | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  const token = bearer === undefined ? undefined : store.state.tokens.get(bearer);
  return token !== undefined && Date.parse(token.expires_at) > now.getTime() ? token : undefined;
}

/** Handles a request as Buddy does: checks the token, the limits, the workspace and the scopes, then runs the route. */
export function handleApiRequest(api: ApiContext, request: ApiRequest): ResponseWithHeaders {
  const token = tokenOf(api.store, request.authorization, request.now);
  const { rateLimit, expireAfter } = api.settings;
  if (token === undefined || !api.uses.take(token, expireAfter))
    return { answer: errorResponse(401, "Wrong authentication data"), headers: {} };
  if (rateLimit === undefined) return { answer: runRoute(api, request, token), headers: {} };
  const { allowed, headers } = api.limiter.take(token.id, rateLimit, request.now.getTime());
  return { answer: allowed ? runRoute(api, request, token) : errorResponse(429, "Rate limit exceeded"), headers };
}

function runRoute(api: ApiContext, request: ApiRequest, token: TokenRecord): EmulatorResponse {
  const match = matchRoute(request.method, request.segments);
  if (match === undefined) return notFound("Resource");
  if (match === "method") return errorResponse(405, "Method not allowed");
  const { store, settings, links } = api;
  const user = store.state.users.get(token.user_id);
  if (user === undefined) return errorResponse(401, "Wrong authentication data");
  const body = jsonBodyOf(request);
  const call = { store, settings, links, token, user, params: match.params, query: request.query, now: request.now };
  const allowed = match.route.scopes.length === 0 || match.route.scopes.some((scope) => token.scopes.includes(scope));
  if (match.route.about === "user") {
    if (!allowed) return errorResponse(403, "cannot receive data");
    return body === undefined ? errorResponse(400, "Invalid JSON") : match.route.run({ ...call, body });
  }
  const ws = match.params["ws"] ?? "";
  // A write sees earlier writes at once. Only reads are behind writes.
  const workspace = (request.method === "GET" ? store.stateForReads() : store.state).workspaces.get(ws);
  if (workspace === undefined || !maySeeWorkspace(token, user, workspace)) return notFound("Workspace");
  if (workspace.record.frozen) return errorResponse(403, "Only active workspace have access to API");
  if (settings.apiDisabled || workspace.record.api_disabled)
    return errorResponse(403, "API is disabled in this workspace");
  if (!allowed) return errorResponse(403, "cannot receive data");
  return body === undefined ? errorResponse(400, "Invalid JSON") : match.route.run({ ...call, body, ws, workspace });
}

/** The body of a request. Undefined if it isn't a JSON object. */
function jsonBodyOf(request: ApiRequest): JsonObject | undefined {
  if (request.text.trim() === "") return {};
  return isJsonObject(request.json) ? request.json : undefined;
}
