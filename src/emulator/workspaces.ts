import type { EmulatorResponse } from "./response.ts";
import { created, noContent, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall, UserCall } from "./call.ts";
import { builtInPermissionSets } from "./permission-sets.ts";
import type { WorkspaceState } from "./state.ts";
import type { JsonObject } from "./types.ts";
import { maySeeWorkspace } from "./visibility.ts";

export function listWorkspaces(call: UserCall): EmulatorResponse {
  const visible = [...call.store.state.workspaces.values()].filter((workspace) =>
    maySeeWorkspace(call.token, call.user, workspace),
  );
  return ok({
    url: `${call.links.api}/workspaces`,
    html_url: call.links.app,
    workspaces: visible.map((workspace) => workspaceView(call, workspace)),
  });
}

export function getWorkspace(call: WorkspaceCall): EmulatorResponse {
  return ok(workspaceView(call, call.workspace));
}

/**
 * The token's user becomes owner, member and administrator. The vendor's tests find one more person in a fresh
 * workspace (they count two before they invite anyone), and three permission sets.
 */
export function createWorkspace(call: UserCall): EmulatorResponse {
  const { domain, name } = call.body;
  if (
    typeof domain !== "string" ||
    !/^[a-z0-9][a-z0-9_-]+[a-z0-9]$/.test(domain) ||
    domain.length < 4 ||
    domain.length > 100
  )
    return errorResponse(400, "Workspace domain is not valid");
  if (call.store.workspace(domain) !== undefined)
    return errorResponse(400, `Workspace domain "${domain}" is already in use`);
  const { user } = call;
  const id = call.store.nextId();
  const record = {
    id,
    domain,
    name: typeof name === "string" && name !== "" ? name : domain,
    owner_id: user.id,
    frozen: false,
    api_disabled: false,
    create_date: call.now.toISOString(),
  };
  const owner = { ...user, admin: true, workspace_owner: true, rest: {} };
  const second = {
    id: id + 1,
    name: "Second Admin",
    email: `second@${domain}.example`,
    admin: true,
    workspace_owner: false,
  };
  call.store.commit(
    { op: "workspace", value: record },
    { op: "put", ws: domain, table: "member", value: owner },
    { op: "put", ws: domain, table: "member", value: { ...second, rest: {} } },
    ...builtInPermissionSets(id + 2).map((value) => ({ op: "put", ws: domain, table: "permission", value }) as const),
  );
  const workspace = call.store.workspace(domain);
  return workspace === undefined
    ? errorResponse(500, "Workspace was not created")
    : created(workspaceView(call, workspace));
}

export function editWorkspace(call: WorkspaceCall): EmulatorResponse {
  const { name } = call.body;
  if (typeof name === "string" && name !== "")
    call.store.commit({ op: "workspace", value: { ...call.workspace.record, name } });
  return ok(workspaceView(call, call.workspace));
}

export function deleteWorkspace(call: WorkspaceCall): EmulatorResponse {
  call.store.commit({ op: "drop-workspace", key: call.ws });
  return noContent();
}

function workspaceView(call: UserCall, { record }: WorkspaceState): JsonObject {
  return {
    url: `${call.links.api}/workspaces/${record.domain}`,
    html_url: `${call.links.app}/${record.domain}`,
    id: record.id,
    owner_id: record.owner_id,
    name: record.name,
    domain: record.domain,
    frozen: record.frozen,
    create_date: record.create_date,
  };
}
