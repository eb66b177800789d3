import type { FieldInfo } from "../model/catalog.ts";
import type { FieldDoc } from "./schema-docs.ts";

/** One way to give a type its credentials. */
export interface RecipeExplanation {
  readonly title: string;
  /** What `auth_type` may be; absent where the type takes none. */
  readonly auth_types?: readonly string[];
  /** Whether this recipe applies if `auth_type` is missing. */
  readonly auth_type_optional?: true;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** A block to paste below `integrations:`. */
  readonly block: string;
}

export interface TypeExplanation {
  readonly kind: "type";
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Empty if what the type needs isn't documented: then it can be adopted with unmanaged credentials. */
  readonly recipes: readonly RecipeExplanation[];
  /** For types without a recipe. */
  readonly block?: string;
  /** Among the fields that the recipes name. */
  readonly secret: readonly string[];
  /** Never shown by the API, so drift in them can't be seen. */
  readonly write_only: readonly string[];
  readonly immutable: readonly string[];
}

export interface FieldExplanation {
  readonly kind: "field";
  readonly name: string;
  readonly value: FieldDoc["kind"];
  readonly description: string;
  readonly values?: readonly string[];
  /** Absent for what isn't a field of the API. */
  readonly api?: FieldFacts;
  /** Types whose recipes name it. */
  readonly types?: readonly string[];
}

/** What the catalog says of a field. */
export type FieldFacts = Omit<FieldInfo, "name" | "kind">;

/** A code of a diagnostic, a warning or a refusal, or a word that plans use. */
export interface CodeExplanation {
  readonly kind: "code" | "action" | "reason" | "uncompared";
  readonly name: string;
  readonly means: string;
  readonly todo: string;
}

export type Explanation = TypeExplanation | FieldExplanation | CodeExplanation;
