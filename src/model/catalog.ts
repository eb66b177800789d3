import { authTypes, fields, types } from "./catalog.generated.js";

/**
 * A field of an integration, by the API's name, as the API's create page documents it. `extra` and `lifecycle` belong
 * to this program and are not among them.
 */
export interface FieldInfo {
  readonly name: string;
  readonly kind: "string" | "integer" | "boolean" | "array" | "object";
  /** The file must hold a reference. */
  readonly secret: boolean;
  /** Never shown in output: secrets, and fields that may contain one (email, webhook_address, target_url). */
  readonly hidden: boolean;
  /** Whether GET returns it. A field that GET doesn't return is write-only. */
  readonly returned: boolean;
  /** Can't change after creation. */
  readonly immutable: boolean;
  /** Whether `$NAME` is a reference in the field itself. For fields within lists and maps see `config/resolve.ts`. */
  readonly reference: boolean;
  /**
   * A text that everybody who sees the integration can read. A reference in it is an error, and `$$` stands for `$`.
   */
  readonly public: boolean;
}

/** One way to give a type its credentials. Both lists of fields are without `auth_type`. */
export interface Recipe {
  /** `""` stands for "not given". */
  readonly authTypes: readonly string[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export interface TypeInfo {
  readonly name: string;
  /** Empty if what the type needs isn't documented. */
  readonly recipes: readonly Recipe[];
}

/** Fields that the file may name for every type, besides `auth_type`, whose values depend on the type. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "name",
  "identifier",
  "scope",
  "project_name",
  "note",
  "agent_note",
  "all_pipelines_allowed",
  "allowed_pipelines",
  "permissions",
  "extra",
  "lifecycle",
]);

const fieldsByName = new Map(fields.map((field) => [field.name, field]));
const typesByName = new Map(types.map((type) => [type.name, type]));
const credentialsByType = new Map<string, ReadonlySet<string>>();
const secretFields: ReadonlySet<string> = new Set(fields.filter((field) => field.secret).map((field) => field.name));

/** The documented values of `auth_type`. */
export { authTypes };
export const fieldNames: readonly string[] = fields.map((field) => field.name);
/** The documented types, in the vendor's order. */
export const typeNames: readonly string[] = types.map((type) => type.name);

export function fieldInfo(name: string): FieldInfo | undefined {
  return fieldsByName.get(name);
}

export function typeInfo(type: string): TypeInfo | undefined {
  return typesByName.get(type);
}

/**
 * The fields that make up a type's credentials (AMAZON: access_key, secret_key, role_assumptions): every write-only
 * field that its recipes name; for types without a recipe every secret field.
 */
export function credentialFields(type: string): ReadonlySet<string> {
  const known = credentialsByType.get(type);
  if (known) return known;
  const recipes = typeInfo(type)?.recipes ?? [];
  if (recipes.length === 0) return secretFields;
  const named = recipes.flatMap((recipe) => [...recipe.required, ...recipe.optional]);
  const credentials = new Set(named.filter((name) => !(fieldInfo(name)?.returned ?? false)));
  credentialsByType.set(type, credentials);
  return credentials;
}
