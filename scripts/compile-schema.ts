/**
 * Makes from `src/config/integrations.schema.json`:
 * - `src/config/schema.generated.js`: the validator (ajv standalone), and which properties each place knows;
 * - `src/model/catalog.generated.js`: fields and types, for `src/model/catalog.ts`;
 * - `src/explain/schema-docs.generated.js`: what the schema says of types and fields, for `explain`;
 * - `src/render/report-schema.generated.js`: the validator of saved reports, from `schemas/report.schema.json`;
 * each with its `.d.ts`. Nothing of ajv is left at run time. And for others:
 * - `schemas/integrations.schema.json`: for validators;
 * - `schemas/integrations.editor.schema.json`: for editors.
 */
import { readFile, writeFile } from "node:fs/promises";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { FieldDoc, TypeDoc } from "../src/explain/schema-docs.ts";
import type { FieldInfo, Recipe, TypeInfo } from "../src/model/catalog.ts";
import { ANNOTATIONS, type JsonSchema } from "./json-schema.ts";
import { plainSchema } from "./plain-schema.ts";

const KINDS = ["string", "integer", "boolean", "array", "object"] as const;

/** Where the package's files are once it is published. */
const PUBLISHED = "https://unpkg.com/buddy-integrations/schemas/";
const SOURCE = "src/config/integrations.schema.json";
const root = new URL("../", import.meta.url);
const schema: JsonSchema = JSON.parse(await readFile(new URL(SOURCE, root), "utf8"));
const definitions = schema.definitions ?? {};
const integration = definitions["integration"] ?? {};

await writeGenerated("src/config/schema.generated", validatorSource(), validatorTypes());
await writeGenerated("src/model/catalog.generated", catalogSource(), catalogTypes());
await writeGenerated("src/explain/schema-docs.generated", docsSource(), docsTypes());
await writeGenerated("src/render/report-schema.generated", await reportValidatorSource(), reportValidatorTypes());
await writeSchemas();

async function writeSchemas(): Promise<void> {
  // It imports what was just generated.
  const { editorSchema } = await import("./editor-schema.ts");
  await writeSchema("integrations.schema.json", (id) => plainSchema(schema, id));
  await writeSchema("integrations.editor.schema.json", (id) => editorSchema(schema, id));
}

async function writeSchema(name: string, make: (id: string) => JsonSchema): Promise<void> {
  const file = new URL(`schemas/${name}`, root);
  const text = `${JSON.stringify(make(`${PUBLISHED}${name}`), null, 2)}\n`;
  const before = await readFile(file, "utf8").catch(() => "");
  if (text !== before) await writeFile(file, text);
}

async function writeGenerated(name: string, source: string, types: string): Promise<void> {
  const notice = "// Made from src/config/integrations.schema.json by scripts/compile-schema.ts. Don't edit.\n";
  await writeFile(new URL(`${name}.js`, root), notice + source);
  await writeFile(new URL(`${name}.d.ts`, root), notice + types);
}

async function reportValidatorSource(): Promise<string> {
  const read = async (name: string): Promise<JsonSchema> =>
    JSON.parse(await readFile(new URL(`schemas/${name}.schema.json`, root), "utf8"));
  // The first problem is enough: a report can't be corrected by hand.
  const ajv = new Ajv({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  ajv.addSchema(await read("plan"), "plan.schema.json");
  const code = standalone.default(ajv, ajv.compile(await read("report")));
  if (/\brequire\(|^import /m.test(code)) throw new Error("the validator must need nothing of ajv at run time");
  return code;
}

function reportValidatorTypes(): string {
  return `import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import type { Position } from "../model/diagnostic.ts";
import type { Action, Plan } from "../plan/change.ts";
export interface SavedDiagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly start?: Position;
  readonly end?: Position;
}
export interface SavedOutcome {
  readonly action: Action;
  readonly key: string;
  readonly outcome: "done" | "failed" | "unknown" | "refused" | "not-started";
  readonly hash_id?: string;
  readonly remarks?: readonly string[];
  readonly message?: string;
  readonly hint?: string;
}
export interface SavedRun {
  readonly file: string;
  readonly exit_code: number;
  readonly diagnostics: readonly SavedDiagnostic[];
  readonly plan?: Plan & { readonly hash?: string };
  readonly outcomes?: readonly SavedOutcome[];
}
export interface SavedReport {
  readonly report_format: string;
  readonly command?: string;
  readonly exit_code: number;
  readonly diagnostics: readonly SavedDiagnostic[];
  readonly runs?: readonly SavedRun[];
}
export declare const validate: (data: unknown) => data is SavedReport;
`;
}

function validatorSource(): string {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  ajv.addVocabulary([...ANNOTATIONS]);
  const code = standalone.default(ajv, ajv.compile(forRunTime(schema)));
  if (/\brequire\(|^import /m.test(code)) throw new Error("the validator must need nothing of ajv at run time");
  return `${code}\nexport const knownProperties = ${JSON.stringify(knownProperties(), null, 1)};\n`;
}

/**
 * The schema without the rules that `src/config` checks itself, with better messages: what a type needs (only known after
 * the merge of `defaults`), the list of known types (a warning), `null` (taken out before), and which of several names is
 * given. Texts that only people read are left out too.
 */
function forRunTime(whole: JsonSchema): JsonSchema {
  const { definitions: all = {}, ...top } = whole;
  const kept = Object.entries(all).filter(([name]) => name !== "recipes" && !name.startsWith("type_"));
  return {
    ...simplify(omit(top, ["allOf"])),
    definitions: mapValues(Object.fromEntries(kept), simplify),
  };
}

function simplify(part: JsonSchema): JsonSchema {
  const { anyOf, ...own } = omit(part, ["oneOf", "title", "description", "examples", "$comment", ...ANNOTATIONS]);
  const open = anyOf?.find((branch) => branch.const === undefined && branch.type !== "null");
  return {
    ...own,
    ...(own.properties && { properties: mapValues(own.properties, simplify) }),
    ...(open && simplify(open)),
  };
}

function omit(part: JsonSchema, names: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name)));
}

function mapValues(
  map: Readonly<Record<string, JsonSchema>>,
  change: (value: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

/** Which properties each map of the file knows: by the name of its definition, and `file` for the whole. */
function knownProperties(): Record<string, readonly string[]> {
  const maps = Object.entries({ file: schema, ...definitions }).filter(
    ([name, part]) => part.properties && !name.startsWith("type_"),
  );
  return Object.fromEntries(maps.map(([name, part]) => [name, Object.keys(part.properties ?? {})]));
}

function validatorTypes(): string {
  return `/** An error of ajv, without the data it is about. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
export declare const validate: ((data: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };
/** Which properties each map of the file knows, by the name of its definition; \`file\` is the whole. */
export declare const knownProperties: Readonly<Record<string, readonly string[]>>;
`;
}

function catalogSource(): string {
  const fields = Object.entries(integration.properties ?? {})
    .filter(([name]) => name !== "extra" && name !== "lifecycle")
    .map(([name, field]) => fieldInfoFrom(name, field));
  const types = (integration.properties?.["type"]?.anyOf ?? [])
    .filter((branch) => branch.const !== undefined)
    .map(typeInfoFrom);
  const authTypes = integration.properties?.["auth_type"]?.enum ?? [];
  return `export const authTypes = ${JSON.stringify(authTypes)};\nexport const fields = ${JSON.stringify(fields, null, 1)};\nexport const types = ${JSON.stringify(types, null, 1)};\n`;
}

function fieldInfoFrom(name: string, field: JsonSchema): FieldInfo {
  return {
    name,
    kind: fieldKind(field),
    secret: field["x-secret"] ?? false,
    hidden: (field["x-secret"] ?? false) || (field["x-private"] ?? false),
    returned: field["x-returned"] ?? false,
    immutable: field["x-immutable"] ?? false,
    reference: fieldKind(field) === "string" && (field["x-reference"] ?? true),
    public: field["x-public"] ?? false,
  };
}

function fieldKind(field: JsonSchema): FieldInfo["kind"] {
  const target = field.$ref ? definitions[field.$ref.replace("#/definitions/", "")] : field;
  const candidates = [
    target?.type,
    ...(target?.anyOf ?? []).map((branch) => (branch.$ref ? fieldKind(branch) : branch.type)),
  ].flat();
  const kind = KINDS.find((candidate) => candidates.includes(candidate));
  if (kind === undefined) throw new Error(`no type for: ${field.description ?? JSON.stringify(field)}`);
  return kind;
}

function typeInfoFrom(branch: JsonSchema): TypeInfo {
  const name = String(branch.const);
  return {
    name,
    recipes: (definitions[`type_${name}`]?.anyOf ?? []).map(recipe),
  };
}

function recipe(branch: JsonSchema): Recipe {
  const required = branch.required ?? [];
  const authTypes = (branch.properties?.["auth_type"]?.enum ?? []).map(String);
  return {
    authTypes: required.includes("auth_type") ? authTypes : ["", ...authTypes],
    required: required.filter((name) => name !== "auth_type"),
    optional: branch["x-optional"] ?? [],
  };
}

function catalogTypes(): string {
  return `import type { FieldInfo, TypeInfo } from "./catalog.ts";
export declare const authTypes: readonly string[];
export declare const fields: readonly FieldInfo[];
export declare const types: readonly TypeInfo[];
`;
}

function docsSource(): string {
  const types: TypeDoc[] = (integration.properties?.["type"]?.anyOf ?? [])
    .filter((branch) => branch.const !== undefined)
    .map((branch) => ({
      name: String(branch.const),
      title: branch.title ?? "",
      description: branch.description ?? "",
      recipeTitles: (definitions[`type_${String(branch.const)}`]?.anyOf ?? []).map(({ title }) => title ?? ""),
    }));
  const fields = [
    ...Object.entries(schema.properties ?? {}).map(([name, field]) => fieldDoc(name, field)),
    ...fieldDocs("", integration),
  ];
  return `export const typeDocs = ${JSON.stringify(types, null, 1)};\nexport const fieldDocs = ${JSON.stringify(fields, null, 1)};\n`;
}

/** The fields of a map, each followed by those within it: `permissions`, `permissions.users`, `permissions.users.email`. */
function fieldDocs(prefix: string, map: JsonSchema): FieldDoc[] {
  return Object.entries(map.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const whole = withoutNull(field);
    return [fieldDoc(path, field), ...fieldDocs(`${path}.`, whole.items ? withoutNull(whole.items) : whole)];
  });
}

function fieldDoc(path: string, field: JsonSchema): FieldDoc {
  const whole = withoutNull(field);
  const values = whole.enum?.filter((value) => value !== null).map(String);
  return {
    path,
    kind: path === "version" ? "integer" : fieldKind(field),
    // If a field has only a few values, its definition explains each of them.
    description: [field.description, ...(values && whole.description !== field.description ? [whole.description] : [])]
      .filter(Boolean)
      .join(" "),
    ...(values && { values }),
    ...(field.examples && { examples: field.examples }),
  };
}

/** What a field is when it isn't `null`, with `$ref` followed. */
function withoutNull(field: JsonSchema): JsonSchema {
  const own = field.anyOf?.find((branch) => branch.type !== "null" && branch.const === undefined) ?? field;
  return own.$ref === undefined ? own : (definitions[own.$ref.replace("#/definitions/", "")] ?? own);
}

function docsTypes(): string {
  return `import type { FieldDoc, TypeDoc } from "./schema-docs.ts";
export declare const typeDocs: readonly TypeDoc[];
export declare const fieldDocs: readonly FieldDoc[];
`;
}
