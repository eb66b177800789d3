import { parse } from "yaml";
import { DEFAULT_PERMISSIONS, isJsonObject } from "./integration-body.ts";
import { builtInPermissionSets } from "./permission-sets.ts";
import { newHash, newToken, newUrlId, freeSlug } from "./generated-names.ts";
import { typeRule } from "./rules.ts";
import { ALL_SCOPES } from "./scopes.ts";
import { mapping, number, numbers, objects, string, strings } from "./seed-values.ts";
import type { StateChange } from "./state.ts";
import type { ActionRecord, JsonObject, ProjectRecord, StoredIntegration } from "./types.ts";

const SEED_DATE = "2024-03-01T08:00:00Z";
const NO_EXPIRY = "2099-12-31T23:59:59Z";

/** Throws with a sentence that says what is wrong in the text. */
export function readSeed(text: string): StateChange[] {
  const seed: unknown = parse(text);
  if (!isJsonObject(seed)) throw new Error("a seed file is a YAML mapping");
  const users = objects(seed["users"]);
  const changes: StateChange[] = users.map((user) => ({
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

function tokenChange(token: JsonObject): StateChange {
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
      expires_at: string(token, "expires_at", NO_EXPIRY),
      ...(token["expires_after"] === undefined ? {} : { expires_after: number(token, "expires_after") }),
    },
  };
}

function* workspaceChanges(ws: string, seed: JsonObject): Generator<StateChange> {
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
      create_date: SEED_DATE,
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
  for (const value of builtInPermissionSets(number(seed, "id") * 1000))
    yield { op: "put", ws, table: "permission", value };
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
    yield { op: "put", ws, table: "integration", value: seedIntegration(integration) };
}

function* projectChanges(ws: string, owner: number, name: string, seed: JsonObject): Generator<StateChange> {
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
        freeSlug(shown, "_", () => false),
      ),
      create_date: SEED_DATE,
      creator: owner,
      actions: objects(pipeline["actions"]).map(seedAction),
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
    create_date: SEED_DATE,
    created_by: owner,
    ...(typeof hash === "string" ? { integration_hash: hash } : {}),
    hidden_from: numbers(seed["hidden_from"]),
    environments: Object.fromEntries(Object.keys(environments).map((key) => [key, string(environments, key)])),
    rest: typeof status === "string" ? { status } : {},
  };
}

function seedAction(action: JsonObject, at: number): ActionRecord {
  return {
    ...action,
    id: typeof action["id"] === "number" ? action["id"] : at + 1,
    name: string(action, "name"),
    type: string(action, "type", "BUILD"),
  };
}

/** Not validated: a seed may hold what the API wouldn't create, such as OAuth types, or scope ENVIRONMENT. */
function seedIntegration(seed: JsonObject): StoredIntegration {
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
      freeSlug(name, "_", () => false),
    ),
    scope: string(seed, "scope", "WORKSPACE"),
    auth_type: string(seed, "auth_type", typeRule(type)?.defaultAuth ?? ""),
    permissions: { ...DEFAULT_PERMISSIONS, ...mapping(seed["permissions"]) },
  };
}
