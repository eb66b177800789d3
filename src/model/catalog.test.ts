import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { credentialFields, fieldInfo, fieldNames, typeInfo, typeNames } from "./catalog.ts";

test("there are the 53 types of the get page", () => {
  assert.equal(typeNames.length, 53);
  assert.equal(new Set(typeNames).size, 53);
  for (const type of ["NPM_REGISTRY", "ANTHROPIC", "GIT_HUB", "JIRA"]) assert.ok(typeInfo(type), type);
});

test("the secret fields are those that the API documents as credentials", () => {
  assert.deepEqual(fieldNames.filter((name) => fieldInfo(name)?.secret).toSorted(), [
    "access_key",
    "api_key",
    "application_key",
    "client_token",
    "partner_token",
    "password",
    "refresh_token",
    "secret_key",
    "server_token",
    "token",
  ]);
});

test("fields that may carry a credential are private, too", () => {
  const hidden = fieldNames.filter((name) => fieldInfo(name)?.hidden && !fieldInfo(name)?.secret);
  assert.deepEqual(hidden.toSorted(), ["email", "target_url", "webhook_address"]);
});

test("GET returns these fields, and no secret", () => {
  assert.deepEqual(fieldNames.filter((name) => fieldInfo(name)?.returned).toSorted(), [
    "agent_note",
    "all_pipelines_allowed",
    "allowed_pipelines",
    "app_id",
    "atop_url",
    "audience",
    "auth_type",
    "google_project",
    "host_url",
    "identifier",
    "name",
    "note",
    "permissions",
    "project_name",
    "scope",
    "type",
    "webhook_address",
  ]);
});

test("type, scope and project can't change", () => {
  assert.deepEqual(fieldNames.filter((name) => fieldInfo(name)?.immutable).toSorted(), [
    "project_name",
    "scope",
    "type",
  ]);
});

test("names and notes can be read by everybody who sees the integration", () => {
  assert.deepEqual(fieldNames.filter((name) => fieldInfo(name)?.public).toSorted(), ["agent_note", "name", "note"]);
});

test("what identifies an integration, and what everybody can read, can't hold a reference", () => {
  const texts = fieldNames.filter((name) => fieldInfo(name)?.kind === "string" && !fieldInfo(name)?.reference);
  assert.deepEqual(texts.toSorted(), [
    "agent_note",
    "auth_type",
    "identifier",
    "name",
    "note",
    "project_name",
    "scope",
    "type",
  ]);
});

test("extra and lifecycle are not fields of the API", () => {
  assert.equal(fieldInfo("extra"), undefined);
  assert.equal(fieldInfo("lifecycle"), undefined);
  assert.equal(fieldInfo("constructor"), undefined);
});

test("a type's credentials are the write-only fields of its recipes; without a recipe, every secret field", () => {
  assert.deepEqual([...credentialFields("AMAZON")], ["access_key", "secret_key", "role_assumptions"]);
  assert.deepEqual([...credentialFields("AZURE_CLOUD")], ["tenant_id", "password"]);
  assert.equal(credentialFields("SLACK").size, 10);
  assert.equal(credentialFields("BRAND_NEW").size, 10);
});

test("AMAZON has three recipes, by auth_type", () => {
  assert.deepEqual(
    typeInfo("AMAZON")?.recipes.map(({ authTypes, required, optional }) => ({ authTypes, required, optional })),
    [
      { authTypes: ["", "DEFAULT"], required: ["access_key", "secret_key"], optional: ["role_assumptions"] },
      { authTypes: ["TRUSTED"], required: ["role_assumptions"], optional: [] },
      { authTypes: ["OIDC"], required: ["role_assumptions", "audience"], optional: [] },
    ],
  );
});

test("every field that a recipe names is a field", () => {
  for (const type of typeNames) {
    for (const recipe of typeInfo(type)?.recipes ?? []) {
      for (const name of [...recipe.required, ...recipe.optional]) assert.ok(fieldInfo(name), `${type}: ${name}`);
    }
  }
});

test("the generated validator needs no package at run time", () => {
  for (const name of ["./catalog.generated.js", "../config/schema.generated.js"]) {
    assert.doesNotMatch(readFileSync(new URL(name, import.meta.url), "utf8"), /\brequire\(|^import /m);
  }
});
