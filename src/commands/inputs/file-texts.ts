import { valueUse, type UsedSecret } from "../../api/words/known-value.ts";
import type { FieldValue, IntegrationWithSecrets, Target } from "../../model/integration.ts";
import { isList, isMap } from "../../model/json.ts";
import { Secret } from "../../model/secret.ts";

/** The values that messages of the server are searched for, and the texts that the file shows openly. */
export interface FileTexts {
  readonly secrets: readonly UsedSecret[];
  readonly literals: readonly string[];
}

export function fileTexts(target: Target, integrations: readonly IntegrationWithSecrets[]): FileTexts {
  const secrets: UsedSecret[] = [];
  const literals: string[] = [target.api, target.workspace];
  const collect = (value: FieldValue, use: UsedSecret["use"]): void => {
    if (value instanceof Secret) secrets.push({ secret: value, use });
    else if (typeof value === "string") literals.push(value);
    else if (isList(value)) for (const item of value) collect(item, use);
    else if (isMap(value)) for (const item of Object.values(value)) collect(item, use);
  };
  for (const { key, type, identifier = "", projectName = "", fields, extra } of integrations) {
    literals.push(key, type, identifier, projectName);
    for (const [name, value] of fields) collect(value, valueUse(name));
    for (const value of extra.values()) collect(value, "secret");
  }
  return { secrets, literals };
}
