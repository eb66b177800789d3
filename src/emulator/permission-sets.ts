import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import type { JsonObject, PermissionSetRecord } from "./types.ts";

/** Other strings that a set may have: the older API says `description`, the newer `note`. */
const TEXT_FIELDS = [
  "description",
  "note",
  "agent_note",
  "pipeline_access_level",
  "repository_access_level",
  "sandbox_access_level",
  "project_team_access_level",
  "environment_access_level",
  "target_access_level",
];

const DEFAULT_LEVELS: JsonObject = {
  pipeline_access_level: "DENIED",
  repository_access_level: "READ_ONLY",
  sandbox_access_level: "DENIED",
  project_team_access_level: "READ_ONLY",
  environment_access_level: "DENIED",
  target_access_level: "DENIED",
};

/** The three permission sets that every new workspace has. The vendor's tests count them. */
export function builtInPermissionSets(firstId: number): PermissionSetRecord[] {
  return [
    { id: firstId, name: "Project manager", type: "PROJECT_MANAGER", rest: { pipeline_access_level: "READ_WRITE" } },
    { id: firstId + 1, name: "Developer", type: "DEVELOPER", rest: { pipeline_access_level: "RUN_ONLY" } },
    { id: firstId + 2, name: "Read only", type: "READ_ONLY", rest: { pipeline_access_level: "READ_ONLY" } },
  ];
}

export function listPermissionSets(call: WorkspaceCall): EmulatorResponse {
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/permissions`,
    html_url: `${call.links.app}/${call.ws}/people/permissions`,
    permission_sets: [...call.workspace.tables.permission.values()].map((set) => permissionSetView(call, set)),
  });
}

export function getPermissionSet(call: WorkspaceCall): EmulatorResponse {
  const set = findPermissionSet(call);
  return set === undefined ? notFound("Permission set") : ok(permissionSetView(call, set));
}

export function createPermissionSet(call: WorkspaceCall): EmulatorResponse {
  const { name } = call.body;
  if (typeof name !== "string" || name === "") return errorResponse(400, 'Field "name" is required');
  const value = { id: call.store.nextId(), name, type: "CUSTOM", rest: textFields(call.body) };
  call.store.commit({ op: "put", ws: call.ws, table: "permission", value });
  return created(permissionSetView(call, value));
}

export function editPermissionSet(call: WorkspaceCall): EmulatorResponse {
  const set = findPermissionSet(call);
  if (set === undefined) return notFound("Permission set");
  const { name } = call.body;
  const value = {
    ...set,
    name: typeof name === "string" && name !== "" ? name : set.name,
    rest: { ...set.rest, ...textFields(call.body) },
  };
  call.store.commit({ op: "put", ws: call.ws, table: "permission", value });
  return ok(permissionSetView(call, value));
}

export function deletePermissionSet(call: WorkspaceCall): EmulatorResponse {
  const set = findPermissionSet(call);
  if (set === undefined) return notFound("Permission set");
  call.store.commit({ op: "drop", ws: call.ws, table: "permission", key: String(set.id) });
  return noContent();
}

function permissionSetView(call: WorkspaceCall, set: PermissionSetRecord): JsonObject {
  return {
    url: `${call.links.api}/workspaces/${call.ws}/permissions/${set.id}`,
    html_url: `${call.links.app}/${call.ws}/people/permissions/${set.id}`,
    id: set.id,
    name: set.name,
    type: set.type,
    ...DEFAULT_LEVELS,
    ...set.rest,
  };
}

function textFields(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => TEXT_FIELDS.includes(name) && typeof value === "string"),
  );
}

function findPermissionSet(call: WorkspaceCall): PermissionSetRecord | undefined {
  return call.workspace.tables.permission.get(call.params["id"] ?? "");
}
