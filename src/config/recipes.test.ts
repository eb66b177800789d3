import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { authTypes, fieldInfo, typeInfo, typeNames } from "../model/catalog.ts";
import { loadConfig } from "./load-config.ts";

const ajv = new Ajv({ strictSchema: true, strictTypes: false, allErrors: true, allowUnionTypes: true });
ajv.addVocabulary(["x-secret", "x-private", "x-returned", "x-immutable", "x-reference", "x-public", "x-optional"]);
const editor = ajv.compile(
  JSON.parse(readFileSync(new URL("../../schemas/integrations.schema.json", import.meta.url), "utf8")),
);

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

function assertAgreed(file: unknown, expected: boolean): void {
  assert.equal(rulesAccept(file), expected, `rules: ${JSON.stringify(file)}`);
  assert.equal(editor(file), expected, `editor's schema: ${JSON.stringify(file)}`);
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

test("a type that nobody knows is accepted by both", () => {
  assertAgreed(fileWith({ type: "BRAND_NEW", token: "$TOKEN" }), true);
  assertAgreed(fileWith({ type: "Brand new" }), false);
});

test("the editor's schema takes `null` where it drops a default, and can't demand `scope`", () => {
  assert.ok(editor({ version: 1, integrations: { a: { type: "SLACK", name: "N" } } }));
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
    assert.ok(editor(fileWith({ type: "SLACK", [name]: null })), name);
  }
  assert.ok(!editor(fileWith({ type: "SLACK", token: null })));
  assert.ok(!editor({ version: 1, defaults: { scope: null }, integrations: {} }));
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
  const schema = JSON.parse(readFileSync(new URL("../../schemas/integrations.schema.json", import.meta.url), "utf8"));
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
      if (name === "properties" && !/type_|recipes|\/if|\/else/.test(path)) {
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
