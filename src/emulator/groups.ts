import type { Answer } from "./answer.ts";
import { created, noContent, notFound, ok, refuse } from "./answer.ts";
import type { Call } from "./call.ts";
import { assignment, memberView } from "./members.ts";
import type { GroupRecord, JsonObject } from "./types.ts";

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
    members: group.members.flatMap((id) => membership(call, id) ?? []),
  });
}

export function getGroupMember(call: Call): Answer {
  const id = Number(call.params["member"]);
  const member = find(call)?.members.includes(id) === true ? membership(call, id) : undefined;
  return member === undefined ? notFound("Member") : ok(member);
}

export function addGroupMember(call: Call): Answer {
  const group = find(call);
  if (group === undefined) return notFound("Group");
  const { id } = call.body;
  const member = typeof id === "number" ? membership(call, id) : undefined;
  if (member === undefined || typeof id !== "number") return refuse(400, "Member not found");
  put(call, { ...group, members: [...new Set([...group.members, id])] });
  return created(member);
}

export function removeGroupMember(call: Call): Answer {
  const group = find(call);
  const id = Number(call.params["member"]);
  if (group === undefined || !group.members.includes(id)) return notFound("Member");
  put(call, { ...group, members: group.members.filter((member) => member !== id) });
  return noContent();
}

function membership(call: Call, id: number): JsonObject | undefined {
  const member = call.workspace.tables.member.get(String(id));
  return member === undefined ? undefined : { ...memberView(call.links, call.ws, member), status: "MEMBER" };
}

function view(call: Call, group: GroupRecord): JsonObject {
  return {
    url: `${call.links.api}/workspaces/${call.ws}/groups/${group.id}`,
    html_url: `${call.links.app}/${call.ws}/groups/${group.id}`,
    id: group.id,
    name: group.name,
    description: group.description,
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
