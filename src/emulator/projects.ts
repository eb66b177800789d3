import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import { isJsonObject } from "./integration-body.ts";
import type { WorkspaceCall } from "./call.ts";
import { requestedPage } from "./call.ts";
import { memberView } from "./members.ts";
import { freeSlug } from "./generated-names.ts";
import type { StateChange } from "./state.ts";
import type { JsonObject, ProjectRecord } from "./types.ts";
import type { Links } from "./views.ts";
import { visibleProject } from "./visibility.ts";

const SHOWN_FIELDS = [
  "update_default_branch_from_external",
  "fetch_submodules",
  "fetch_submodules_env_key",
  "access",
  "allow_pull_requests",
  "without_repository",
] as const;

export function listProjects(call: WorkspaceCall): EmulatorResponse {
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/projects`,
    html_url: `${call.links.app}/${call.ws}/projects`,
    projects: requestedPage(call, listedProjects(call)).map((project) => shortProject(call.links, call.ws, project)),
  });
}

function listedProjects(call: WorkspaceCall): ProjectRecord[] {
  const status = call.query.get("status") ?? "";
  return [...call.workspace.tables.project.values()].filter(
    (project) =>
      visibleProject(call, project.name) !== undefined && (status === "" || projectStatus(project) === status),
  );
}

export function getProject(call: WorkspaceCall): EmulatorResponse {
  const project = findProject(call);
  return project === undefined ? notFound("Project") : ok(projectView(call, project));
}

export function createProject(call: WorkspaceCall): EmulatorResponse {
  const { name, display_name: displayName, integration } = call.body;
  const shown = typeof displayName === "string" && displayName !== "" ? displayName : name;
  if (typeof shown !== "string" || shown === "") return errorResponse(400, 'Field "display_name" is required');
  const isTaken = (candidate: string) => call.workspace.tables.project.has(candidate);
  if (typeof name === "string" && isTaken(name)) return errorResponse(400, `Project "${name}" already exists`);
  const hash = isJsonObject(integration) ? integration["hash_id"] : undefined;
  if (typeof hash === "string" && !call.workspace.tables.integration.has(hash))
    return errorResponse(400, `Integration ${hash} not found`);
  const value = {
    name: typeof name === "string" && name !== "" ? name : freeSlug(shown, "-", isTaken),
    display_name: shown,
    create_date: call.now.toISOString(),
    created_by: call.user.id,
    ...(typeof hash === "string" ? { integration_hash: hash } : {}),
    rest: shownFields(call.body),
  };
  call.store.commit({ op: "put", ws: call.ws, table: "project", value });
  return created(projectView(call, value));
}

/**
 * Edits a project. A new `name` also applies to its pipelines and integrations. The Git link can only be set at
 * creation.
 */
export function editProject(call: WorkspaceCall): EmulatorResponse {
  const project = findProject(call);
  if (project === undefined) return notFound("Project");
  const { name, display_name: displayName } = call.body;
  const newName = typeof name === "string" && name !== "" ? name : project.name;
  if (newName !== project.name && call.workspace.tables.project.has(newName))
    return errorResponse(400, `Project "${newName}" already exists`);
  const value = {
    ...project,
    name: newName,
    display_name: typeof displayName === "string" && displayName !== "" ? displayName : project.display_name,
    rest: { ...project.rest, ...shownFields(call.body) },
  };
  call.store.commit(...(newName === project.name ? [] : renameChanges(call, project.name, newName)), {
    op: "put",
    ws: call.ws,
    table: "project",
    value,
  });
  return ok(projectView(call, value));
}

/** Deletes a project with its pipelines and integrations. */
export function deleteProject(call: WorkspaceCall): EmulatorResponse {
  const project = findProject(call);
  if (project === undefined) return notFound("Project");
  const { ws } = call;
  const { pipeline, integration } = call.workspace.tables;
  const changes: StateChange[] = [{ op: "drop", ws, table: "project", key: project.name }];
  for (const it of pipeline.values())
    if (it.project === project.name) changes.push({ op: "drop", ws, table: "pipeline", key: String(it.id) });
  for (const it of integration.values())
    if (it.project_name === project.name) changes.push({ op: "drop", ws, table: "integration", key: it.hash_id });
  call.store.commit(...changes);
  return noContent();
}

export function shortProject(links: Links, ws: string, project: ProjectRecord): JsonObject {
  return {
    url: `${links.api}/workspaces/${ws}/projects/${project.name}`,
    html_url: `${links.app}/${ws}/${project.name}`,
    name: project.name,
    display_name: project.display_name,
    status: projectStatus(project),
  };
}

function projectView(call: WorkspaceCall, project: ProjectRecord): JsonObject {
  const creator = call.workspace.tables.member.get(String(project.created_by));
  const { host } = new URL(call.links.app);
  return {
    ...shortProject(call.links, call.ws, project),
    create_date: project.create_date,
    created_by: creator === undefined ? null : memberView(call.links, call.ws, creator),
    http_repository: `https://${host}/${call.ws}/${project.name}`,
    ssh_repository: `buddy@${host}:${call.ws}/${project.name}`,
    default_branch: "main",
    access: "PRIVATE",
    update_default_branch_from_external: true,
    allow_pull_requests: false,
    fetch_submodules: false,
    without_repository: false,
    ...project.rest,
    ...(project.integration_hash === undefined ? {} : { integration: { hash_id: project.integration_hash } }),
  };
}

/**
 * The fields of a request that answers show. Other fields, such as a password of the repository, are never returned.
 */
function shownFields(body: JsonObject): JsonObject {
  return Object.fromEntries(SHOWN_FIELDS.flatMap((name) => (body[name] == null ? [] : [[name, body[name]]])));
}

function projectStatus(project: ProjectRecord): string {
  const status = project.rest["status"];
  return typeof status === "string" ? status : "ACTIVE";
}

function* renameChanges(call: WorkspaceCall, from: string, to: string): Generator<StateChange> {
  const { ws } = call;
  const { pipeline, integration } = call.workspace.tables;
  yield { op: "drop", ws, table: "project", key: from };
  for (const value of pipeline.values())
    if (value.project === from) yield { op: "put", ws, table: "pipeline", value: { ...value, project: to } };
  for (const value of integration.values())
    if (value.project_name === from)
      yield { op: "put", ws, table: "integration", value: { ...value, project_name: to } };
}

function findProject(call: WorkspaceCall): ProjectRecord | undefined {
  return visibleProject(call, call.params["project"] ?? "");
}
