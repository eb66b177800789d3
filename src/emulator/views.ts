import { RETURNED_FIELDS } from "./rules.ts";
import type { WorkspaceState } from "./state.ts";
import type { JsonValue, JsonObject, StoredIntegration } from "./types.ts";

/** Bases of the links in answers, without a slash at the end. */
export interface Links {
  /** The base of each `url`. */
  readonly api: string;
  /** The base of each `html_url`. */
  readonly app: string;
}

/**
 * An item of the list. It has `note`, since the Terraform provider reads it from there. Whether Buddy's list has more
 * is unknown.
 */
export function shortIntegration(links: Links, ws: string, it: StoredIntegration): JsonObject {
  const short = {
    ...integrationLinks(links, ws, it),
    hash_id: it.hash_id,
    name: it.name,
    identifier: it.identifier,
    type: it.type,
  };
  return typeof it["note"] === "string" ? { ...short, note: it["note"] } : short;
}

/** The answer of get, create and edit, in the order of the documented example. Never a write-only field. */
export function fullIntegration(
  links: Links,
  ws: string,
  workspace: WorkspaceState,
  it: StoredIntegration,
): JsonObject {
  const view: Record<string, JsonValue> = {
    ...integrationLinks(links, ws, it),
    hash_id: it.hash_id,
    name: it.name,
    type: it.type,
    identifier: it.identifier,
    scope: it.scope,
  };
  if (it.project_name !== undefined) view["project_name"] = it.project_name;
  view["auth_type"] = it.auth_type;
  for (const name of RETURNED_FIELDS) {
    const value = it[name];
    if (typeof value === "string") view[name] = value;
  }
  view["all_pipelines_allowed"] = it.all_pipelines_allowed;
  view["allowed_pipelines"] = it.allowed_pipelines.flatMap(({ id }): JsonValue[] => {
    const pipeline = workspace.tables.pipeline.get(String(id));
    return pipeline === undefined
      ? []
      : [{ ...pipelineLinks(links, ws, pipeline.project, id), id, name: pipeline.name }];
  });
  view["permissions"] = {
    others: it.permissions.others,
    admins: it.permissions.admins,
    users: it.permissions.users.map(({ id, access_level }) => ({ id, access_level })),
    groups: it.permissions.groups.map(({ id, access_level }) => ({ id, access_level })),
  };
  if (it.disabled) view["disabled"] = true;
  return view;
}

export function pipelineLinks(links: Links, ws: string, project: string, id: number): JsonObject {
  return {
    url: `${links.api}/workspaces/${ws}/projects/${project}/pipelines/${id}`,
    html_url: `${links.app}/${ws}/${project}/pipelines/pipeline/${id}`,
  };
}

/** The documented `url` leads through `/user/` and carries another identifier than `hash_id`. */
function integrationLinks(links: Links, ws: string, it: StoredIntegration): JsonObject {
  return {
    url: `${links.api}/workspaces/${ws}/user/integrations/${it.url_id}`,
    html_url: `${links.app}/${ws}/integrations/${it.hash_id}`,
  };
}
