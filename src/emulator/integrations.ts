import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import { accessOf } from "./access.ts";
import type { IntegrationBody } from "./integration-body.ts";
import { DEFAULT_PERMISSIONS, parseIntegrationBody } from "./integration-body.ts";
import type { WorkspaceCall } from "./call.ts";
import { newHash, newUrlId, freeSlug } from "./generated-names.ts";
import { typeRule } from "./rules.ts";
import type { WorkspaceState } from "./state.ts";
import type { StoredIntegration } from "./types.ts";
import { creationErrors, editErrors } from "./integration-errors.ts";
import { fullIntegration } from "./views.ts";
import { maySeeIntegration, visibleProject } from "./visibility.ts";

export function getIntegration(call: WorkspaceCall): EmulatorResponse {
  const found = visibleIntegration(call);
  return found === undefined ? notFound("Integration") : ok(integrationView(call, found));
}

export function createIntegration(call: WorkspaceCall): EmulatorResponse {
  const { workspace, store, ws } = call;
  const body = parseIntegrationBody(call.body, workspace);
  const errors = creationErrors(body, (name) => visibleProject(call, name) !== undefined);
  const projectName = body.scope === "PROJECT" ? body.projectName : undefined;
  const identifier = body.identifier === undefined ? undefined : identifierMadeOf(call, body.identifier);
  if (identifier !== undefined && isIdentifierTaken(call, identifier, projectName))
    errors.push(takenMessage(identifier));
  if (errors.length > 0) return errorResponse(400, ...errors);
  const preset = store.state.presets[0] ?? { hash_id: newHash(), url_id: newUrlId() };
  const value: StoredIntegration = {
    ...preset,
    type: body.type ?? "",
    name: body.name ?? "",
    identifier: identifier ?? freeSlug(body.name ?? "", "_", (name) => workspace.identifiers.has(name)),
    scope: body.scope ?? "",
    ...(projectName === undefined ? {} : { project_name: projectName }),
    auth_type: authTypeOf(body, typeRule(body.type ?? "")?.defaultAuth ?? ""),
    disabled: false,
    permissions: body.permissions ?? DEFAULT_PERMISSIONS,
    all_pipelines_allowed: body.allPipelines ?? true,
    allowed_pipelines: body.allowedPipelines ?? [],
    ...body.fields,
  };
  const put = { op: "put", ws, table: "integration", value } as const;
  if (store.state.presets.length === 0) store.commit(put);
  else store.commit(put, { op: "presets", value: store.state.presets.slice(1) });
  return created(integrationView(call, value));
}

/** Changes only the fields that are sent. */
export function editIntegration(call: WorkspaceCall): EmulatorResponse {
  const { workspace, store, ws } = call;
  const current = visibleIntegration(call);
  if (current === undefined) return notFound("Integration");
  if (accessOf(current, workspace, call.user) !== "MANAGE")
    return errorResponse(403, "You can't manage this integration");
  const body = parseIntegrationBody(call.body, workspace);
  const errors = editErrors(body, current);
  const identifier = identifierMadeOf(call, body.identifier ?? current.identifier, current.identifier);
  if (identifier !== current.identifier && isIdentifierTaken(call, identifier, current.project_name))
    errors.push(takenMessage(identifier));
  if (errors.length > 0) return errorResponse(400, ...errors);
  const value: StoredIntegration = {
    ...current,
    ...rolesToDrop(body, current),
    ...body.fields,
    name: body.name ?? current.name,
    identifier,
    auth_type: authTypeOf(body, current.auth_type),
    permissions: body.permissions ?? current.permissions,
    all_pipelines_allowed: body.allPipelines ?? current.all_pipelines_allowed,
    allowed_pipelines: body.allowedPipelines ?? current.allowed_pipelines,
  };
  store.commit({ op: "put", ws, table: "integration", value });
  return ok(integrationView(call, value));
}

/** Deletes an integration. While an action uses it, that is refused, and the answer says where it is used. */
export function deleteIntegration(call: WorkspaceCall): EmulatorResponse {
  const { workspace, store, ws } = call;
  const current = visibleIntegration(call);
  if (current === undefined) return notFound("Integration");
  if (accessOf(current, workspace, call.user) !== "MANAGE")
    return errorResponse(403, "You can't manage this integration");
  const uses = actionsThatUse(current, workspace);
  if (uses.length > 0) return errorResponse(400, `Integration is used in ${uses.join(", ")}`);
  store.commit({ op: "drop", ws, table: "integration", key: current.hash_id });
  return noContent();
}

function integrationView(call: WorkspaceCall, it: StoredIntegration) {
  return fullIntegration(call.links, call.ws, call.workspace, it);
}

function visibleIntegration(call: WorkspaceCall): StoredIntegration | undefined {
  const found = call.workspace.tables.integration.get(call.params["hash"] ?? "");
  return found !== undefined && maySeeIntegration(call, found) ? found : undefined;
}

function actionsThatUse(it: StoredIntegration, workspace: WorkspaceState): string[] {
  return [...workspace.tables.pipeline.values()].flatMap((pipeline) =>
    pipeline.actions
      .filter((action) => action["integration_hash"] === it.hash_id || action["integration"] === it.identifier)
      .map((action) => `${pipeline.project} / ${pipeline.name} / ${action.name}`),
  );
}

/** The identifier that the server stores for the one that was sent; an edit may keep the existing one. */
function identifierMadeOf({ settings, workspace }: WorkspaceCall, sent: string, current?: string): string {
  if (sent === current || settings.identifiers === "as-sent") return sent;
  if (settings.identifiers === "lower") return sent.toLowerCase();
  if (current !== undefined && current.startsWith(`${sent}_`)) return current;
  let n = 2;
  while (workspace.identifiers.has(`${sent}_${n}`)) n += 1;
  return `${sent}_${n}`;
}

function isIdentifierTaken(call: WorkspaceCall, identifier: string, projectName: string | undefined): boolean {
  const { unique } = call.settings;
  if (unique === "none" || !call.workspace.identifiers.has(identifier)) return false;
  for (const other of call.workspace.tables.integration.values())
    if (other.identifier === identifier && (unique === "workspace" || other.project_name === projectName)) return true;
  return false;
}

function takenMessage(identifier: string): string {
  return `Identifier "${identifier}" is already in use`;
}

function authTypeOf(body: IntegrationBody, fallback: string): string {
  return body.authType === undefined || body.authType === "" ? fallback : body.authType;
}

/**
 * AMAZON's credentials are one set: access keys that are sent without roles remove the roles. That is an assumption,
 * which nothing known contradicts.
 */
function rolesToDrop(
  body: IntegrationBody,
  current: StoredIntegration,
): { readonly role_assumptions?: readonly never[] } {
  const keysSent = body.fields["access_key"] !== undefined && body.fields["role_assumptions"] === undefined;
  return current.type === "AMAZON" && keysSent ? { role_assumptions: [] } : {};
}
