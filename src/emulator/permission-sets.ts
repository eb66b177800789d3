import type { Answer } from "./answer.ts";
import { created, noContent, notFound, ok, refuse } from "./answer.ts";
import type { Call } from "./call.ts";
import type { JsonObject, PermissionSetRecord } from "./types.ts";

const LEVELS = [
  "pipeline_access_level",
  "repository_access_level",
  "sandbox_access_level",
  "project_team_access_level",
];

/** A workspace of Buddy has its built-in sets too; the SDK's tests count them: `DEVELOPER` and `READ_ONLY`. */
export function listPermissionSets(call: Call): Answer {
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/permissions`,
    html_url: `${call.links.app}/${call.ws}/people/permissions`,
    permission_sets: [...call.workspace.tables.permission.values()].map((set) => view(call, set)),
  });
}

export function getPermissionSet(call: Call): Answer {
  const set = find(call);
  return set === undefined ? notFound("Permission set") : ok(view(call, set));
}

export function createPermissionSet(call: Call): Answer {
  const { name, description } = call.body;
  if (typeof name !== "string" || name === "") return refuse(400, 'Field "name" is required');
  const value = {
    id: call.store.nextId(),
    name,
    description: typeof description === "string" ? description : "",
    type: "CUSTOM",
    rest: levels(call.body),
  };
  call.store.commit({ op: "put", ws: call.ws, table: "permission", value });
  return created(view(call, value));
}

export function editPermissionSet(call: Call): Answer {
  const set = find(call);
  if (set === undefined) return notFound("Permission set");
  const { name, description } = call.body;
  const value = {
    ...set,
    name: typeof name === "string" && name !== "" ? name : set.name,
    description: typeof description === "string" ? description : set.description,
    rest: { ...set.rest, ...levels(call.body) },
  };
  call.store.commit({ op: "put", ws: call.ws, table: "permission", value });
  return ok(view(call, value));
}

export function deletePermissionSet(call: Call): Answer {
  const set = find(call);
  if (set === undefined) return notFound("Permission set");
  call.store.commit({ op: "drop", ws: call.ws, table: "permission", key: String(set.id) });
  return noContent();
}

function view(call: Call, set: PermissionSetRecord): JsonObject {
  return {
    url: `${call.links.api}/workspaces/${call.ws}/permissions/${set.id}`,
    html_url: `${call.links.app}/${call.ws}/people/permissions/${set.id}`,
    id: set.id,
    name: set.name,
    description: set.description,
    type: set.type,
    pipeline_access_level: "DENIED",
    repository_access_level: "READ_ONLY",
    sandbox_access_level: "DENIED",
    project_team_access_level: "READ_ONLY",
    ...set.rest,
  };
}

function levels(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => LEVELS.includes(name) && typeof value === "string"),
  );
}

function find(call: Call): PermissionSetRecord | undefined {
  return call.workspace.tables.permission.get(call.params["id"] ?? "");
}
