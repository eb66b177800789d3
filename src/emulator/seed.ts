import { parse } from "yaml";
import { DEFAULT_PERMISSIONS, isObject } from "./body.ts";
import { builtInSets } from "./permission-sets.ts";
import { newHash, newToken, newUrlId, slug } from "./names.ts";
import { typeRule } from "./rules.ts";
import { ALL_SCOPES } from "./scopes.ts";
import { mapping, number, numbers, objects, string, strings } from "./seed-values.ts";
import type { Change } from "./state.ts";
import type { ActionRecord, JsonObject, ProjectRecord, StoredIntegration } from "./types.ts";

const CREATED = "2024-03-01T08:00:00Z";
const FOREVER = "2099-12-31T23:59:59Z";

/** Throws with a sentence about what is wrong in the text. */
export function readSeed(text: string): Change[] {
  const seed: unknown = parse(text);
  if (!isObject(seed)) throw new Error("a seed file is a YAML mapping");
  const users = objects(seed["users"]);
  const changes: Change[] = users.map((user) => ({
    op: "user",
    value: { id: number(user, "id"), name: string(user, "name", ""), email: string(user, "email") },
  }));
  for (const token of objects(seed["tokens"])) changes.push(tokenChange(token));
  for (const [domain, workspace] of Object.entries(mapping(seed["workspaces"])))
    changes.push(...workspaceChanges(domain, mapping(workspace)));
  const hashes = objects(seed["hashes"]);
  if (hashes.length > 0)
    changes.push({
      op: "presets",
      value: hashes.map((entry) => ({
        hash_id: string(entry, "hash_id"),
        url_id: string(entry, "url_id", newUrlId()),
      })),
    });
  const links = mapping(seed["links"]);
  if (links["api"] !== undefined)
    changes.push({
      op: "links",
      value: { api: string(links, "api"), app: string(links, "app", string(links, "api")) },
    });
  return changes;
}

function tokenChange(token: JsonObject): Change {
  return {
    op: "token",
    value: {
      id: string(token, "id", newToken().slice(0, 24)),
      name: string(token, "name"),
      token: string(token, "token"),
      user_id: number(token, "user"),
      scopes: token["scopes"] === "all" ? ALL_SCOPES : strings(token["scopes"]),
      workspace_restrictions: strings(token["workspaces"]),
      ip_restrictions: [],
      expires_at: string(token, "expires_at", FOREVER),
      ...(token["expires_after"] === undefined ? {} : { expires_after: number(token, "expires_after") }),
    },
  };
}

function* workspaceChanges(ws: string, seed: JsonObject): Generator<Change> {
  const members = objects(seed["members"]);
  const owner = number(members.find((member) => member["owner"] === true) ?? members[0] ?? {}, "id");
  yield {
    op: "workspace",
    value: {
      id: number(seed, "id"),
      domain: ws,
      name: string(seed, "name", ws),
      owner_id: owner,
      frozen: seed["frozen"] === true,
      api_disabled: seed["api_disabled"] === true,
      create_date: CREATED,
    },
  };
  for (const member of members) {
    const id = number(member, "id");
    const value = {
      id,
      name: string(member, "name", ""),
      email: string(member, "email"),
      admin: member["admin"] === true || id === owner,
      workspace_owner: id === owner,
      rest: {},
    };
    yield { op: "put", ws, table: "member", value };
  }
  for (const value of builtInSets(number(seed, "id") * 1000)) yield { op: "put", ws, table: "permission", value };
  for (const group of objects(seed["groups"])) {
    const value = {
      id: number(group, "id"),
      name: string(group, "name"),
      description: string(group, "description", ""),
      members: numbers(group["members"]),
      managers: numbers(group["managers"]),
      rest: {},
    };
    yield { op: "put", ws, table: "group", value };
  }
  for (const [name, project] of Object.entries(mapping(seed["projects"])))
    yield* projectChanges(ws, owner, name, mapping(project));
  for (const integration of objects(seed["integrations"]))
    yield { op: "put", ws, table: "integration", value: storedIntegration(integration) };
}

function* projectChanges(ws: string, owner: number, name: string, seed: JsonObject): Generator<Change> {
  yield { op: "put", ws, table: "project", value: projectRecord(owner, name, seed) };
  for (const pipeline of objects(seed["pipelines"])) {
    const shown = string(pipeline, "name");
    const value = {
      id: number(pipeline, "id"),
      project: name,
      name: shown,
      identifier: string(
        pipeline,
        "identifier",
        slug(shown, "_", () => false),
      ),
      create_date: CREATED,
      creator: owner,
      actions: objects(pipeline["actions"]).map(actionOf),
      rest: {},
    };
    yield { op: "put", ws, table: "pipeline", value };
  }
}

function projectRecord(owner: number, name: string, seed: JsonObject): ProjectRecord {
  const { integration_hash: hash, status } = seed;
  const environments = mapping(seed["environments"]);
  return {
    name,
    display_name: string(seed, "display_name", name),
    create_date: CREATED,
    created_by: owner,
    ...(typeof hash === "string" ? { integration_hash: hash } : {}),
    hidden_from: numbers(seed["hidden_from"]),
    environments: Object.fromEntries(Object.keys(environments).map((key) => [key, string(environments, key)])),
    rest: typeof status === "string" ? { status } : {},
  };
}

function actionOf(action: JsonObject, at: number): ActionRecord {
  return {
    ...action,
    id: typeof action["id"] === "number" ? action["id"] : at + 1,
    name: string(action, "name"),
    type: string(action, "type", "BUILD"),
  };
}

/** Not validated: a seed may hold what the API wouldn't create, such as OAuth types, or scope ENVIRONMENT. */
function storedIntegration(seed: JsonObject): StoredIntegration {
  const type = string(seed, "type");
  const name = string(seed, "name");
  return {
    disabled: false,
    all_pipelines_allowed: true,
    allowed_pipelines: [],
    ...seed,
    type,
    name,
    hash_id: string(seed, "hash_id", newHash()),
    url_id: string(seed, "url_id", newUrlId()),
    identifier: string(
      seed,
      "identifier",
      slug(name, "_", () => false),
    ),
    scope: string(seed, "scope", "WORKSPACE"),
    auth_type: string(seed, "auth_type", typeRule(type)?.defaultAuth ?? ""),
    permissions: { ...DEFAULT_PERMISSIONS, ...mapping(seed["permissions"]) },
  };
}
