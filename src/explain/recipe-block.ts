import { fieldInfo, type Recipe } from "../model/catalog.ts";
import { proposedReference } from "../model/reserved-variables.ts";
import type { TypeDoc } from "./schema-docs.ts";
import { fieldDocs } from "./schema-docs.ts";

const ROLES = [{ arn: "arn:aws:iam::123456789012:role/deploy" }];

/**
 * A block to paste below `integrations:`, with the fields that a recipe needs, and in comments those that it can use.
 */
export function recipeBlock(doc: TypeDoc, recipe: Recipe): string {
  const [authType] = recipe.authTypes.includes("") ? [] : recipe.authTypes;
  return [
    ...recipeHead(doc),
    ...(authType === undefined ? [] : [`auth_type: ${authType}`]),
    ...exampleFields(doc, recipe).map(recipeFieldLine),
    ...recipe.optional.map((field) => `# ${recipeFieldLine([field, exampleOf(doc, field)])}`),
  ]
    .map(indentedLine)
    .join("");
}

/** The block of a type without a recipe. Its integration is made in the web page and adopted. */
export function unmanagedBlock(doc: TypeDoc): string {
  return [...recipeHead(doc), "lifecycle: { credentials: unmanaged }"].map(indentedLine).join("");
}

/** The fields that a recipe needs, each with a reference or an example. */
export function exampleFields(doc: TypeDoc, recipe: Recipe): readonly (readonly [string, ExampleValue])[] {
  return recipe.required.map((field) => [field, exampleOf(doc, field)] as const);
}

type ExampleValue = string | typeof ROLES;

function recipeHead({ name, title }: TypeDoc): readonly string[] {
  return [`${name.toLowerCase()}:`, `type: ${name}`, `name: ${title}`, "scope: WORKSPACE"];
}

function recipeFieldLine([name, value]: readonly [string, ExampleValue]): string {
  const roles = typeof value === "string" ? value : `[${value.map(({ arn }) => `{ arn: "${arn}" }`).join(", ")}]`;
  return `${name}: ${roles}`;
}

function indentedLine(line: string, index: number): string {
  return `${index === 0 ? "  " : "    "}${line}\n`;
}

function exampleOf({ name: type }: TypeDoc, field: string): ExampleValue {
  const info = fieldInfo(field);
  if (info?.kind === "array") return ROLES;
  const [example] = fieldDocs.find(({ path }) => path === field)?.examples ?? [];
  const isShown = typeof example === "string" && info?.hidden !== true;
  return isShown ? example : proposedReference(type.toLowerCase(), field);
}
