import * as actions from "./actions.ts";
import type { EmulatorResponse } from "./response.ts";
import type { WorkspaceCall, UserCall } from "./call.ts";
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

interface RoutePattern {
  readonly method: string;
  /** Segments of the path; `:name` takes any one. */
  readonly segments: readonly string[];
  /** Any one of these scopes is enough. Empty: every token is allowed. */
  readonly scopes: readonly string[];
}

type Route = RoutePattern &
  (
    | { readonly about: "user"; run(call: UserCall): EmulatorResponse }
    | { readonly about: "workspace"; run(call: WorkspaceCall): EmulatorResponse }
  );

interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function userRoute(line: string, scopes: readonly string[], run: (call: UserCall) => EmulatorResponse): Route {
  return { ...parseRouteLine(line, ""), scopes, about: "user", run };
}

/** Paths under `/workspaces/:ws`. */
function workspaceRoute(
  line: string,
  scopes: readonly string[],
  run: (call: WorkspaceCall) => EmulatorResponse,
): Route {
  return { ...parseRouteLine(line, "workspaces/:ws/"), scopes, about: "workspace", run };
}

function parseRouteLine(
  line: string,
  prefix: string,
): { readonly method: string; readonly segments: readonly string[] } {
  const [method = "", path = ""] = line.split(" ");
  return { method, segments: `${prefix}${path}`.split("/").filter((segment) => segment !== "") };
}

const ROUTES: readonly Route[] = [
  workspaceRoute("GET integrations", SCOPE.integrationRead, listIntegrations),
  workspaceRoute("POST integrations", SCOPE.integrationAdd, integrations.createIntegration),
  workspaceRoute("GET integrations/:hash", SCOPE.integrationRead, integrations.getIntegration),
  workspaceRoute("PATCH integrations/:hash", SCOPE.integrationManage, integrations.editIntegration),
  workspaceRoute("DELETE integrations/:hash", SCOPE.integrationManage, integrations.deleteIntegration),
  userRoute("GET user", SCOPE.userRead, users.getUser),
  userRoute("PATCH user", SCOPE.userWrite, users.editUser),
  userRoute("GET user/token", [], users.currentToken),
  userRoute("GET user/tokens", SCOPE.tokenRead, users.listTokens),
  userRoute("POST user/tokens", SCOPE.tokenWrite, users.createToken),
  userRoute("GET user/tokens/:id", SCOPE.tokenRead, users.getToken),
  userRoute("DELETE user/tokens/:id", SCOPE.tokenManage, users.deleteToken),
  userRoute("GET workspaces", SCOPE.workspaceRead, workspaces.listWorkspaces),
  userRoute("POST workspaces", SCOPE.workspaceAdd, workspaces.createWorkspace),
  workspaceRoute("GET", SCOPE.workspaceRead, workspaces.getWorkspace),
  workspaceRoute("PATCH", SCOPE.workspaceManage, workspaces.editWorkspace),
  workspaceRoute("DELETE", SCOPE.workspaceManage, workspaces.deleteWorkspace),
  workspaceRoute("GET identifiers", SCOPE.workspaceRead, lookUpIds),
  workspaceRoute("GET projects", SCOPE.projectRead, projects.listProjects),
  workspaceRoute("POST projects", SCOPE.projectWrite, projects.createProject),
  workspaceRoute("GET projects/:project", SCOPE.projectRead, projects.getProject),
  workspaceRoute("PATCH projects/:project", SCOPE.projectWrite, projects.editProject),
  workspaceRoute("DELETE projects/:project", SCOPE.projectManage, projects.deleteProject),
  workspaceRoute("GET projects/:project/pipelines", SCOPE.pipelineRead, pipelines.listPipelines),
  workspaceRoute("POST projects/:project/pipelines", SCOPE.pipelineWrite, pipelines.createPipeline),
  workspaceRoute("GET projects/:project/pipelines/:id", SCOPE.pipelineRead, pipelines.getPipeline),
  workspaceRoute("PATCH projects/:project/pipelines/:id", SCOPE.pipelineWrite, pipelines.editPipeline),
  workspaceRoute("DELETE projects/:project/pipelines/:id", SCOPE.pipelineManage, pipelines.deletePipeline),
  workspaceRoute("GET projects/:project/pipelines/:id/actions", SCOPE.pipelineRead, actions.listActions),
  workspaceRoute("POST projects/:project/pipelines/:id/actions", SCOPE.pipelineWrite, actions.addAction),
  workspaceRoute("GET projects/:project/pipelines/:id/actions/:action", SCOPE.pipelineRead, actions.getAction),
  workspaceRoute("DELETE projects/:project/pipelines/:id/actions/:action", SCOPE.pipelineWrite, actions.deleteAction),
  workspaceRoute("GET members", SCOPE.memberRead, members.listMembers),
  workspaceRoute("POST members", SCOPE.memberWrite, members.addMember),
  workspaceRoute("GET members/:id", SCOPE.memberRead, members.getMember),
  workspaceRoute("PATCH members/:id", SCOPE.memberWrite, members.editMember),
  workspaceRoute("DELETE members/:id", SCOPE.memberManage, members.removeMember),
  workspaceRoute("GET groups", SCOPE.groupRead, groups.listGroups),
  workspaceRoute("POST groups", SCOPE.groupWrite, groups.createGroup),
  workspaceRoute("GET groups/:id", SCOPE.groupRead, groups.getGroup),
  workspaceRoute("PATCH groups/:id", SCOPE.groupWrite, groups.editGroup),
  workspaceRoute("DELETE groups/:id", SCOPE.groupManage, groups.deleteGroup),
  workspaceRoute("GET groups/:id/members", SCOPE.groupRead, groups.listGroupMembers),
  workspaceRoute("POST groups/:id/members", SCOPE.groupWrite, groups.addGroupMember),
  workspaceRoute("GET groups/:id/members/:member", SCOPE.groupRead, groups.getGroupMember),
  workspaceRoute("PATCH groups/:id/members/:member", SCOPE.groupWrite, groups.editGroupMember),
  workspaceRoute("DELETE groups/:id/members/:member", SCOPE.groupWrite, groups.removeGroupMember),
  workspaceRoute("GET permissions", SCOPE.permissionRead, sets.listPermissionSets),
  workspaceRoute("POST permissions", SCOPE.permissionWrite, sets.createPermissionSet),
  workspaceRoute("GET permissions/:id", SCOPE.permissionRead, sets.getPermissionSet),
  workspaceRoute("PATCH permissions/:id", SCOPE.permissionWrite, sets.editPermissionSet),
  workspaceRoute("DELETE permissions/:id", SCOPE.permissionManage, sets.deletePermissionSet),
];

/** The route of a request; `"method"` when the path exists and the method doesn't. */
export function matchRoute(method: string, segments: readonly string[]): RouteMatch | "method" | undefined {
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
