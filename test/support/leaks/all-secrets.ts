import { fieldInfo, fieldNames, typeInfo, typeNames } from "../../../src/model/catalog.ts";

/** A desired state with every type and every way to authenticate. Every field that may be a reference is one. */
export interface AllSecrets {
  readonly text: string;
  /** The names of all variables in it. */
  readonly variables: readonly string[];
}

/**
 * Every secret and hidden field, and the known plain fields of the type. All fields when the type's fields are
 * unknown.
 */
function referenceFields(type: string): readonly string[] {
  const used = new Set(typeInfo(type)?.recipes.flatMap(({ required, optional }) => [...required, ...optional]));
  return fieldNames.filter((name) => {
    const info = fieldInfo(name);
    if (info?.reference !== true || info.kind !== "string") return false;
    return info.hidden || used.has(name) || type === "CUSTOM";
  });
}

/** @param types default: all types of the catalog. */
export function allSecrets(types: readonly string[] = typeNames): AllSecrets {
  const variables: string[] = [];
  const reference = (...words: readonly string[]): string => {
    const name = words.join("__").toUpperCase();
    variables.push(name);
    return `$${name}`;
  };
  const blocks = types.flatMap((type) =>
    authTypesOf(type).map((authType) => {
      const key = authType === "" ? type.toLowerCase() : `${type}__${authType}`.toLowerCase();
      return [
        `  ${key}:`,
        `    type: ${type}`,
        "    name: N",
        ...(authType === "" ? [] : [`    auth_type: ${authType}`]),
        ...referenceFields(type).map((field) => `    ${field}: ${reference(key, field)}`),
        ...(type === "AMAZON"
          ? [`    role_assumptions: [{ arn: "arn:aws:iam::1:role/r", external_id: ${reference(key, "external")} }]`]
          : []),
        `    extra: { new_field: ${reference(key, "extra")}, deep: { list: [${reference(key, "deep")}] } }`,
      ].join("\n");
    }),
  );
  const text = `version: 1\ndefaults: { scope: WORKSPACE }\nintegrations:\n${blocks.join("\n")}\n`;
  return { text, variables };
}

/** One `auth_type` for each known set of fields; none when only the type is known. */
function authTypesOf(type: string): readonly string[] {
  const found = new Set((typeInfo(type)?.recipes ?? []).map(({ authTypes }) => authTypes.at(-1) ?? ""));
  return found.size === 0 ? [""] : [...found];
}
