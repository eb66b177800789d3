/** A type as the schema describes it. */
export interface TypeDoc {
  readonly name: string;
  /** The service's name. */
  readonly title: string;
  readonly description: string;
  /** In the order of the catalog's recipes. */
  readonly recipeTitles: readonly string[];
}

/** A field of the file, of an integration, or within one of its fields. */
export interface FieldDoc {
  /** `token`, `permissions.users.email`. The path of a list's item begins with the path of the list. */
  readonly path: string;
  readonly kind: "string" | "integer" | "boolean" | "array" | "object";
  readonly description: string;
  /** All values that it can have, where they are few. */
  readonly values?: readonly string[];
  readonly examples?: readonly unknown[];
}

export { fieldDocs, typeDocs } from "./schema-docs.generated.js";
