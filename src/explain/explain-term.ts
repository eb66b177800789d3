import { fieldInfo, typeInfo, typeNames, type TypeInfo } from "../model/catalog.ts";
import type { CodeEntry } from "../model/codes/code-entry.ts";
import { codeEntry, diagnosticCodes } from "../model/diagnostic-catalog.ts";
import { nearestWord, slipsOf } from "../model/text.ts";
import { ACTION_WORDS, REASON_WORDS, UNCOMPARED_WORDS } from "../plan/plan-words.ts";
import type { CodeExplanation, Explanation, FieldExplanation, TypeExplanation } from "./explanation.ts";
import { recipeBlock, unmanagedBlock } from "./recipe-block.ts";
import { fieldDocs, typeDocs, type FieldDoc, type TypeDoc } from "./schema-docs.ts";

const PLAN_WORDS: readonly (readonly [CodeExplanation["kind"], Readonly<Record<string, CodeEntry>>])[] = [
  ["action", ACTION_WORDS],
  ["reason", REASON_WORDS],
  ["uncompared", UNCOMPARED_WORDS],
];

/** Everything that a word means: types in any letter case, fields by their path or their last name, codes, words of plans. */
export function explainTerm(term: string): readonly Explanation[] {
  const word = term.trim().replaceAll(/^[$[`]+|[\]`]+$/g, "");
  const exact = fieldDocs.filter(({ path }) => path === word);
  const fields = exact.length > 0 ? exact : fieldDocs.filter(({ path }) => path.split(".").at(-1) === word);
  return [
    ...typeDocs.filter(({ name }) => name === word.toUpperCase()).map(explainType),
    ...fields.map(explainField),
    ...explainCode(word.toLowerCase()),
  ];
}

/** Everything that can be explained: types, fields, codes and words of plans, each kind in its order. */
export function explainAll(): readonly Explanation[] {
  const words = new Set([...diagnosticCodes, ...PLAN_WORDS.flatMap(([, entries]) => Object.keys(entries))]);
  return [...typeDocs.map(explainType), ...fieldDocs.map(explainField), ...[...words].flatMap(explainCode)];
}

/** The term that was probably meant. */
export function suggestTerm(term: string): string | undefined {
  const [slip] = slipsOf(term, typeNames);
  return slip ?? nearestWord(term, [...new Set(explainAll().map(({ name }) => name))]);
}

function explainType(doc: TypeDoc): TypeExplanation {
  const { name, title, description } = doc;
  const recipes = typeInfo(name)?.recipes ?? [];
  const named = namedFields(recipes);
  return {
    kind: "type",
    name,
    title,
    description,
    recipes: recipes.map((recipe, index) => {
      const authTypes = recipe.authTypes.filter(Boolean);
      return {
        title: doc.recipeTitles[index] ?? "",
        ...(authTypes.length > 0 && { auth_types: authTypes }),
        ...(authTypes.length > 0 && recipe.authTypes.includes("") && { auth_type_optional: true as const }),
        required: recipe.required,
        optional: recipe.optional,
        block: recipeBlock(doc, recipe),
      };
    }),
    ...(recipes.length === 0 && { block: unmanagedBlock(doc) }),
    secret: named.filter((field) => fieldInfo(field)?.secret),
    write_only: named.filter((field) => !fieldInfo(field)?.returned),
    immutable: ["type", "scope", "project_name"],
  };
}

function namedFields(recipes: TypeInfo["recipes"]): string[] {
  return [...new Set(recipes.flatMap(({ required, optional }) => [...required, ...optional]))];
}

function explainField({ path, kind, description, values }: FieldDoc): FieldExplanation {
  const info = fieldInfo(path);
  const types = typeNames.filter((type) => namedFields(typeInfo(type)?.recipes ?? []).includes(path));
  return {
    kind: "field",
    name: path,
    value: kind,
    description,
    ...(values && { values }),
    ...(info && {
      api: {
        secret: info.secret,
        hidden: info.hidden,
        returned: info.returned,
        immutable: info.immutable,
        reference: info.reference,
        public: info.public,
      },
    }),
    ...(types.length > 0 && { types }),
  };
}

function explainCode(word: string): CodeExplanation[] {
  const code = codeEntry(word);
  return [
    ...(code === undefined ? [] : [{ kind: "code" as const, name: word, ...code }]),
    ...PLAN_WORDS.flatMap(([kind, entries]) => {
      const entry = Object.hasOwn(entries, word) ? entries[word] : undefined;
      return entry === undefined ? [] : [{ kind, name: word, ...entry }];
    }),
  ];
}
