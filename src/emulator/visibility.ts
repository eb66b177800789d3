import type { Workspace } from "./state.ts";
import type { TokenRecord, UserRecord } from "./types.ts";

/** A token reaches the workspaces of its owner, unless it is restricted to fewer. */
export function maySee(token: TokenRecord, user: UserRecord, workspace: Workspace): boolean {
  const restricted = token.workspace_restrictions;
  if (restricted.length > 0 && !restricted.includes(workspace.record.domain)) return false;
  return workspace.tables.member.has(String(user.id));
}
