import { STRING_FIELDS } from "./rules.ts";
import type { AccessLevel, Grant, Json, JsonObject, Permissions } from "./types.ts";
import type { Workspace } from "./state.ts";

/** The fields of a request that were understood, and what is wrong with the others. Unknown fields are ignored. */
export interface ParsedBody {
  readonly name: string | undefined;
  readonly identifier: string | undefined;
  readonly allPipelines: boolean | undefined;
  readonly allowedPipelines: readonly { readonly id: number }[] | undefined;
  readonly permissions: Permissions | undefined;
  readonly authType: string | undefined;
  readonly type: string | undefined;
  readonly scope: string | undefined;
  readonly projectName: string | undefined;
  /** Type-specific strings, and `role_assumptions`. */
  readonly fields: JsonObject;
  readonly errors: readonly string[];
}

export const DEFAULT_PERMISSIONS: Permissions = { others: "USE_ONLY", admins: "MANAGE", users: [], groups: [] };

/** Null and missing mean the same. */
export function parseBody(body: JsonObject, workspace: Workspace): ParsedBody {
  const errors: string[] = [];
  const text = (name: string): string | undefined => {
    const value = body[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    errors.push(`Field "${name}" must be a string`);
    return undefined;
  };
  const fields: Record<string, Json> = {};
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

function parseRoles(value: Json | undefined, errors: string[]): Json | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    errors.push('Field "role_assumptions" must be an array');
    return undefined;
  }
  const list: readonly Json[] = value;
  return list.flatMap((role): Json[] => {
    if (!isObject(role) || typeof role["arn"] !== "string" || role["arn"] === "") {
      errors.push('A role assumption needs an "arn"');
      return [];
    }
    const { arn, external_id: externalId, duration } = role;
    if ((externalId ?? "") !== "" && typeof externalId !== "string")
      errors.push('Field "external_id" must be a string');
    if ((duration ?? 0) !== 0 && !isId(duration)) errors.push('Field "duration" must be a number');
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
  value: Json | undefined,
  workspace: Workspace,
  errors: string[],
): readonly { readonly id: number }[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    errors.push('Field "allowed_pipelines" must be an array');
    return undefined;
  }
  const list: readonly Json[] = value;
  const ids = new Set<number>();
  for (const entry of list) {
    const id = isObject(entry) ? entry["id"] : undefined;
    if (!isId(id)) errors.push('An allowed pipeline needs a numeric "id"');
    else if (!workspace.tables.pipeline.has(String(id))) errors.push(`Pipeline ${id} not found`);
    else ids.add(id);
  }
  return [...ids].map((id) => ({ id }));
}

/** Replaced as a whole: lists left out, or null as the SDK sends them, are empty afterwards. */
function parsePermissions(value: Json | undefined, workspace: Workspace, errors: string[]): Permissions | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    errors.push('Field "permissions" must be an object');
    return undefined;
  }
  const level = (name: string, fallback: AccessLevel): AccessLevel => {
    const found = value[name] ?? fallback;
    if (isLevel(found)) return found;
    errors.push(`Field "permissions.${name}" must be one of MANAGE, USE_ONLY, DENIED`);
    return fallback;
  };
  const grants = (name: string, known: ReadonlyMap<string, unknown>, what: string): readonly Grant[] => {
    const entries = value[name] ?? [];
    if (!Array.isArray(entries)) {
      errors.push(`Field "permissions.${name}" must be an array`);
      return [];
    }
    const list: readonly Json[] = entries;
    return list.flatMap((entry): Grant[] => {
      const id = isObject(entry) ? entry["id"] : undefined;
      const access = isObject(entry) ? entry["access_level"] : undefined;
      if (!isId(id) || !known.has(String(id))) errors.push(`${what} ${isId(id) ? id : "without a number"} not found`);
      else if (!isLevel(access)) errors.push(`${what} ${id} needs an access_level of MANAGE, USE_ONLY or DENIED`);
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

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function isLevel(value: unknown): value is AccessLevel {
  return value === "MANAGE" || value === "USE_ONLY" || value === "DENIED";
}
