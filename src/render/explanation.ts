import type {
  CodeExplanation,
  Explanation,
  FieldExplanation,
  FieldFacts,
  RecipeExplanation,
  TypeExplanation,
} from "../explain/explanation.ts";
import { joinWords } from "../model/text.ts";
import { wrapText } from "./width.ts";

/** Explanations in lines of at most this width. The lines of blocks to paste are not broken. */
export function renderExplanations(explanations: readonly Explanation[], columns: number): string {
  return explanations.map((explanation) => explanationText(explanation, Math.max(20, columns))).join("\n");
}

/** What `explain` prints without a term: the names, by kind. */
export function renderTerms(explanations: readonly Explanation[], columns: number): string {
  const sections = [
    ["Types", "type"],
    ["Fields", "field"],
    ["Codes", "code"],
    ["Actions of a plan", "action"],
    ["Why a field is sent", "reason"],
    ["Why a field can't be compared", "uncompared"],
  ] as const;
  return sections
    .map(([title, kind]) => {
      const names = explanations.filter((each) => each.kind === kind).map(({ name }) => name);
      return `${title}\n\n${paragraph(names.join(" "), columns, "  ")}`;
    })
    .join("\n");
}

function explanationText(explanation: Explanation, columns: number): string {
  if (explanation.kind === "type") return typeText(explanation, columns);
  return explanation.kind === "field" ? fieldText(explanation, columns) : codeText(explanation, columns);
}

const CODE_KINDS = {
  code: "code of a diagnostic",
  action: "action of a plan",
  reason: "why a plan sends a field",
  uncompared: "why a plan can't compare a field",
} as const;

function codeText({ kind, name, means, todo }: CodeExplanation, columns: number): string {
  return `${name} (${CODE_KINDS[kind]})\n\n${paragraph(means, columns)}\n${paragraph(todo, columns)}`;
}

function fieldText({ name, value, description, values, api, types }: FieldExplanation, columns: number): string {
  const facts = [
    ...(values === undefined ? [] : [`Values: ${values.join(", ")}.`]),
    ...(api === undefined ? [] : factLines(api)),
    ...(types === undefined ? [] : [`Used by ${joinWords(types, "and")}.`]),
  ];
  const list = facts.map((fact) => paragraph(fact, columns, "- ")).join("");
  return `${name} (field: ${VALUE_WORDS[value]})\n\n${paragraph(description, columns)}${list === "" ? "" : `\n${list}`}`;
}

const VALUE_WORDS = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  array: "list",
  object: "map",
} as const;

function factLines({ secret, hidden, returned, immutable, reference, public: isPublic }: FieldFacts): string[] {
  return [
    ...(secret ? ["Secret: it must be a reference such as `$NAME`, and is never shown."] : []),
    ...(hidden && !secret ? ["It may carry a credential, so it is never shown in output."] : []),
    ...(isPublic ? ["Everybody who sees the integration can read it: a reference in it is an error."] : []),
    ...(reference && !secret ? ["`$NAME` in it is a reference to the environment."] : []),
    returned
      ? "The API returns it, so that changes in the workspace are seen."
      : "The API never returns it, so changes in the workspace can't be seen.",
    ...(immutable ? ["It can't change after creation: another value needs a new integration."] : []),
  ];
}

function typeText(type: TypeExplanation, columns: number): string {
  const { name, title, description, recipes, block, secret, write_only: writeOnly, immutable } = type;
  const parts = [`${name} (type: ${title})\n`, paragraph(description, columns)];
  if (recipes.length === 0) {
    parts.push(
      paragraph(
        "What it needs isn't documented. Create it in Buddy's web page, then adopt it: so the file holds no credentials.",
        columns,
      ),
    );
  }
  parts.push(...recipes.map((recipe) => recipeText(recipe, columns)));
  if (block !== undefined) parts.push(block);
  const facts = [
    ...(secret.length > 0 ? [`Secret, so references: ${secret.join(", ")}.`] : []),
    ...(writeOnly.length > 0 ? [`Never returned by the API: ${writeOnly.join(", ")}.`] : []),
    `Can't change after creation: ${immutable.join(", ")}.`,
  ];
  parts.push(facts.map((fact) => paragraph(fact, columns, "- ")).join(""));
  return parts.join("\n");
}

function recipeText({ title, auth_types: authTypes, block, ...recipe }: RecipeExplanation, columns: number): string {
  const optional = recipe.optional.length > 0 ? `; it can use ${joinWords(recipe.optional, "and")}` : "";
  const authType =
    authTypes === undefined
      ? ""
      : `, with auth_type ${joinWords(authTypes)}${recipe.auth_type_optional ? " (or without)" : ""}`;
  const needs = `${title}${authType}: needs ${joinWords(recipe.required, "and")}${optional}.`;
  return `${paragraph(needs, columns)}\n${block}`;
}

/** @param bullet the beginning of the first line; the other lines are indented by its width */
function paragraph(text: string, columns: number, bullet = ""): string {
  return wrapText(text, columns - bullet.length)
    .map((line, index) => `${index === 0 ? bullet : " ".repeat(bullet.length)}${line}\n`)
    .join("");
}
