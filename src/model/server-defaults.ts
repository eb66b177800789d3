import { typeInfo } from "./catalog.ts";
import type { FieldValue } from "./integration.ts";

// The known default values of the server. Its responses may leave them out.

/** The levels of an integration without permissions. */
export const DEFAULT_ACCESS = { admins: "MANAGE", others: "USE_ONLY" } as const;

/** Every pipeline may use an integration that sets no limit. */
export const DEFAULT_ALL_PIPELINES_ALLOWED = true;

/**
 * The auth_type that can be left out of a request: the API assumes it when none is given, and old responses leave it
 * out.
 */
export const DEFAULT_AUTH_TYPE = "";

/** The API's name for the default auth_type. */
export const DEFAULT_AUTH_TYPE_NAME = "DEFAULT";

/** An auth_type in its canonical form, for comparing. */
export function canonicalAuthType<V extends FieldValue>(type: string, value: V): V | typeof DEFAULT_AUTH_TYPE {
  const implied = typeInfo(type)?.recipes.find((recipe) => recipe.authTypes.includes(DEFAULT_AUTH_TYPE));
  if (implied !== undefined && typeof value === "string" && implied.authTypes.includes(value)) return DEFAULT_AUTH_TYPE;
  return value;
}

/** Whether an auth_type can be left out of a request. That is certain for DEFAULT only. */
export function isDefaultAuthType(value: FieldValue): boolean {
  return value === DEFAULT_AUTH_TYPE || value === DEFAULT_AUTH_TYPE_NAME;
}
