import { fieldInfo, fieldNames, typeInfo, typeNames } from "../../../src/model/catalog.ts";

/** A desired state in which every field that may be a reference is one, for every type and every way to authenticate. */
export interface AllSecrets {
  readonly text: string;
  /** Names of all variables that it refers to. */
  readonly variables: readonly string[];
}

/** Every secret and hidden field, and the plain ones that the type is known to use; all of them where nothing is known. */
function referenceFields(type: string): readonly string[] {
  const used = new Set(typeInfo(type)?.recipes.flatMap(({ required, optional }) => [...required, ...optional]));
  return fieldNames.filter((name) => {
    const info = fieldInfo(name);
    if (info?.reference !== true || info.kind !== "string") return false;
    return info.hidden || used.has(name) || type === "CUSTOM";
  });
}

/** @param types those of the catalog unless told otherwise. */
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

/** One for each recipe; none where only the type is known. */
function authTypesOf(type: string): readonly string[] {
  const found = new Set((typeInfo(type)?.recipes ?? []).map(({ authTypes }) => authTypes.at(-1) ?? ""));
  return found.size === 0 ? [""] : [...found];
}
