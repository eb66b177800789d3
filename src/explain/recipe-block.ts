import { fieldInfo, type Recipe } from "../model/catalog.ts";
import { proposedReference } from "../model/reserved-variables.ts";
import type { TypeDoc } from "./schema-docs.ts";
import { fieldDocs } from "./schema-docs.ts";

const ROLE = '[{ arn: "arn:aws:iam::123456789012:role/deploy" }]';

/** A block to paste below `integrations:`: what a recipe needs, and in comments what it can use. */
export function recipeBlock({ name, title }: TypeDoc, recipe: Recipe): string {
  const key = name.toLowerCase();
  const [authType] = recipe.authTypes.includes("") ? [] : recipe.authTypes;
  return [
    ...head(key, name, title),
    ...(authType === undefined ? [] : [`auth_type: ${authType}`]),
    ...recipe.required.map((field) => `${field}: ${exampleOf(key, field)}`),
    ...recipe.optional.map((field) => `# ${field}: ${exampleOf(key, field)}`),
  ]
    .map(indentedLine)
    .join("");
}

/** For a type without a recipe: it is made in the web page and adopted. */
export function unmanagedBlock({ name, title }: TypeDoc): string {
  return [...head(name.toLowerCase(), name, title), "lifecycle: { credentials: unmanaged }"].map(indentedLine).join("");
}

function head(key: string, type: string, title: string): readonly string[] {
  return [`${key}:`, `type: ${type}`, `name: ${title}`, "scope: WORKSPACE"];
}

function indentedLine(line: string, index: number): string {
  return `${index === 0 ? "  " : "    "}${line}\n`;
}

function exampleOf(key: string, field: string): string {
  const info = fieldInfo(field);
  if (info?.kind === "array") return ROLE;
  const [example] = fieldDocs.find(({ path }) => path === field)?.examples ?? [];
  return typeof example === "string" && info?.hidden !== true ? example : proposedReference(key, field);
}
