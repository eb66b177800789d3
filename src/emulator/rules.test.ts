import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { COMMON_FIELDS, fieldInfo, fieldNames } from "../model/catalog.ts";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { RETURNED_FIELDS, STRING_FIELDS } from "./rules.ts";
import { integrationHash, replyMessages, TestClient } from "./test-client.ts";

const roles = [{ arn: "arn:aws:iam::123457465779:role/deploy" }];

/** The vendor's table of types, one line for each row: type, auth_type, required fields, auth_type of the answer. */
const ROWS: readonly (readonly [string, string | undefined, object, string])[] = [
  ["AMAZON", undefined, { access_key: "a", secret_key: "b" }, "DEFAULT"],
  ["AMAZON", "DEFAULT", { access_key: "a", secret_key: "b" }, "DEFAULT"],
  ["AMAZON", "TRUSTED", { role_assumptions: roles }, "TRUSTED"],
  ["AMAZON", "OIDC", { role_assumptions: roles, audience: "x" }, "OIDC"],
  ["AZURE_CLOUD", undefined, { app_id: "a", tenant_id: "b", password: "c" }, "DEFAULT"],
  ["AZURE_CLOUD", "OIDC", { app_id: "a", tenant_id: "b", audience: "c" }, "OIDC"],
  ["GOOGLE_SERVICE_ACCOUNT", "DEFAULT", { api_key: "{}" }, "DEFAULT"],
  ["GOOGLE_SERVICE_ACCOUNT", "OIDC", { google_project: "p", config: "{}" }, "OIDC"],
  ["GIT_HUB", undefined, { token: "t" }, "TOKEN"],
  ["GIT_LAB", undefined, { token: "t" }, ""],
  ["DIGITAL_OCEAN", undefined, { token: "t" }, ""],
  ["SENTRY", undefined, { token: "t" }, ""],
  ["ROLLBAR", undefined, { token: "t" }, ""],
  ["DATADOG", undefined, { token: "t" }, ""],
  ["HONEYBADGER", undefined, { token: "t" }, ""],
  ["VULTR", undefined, { token: "t" }, ""],
  ["LOGGLY", undefined, { token: "t" }, ""],
  ["FIREBASE", undefined, { token: "t" }, ""],
  ["GHOST_INSPECTOR", undefined, { token: "t" }, ""],
  ["NEW_RELIC", undefined, { token: "t" }, ""],
  ["SENTRY_ENTERPRISE", undefined, { token: "t" }, ""],
  ["SHOPIFY", undefined, { token: "t", shop: "s" }, "TOKEN"],
  ["SHOPIFY", "TOKEN_APP_EXTENSION", { token: "t", partner_token: "p" }, "TOKEN_APP_EXTENSION"],
  ["PUSHOVER", undefined, { token: "t", access_key: "a" }, ""],
  ["RACKSPACE", undefined, { username: "u", token: "t" }, ""],
  ["DO_SPACES", undefined, { access_key: "a", secret_key: "b" }, ""],
  ["UPCLOUD", undefined, { username: "u", password: "p" }, ""],
  ["DOCKER_HUB", undefined, { username: "u", password: "p" }, ""],
  ["STACK_HAWK", undefined, { api_key: "k" }, ""],
  ["BACKBLAZE", undefined, { key_id: "i", application_key: "k" }, ""],
];

/** The fields of the schema that only some types have. The other fields are in the emulator's code, each by itself. */
const typeFields = fieldNames.filter((name) => !COMMON_FIELDS.has(name) && name !== "auth_type");

test("the emulator accepts every text field of the schema", () => {
  const missing = typeFields.filter((name) => fieldInfo(name)?.kind === "string" && !STRING_FIELDS.has(name));
  assert.equal(missing.join(), "", "add these fields to STRING_FIELDS in src/emulator/rules.ts");
});

test("the emulator's GET returns the fields that the schema marks with x-returned, and no others", () => {
  const returned: ReadonlySet<string> = new Set(RETURNED_FIELDS);
  const differing = [...typeFields, "note", "agent_note"].filter(
    (name) => fieldInfo(name)?.returned !== returned.has(name),
  );
  assert.equal(
    differing.join(),
    "",
    "x-returned and RETURNED_FIELDS in src/emulator/rules.ts disagree about these fields",
  );
});

describe("validation per type", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());

  for (const [type, auth, fields, answered] of ROWS) {
    const names = Object.keys(fields);
    test(`${type} ${auth ?? "without auth_type"} needs ${names.join(", ")}`, async () => {
      const head = { name: "n", type, scope: "WORKSPACE", ...(auth === undefined ? {} : { auth_type: auth }) };
      const reply = await client.createIntegration({ ...head, ...fields });
      assert.deepEqual([reply.status, reply.json["auth_type"]], [201, answered], reply.text);
      for (const missing of names) {
        const refused = await client.createIntegration({ ...head, ...fields, [missing]: "" });
        assert.equal(refused.status, 400, missing);
        if (missing !== "role_assumptions")
          assert.deepEqual(replyMessages(refused), [`Field "${missing}" is required`]);
      }
    });
  }

  test("CLOUDFLARE takes a token, or an api_key with an email", async () => {
    const head = { name: "n", type: "CLOUDFLARE", scope: "WORKSPACE" };
    assert.equal((await client.createIntegration({ ...head, token: "t" })).status, 201);
    assert.equal((await client.createIntegration({ ...head, api_key: "k", email: "dev@example.com" })).status, 201);
    assert.equal((await client.createIntegration({ ...head, api_key: "k" })).status, 400);
  });

  test("types without a known recipe pass whatever is given; types outside the enums are refused", async () => {
    const head = { name: "n", scope: "WORKSPACE" };
    assert.equal((await client.createIntegration({ ...head, type: "SLACK" })).status, 201);
    assert.equal((await client.createIntegration({ ...head, type: "ANTHROPIC", api_key: "k" })).status, 201);
    const reply = await client.createIntegration({ ...head, type: "GITHUB" });
    assert.deepEqual(replyMessages(reply), ['Integration type "GITHUB" is not valid']);
  });

  test("an auth_type that isn't documented, or not of this type, is refused", async () => {
    const head = { name: "n", type: "DOCKER_HUB", scope: "WORKSPACE", username: "u", password: "p" };
    const replies = [
      await client.createIntegration({ ...head, auth_type: "MAGIC" }),
      await client.createIntegration({ ...head, auth_type: "OIDC" }),
    ];
    assert.deepEqual(replies.flatMap(replyMessages), [
      'Auth type "MAGIC" is not valid',
      'Auth type "OIDC" is not valid for DOCKER_HUB',
    ]);
  });

  test("scope is one of three; PROJECT needs a project that exists; nothing names an environment", async () => {
    const refusal = async (fields: object) =>
      replyMessages(await client.createIntegration({ name: "n", type: "GIT_LAB", token: "t", ...fields }))[0];
    assert.equal(await refusal({ scope: "PRIVATE" }), 'Scope "PRIVATE" is not valid');
    assert.equal(await refusal({ scope: "PROJECT" }), 'Field "project_name" is required');
    assert.equal(await refusal({ scope: "PROJECT", project_name: "nope" }), 'Project "nope" not found');
    assert.equal(await refusal({ scope: "ENVIRONMENT" }), "Scope ENVIRONMENT needs an environment");
  });

  test("a project is ignored where the scope is the workspace", async () => {
    const reply = await client.createIntegration({
      name: "n",
      type: "GIT_LAB",
      token: "t",
      scope: "WORKSPACE",
      project_name: "my-project",
    });
    assert.ok(!("project_name" in reply.json));
  });

  test("fields of the wrong type are named", async () => {
    const reply = await client.createIntegration({
      name: "n",
      type: "GIT_LAB",
      scope: "WORKSPACE",
      token: 12,
      all_pipelines_allowed: "yes",
      allowed_pipelines: [{ id: "1" }],
      permissions: { admins: "ALL", users: [{ id: 77, access_level: "MANAGE" }], groups: [{ id: 1 }] },
    });
    assert.deepEqual(replyMessages(reply), [
      'Field "token" must be a string',
      'Field "all_pipelines_allowed" must be a boolean',
      'An allowed pipeline needs a numeric "id"',
      'Field "permissions.admins" must be one of MANAGE, USE_ONLY, DENIED',
      "User 77 not found",
      "Group 1 needs an access_level of MANAGE, USE_ONLY or DENIED",
      'Field "token" is required',
    ]);
  });

  test("an edit has to say the auth_type again when it isn't the default", async () => {
    const body = {
      name: "n",
      type: "AMAZON",
      scope: "WORKSPACE",
      auth_type: "OIDC",
      role_assumptions: roles,
      audience: "a",
    };
    const { json } = await client.createIntegration(body);
    const path = `/integrations/${integrationHash(json)}`;
    assert.equal((await client.inWorkspace("PATCH", path, { name: "m" })).status, 400);
    const reply = await client.inWorkspace("PATCH", path, { name: "m", auth_type: "OIDC", audience: "b" });
    assert.deepEqual([reply.status, reply.json["audience"]], [200, "b"]);
  });

  test("AMAZON's credentials are a set: half a pair is refused, keys without roles drop the roles", async () => {
    const keys = { access_key: "a", secret_key: "b" };
    const { json } = await client.createIntegration({
      name: "n",
      type: "AMAZON",
      scope: "WORKSPACE",
      ...keys,
      role_assumptions: roles,
    });
    const path = `/integrations/${integrationHash(json)}`;
    const stored = () => emulator.stored().find((it) => it.hash_id === json["hash_id"]);
    assert.equal((await client.inWorkspace("PATCH", path, { name: "n", access_key: "c" })).status, 400);
    await client.inWorkspace("PATCH", path, { name: "n", access_key: "c", secret_key: "d", role_assumptions: roles });
    assert.deepEqual(stored()?.["role_assumptions"], roles);
    await client.inWorkspace("PATCH", path, { name: "n", ...keys });
    assert.deepEqual(stored()?.["role_assumptions"], []);
  });
});
