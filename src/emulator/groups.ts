import type { Answer } from "./answer.ts";
import { created, noContent, notFound, ok, refuse } from "./answer.ts";
import type { Call } from "./call.ts";
import { assignment, memberView } from "./members.ts";
import type { GroupRecord, Json, JsonObject } from "./types.ts";

/** Unpaged. */
export function listGroups(call: Call): Answer {
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/groups`,
    html_url: `${call.links.app}/${call.ws}/groups`,
    groups: [...call.workspace.tables.group.values()].map((group) => view(call, group)),
  });
}

export function getGroup(call: Call): Answer {
  const group = find(call);
  return group === undefined ? notFound("Group") : ok(view(call, group));
}

export function createGroup(call: Call): Answer {
  const { name, description } = call.body;
  if (typeof name !== "string" || name === "") return refuse(400, 'Field "name" is required');
  const value = {
    id: call.store.nextId(),
    name,
    description: typeof description === "string" ? description : "",
    members: [],
    managers: [],
    rest: assignment(call.body),
  };
  put(call, value);
  return created(view(call, value));
}

export function editGroup(call: Call): Answer {
  const group = find(call);
  if (group === undefined) return notFound("Group");
  const { name, description } = call.body;
  const value = {
    ...group,
    name: typeof name === "string" && name !== "" ? name : group.name,
    description: typeof description === "string" ? description : group.description,
    rest: { ...group.rest, ...assignment(call.body) },
  };
  put(call, value);
  return ok(view(call, value));
}

export function deleteGroup(call: Call): Answer {
  const group = find(call);
  if (group === undefined) return notFound("Group");
  call.store.commit({ op: "drop", ws: call.ws, table: "group", key: String(group.id) });
  return noContent();
}

export function listGroupMembers(call: Call): Answer {
  const group = find(call);
  if (group === undefined) return notFound("Group");
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/groups/${group.id}/members`,
    html_url: `${call.links.app}/${call.ws}/groups/${group.id}`,
    members: group.members.flatMap((id) => membership(call, group, id) ?? []),
  });
}

export function getGroupMember(call: Call): Answer {
  const group = find(call);
  const member = group === undefined ? undefined : membership(call, group, Number(call.params["member"]));
  return member === undefined ? notFound("Member") : ok(member);
}

export function addGroupMember(call: Call): Answer {
  const group = find(call);
  if (group === undefined) return notFound("Group");
  const { id } = call.body;
  if (typeof id !== "number" || !call.workspace.tables.member.has(String(id))) return refuse(400, "Member not found");
  const value = withStatus({ ...group, members: [...new Set([...group.members, id])] }, id, call.body["status"]);
  put(call, value);
  return created(membership(call, value, id) ?? {});
}

export function editGroupMember(call: Call): Answer {
  const group = find(call);
  const id = Number(call.params["member"]);
  if (group === undefined || !group.members.includes(id)) return notFound("Member");
  const value = withStatus(group, id, call.body["status"]);
  put(call, value);
  return ok(membership(call, value, id) ?? {});
}

export function removeGroupMember(call: Call): Answer {
  const group = find(call);
  const id = Number(call.params["member"]);
  if (group === undefined || !group.members.includes(id)) return notFound("Member");
  put(call, { ...withStatus(group, id, null), members: group.members.filter((member) => member !== id) });
  return noContent();
}

function withStatus(group: GroupRecord, id: number, status: Json | undefined): GroupRecord {
  const others = (group.managers ?? []).filter((manager) => manager !== id);
  return { ...group, managers: status === "MANAGER" ? [...others, id] : others };
}

/** Undefined for someone who isn't in the group. */
function membership(call: Call, group: GroupRecord, id: number): JsonObject | undefined {
  const member = group.members.includes(id) ? call.workspace.tables.member.get(String(id)) : undefined;
  if (member === undefined) return undefined;
  const status = group.managers?.includes(id) === true ? "MANAGER" : "MEMBER";
  return { ...memberView(call.links, call.ws, member), status };
}

function view(call: Call, group: GroupRecord): JsonObject {
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

function put(call: Call, value: GroupRecord): void {
  call.store.commit({ op: "put", ws: call.ws, table: "group", value });
}

function find(call: Call): GroupRecord | undefined {
  return call.workspace.tables.group.get(call.params["id"] ?? "");
}
