import type { Answer } from "./answer.ts";
import { created, noContent, notFound, ok, refuse } from "./answer.ts";
import { accessOf } from "./access.ts";
import type { ParsedBody } from "./body.ts";
import { DEFAULT_PERMISSIONS, parseBody } from "./body.ts";
import type { Call } from "./call.ts";
import { newHash, newUrlId, slug } from "./names.ts";
import { typeRule } from "./rules.ts";
import type { Workspace } from "./state.ts";
import type { StoredIntegration } from "./types.ts";
import { creationErrors, editErrors } from "./validate.ts";
import { fullIntegration } from "./views.ts";
import { maySeeIntegration, visibleProject } from "./visibility.ts";

export function getIntegration(call: Call): Answer {
  const found = find(call);
  return found === undefined ? notFound("Integration") : ok(view(call, found));
}

export function createIntegration(call: Call): Answer {
  const { workspace, store, ws } = call;
  const body = parseBody(call.body, workspace);
  const errors = creationErrors(body, (name) => visibleProject(call, name) !== undefined);
  const projectName = body.scope === "PROJECT" ? body.projectName : undefined;
  const identifier = body.identifier === undefined ? undefined : madeOf(call, body.identifier);
  if (identifier !== undefined && isTaken(call, identifier, projectName)) errors.push(taken(identifier));
  if (errors.length > 0) return refuse(400, ...errors);
  const preset = store.state.presets[0] ?? { hash_id: newHash(), url_id: newUrlId() };
  const value: StoredIntegration = {
    ...preset,
    type: body.type ?? "",
    name: body.name ?? "",
    identifier: identifier ?? slug(body.name ?? "", "_", (name) => workspace.identifiers.has(name)),
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
  return created(view(call, value));
}

/** Partial: only what is sent changes. */
export function editIntegration(call: Call): Answer {
  const { workspace, store, ws } = call;
  const current = find(call);
  if (current === undefined) return notFound("Integration");
  if (accessOf(current, workspace, call.user) !== "MANAGE") return refuse(403, "You can't manage this integration");
  const body = parseBody(call.body, workspace);
  const errors = editErrors(body, current);
  const identifier = madeOf(call, body.identifier ?? current.identifier, current.identifier);
  if (identifier !== current.identifier && isTaken(call, identifier, current.project_name))
    errors.push(taken(identifier));
  if (errors.length > 0) return refuse(400, ...errors);
  const value: StoredIntegration = {
    ...current,
    ...rolesOf(body, current),
    ...body.fields,
    name: body.name ?? current.name,
    identifier,
    auth_type: authTypeOf(body, current.auth_type),
    permissions: body.permissions ?? current.permissions,
    all_pipelines_allowed: body.allPipelines ?? current.all_pipelines_allowed,
    allowed_pipelines: body.allowedPipelines ?? current.allowed_pipelines,
  };
  store.commit({ op: "put", ws, table: "integration", value });
  return ok(view(call, value));
}

/** Refused while an action uses the integration, and the answer says where. */
export function deleteIntegration(call: Call): Answer {
  const { workspace, store, ws } = call;
  const current = find(call);
  if (current === undefined) return notFound("Integration");
  if (accessOf(current, workspace, call.user) !== "MANAGE") return refuse(403, "You can't manage this integration");
  const uses = usesOf(current, workspace);
  if (uses.length > 0) return refuse(400, `Integration is used in ${uses.join(", ")}`);
  store.commit({ op: "drop", ws, table: "integration", key: current.hash_id });
  return noContent();
}

function view(call: Call, it: StoredIntegration) {
  return fullIntegration(call.links, call.ws, call.workspace, it);
}

function find(call: Call): StoredIntegration | undefined {
  const found = call.workspace.tables.integration.get(call.params["hash"] ?? "");
  return found !== undefined && maySeeIntegration(call, found) ? found : undefined;
}

function usesOf(it: StoredIntegration, workspace: Workspace): string[] {
  return [...workspace.tables.pipeline.values()].flatMap((pipeline) =>
    pipeline.actions
      .filter((action) => action["integration_hash"] === it.hash_id || action["integration"] === it.identifier)
      .map((action) => `${pipeline.project} / ${pipeline.name} / ${action.name}`),
  );
}

/** The identifier that the server makes of the one that was sent; an edit may keep the one that is there. */
function madeOf({ settings, workspace }: Call, sent: string, current?: string): string {
  if (sent === current || settings.identifiers === "as-sent") return sent;
  if (settings.identifiers === "lower") return sent.toLowerCase();
  if (current !== undefined && current.startsWith(`${sent}_`)) return current;
  let n = 2;
  while (workspace.identifiers.has(`${sent}_${n}`)) n += 1;
  return `${sent}_${n}`;
}

function isTaken(call: Call, identifier: string, projectName: string | undefined): boolean {
  const { unique } = call.settings;
  if (unique === "none" || !call.workspace.identifiers.has(identifier)) return false;
  for (const other of call.workspace.tables.integration.values())
    if (other.identifier === identifier && (unique === "workspace" || other.project_name === projectName)) return true;
  return false;
}

function taken(identifier: string): string {
  return `Identifier "${identifier}" is already in use`;
}

function authTypeOf(body: ParsedBody, fallback: string): string {
  return body.authType === undefined || body.authType === "" ? fallback : body.authType;
}

/** AMAZON's credentials are one set: keys sent without roles drop the roles. Nobody has shown otherwise. */
function rolesOf(body: ParsedBody, current: StoredIntegration): { readonly role_assumptions?: readonly never[] } {
  const keysSent = body.fields["access_key"] !== undefined && body.fields["role_assumptions"] === undefined;
  return current.type === "AMAZON" && keysSent ? { role_assumptions: [] } : {};
}
