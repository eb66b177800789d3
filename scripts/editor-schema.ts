import { COMMON_FIELDS, fieldInfo, typeInfo, type Recipe } from "../src/model/catalog.ts";
import { exampleFields } from "../src/explain/recipe-block.ts";
import { typeDocs, type TypeDoc } from "../src/explain/schema-docs.ts";
import { mapSchema, type EditorSnippet, type JsonSchema } from "./json-schema.ts";

/**
 * The schema for editors. It has the same rules, and in addition hover texts in Markdown, messages for patterns, a snippet
 * for each way to create each type, and proposals that depend on the type. Annotations stay.
 */
export function editorSchema(source: JsonSchema, id: string): JsonSchema {
  // Its title would be above every hover text.
  const {
    $schema,
    title: _,
    ...rest
  } = mapSchema(source, (part) => withPatternMessage(withMarkdown(part))) as JsonSchema & {
    readonly $schema?: string;
  };
  const definitions = { ...rest.definitions, integration: withProposals(rest.definitions?.["integration"] ?? {}) };
  const integrations = { ...rest.properties?.["integrations"], defaultSnippets: typeSnippets() };
  return {
    ...($schema !== undefined && { $schema }),
    $id: id,
    ...rest,
    properties: { ...rest.properties, integrations },
    definitions,
  };
}

function withMarkdown(part: JsonSchema): JsonSchema {
  if (part.description === undefined) return part;
  return { ...part, markdownDescription: part.description };
}

const PATTERN_MESSAGES: Readonly<Record<string, string>> = {
  "^(?=.{4,100}$)[a-z0-9][a-z0-9_-]+[a-z0-9]$":
    "The workspace's handle, as in its address: 4 to 100 small letters, digits, `-` and `_`.",
  "^https?://[^\\s?#@]+$": "An https:// address without user, `?` or `#`.",
  "^[^\\s$/][^\\s/]*$": "The project's slug, as in its address.",
  "^(?!\\$(?!\\$))": "Everybody can read it, so it can't hold a reference. Write `$$` for a `$` that is text.",
  "^(?!\\$(?!\\$))[\\s\\S]*\\S":
    "A name can't be empty. Everybody can read it, so it can't hold a reference: write `$$` for a `$` that is text.",
  "\\S": "It can't be empty.",
  "^[A-Za-z][A-Za-z0-9_-]{0,199}$": "Letters, digits, `_` and `-`, beginning with a letter; at most 200.",
  "^[A-Za-z][A-Za-z0-9_-]*$": "Letters, digits, `_` and `-`, beginning with a letter.",
  "^[A-Za-z0-9]+$": "A hash_id: letters and digits.",
  "^[A-Z][A-Z0-9_]*$": "A type, such as AMAZON or GIT_HUB.",
  "^\\$(\\{[A-Za-z_]\\w*\\}|[A-Za-z_]\\w*)$":
    "Secret: put the value into an environment variable and write a reference such as `$NAME`.",
};

function withPatternMessage(part: JsonSchema): JsonSchema {
  if (part.pattern === undefined) return part;
  const message = PATTERN_MESSAGES[part.pattern];
  if (message === undefined) throw new Error(`scripts/editor-schema.ts has no words for the pattern ${part.pattern}`);
  return { ...part, patternErrorMessage: message };
}

/**
 * Fields that only some types use are proposed only for these types. Fields of no documented type are proposed if the type
 * isn't documented. The schema allows the same as before. The values of `auth_type` are a pattern, since an editor proposes
 * each value of an `enum`.
 */
function withProposals(integration: JsonSchema): JsonSchema {
  const properties = mapFields(integration.properties ?? {});
  const base = Object.entries(properties).map(([name, field]) => [
    name,
    COMMON_FIELDS.has(name) ? field : { ...withoutEnum(field), doNotSuggest: true },
  ]);
  const documented = typeDocs.map(({ name }) => name).filter((name) => recipesOf(name).length > 0);
  const others = Object.entries(properties).filter(([name]) => !COMMON_FIELDS.has(name));
  const proposals = [
    ...documented.map((type) => whenType({ const: type }, proposedFields(type, properties))),
    whenType(
      { not: { enum: documented } },
      Object.fromEntries(others.map(([name, field]) => [name, openField(field)])),
    ),
  ];
  return { ...integration, properties: Object.fromEntries(base), allOf: proposals };
}

function whenType(type: JsonSchema, properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: { properties: { type }, required: ["type"] }, then: { properties } };
}

/** For a type that isn't documented, any value may be right. */
function openField(field: JsonSchema): JsonSchema {
  return { ...hoverOf(field), ...(field.enum && { examples: field.enum }) };
}

/** Each field's hover says whether the API shows it, and which types use it. */
function mapFields(properties: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => {
      const info = fieldInfo(name);
      const types = typeDocs.filter((doc) => namesOf(recipesOf(doc.name)).has(name)).map((doc) => doc.name);
      const facts = [
        ...(info === undefined
          ? []
          : [
              info.returned
                ? "The API returns it."
                : "The API never returns it, so changes in the workspace can't be seen.",
            ]),
        ...(types.length === 0 ? [] : [`Used by ${types.join(", ")}.`]),
      ];
      const markdownDescription = [field.description, ...facts].join("\n\n");
      return [name, { ...field, markdownDescription }];
    }),
  );
}

function withoutEnum({ enum: values, ...field }: JsonSchema): JsonSchema {
  if (values === undefined) return field;
  const words = values.map(String);
  return { ...field, pattern: `^(${words.join("|")})$`, patternErrorMessage: `One of ${words.join(", ")}.` };
}

function recipesOf(type: string): readonly Recipe[] {
  return typeInfo(type)?.recipes ?? [];
}

function namesOf(recipes: readonly Recipe[]): ReadonlySet<string> {
  return new Set(recipes.flatMap(({ required, optional }) => [...required, ...optional]));
}

function proposedFields(
  type: string,
  properties: Readonly<Record<string, JsonSchema>>,
): Readonly<Record<string, JsonSchema>> {
  const authTypes = [...new Set(recipesOf(type).flatMap((recipe) => recipe.authTypes))].filter(Boolean);
  const fields = [...namesOf(recipesOf(type))].map((name) => [name, hoverOf(properties[name])] as const);
  const auth = { ...hoverOf(properties["auth_type"]), examples: authTypes };
  return Object.fromEntries([...(authTypes.length === 0 ? [] : [["auth_type", auth] as const]), ...fields]);
}

function hoverOf({ description, markdownDescription }: JsonSchema = {}): JsonSchema {
  return {
    ...(description !== undefined && { description }),
    ...(markdownDescription !== undefined && { markdownDescription }),
  };
}

/** Snippets to begin an integration: one for each recipe; for a type without a recipe, one with unmanaged credentials. */
function typeSnippets(): EditorSnippet[] {
  return typeDocs.flatMap((doc) => {
    const { name, title, description } = doc;
    const recipes = recipesOf(name);
    if (recipes.length === 0) return [{ label: name, description, body: snippetBody(doc, undefined) }];
    return recipes.map((recipe, index) => {
      const way = doc.recipeTitles[index] ?? "";
      const label = recipes.length === 1 ? name : `${name}: ${way}`;
      return { label, description: `${title}: ${way}`, body: snippetBody(doc, recipe) };
    });
  });
}

function snippetBody(doc: TypeDoc, recipe: Recipe | undefined): Readonly<Record<string, unknown>> {
  const own = recipe === undefined ? { lifecycle: { credentials: "unmanaged" } } : recipeFields(doc, recipe);
  const fields = { type: doc.name, name: `\${2:${doc.title}}`, scope: "${3|WORKSPACE,PROJECT|}", ...own };
  return { [`\${1:${doc.name.toLowerCase()}}`]: fields };
}

function recipeFields(doc: TypeDoc, recipe: Recipe): Readonly<Record<string, unknown>> {
  const [authType] = recipe.authTypes.includes("") ? [] : recipe.authTypes;
  const auth = authType === undefined ? {} : { auth_type: authType };
  const fields = exampleFields(doc, recipe).map(([name, value]) => [
    name,
    // A `$` would begin a placeholder.
    typeof value === "string" ? value.replaceAll("$", "\\$") : value,
  ]);
  return { ...auth, ...Object.fromEntries(fields) };
}
