import { ANNOTATIONS, mapSchema, type JsonSchema } from "./json-schema.ts";

/** The schema for validators in their strictest mode: without keywords that they don't know, and with each `type` written. */
export function plainSchema(source: JsonSchema, id: string): JsonSchema {
  const { $schema, ...rest } = withoutAnnotations(source) as JsonSchema & { readonly $schema?: string };
  return { ...($schema !== undefined && { $schema }), $id: id, ...rest };
}

function withoutAnnotations(source: JsonSchema): JsonSchema {
  return mapSchema(source, (part) => {
    const kept = Object.entries(part).filter(([name]) => !ANNOTATIONS.some((annotation) => annotation === name));
    return withOneType(withObjectType(Object.fromEntries(kept)));
  });
}

/** A schema with properties is a schema of a map. */
function withObjectType(part: JsonSchema): JsonSchema {
  const isAboutMaps = [part.properties, part.required, part.additionalProperties].some((said) => said !== undefined);
  return isAboutMaps && part.type === undefined && part.anyOf === undefined ? { type: "object", ...part } : part;
}

/** `type: [string, "null"]`. */
function withOneType(part: JsonSchema): JsonSchema {
  if (typeof part.type !== "object") return part;
  const [type] = part.type.filter((name) => name !== "null");
  const { description, type: _, enum: values, ...own } = part;
  const enumOf = values && { enum: values.filter((value) => value !== null) };
  return {
    ...(description !== undefined && { description }),
    anyOf: [{ ...(type !== undefined && { type }), ...own, ...enumOf }, { type: "null" }],
  };
}
