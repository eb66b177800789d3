import { STRING_FIELDS } from "./rules.ts";
import type { StoredAccessLevel, StoredGrant, JsonValue, JsonObject, StoredPermissions } from "./types.ts";
import type { WorkspaceState } from "./state.ts";

/** The fields of a request that were understood, and what is wrong with the others. Unknown fields are ignored. */
export interface IntegrationBody {
  readonly name: string | undefined;
  readonly identifier: string | undefined;
  readonly allPipelines: boolean | undefined;
  readonly allowedPipelines: readonly { readonly id: number }[] | undefined;
  readonly permissions: StoredPermissions | undefined;
  readonly authType: string | undefined;
  readonly type: string | undefined;
  readonly scope: string | undefined;
  readonly projectName: string | undefined;
  /** Type-specific strings, and `role_assumptions`. */
  readonly fields: JsonObject;
  readonly errors: readonly string[];
}

export const DEFAULT_PERMISSIONS: StoredPermissions = { others: "USE_ONLY", admins: "MANAGE", users: [], groups: [] };

/** Reads the body of a request. A null field counts as missing. */
export function parseIntegrationBody(body: JsonObject, workspace: WorkspaceState): IntegrationBody {
  const errors: string[] = [];
  const text = (name: string): string | undefined => {
    const value = body[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    errors.push(`Field "${name}" must be a string`);
    return undefined;
  };
  const fields: Record<string, JsonValue> = {};
  for (const name of Object.keys(body)) {
    if (!STRING_FIELDS.has(name)) continue;
    const value = text(name);
    if (value !== undefined) fields[name] = value;
  }
  const roles = parseRoles(body["role_assumptions"] ?? undefined, errors);
  if (roles !== undefined) fields["role_assumptions"] = roles;
  const all = body["all_pipelines_allowed"] ?? undefined;
  if (all !== undefined && typeof all !== "boolean") errors.push('Field "all_pipelines_allowed" must be a boolean');
  const identifier = text("identifier");
  if (identifier !== undefined && !/^[a-z](?:[\w-]*\w)?$/i.test(identifier)) errors.push("Identifier is not valid");
  return {
    name: text("name"),
    type: text("type"),
    scope: text("scope"),
    projectName: text("project_name"),
    authType: text("auth_type"),
    identifier,
    allPipelines: typeof all === "boolean" ? all : undefined,
    allowedPipelines: parsePipelines(body["allowed_pipelines"] ?? undefined, workspace, errors),
    permissions: parsePermissions(body["permissions"] ?? undefined, workspace, errors),
    fields,
    errors,
  };
}

function parseRoles(value: JsonValue | undefined, errors: string[]): JsonValue | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    errors.push('Field "role_assumptions" must be an array');
    return undefined;
  }
  const list: readonly JsonValue[] = value;
  return list.flatMap((role): JsonValue[] => {
    if (!isJsonObject(role) || typeof role["arn"] !== "string" || role["arn"] === "") {
      errors.push('A role assumption needs an "arn"');
      return [];
    }
    const { arn, external_id: externalId, duration } = role;
    if ((externalId ?? "") !== "" && typeof externalId !== "string")
      errors.push('Field "external_id" must be a string');
    if ((duration ?? 0) !== 0 && !isObjectId(duration)) errors.push('Field "duration" must be a number');
    return [
      {
        arn,
        ...(typeof externalId === "string" ? { external_id: externalId } : {}),
        ...(typeof duration === "number" ? { duration } : {}),
      },
    ];
  });
}

function parsePipelines(
  value: JsonValue | undefined,
  workspace: WorkspaceState,
  errors: string[],
): readonly { readonly id: number }[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    errors.push('Field "allowed_pipelines" must be an array');
    return undefined;
  }
  const list: readonly JsonValue[] = value;
  const ids = new Set<number>();
  for (const entry of list) {
    const id = isJsonObject(entry) ? entry["id"] : undefined;
    if (!isObjectId(id)) errors.push('An allowed pipeline needs a numeric "id"');
    else if (!workspace.tables.pipeline.has(String(id))) errors.push(`Pipeline ${id} not found`);
    else ids.add(id);
  }
  return [...ids].map((id) => ({ id }));
}

/** Permissions are replaced as a whole: a list that is left out, or null as the SDK sends it, becomes empty. */
function parsePermissions(
  value: JsonValue | undefined,
  workspace: WorkspaceState,
  errors: string[],
): StoredPermissions | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    errors.push('Field "permissions" must be an object');
    return undefined;
  }
  const level = (name: string, fallback: StoredAccessLevel): StoredAccessLevel => {
    const found = value[name] ?? fallback;
    if (isAccessLevel(found)) return found;
    errors.push(`Field "permissions.${name}" must be one of MANAGE, USE_ONLY, DENIED`);
    return fallback;
  };
  const grants = (name: string, known: ReadonlyMap<string, unknown>, what: string): readonly StoredGrant[] => {
    const entries = value[name] ?? [];
    if (!Array.isArray(entries)) {
      errors.push(`Field "permissions.${name}" must be an array`);
      return [];
    }
    const list: readonly JsonValue[] = entries;
    return list.flatMap((entry): StoredGrant[] => {
      const id = isJsonObject(entry) ? entry["id"] : undefined;
      const access = isJsonObject(entry) ? entry["access_level"] : undefined;
      if (!isObjectId(id) || !known.has(String(id)))
        errors.push(`${what} ${isObjectId(id) ? id : "without a number"} not found`);
      else if (!isAccessLevel(access)) errors.push(`${what} ${id} needs an access_level of MANAGE, USE_ONLY or DENIED`);
      else return [{ id, access_level: access }];
      return [];
    });
  };
  return {
    others: level("others", DEFAULT_PERMISSIONS.others),
    admins: level("admins", DEFAULT_PERMISSIONS.admins),
    users: grants("users", workspace.tables.member, "User"),
    groups: grants("groups", workspace.tables.group, "Group"),
  };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isObjectId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function isAccessLevel(value: unknown): value is StoredAccessLevel {
  return value === "MANAGE" || value === "USE_ONLY" || value === "DENIED";
}
