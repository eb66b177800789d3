import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { authTypes, fieldInfo, typeInfo, typeNames } from "../model/catalog.ts";
import { loadConfig } from "./load-config.ts";

/** The warnings of a validator in its default mode about the schema. */
const remarks: string[] = [];
const log = (...words: unknown[]): void => {
  remarks.push(words.map(String).join(" "));
};
const strict = new Ajv({ allErrors: true, logger: { log, warn: log, error: log } });
const plain = strict.compile(schemaFile("integrations.schema.json"));

const lax = new Ajv({ strict: false, allErrors: true });
const editor = lax.compile(schemaFile("integrations.editor.schema.json"));

function schemaFile(name: string) {
  return JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), "utf8"));
}

test("a strict validator accepts the schema without a warning", () => {
  assert.deepEqual(remarks, []);
  assert.equal(strict.validateSchema(schemaFile("integrations.schema.json")), true);
  assert.equal(lax.validateSchema(schemaFile("integrations.editor.schema.json")), true);
});

function valueOf(name: string): unknown {
  return fieldInfo(name)?.kind === "array"
    ? [{ arn: "arn:aws:iam::123457465779:role/deploy" }]
    : fieldInfo(name)?.secret
      ? "$NAME"
      : "text";
}

function fileWith(
  integration: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    version: 1,
    defaults: { scope: "WORKSPACE", ...defaults },
    integrations: { key: { name: "N", ...integration } },
  };
}

/** JSON is YAML. */
function rulesAccept(file: unknown): boolean {
  return loadConfig("f", new TextEncoder().encode(JSON.stringify(file))).ok;
}

function assertSchemas(file: unknown, expected: boolean): void {
  assert.equal(plain(file), expected, `schema: ${JSON.stringify(file)}`);
  assert.equal(editor(file), expected, `editor's schema: ${JSON.stringify(file)}`);
}

function assertAgreed(file: unknown, expected: boolean): void {
  assert.equal(rulesAccept(file), expected, `rules: ${JSON.stringify(file)}`);
  assertSchemas(file, expected);
}

for (const type of typeNames) {
  const recipes = typeInfo(type)?.recipes ?? [];
  test(`${type}: the editor's schema and the rules agree on what it needs`, () => {
    assertAgreed(fileWith({ type }), recipes.length === 0);
    assertAgreed(fileWith({ type, lifecycle: { credentials: "unmanaged" } }), true);
    assertAgreed(fileWith({ type }, { lifecycle: { credentials: "unmanaged" } }), true);
    for (const recipe of recipes) {
      for (const authType of recipe.authTypes) {
        const auth = authType === "" ? {} : { auth_type: authType };
        const given = Object.fromEntries(recipe.required.map((name) => [name, valueOf(name)]));
        assertAgreed(fileWith({ type, ...auth, ...given }), true);
        for (const left of recipe.required) {
          const { [left]: _, ...rest } = given;
          const others = recipes.filter(
            (other) => other.authTypes.includes(authType) && other.required.every((name) => name in rest),
          );
          assertAgreed(fileWith({ type, ...auth, ...rest }), others.length > 0);
        }
      }
    }
    const unknown = authTypes.filter(
      (authType) => recipes.length > 0 && !recipes.some((recipe) => recipe.authTypes.includes(authType)),
    );
    for (const authType of unknown) assertAgreed(fileWith({ type, auth_type: authType }), true);
  });
}

test("an unknown type is accepted by both", () => {
  assertAgreed(fileWith({ type: "BRAND_NEW", token: "$TOKEN" }), true);
  assertAgreed(fileWith({ type: "Brand new" }), false);
});

test("the schemas accept `null` for fields that can have a default, to drop it", () => {
  for (const name of [
    "scope",
    "project_name",
    "all_pipelines_allowed",
    "allowed_pipelines",
    "permissions",
    "note",
    "agent_note",
    "extra",
    "lifecycle",
  ]) {
    assertSchemas(fileWith({ type: "SLACK", [name]: null }), true);
  }
  assertSchemas(fileWith({ type: "SLACK", token: null }), false);
  assertSchemas({ version: 1, defaults: { scope: null }, integrations: {} }, false);
});

test("the schemas and the rules agree on a scope, a project and permissions that are missing", () => {
  const file = (defaults: object, own: object) => ({
    version: 1,
    ...(Object.keys(defaults).length > 0 && { defaults }),
    integrations: { a: { type: "SLACK", name: "N", ...own }, b: { type: "SLACK", name: "N", ...own } },
  });
  const half = { admins: "MANAGE" };
  const rest = { others: "DENIED" };
  const scope = "WORKSPACE";
  assertAgreed(file({}, {}), false);
  assertAgreed(file({}, { scope }), true);
  assertAgreed(file({ scope }, {}), true);
  assertAgreed(file({}, { scope: "PROJECT" }), false);
  assertAgreed(file({}, { scope: "PROJECT", project_name: "site" }), true);
  assertAgreed(file({ project_name: "site" }, { scope: "PROJECT" }), true);
  assertAgreed(file({ scope }, { permissions: half }), false);
  assertAgreed(file({ scope }, { permissions: {} }), false);
  assertAgreed(file({ scope, permissions: half }, { permissions: rest }), true);
  assertAgreed(file({ scope, permissions: half }, { permissions: half }), false);
  assertAgreed(file({ scope, permissions: half }, {}), false);
  assertAgreed(file({ scope, permissions: half }, { permissions: null }), true);
  assertAgreed(file({ scope, permissions: { ...half, ...rest } }, {}), true);
  assertAgreed(file({ scope, permissions: { ...half, ...rest } }, { permissions: { groups: [] } }), true);
});

test("the editor's schema and the rules agree on notes", () => {
  for (const name of ["note", "agent_note"]) {
    const note = (text: string) => fileWith({ type: "SLACK", [name]: text });
    for (const text of ["", "costs 5 $", "$$HOME", "two\nlines"]) assertAgreed(note(text), true);
    for (const text of ["$NAME", "${NAME}", "$", "$5 a month"]) assertAgreed(note(text), false);
    assertAgreed(fileWith({ type: "SLACK" }, { [name]: "for all" }), true);
    assertAgreed(fileWith({ type: "SLACK" }, { [name]: "$NAME" }), false);
  }
});

test("the editor's schema and the rules agree on names", () => {
  for (const name of ["costs 5 $", "$$HOME", " a ", "two\nlines", "$$"])
    assertAgreed(fileWith({ type: "SLACK", name }), true);
  for (const name of ["", " ", "$NAME", "${NAME}", "$", "$5 a month"])
    assertAgreed(fileWith({ type: "SLACK", name }), false);
});

test("the editor's schema and the rules agree on how people and pipelines are named", () => {
  const users = (user: unknown) =>
    fileWith({ type: "SLACK", permissions: { admins: "MANAGE", others: "DENIED", users: [user] } });
  assertAgreed(users({ id: 1, access_level: "MANAGE" }), true);
  assertAgreed(users({ id: 1, email: "a@example.com", access_level: "MANAGE" }), false);
  assertAgreed(users({ access_level: "MANAGE" }), false);
  const pipelines = (pipeline: unknown) => fileWith({ type: "SLACK", allowed_pipelines: [pipeline] });
  assertAgreed(pipelines({ id: 1 }), true);
  assertAgreed(pipelines({ project: "site", pipeline: "deploy" }), true);
  assertAgreed(pipelines({ project: "site" }), false);
  assertAgreed(pipelines({ id: 1, project: "site", pipeline: "deploy" }), false);
});

test("every field and every type has a description for editors", () => {
  const schema = schemaFile("integrations.schema.json");
  const branches: readonly { const?: string; description?: string }[] =
    schema.definitions.integration.properties.type.anyOf;
  const described = branches.filter(({ description = "" }) => description.length > 4);
  for (const type of typeNames)
    assert.ok(
      described.some((branch) => branch.const === type),
      type,
    );
  const undescribed: string[] = [];
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return;
    for (const [name, value] of Object.entries(part)) {
      if (name === "properties" && !/type_|recipes|\/if|\/else|\/then/.test(path)) {
        for (const [field, its] of Object.entries(value)) {
          if (!Object.hasOwn(Object(its), "description")) undescribed.push(`${path}/${field}`);
        }
      }
      visit(value, `${path}/${name}`);
    }
  };
  visit(schema, "");
  assert.deepEqual(undescribed, []);
});
