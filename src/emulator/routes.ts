import * as actions from "./actions.ts";
import type { Answer } from "./answer.ts";
import type { Call, UserCall } from "./call.ts";
import * as groups from "./groups.ts";
import { listIntegrations } from "./integration-list.ts";
import * as integrations from "./integrations.ts";
import * as members from "./members.ts";
import * as sets from "./permission-sets.ts";
import { lookUpIds } from "./object-ids.ts";
import * as pipelines from "./pipelines.ts";
import * as projects from "./projects.ts";
import { SCOPE } from "./scopes.ts";
import * as users from "./users.ts";
import * as workspaces from "./workspaces.ts";

interface Pattern {
  readonly method: string;
  /** Segments of the path; `:name` takes any one. */
  readonly segments: readonly string[];
  /** Any one of these scopes is enough; none: every token may. */
  readonly scopes: readonly string[];
}

type Route = Pattern &
  ({ readonly about: "user"; run(call: UserCall): Answer } | { readonly about: "workspace"; run(call: Call): Answer });

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function user(line: string, scopes: readonly string[], run: (call: UserCall) => Answer): Route {
  return { ...pattern(line, ""), scopes, about: "user", run };
}

/** Paths under `/workspaces/:ws`. */
function within(line: string, scopes: readonly string[], run: (call: Call) => Answer): Route {
  return { ...pattern(line, "workspaces/:ws/"), scopes, about: "workspace", run };
}

function pattern(line: string, prefix: string): { readonly method: string; readonly segments: readonly string[] } {
  const [method = "", path = ""] = line.split(" ");
  return { method, segments: `${prefix}${path}`.split("/").filter((segment) => segment !== "") };
}

const ROUTES: readonly Route[] = [
  within("GET integrations", SCOPE.integrationRead, listIntegrations),
  within("POST integrations", SCOPE.integrationAdd, integrations.createIntegration),
  within("GET integrations/:hash", SCOPE.integrationRead, integrations.getIntegration),
  within("PATCH integrations/:hash", SCOPE.integrationManage, integrations.editIntegration),
  within("DELETE integrations/:hash", SCOPE.integrationManage, integrations.deleteIntegration),
  user("GET user", SCOPE.userRead, users.getUser),
  user("PATCH user", SCOPE.userWrite, users.editUser),
  user("GET user/token", [], users.currentToken),
  user("GET user/tokens", SCOPE.tokenRead, users.listTokens),
  user("POST user/tokens", SCOPE.tokenWrite, users.createToken),
  user("GET user/tokens/:id", SCOPE.tokenRead, users.getToken),
  user("DELETE user/tokens/:id", SCOPE.tokenManage, users.deleteToken),
  user("GET workspaces", SCOPE.workspaceRead, workspaces.listWorkspaces),
  user("POST workspaces", SCOPE.workspaceAdd, workspaces.createWorkspace),
  within("GET", SCOPE.workspaceRead, workspaces.getWorkspace),
  within("PATCH", SCOPE.workspaceManage, workspaces.editWorkspace),
  within("DELETE", SCOPE.workspaceManage, workspaces.deleteWorkspace),
  within("GET identifiers", SCOPE.workspaceRead, lookUpIds),
  within("GET projects", SCOPE.projectRead, projects.listProjects),
  within("POST projects", SCOPE.projectWrite, projects.createProject),
  within("GET projects/:project", SCOPE.projectRead, projects.getProject),
  within("PATCH projects/:project", SCOPE.projectWrite, projects.editProject),
  within("DELETE projects/:project", SCOPE.projectManage, projects.deleteProject),
  within("GET projects/:project/pipelines", SCOPE.pipelineRead, pipelines.listPipelines),
  within("POST projects/:project/pipelines", SCOPE.pipelineWrite, pipelines.createPipeline),
  within("GET projects/:project/pipelines/:id", SCOPE.pipelineRead, pipelines.getPipeline),
  within("PATCH projects/:project/pipelines/:id", SCOPE.pipelineWrite, pipelines.editPipeline),
  within("DELETE projects/:project/pipelines/:id", SCOPE.pipelineManage, pipelines.deletePipeline),
  within("GET projects/:project/pipelines/:id/actions", SCOPE.pipelineRead, actions.listActions),
  within("POST projects/:project/pipelines/:id/actions", SCOPE.pipelineWrite, actions.addAction),
  within("GET projects/:project/pipelines/:id/actions/:action", SCOPE.pipelineRead, actions.getAction),
  within("DELETE projects/:project/pipelines/:id/actions/:action", SCOPE.pipelineWrite, actions.deleteAction),
  within("GET members", SCOPE.memberRead, members.listMembers),
  within("POST members", SCOPE.memberWrite, members.addMember),
  within("GET members/:id", SCOPE.memberRead, members.getMember),
  within("PATCH members/:id", SCOPE.memberWrite, members.editMember),
  within("DELETE members/:id", SCOPE.memberManage, members.removeMember),
  within("GET groups", SCOPE.groupRead, groups.listGroups),
  within("POST groups", SCOPE.groupWrite, groups.createGroup),
  within("GET groups/:id", SCOPE.groupRead, groups.getGroup),
  within("PATCH groups/:id", SCOPE.groupWrite, groups.editGroup),
  within("DELETE groups/:id", SCOPE.groupManage, groups.deleteGroup),
  within("GET groups/:id/members", SCOPE.groupRead, groups.listGroupMembers),
  within("POST groups/:id/members", SCOPE.groupWrite, groups.addGroupMember),
  within("GET groups/:id/members/:member", SCOPE.groupRead, groups.getGroupMember),
  within("PATCH groups/:id/members/:member", SCOPE.groupWrite, groups.editGroupMember),
  within("DELETE groups/:id/members/:member", SCOPE.groupWrite, groups.removeGroupMember),
  within("GET permissions", SCOPE.permissionRead, sets.listPermissionSets),
  within("POST permissions", SCOPE.permissionWrite, sets.createPermissionSet),
  within("GET permissions/:id", SCOPE.permissionRead, sets.getPermissionSet),
  within("PATCH permissions/:id", SCOPE.permissionWrite, sets.editPermissionSet),
  within("DELETE permissions/:id", SCOPE.permissionManage, sets.deletePermissionSet),
];

/** The route of a request; `"method"` when the path exists and the method doesn't. */
export function matchRoute(method: string, segments: readonly string[]): Match | "method" | undefined {
  let known = false;
  for (const route of ROUTES) {
    const params = matchSegments(route.segments, segments);
    if (params === undefined) continue;
    if (route.method === method) return { route, params };
    known = true;
  }
  return known ? "method" : undefined;
}

function matchSegments(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = given[at] ?? "";
    if (segment.startsWith(":")) params[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}
