import { typeInfo } from "./catalog.ts";
import type { FieldValue } from "./integration.ts";

// What is known of the values that the server takes where nothing is sent, and that its answers may leave out.

/** The levels of permissions that name none. */
export const DEFAULT_ACCESS = { admins: "MANAGE", others: "USE_ONLY" } as const;

/** Every pipeline may use an integration that says nothing of it. */
export const DEFAULT_ALL_PIPELINES_ALLOWED = true;

/** The one form of an auth_type that needn't be sent: what the API takes when none is given, and what old answers leave out. */
export const DEFAULT_AUTH_TYPE = "";

/** What the API calls it where it has a name. */
export const DEFAULT_AUTH_TYPE_NAME = "DEFAULT";

/** An auth_type in the one form in which it is compared. */
export function canonicalAuthType<V extends FieldValue>(type: string, value: V): V | typeof DEFAULT_AUTH_TYPE {
  const implied = typeInfo(type)?.recipes.find((recipe) => recipe.authTypes.includes(DEFAULT_AUTH_TYPE));
  if (implied !== undefined && typeof value === "string" && implied.authTypes.includes(value)) return DEFAULT_AUTH_TYPE;
  return value;
}

/** Whether an auth_type need not be sent. Which one a type takes isn't known for certain: only DEFAULT speaks for itself. */
export function isDefaultAuthType(value: FieldValue): boolean {
  return value === DEFAULT_AUTH_TYPE || value === DEFAULT_AUTH_TYPE_NAME;
}
