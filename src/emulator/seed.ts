import { parse } from "yaml";
import { DEFAULT_PERMISSIONS, isJsonObject } from "./integration-body.ts";
import { builtInPermissionSets } from "./permission-sets.ts";
import { newHash, newToken, newUrlId, freeSlug } from "./generated-names.ts";
import { typeRule } from "./rules.ts";
import { ALL_SCOPES } from "./scopes.ts";
import { seedMapping, seedNumber, seedNumbers, seedObjects, seedString, seedStrings } from "./seed-values.ts";
import type { StateChange } from "./state.ts";
import type { ActionRecord, JsonObject, ProjectRecord, StoredIntegration } from "./types.ts";

const SEED_DATE = "2024-03-01T08:00:00Z";
const NO_EXPIRY = "2099-12-31T23:59:59Z";

/** Reads the text of a seed file. Throws an error that says what is wrong with it. */
export function readSeed(text: string): StateChange[] {
  const seed: unknown = parse(text);
  if (!isJsonObject(seed)) throw new Error("a seed file is a YAML mapping");
  const users = seedObjects(seed["users"]);
  const changes: StateChange[] = users.map((user) => ({
    op: "user",
    value: { id: seedNumber(user, "id"), name: seedString(user, "name", ""), email: seedString(user, "email") },
  }));
  for (const token of seedObjects(seed["tokens"])) changes.push(tokenChange(token));
  for (const [domain, workspace] of Object.entries(seedMapping(seed["workspaces"])))
    changes.push(...workspaceChanges(domain, seedMapping(workspace)));
  const hashes = seedObjects(seed["hashes"]);
  if (hashes.length > 0)
    changes.push({
      op: "presets",
      value: hashes.map((entry) => ({
        hash_id: seedString(entry, "hash_id"),
        url_id: seedString(entry, "url_id", newUrlId()),
      })),
    });
  const links = seedMapping(seed["links"]);
  if (links["api"] !== undefined)
    changes.push({
      op: "links",
      value: { api: seedString(links, "api"), app: seedString(links, "app", seedString(links, "api")) },
    });
  return changes;
}

function tokenChange(token: JsonObject): StateChange {
  return {
    op: "token",
    value: {
      id: seedString(token, "id", newToken().slice(0, 24)),
      name: seedString(token, "name"),
      token: seedString(token, "token"),
      user_id: seedNumber(token, "user"),
      scopes: token["scopes"] === "all" ? ALL_SCOPES : seedStrings(token["scopes"]),
      workspace_restrictions: seedStrings(token["workspaces"]),
      ip_restrictions: [],
      expires_at: seedString(token, "expires_at", NO_EXPIRY),
      ...(token["expires_after"] === undefined ? {} : { expires_after: seedNumber(token, "expires_after") }),
    },
  };
}

function* workspaceChanges(ws: string, seed: JsonObject): Generator<StateChange> {
  const members = seedObjects(seed["members"]);
  const owner = seedNumber(members.find((member) => member["owner"] === true) ?? members[0] ?? {}, "id");
  yield {
    op: "workspace",
    value: {
      id: seedNumber(seed, "id"),
      domain: ws,
      name: seedString(seed, "name", ws),
      owner_id: owner,
      frozen: seed["frozen"] === true,
      api_disabled: seed["api_disabled"] === true,
      create_date: SEED_DATE,
    },
  };
  for (const member of members) {
    const id = seedNumber(member, "id");
    const value = {
      id,
      name: seedString(member, "name", ""),
      email: seedString(member, "email"),
      admin: member["admin"] === true || id === owner,
      workspace_owner: id === owner,
      rest: {},
    };
    yield { op: "put", ws, table: "member", value };
  }
  for (const value of builtInPermissionSets(seedNumber(seed, "id") * 1000))
    yield { op: "put", ws, table: "permission", value };
  for (const group of seedObjects(seed["groups"])) {
    const value = {
      id: seedNumber(group, "id"),
      name: seedString(group, "name"),
      description: seedString(group, "description", ""),
      members: seedNumbers(group["members"]),
      managers: seedNumbers(group["managers"]),
      rest: {},
    };
    yield { op: "put", ws, table: "group", value };
  }
  for (const [name, project] of Object.entries(seedMapping(seed["projects"])))
    yield* projectChanges(ws, owner, name, seedMapping(project));
  for (const integration of seedObjects(seed["integrations"]))
    yield { op: "put", ws, table: "integration", value: seedIntegration(integration) };
}

function* projectChanges(ws: string, owner: number, name: string, seed: JsonObject): Generator<StateChange> {
  yield { op: "put", ws, table: "project", value: projectRecord(owner, name, seed) };
  for (const pipeline of seedObjects(seed["pipelines"])) {
    const shown = seedString(pipeline, "name");
    const value = {
      id: seedNumber(pipeline, "id"),
      project: name,
      name: shown,
      identifier: seedString(
        pipeline,
        "identifier",
        freeSlug(shown, "_", () => false),
      ),
      create_date: SEED_DATE,
      creator: owner,
      actions: seedObjects(pipeline["actions"]).map(seedAction),
      rest: {},
    };
    yield { op: "put", ws, table: "pipeline", value };
  }
}

function projectRecord(owner: number, name: string, seed: JsonObject): ProjectRecord {
  const { integration_hash: hash, status } = seed;
  const environments = seedMapping(seed["environments"]);
  return {
    name,
    display_name: seedString(seed, "display_name", name),
    create_date: SEED_DATE,
    created_by: owner,
    ...(typeof hash === "string" ? { integration_hash: hash } : {}),
    hidden_from: seedNumbers(seed["hidden_from"]),
    environments: Object.fromEntries(Object.keys(environments).map((key) => [key, seedString(environments, key)])),
    rest: typeof status === "string" ? { status } : {},
  };
}

function seedAction(action: JsonObject, at: number): ActionRecord {
  return {
    ...action,
    id: typeof action["id"] === "number" ? action["id"] : at + 1,
    name: seedString(action, "name"),
    type: seedString(action, "type", "BUILD"),
  };
}

/** Not validated: a seed may hold what the API wouldn't create, such as OAuth types, or scope ENVIRONMENT. */
function seedIntegration(seed: JsonObject): StoredIntegration {
  const type = seedString(seed, "type");
  const name = seedString(seed, "name");
  return {
    disabled: false,
    all_pipelines_allowed: true,
    allowed_pipelines: [],
    ...seed,
    type,
    name,
    hash_id: seedString(seed, "hash_id", newHash()),
    url_id: seedString(seed, "url_id", newUrlId()),
    identifier: seedString(
      seed,
      "identifier",
      freeSlug(name, "_", () => false),
    ),
    scope: seedString(seed, "scope", "WORKSPACE"),
    auth_type: seedString(seed, "auth_type", typeRule(type)?.defaultAuth ?? ""),
    permissions: { ...DEFAULT_PERMISSIONS, ...seedMapping(seed["permissions"]) },
  };
}
