import { accessOf } from "./access.ts";
import type { WorkspaceCall } from "./call.ts";
import type { WorkspaceState } from "./state.ts";
import type { ProjectRecord, StoredIntegration, TokenRecord, UserRecord } from "./types.ts";

/** A token reaches the workspaces of its owner, unless it is restricted to fewer. */
export function maySeeWorkspace(token: TokenRecord, user: UserRecord, workspace: WorkspaceState): boolean {
  const restricted = token.workspace_restrictions;
  if (restricted.length > 0 && !restricted.includes(workspace.record.domain)) return false;
  return workspace.tables.member.has(String(user.id));
}

/** The project of this name, if there is one that the token's owner can see. */
export function visibleProject({ settings, user, workspace }: WorkspaceCall, name: string): ProjectRecord | undefined {
  const project = workspace.tables.project.get(name);
  if (project === undefined || project.hidden_from?.includes(user.id) === true) return undefined;
  return settings.hidden.includes(name) ? undefined : project;
}

/**
 * Whether the token's owner can see an integration. Somebody who can't see a project can't see its integrations
 * either.
 */
export function maySeeIntegration(call: WorkspaceCall, it: StoredIntegration): boolean {
  if (call.settings.hidden.includes(it.hash_id)) return false;
  if (it.project_name !== undefined && visibleProject(call, it.project_name) === undefined) return false;
  return accessOf(it, call.workspace, call.user) !== "DENIED";
}
