import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import type { UserCall } from "./call.ts";
import { newToken } from "./generated-names.ts";
import { newerScopeNames } from "./scopes.ts";
import type { JsonValue, JsonObject, TokenRecord } from "./types.ts";

const MS_PER_DAY = 24 * 60 * 60 * 1000;

export function getUser(call: UserCall): EmulatorResponse {
  const { user, links } = call;
  return ok({
    url: `${links.api}/user`,
    html_url: `${links.app}/profile/${user.id}`,
    id: user.id,
    name: user.name,
    avatar_url: `${links.app}/image-server/user/0/0/0/0/0/0/${user.id}/avatar.png`,
    workspaces_url: `${links.api}/workspaces`,
  });
}

export function editUser(call: UserCall): EmulatorResponse {
  const { name } = call.body;
  if (typeof name !== "string" || name === "") return errorResponse(400, 'Field "name" is required');
  const value = { ...call.user, name };
  call.store.commit({ op: "user", value });
  return getUser({ ...call, user: value });
}

/** The token of this call: its scopes, by their newer names, and expiry; never the credential. */
export function currentToken(call: UserCall): EmulatorResponse {
  const { token, settings } = call;
  return ok({
    ...tokenView(call, token),
    scopes: settings.list === "old" ? token.scopes : newerScopeNames(token.scopes),
  });
}

export function listTokens(call: UserCall): EmulatorResponse {
  return ok({
    url: `${call.links.api}/user/tokens`,
    html_url: `${call.links.app}/api-tokens`,
    access_tokens: ownTokens(call).map((token) => tokenView(call, token)),
  });
}

export function getToken(call: UserCall): EmulatorResponse {
  const token = findToken(call);
  return token === undefined ? notFound("Token") : ok(tokenView(call, token));
}

/** The one answer that shows the credential. */
export function createToken(call: UserCall): EmulatorResponse {
  const { name, scopes, expires_in: days, expires_at: until } = call.body;
  if (typeof name !== "string" || name === "") return errorResponse(400, 'Field "name" is required');
  const secret = newToken();
  const value: TokenRecord = {
    id: newToken().slice(0, 24),
    name,
    token: secret,
    user_id: call.user.id,
    scopes: stringsOf(scopes),
    workspace_restrictions: stringsOf(call.body["workspace_restrictions"]),
    ip_restrictions: stringsOf(call.body["ip_restrictions"]),
    expires_at:
      typeof until === "string"
        ? until
        : new Date(call.now.getTime() + (typeof days === "number" ? days : 365) * MS_PER_DAY).toISOString(),
  };
  call.store.commit({ op: "token", value });
  return created({ ...tokenView(call, value), token: secret });
}

export function deleteToken(call: UserCall): EmulatorResponse {
  const token = findToken(call);
  if (token === undefined) return notFound("Token");
  call.store.commit({ op: "drop-token", key: token.token });
  return noContent();
}

function tokenView(call: UserCall, token: TokenRecord): JsonObject {
  return {
    url: `${call.links.api}/user/tokens/${token.id}`,
    html_url: `${call.links.app}/api-tokens/${token.id}`,
    id: token.id,
    name: token.name,
    expires_at: token.expires_at,
    scopes: token.scopes,
    ip_restrictions: token.ip_restrictions,
    workspace_restrictions: token.workspace_restrictions,
  };
}

function ownTokens(call: UserCall): TokenRecord[] {
  return [...call.store.state.tokens.values()].filter((token) => token.user_id === call.user.id);
}

function findToken(call: UserCall): TokenRecord | undefined {
  return ownTokens(call).find((token) => token.id === call.params["id"]);
}

function stringsOf(value: JsonValue | undefined): string[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return list.filter((entry) => typeof entry === "string");
}
