/** The keywords of JSON Schema that the desired state uses, and the annotations of this project. */
export interface JsonSchema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly $comment?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly not?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly "x-optional"?: readonly string[];
  readonly "x-secret"?: boolean;
  readonly "x-private"?: boolean;
  readonly "x-returned"?: boolean;
  readonly "x-immutable"?: boolean;
  readonly "x-reference"?: boolean;
  readonly "x-public"?: boolean;
  /** Of YAML language servers. */
  readonly markdownDescription?: string;
  readonly patternErrorMessage?: string;
  readonly defaultSnippets?: readonly EditorSnippet[];
  readonly doNotSuggest?: boolean;
}

export interface EditorSnippet {
  readonly label: string;
  readonly description: string;
  readonly body: unknown;
}

export const ANNOTATIONS = [
  "x-secret",
  "x-private",
  "x-returned",
  "x-immutable",
  "x-reference",
  "x-public",
  "x-optional",
] as const;

/** Every schema within a schema is changed, from the inside out; names of properties are not mistaken for keywords. */
export function mapSchema(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const inner = (part: JsonSchema): JsonSchema => mapSchema(part, change);
  const changed: Record<string, unknown> = { ...schema };
  for (const name of ["items", "if", "then", "else", "not", "propertyNames", "additionalProperties"] as const) {
    const part = schema[name];
    if (typeof part === "object") changed[name] = inner(part);
  }
  for (const name of ["anyOf", "oneOf", "allOf"] as const) {
    if (schema[name] !== undefined) changed[name] = schema[name].map(inner);
  }
  for (const name of ["properties", "definitions", "patternProperties"] as const) {
    const parts: unknown = changed[name];
    if (typeof parts !== "object" || parts === null) continue;
    changed[name] = Object.fromEntries(
      Object.entries(parts).map(([key, part]: [string, unknown]) => [
        key,
        typeof part === "object" && part !== null ? inner(part) : part,
      ]),
    );
  }
  return change(changed);
}
