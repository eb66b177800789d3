/** The scopes for each kind of call; any one of them is enough. Names from before August 2026 come first. */
export const SCOPE = {
  integrationRead: ["INTEGRATION_INFO", "INTEGRATION_READ"],
  integrationAdd: ["INTEGRATION_ADD", "INTEGRATION_WRITE"],
  integrationManage: ["INTEGRATION_MANAGE"],
  workspaceRead: ["WORKSPACE", "WORKSPACE_READ"],
  workspaceAdd: ["WORKSPACE", "WORKSPACE_PROVISIONING"],
  workspaceManage: ["WORKSPACE", "WORKSPACE_MANAGE"],
  projectRead: ["WORKSPACE", "PROJECT_READ"],
  projectWrite: ["WORKSPACE", "PROJECT_WRITE"],
  projectManage: ["PROJECT_DELETE", "PROJECT_MANAGE"],
  memberRead: ["WORKSPACE", "MEMBER_READ"],
  memberWrite: ["WORKSPACE", "MEMBER_WRITE"],
  memberManage: ["WORKSPACE", "MEMBER_MANAGE"],
  groupRead: ["WORKSPACE", "GROUP_READ"],
  groupWrite: ["WORKSPACE", "GROUP_WRITE"],
  groupManage: ["WORKSPACE", "GROUP_MANAGE"],
  permissionRead: ["WORKSPACE", "PERMISSION_READ"],
  permissionWrite: ["WORKSPACE", "PERMISSION_WRITE"],
  permissionManage: ["WORKSPACE", "PERMISSION_MANAGE"],
  pipelineRead: ["EXECUTION_INFO", "PIPELINE_READ"],
  pipelineWrite: ["EXECUTION_MANAGE", "PIPELINE_WRITE"],
  pipelineManage: ["EXECUTION_MANAGE", "PIPELINE_MANAGE"],
  userRead: ["USER_INFO", "USER_READ"],
  userWrite: ["USER_INFO", "USER_WRITE"],
  tokenRead: ["TOKEN_INFO", "USER_PAT_READ"],
  tokenWrite: ["TOKEN_MANAGE", "USER_PAT_WRITE"],
  tokenManage: ["TOKEN_MANAGE", "USER_PAT_MANAGE"],
} as const satisfies Record<string, readonly string[]>;

/** The older names that are not among the newer ones. */
const OLDER_ONLY = new Set([
  "INTEGRATION_INFO",
  "INTEGRATION_ADD",
  "WORKSPACE",
  "PROJECT_DELETE",
  "EXECUTION_INFO",
  "EXECUTION_MANAGE",
  "USER_INFO",
  "TOKEN_INFO",
  "TOKEN_MANAGE",
]);

/** The newer names of what these scopes allow, as tokens report them. */
export function newerScopeNames(scopes: readonly string[]): string[] {
  const names = scopes.flatMap((scope) => {
    if (!OLDER_ONLY.has(scope)) return [scope];
    return Object.values(SCOPE)
      .filter((family) => family.some((name) => name === scope))
      .flatMap((family) => family.filter((name) => !OLDER_ONLY.has(name)));
  });
  return [...new Set(names)];
}

/** Every scope of both families. */
export const ALL_SCOPES: readonly string[] = [...new Set(Object.values(SCOPE).flat())].toSorted();
