import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import type { EmulatorReply } from "./test-client.ts";
import { integrationHash, replyList, replyNumber, TestClient, replyText } from "./test-client.ts";
import type { JsonObject } from "./types.ts";

/**
 * What the acceptance tests of the vendor's Terraform provider make it call for `buddy_integration` (resource and data
 * source) and `buddy_integrations`. Its edit sends every configured field again, type, scope and project among them.
 * Its own tests pass against the emulator too (docs/emulator.md).
 */
describe("calls of the vendor's Terraform provider", () => {
  let emulator: Emulator;
  let client: TestClient;
  let pipelines: readonly number[] = [];
  let member = 0;
  let group = 0;
  const ws = "abcde1700000000000";

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
    await client.call("POST", "/workspaces", { domain: ws });
    await at("POST", "/projects", { display_name: "ppp" });
    const made = [];
    for (const name of ["a", "b"]) made.push(await at("POST", "/projects/ppp/pipelines", { name, on: "CLICK" }));
    pipelines = made.map((reply) => replyNumber(reply, "id"));
    member = replyNumber(await at("POST", "/members", { email: "someone@0zxc.com" }), "id");
    group = replyNumber(await at("POST", "/groups", { name: "g" }), "id");
  });
  after(async () => emulator.close());

  async function at(method: string, path: string, body?: object): Promise<EmulatorReply> {
    return client.call(method, `/workspaces/${ws}${path}`, body);
  }

  const KEYS = { access_key: "ABC1234567890", secret_key: "ABC1234567890" };
  const ROLES = { role_assumptions: [{ arn: "arn1" }, { arn: "arn2", external_id: "3", duration: 100 }] };
  const TOKEN = { token: "ABC1234567890" };
  const AZURE = { app_id: "ABC1234567890", tenant_id: "test@test.pl" };
  /** Acceptance test, type, fields, and the `auth_type` that it expects; undefined where it doesn't look. */
  const RESOURCES: readonly (readonly [string, string, JsonObject, string | undefined])[] = [
    ["amazon", "AMAZON", { ...KEYS, ...ROLES }, "DEFAULT"],
    [
      "amazon_trusted",
      "AMAZON",
      { auth_type: "TRUSTED", role_assumptions: [{ arn: "arn1", external_id: "123" }] },
      "TRUSTED",
    ],
    ["amazon_oidc", "AMAZON", { auth_type: "OIDC", audience: "x", role_assumptions: [{ arn: "arn1" }] }, "OIDC"],
    ["amazon_default", "AMAZON", { auth_type: "DEFAULT", identifier: "abc", ...KEYS, ...ROLES }, "DEFAULT"],
    ["digitalocean", "DIGITAL_OCEAN", TOKEN, undefined],
    ["shopify", "SHOPIFY", { ...TOKEN, shop: "ABC" }, "TOKEN"],
    [
      "shopify_partner",
      "SHOPIFY",
      { ...TOKEN, partner_token: "ABC", auth_type: "TOKEN_APP_EXTENSION" },
      "TOKEN_APP_EXTENSION",
    ],
    ["gitlab", "GIT_LAB", TOKEN, undefined],
    ["github", "GIT_HUB", TOKEN, undefined],
    ["rackspace", "RACKSPACE", { ...TOKEN, username: "ABC" }, undefined],
    ["cloudflare", "CLOUDFLARE", { ...TOKEN, api_key: "ABC", email: "test@test.pl" }, undefined],
    ["upcloud", "UPCLOUD", { username: "ABC", password: "ABC" }, undefined],
    ["stackHawk", "STACK_HAWK", { api_key: "ABC" }, undefined],
    [
      "google_oidc",
      "GOOGLE_SERVICE_ACCOUNT",
      { auth_type: "OIDC", audience: "x", config: "{}", google_project: "g" },
      "OIDC",
    ],
    ["azurecloud", "AZURE_CLOUD", { ...AZURE, password: "ABC1234567890" }, "DEFAULT"],
    ["azurecloud_oidc", "AZURE_CLOUD", { ...AZURE, auth_type: "OIDC", audience: "x" }, "OIDC"],
  ];

  for (const [name, type, fields, authType] of RESOURCES)
    test(`TestAccIntegration_${name}: create, read, update in place, import, destroy`, async () => {
      const head = { name: "abcdefghij", type, scope: "WORKSPACE", ...fields };
      const made = await at("POST", "/integrations", head);
      assert.equal(made.status, 201, made.text);
      const path = `/integrations/${integrationHash(made.json)}`;
      // Terraform knows the computed fields by now, and sends them along.
      const known = {
        auth_type: replyText(made, "auth_type"),
        identifier: replyText(made, "identifier"),
        all_pipelines_allowed: true,
      };
      const edited = await at("PATCH", path, { ...head, ...known, allowed_pipelines: [], name: "klmnopqrst" });
      assert.equal(edited.status, 200, edited.text);
      const read = await at("GET", path);
      for (const reply of [edited, read]) {
        assert.equal(reply.json["name"], "klmnopqrst");
        assert.deepEqual([reply.json["type"], reply.json["scope"]], [type, "WORKSPACE"]);
        assert.equal(reply.json["all_pipelines_allowed"], true);
        if (authType !== undefined) assert.equal(reply.json["auth_type"], authType);
        assert.notEqual(replyText(reply, "identifier"), "");
      }
      assert.equal((await at("DELETE", path)).status, 204);
      // CheckDestroy accepts only 404 as proof of a deletion.
      assert.equal((await at("GET", path)).status, 404);
    });

  test("TestAccIntegration_amazon_default: the allowed pipeline moves from one to the other", async () => {
    const body = (id: number | undefined) => ({
      name: "n",
      type: "AMAZON",
      scope: "WORKSPACE",
      ...KEYS,
      all_pipelines_allowed: false,
      allowed_pipelines: [{ id }],
    });
    const made = await at("POST", "/integrations", body(pipelines[0]));
    const path = `/integrations/${integrationHash(made.json)}`;
    const edited = await at("PATCH", path, { ...body(pipelines[1]), auth_type: "DEFAULT" });
    const ids = [made, edited].map((reply) => replyList(reply, "allowed_pipelines").map((entry) => entry["id"]));
    assert.deepEqual(ids, [[pipelines[0]], [pipelines[1]]]);
    await at("DELETE", path);
  });

  test("TestAccIntegration_amazon_oidc: permissions of a person and a group come back", async () => {
    const users = [{ id: member, access_level: "MANAGE" }];
    const groups = [{ id: group, access_level: "USE_ONLY" }];
    const permissions = { admins: "MANAGE", others: "DENIED", users, groups };
    const head = { name: "n", type: "AMAZON", scope: "WORKSPACE", auth_type: "OIDC", audience: "x" };
    const made = await at("POST", "/integrations", { ...head, role_assumptions: [{ arn: "arn1" }], permissions });
    assert.deepEqual(made.json["permissions"], permissions);
    await at("DELETE", `/integrations/${integrationHash(made.json)}`);
  });

  test("TestAccIntegration_shopify: in a project, which the edit names again", async () => {
    const body = { name: "n", type: "SHOPIFY", scope: "PROJECT", project_name: "ppp", token: "t", shop: "s" };
    const made = await at("POST", "/integrations", body);
    const path = `/integrations/${integrationHash(made.json)}`;
    const edited = await at("PATCH", path, { ...body, auth_type: "TOKEN", name: "m" });
    assert.deepEqual([edited.status, edited.json["project_name"]], [200, "ppp"]);
    await at("DELETE", path);
  });

  test("TestAccSourceIntegration: found by hash and by name, with identifier, links and note", async () => {
    const body = {
      name: "by name",
      type: "AMAZON",
      scope: "WORKSPACE",
      identifier: "by_name",
      note: "a note",
      ...KEYS,
    };
    const made = await at("POST", "/integrations", body);
    const found = replyList(await at("GET", "/integrations"), "integrations").find(
      (item) => item["name"] === "by name",
    );
    const read = await at("GET", `/integrations/${integrationHash(made.json)}`);
    for (const view of [read.json, found ?? {}]) {
      assert.deepEqual([view["identifier"], view["type"], view["note"]], ["by_name", "AMAZON", "a note"]);
      assert.equal(view["html_url"], made.json["html_url"]);
    }
    await at("DELETE", `/integrations/${integrationHash(made.json)}`);
  });

  test("TestAccSourceIntegrations: the list has all there are", async () => {
    await at("POST", "/integrations", { name: "abcdef", type: "AMAZON", scope: "WORKSPACE", ...KEYS });
    await at("POST", "/integrations", { name: "zzzzz", type: "DIGITAL_OCEAN", scope: "WORKSPACE", ...TOKEN });
    const items = replyList(await at("GET", "/integrations"), "integrations");
    assert.deepEqual(
      items.map((item) => item["name"]),
      ["abcdef", "zzzzz"],
    );
    for (const item of items) assert.ok(item["html_url"] !== "" && integrationHash(item) !== "");
  });
});
