import type { FieldInfo } from "../model/catalog.ts";
import type { FieldDoc } from "./schema-docs.ts";

/** One way to give a type its credentials. */
export interface RecipeExplanation {
  readonly title: string;
  /** The values that `auth_type` may have. Absent if the type takes none. */
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
  /** A block to paste, for types without a recipe. */
  readonly block?: string;
  /** Those fields of the recipes that are secret. */
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
  /** Absent if it isn't a field of the API. */
  readonly api?: FieldFacts;
  /** Types whose recipes name the field. */
  readonly types?: readonly string[];
}

/** What the catalog says about a field. */
export type FieldFacts = Omit<FieldInfo, "name" | "kind">;

/** A code of a diagnostic, a warning or a refusal, or a word that plans use. */
export interface CodeExplanation {
  readonly kind: "code" | "action" | "reason" | "uncompared";
  readonly name: string;
  readonly means: string;
  readonly todo: string;
}

export type Explanation = TypeExplanation | FieldExplanation | CodeExplanation;
