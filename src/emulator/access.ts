import type { WorkspaceState } from "./state.ts";
import type { StoredAccessLevel, StoredIntegration, UserRecord } from "./types.ts";

const ACCESS_RANK: Readonly<Record<StoredAccessLevel, number>> = { DENIED: 0, USE_ONLY: 1, MANAGE: 2 };

/** What a person may do with an integration: their own entry, else the best of their groups', else admins' or others'. */
export function accessOf(it: StoredIntegration, workspace: WorkspaceState, user: UserRecord): StoredAccessLevel {
  const { users, groups, admins, others } = it.permissions;
  const own = users.find((grant) => grant.id === user.id);
  if (own !== undefined) return own.access_level;
  const levels = groups
    .filter(({ id }) => workspace.tables.group.get(String(id))?.members.includes(user.id) === true)
    .map((grant) => grant.access_level);
  if (levels.length > 0) return levels.reduce((best, level) => (ACCESS_RANK[level] > ACCESS_RANK[best] ? level : best));
  return workspace.tables.member.get(String(user.id))?.admin === true ? admins : others;
}
