import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import { requestedPage } from "./call.ts";
import type { JsonObject, MemberRecord } from "./types.ts";
import type { Links } from "./views.ts";

export function listMembers(call: WorkspaceCall): EmulatorResponse {
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/members`,
    html_url: `${call.links.app}/${call.ws}/people`,
    members: requestedPage(call, call.workspace.tables.member.values()).map((member) =>
      memberView(call.links, call.ws, member),
    ),
  });
}

export function getMember(call: WorkspaceCall): EmulatorResponse {
  const member = findMember(call);
  return member === undefined ? notFound("Member") : ok(memberView(call.links, call.ws, member));
}

/** Invites a member by e-mail. They have no name until they accept. */
export function addMember(call: WorkspaceCall): EmulatorResponse {
  const { email } = call.body;
  if (typeof email !== "string" || !email.includes("@")) return errorResponse(400, "Email is not valid");
  for (const member of call.workspace.tables.member.values())
    if (member.email === email) return errorResponse(400, "Member with this email already exists");
  const value = { id: call.store.nextId(), name: "", email, admin: false, workspace_owner: false, rest: {} };
  call.store.commit({ op: "put", ws: call.ws, table: "member", value });
  return created(memberView(call.links, call.ws, value));
}

export function editMember(call: WorkspaceCall): EmulatorResponse {
  const member = findMember(call);
  if (member === undefined) return notFound("Member");
  const { admin, ...rest } = call.body;
  const value = {
    ...member,
    admin: typeof admin === "boolean" ? admin : member.admin,
    rest: { ...member.rest, ...assignmentFields(rest) },
  };
  call.store.commit({ op: "put", ws: call.ws, table: "member", value });
  return ok(memberView(call.links, call.ws, value));
}

export function removeMember(call: WorkspaceCall): EmulatorResponse {
  const member = findMember(call);
  if (member === undefined) return notFound("Member");
  if (member.workspace_owner) return errorResponse(400, "The workspace owner can't be removed");
  call.store.commit({ op: "drop", ws: call.ws, table: "member", key: String(member.id) });
  return noContent();
}

export function memberView(links: Links, ws: string, member: MemberRecord): JsonObject {
  return {
    url: `${links.api}/workspaces/${ws}/members/${member.id}`,
    html_url: `${links.app}/${ws}/profile/${member.id}`,
    id: member.id,
    name: member.name,
    avatar_url: `${links.app}/image-server/user/0/0/0/0/0/0/${member.id}/avatar.png`,
    email: member.email,
    admin: member.admin,
    workspace_owner: member.workspace_owner,
    auto_assign_to_new_projects: false,
    ...member.rest,
  };
}

/** Fields that groups and members have in common. */
export function assignmentFields(body: JsonObject): JsonObject {
  const { auto_assign_to_new_projects: assign, auto_assign_permission_set_id: set } = body;
  return {
    ...(typeof assign === "boolean" ? { auto_assign_to_new_projects: assign } : {}),
    ...(typeof set === "number" ? { auto_assign_permission_set_id: set } : {}),
  };
}

function findMember(call: WorkspaceCall): MemberRecord | undefined {
  return call.workspace.tables.member.get(call.params["id"] ?? "");
}
