import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import { assignmentFields, memberView } from "./members.ts";
import type { GroupRecord, JsonValue, JsonObject } from "./types.ts";

/** Lists the groups, without pages. */
export function listGroups(call: WorkspaceCall): EmulatorResponse {
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/groups`,
    html_url: `${call.links.app}/${call.ws}/groups`,
    groups: [...call.workspace.tables.group.values()].map((group) => groupView(call, group)),
  });
}

export function getGroup(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  return group === undefined ? notFound("Group") : ok(groupView(call, group));
}

export function createGroup(call: WorkspaceCall): EmulatorResponse {
  const { name, description } = call.body;
  if (typeof name !== "string" || name === "") return errorResponse(400, 'Field "name" is required');
  const value = {
    id: call.store.nextId(),
    name,
    description: typeof description === "string" ? description : "",
    members: [],
    managers: [],
    rest: assignmentFields(call.body),
  };
  putGroup(call, value);
  return created(groupView(call, value));
}

export function editGroup(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  if (group === undefined) return notFound("Group");
  const { name, description } = call.body;
  const value = {
    ...group,
    name: typeof name === "string" && name !== "" ? name : group.name,
    description: typeof description === "string" ? description : group.description,
    rest: { ...group.rest, ...assignmentFields(call.body) },
  };
  putGroup(call, value);
  return ok(groupView(call, value));
}

export function deleteGroup(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  if (group === undefined) return notFound("Group");
  call.store.commit({ op: "drop", ws: call.ws, table: "group", key: String(group.id) });
  return noContent();
}

export function listGroupMembers(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  if (group === undefined) return notFound("Group");
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/groups/${group.id}/members`,
    html_url: `${call.links.app}/${call.ws}/groups/${group.id}`,
    members: group.members.flatMap((id) => membership(call, group, id) ?? []),
  });
}

export function getGroupMember(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  const member = group === undefined ? undefined : membership(call, group, Number(call.params["member"]));
  return member === undefined ? notFound("Member") : ok(member);
}

export function addGroupMember(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  if (group === undefined) return notFound("Group");
  const { id } = call.body;
  if (typeof id !== "number" || !call.workspace.tables.member.has(String(id)))
    return errorResponse(400, "Member not found");
  const value = withStatus({ ...group, members: [...new Set([...group.members, id])] }, id, call.body["status"]);
  putGroup(call, value);
  return created(membership(call, value, id) ?? {});
}

export function editGroupMember(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  const id = Number(call.params["member"]);
  if (group === undefined || !group.members.includes(id)) return notFound("Member");
  const value = withStatus(group, id, call.body["status"]);
  putGroup(call, value);
  return ok(membership(call, value, id) ?? {});
}

export function removeGroupMember(call: WorkspaceCall): EmulatorResponse {
  const group = findGroup(call);
  const id = Number(call.params["member"]);
  if (group === undefined || !group.members.includes(id)) return notFound("Member");
  putGroup(call, { ...withStatus(group, id, null), members: group.members.filter((member) => member !== id) });
  return noContent();
}

function withStatus(group: GroupRecord, id: number, status: JsonValue | undefined): GroupRecord {
  const others = (group.managers ?? []).filter((manager) => manager !== id);
  return { ...group, managers: status === "MANAGER" ? [...others, id] : others };
}

/** Undefined for a person who isn't in the group. */
function membership(call: WorkspaceCall, group: GroupRecord, id: number): JsonObject | undefined {
  const member = group.members.includes(id) ? call.workspace.tables.member.get(String(id)) : undefined;
  if (member === undefined) return undefined;
  const status = group.managers?.includes(id) === true ? "MANAGER" : "MEMBER";
  return { ...memberView(call.links, call.ws, member), status };
}

function groupView(call: WorkspaceCall, group: GroupRecord): JsonObject {
  return {
    url: `${call.links.api}/workspaces/${call.ws}/groups/${group.id}`,
    html_url: `${call.links.app}/${call.ws}/groups/${group.id}`,
    id: group.id,
    name: group.name,
    ...(group.description === "" ? {} : { description: group.description }),
    auto_assign_to_new_projects: false,
    ...group.rest,
  };
}

function putGroup(call: WorkspaceCall, value: GroupRecord): void {
  call.store.commit({ op: "put", ws: call.ws, table: "group", value });
}

function findGroup(call: WorkspaceCall): GroupRecord | undefined {
  return call.workspace.tables.group.get(call.params["id"] ?? "");
}
