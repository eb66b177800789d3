import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import type { EmulatorReply } from "./test-client.ts";
import { integrationHash, replyList, replyNumber, TestClient, replyText } from "./test-client.ts";
import type { JsonObject } from "./types.ts";

/**
 * What the live tests of the vendor's Go SDK call, in their order, with what they expect: each test names the one that
 * it follows. The SDK's own tests pass against the emulator too (docs/emulator.md).
 */
describe("calls of the vendor's Go SDK", () => {
  let emulator: Emulator;
  let client: TestClient;
  /** A workspace as the SDK's tests create it, with what its integration tests need. */
  let ws = "";
  let project = "";
  let pipeline = 0;
  let group = 0;
  let member = 0;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
    ws = "abcde1700000000000";
    ok(await client.call("POST", "/workspaces", { domain: ws }), 201);
    project = replyText(ok(await at("POST", "/projects", { display_name: "fghij1700000000001" }), 201), "name");
    const made = await at("POST", `/projects/${project}/pipelines`, { name: "klmno1700000000002", on: "CLICK" });
    pipeline = replyNumber(ok(made, 201), "id");
    group = replyNumber(ok(await at("POST", "/groups", { name: "pqrst1700000000003" }), 201), "id");
    member = replyNumber(ok(await at("POST", "/members", { email: "uvwxy1700000000004@0zxc.com" }), 201), "id");
  });
  after(async () => emulator.close());

  async function at(method: string, path: string, body?: object): Promise<EmulatorReply> {
    return client.call(method, `/workspaces/${ws}${path}`, body);
  }

  function ok(reply: EmulatorReply, status = 200): EmulatorReply {
    assert.equal(reply.status, status, reply.text);
    return reply;
  }

  /** The SDK's CheckIntegration: what was sent, else what was there before, else not empty. */
  function checkIntegration(reply: EmulatorReply, expected: JsonObject): void {
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(reply.json[name], value, name);
    for (const name of ["url", "html_url", "name", "type", "scope", "identifier", "hash_id"])
      assert.notEqual(replyText(reply, name), "", name);
    if (expected["project_name"] === undefined) assert.equal(replyText(reply, "project_name"), "");
  }

  const roles = [{ arn: "klmnopqrst" }, { arn: "uvwxyzabcd", external_id: "efghijklmn", duration: 10 }];
  /** Test, creation, edit and what the answers have to say besides. */
  const FLOWS: readonly (readonly [string, JsonObject, JsonObject, JsonObject])[] = [
    [
      "Google OIDC",
      { type: "GOOGLE_SERVICE_ACCOUNT", auth_type: "OIDC", google_project: "p", config: "{}" },
      { auth_type: "OIDC", google_project: "p", config: "{}" },
      { auth_type: "OIDC" },
    ],
    [
      "Amazon OIDC",
      { type: "AMAZON", auth_type: "OIDC", role_assumptions: [{ arn: "a" }], audience: "x" },
      { auth_type: "OIDC", audience: "y" },
      { auth_type: "OIDC" },
    ],
    ["GitHub", { type: "GIT_HUB", token: "t" }, {}, {}],
    ["GitLab", { type: "GIT_LAB", token: "t" }, {}, {}],
    ["Shopify", { type: "SHOPIFY", token: "t", shop: "s" }, {}, {}],
    [
      "Shopify Partner",
      { type: "SHOPIFY", token: "t", partner_token: "p", auth_type: "TOKEN_APP_EXTENSION" },
      { auth_type: "TOKEN_APP_EXTENSION" },
      { auth_type: "TOKEN_APP_EXTENSION" },
    ],
    ["Stack Hawk", { type: "STACK_HAWK", api_key: "k" }, {}, {}],
  ];

  /** Create, Update, Get, GetList with one item, Delete. */
  async function flow(creation: JsonObject, edit: JsonObject, created: JsonObject, edited: JsonObject): Promise<void> {
    const made = ok(await at("POST", "/integrations", { name: "abcdefghij", ...creation }), 201);
    checkIntegration(made, { name: "abcdefghij", all_pipelines_allowed: true, allowed_pipelines: [], ...created });
    const path = `/integrations/${integrationHash(made.json)}`;
    const hash_id = integrationHash(made.json);
    const changed = ok(await at("PATCH", path, { name: "klmnopqrst", ...edit }));
    checkIntegration(changed, { hash_id, identifier: replyText(made, "identifier"), name: "klmnopqrst", ...edited });
    assert.deepEqual(ok(await at("GET", path)).json, changed.json);
    const listed = ok(await at("GET", "/integrations"));
    assert.notEqual(replyText(listed, "url"), "");
    assert.equal(replyList(listed, "integrations").length, 1);
    ok(await at("DELETE", path), 204);
  }

  for (const [name, creation, edit, answered] of FLOWS)
    test(`TestIntegration/${name}`, async () => {
      const head = { scope: "WORKSPACE", ...creation };
      const fixed = { type: creation["type"] ?? null, scope: "WORKSPACE", ...answered };
      await flow(head, edit, fixed, fixed);
    });

  test("TestIntegration/Amazon: permissions are set, then replaced by ones whose lists are null", async () => {
    const keys = { access_key: "a", secret_key: "b", role_assumptions: roles };
    const users = [{ id: member, access_level: "MANAGE" }];
    const groups = [{ id: group, access_level: "USE_ONLY" }];
    const first = { admins: "MANAGE", others: "DENIED", users, groups };
    const second = { admins: "MANAGE", others: "USE_ONLY", users: null, groups: null };
    const head = { type: "AMAZON", scope: "WORKSPACE", identifier: "uvwxyzabcd" };
    await flow(
      { ...head, ...keys, permissions: first },
      { ...keys, permissions: second },
      { ...head, permissions: first },
      { ...head, permissions: { ...second, users: [], groups: [] } },
    );
  });

  test("TestIntegration/DigitalOcean: in a project, for one pipeline, which an edit leaves alone", async () => {
    const made = ok(
      await at("POST", "/integrations", {
        name: "n",
        type: "DIGITAL_OCEAN",
        scope: "PROJECT",
        project_name: project,
        token: "t",
        all_pipelines_allowed: false,
        allowed_pipelines: [{ id: pipeline }],
      }),
      201,
    );
    const path = `/integrations/${integrationHash(made.json)}`;
    for (const reply of [made, ok(await at("PATCH", path, { name: "m" })), ok(await at("GET", path))]) {
      checkIntegration(reply, { scope: "PROJECT", project_name: project, all_pipelines_allowed: false });
      assert.equal(replyList(reply, "allowed_pipelines")[0]?.["id"], pipeline);
    }
    ok(await at("DELETE", path), 204);
  });

  test("TestWorkspace: create, update, get, list, delete", async () => {
    const made = ok(
      await client.call("POST", "/workspaces", { domain: "xyz17", name: "n", encryption_salt: "s" }),
      201,
    );
    for (const field of ["url", "html_url", "create_date"]) assert.notEqual(replyText(made, field), "");
    assert.ok(replyNumber(made, "id") > 0 && replyNumber(made, "owner_id") > 0);
    assert.equal(made.json["frozen"], false);
    const changed = ok(await client.call("PATCH", "/workspaces/xyz17", { name: "m", encryption_salt: "s" }));
    assert.deepEqual([changed.json["name"], changed.json["id"]], ["m", made.json["id"]]);
    assert.deepEqual(ok(await client.call("GET", "/workspaces/xyz17")).json, changed.json);
    const all = ok(await client.call("GET", "/workspaces"));
    assert.ok(
      replyText(all, "url") !== "" && replyText(all, "html_url") !== "" && replyList(all, "workspaces").length >= 2,
    );
    ok(await client.call("DELETE", "/workspaces/xyz17"), 204);
    ok(await client.call("GET", "/workspaces/xyz17"), 404);
  });

  test("TestProjectBuddy: the slug follows the display name, pages end with an empty one", async () => {
    const made = ok(await at("POST", "/projects", { display_name: "Some Project" }), 201);
    assert.equal(made.json["name"], "some-project");
    for (const field of [
      "url",
      "html_url",
      "status",
      "create_date",
      "http_repository",
      "ssh_repository",
      "default_branch",
    ])
      assert.notEqual(replyText(made, field), "", field);
    const creator: unknown = made.json["created_by"];
    assert.ok(typeof creator === "object" && creator !== null && "workspace_owner" in creator);
    const renamed = { display_name: "Other", name: "other-name", update_default_branch_from_external: false };
    const changed = ok(await at("PATCH", "/projects/some-project", renamed));
    assert.deepEqual(ok(await at("GET", "/projects/other-name")).json, changed.json);
    assert.equal(replyList(await at("GET", "/projects?page=1&per_page=30&status=ACTIVE"), "projects").length, 2);
    assert.equal(replyList(await at("GET", "/projects?page=2&per_page=30"), "projects").length, 0);
    ok(await at("DELETE", "/projects/other-name"), 204);
  });

  test("TestPipelineClick: fields come back as sent, with project, creator and status", async () => {
    const path = `/projects/${project}/pipelines`;
    const sent = { name: "n", on: "CLICK", always_from_scratch: true, refs: ["r"], clone_depth: 10 };
    const made = ok(await at("POST", path, sent), 201);
    for (const [name, value] of Object.entries(sent)) assert.deepEqual(made.json[name], value);
    for (const field of ["url", "html_url", "last_execution_status", "create_date"])
      assert.notEqual(replyText(made, field), "");
    assert.deepEqual([made.json["definition_source"], made.json["git_config_ref"]], ["LOCAL", "NONE"]);
    const one = `${path}/${replyNumber(made, "id")}`;
    const changed = ok(await at("PATCH", one, { name: "m", refs: ["s"], clone_depth: 0 }));
    assert.deepEqual(ok(await at("GET", one)).json, changed.json);
    assert.equal(replyList(await at("GET", `${path}?page=1&per_page=30`), "pipelines").length, 2);
    assert.equal(replyList(await at("GET", `${path}?page=2&per_page=30`), "pipelines").length, 0);
    ok(await at("DELETE", one), 204);
  });

  test("TestGroup: with members", async () => {
    const made = ok(await at("POST", "/groups", { name: "g", description: "d" }), 201);
    const path = `/groups/${replyNumber(made, "id")}`;
    assert.deepEqual(
      [made.json["name"], made.json["description"], made.json["auto_assign_to_new_projects"]],
      ["g", "d", false],
    );
    ok(await at("PATCH", path, { name: "h", description: "e" }));
    const assigned = ok(
      await at("PATCH", path, { auto_assign_to_new_projects: true, auto_assign_permission_set_id: 7 }),
    );
    assert.equal(assigned.json["auto_assign_permission_set_id"], 7);
    assert.deepEqual(ok(await at("GET", path)).json, assigned.json);
    assert.equal(replyList(await at("GET", "/groups"), "groups").length, 2);
    assert.equal(ok(await at("POST", `${path}/members`, { id: member }), 201).json["id"], member);
    assert.equal(ok(await at("GET", `${path}/members/${member}`)).json["id"], member);
    assert.equal(replyList(ok(await at("GET", `${path}/members`)), "members").length, 1);
    ok(await at("DELETE", `${path}/members/${member}`), 204);
    ok(await at("DELETE", path), 204);
  });

  test("TestMember: one invited, three there, and an empty page behind them", async () => {
    const reply = ok(await at("GET", `/members/${member}`));
    assert.deepEqual([reply.json["name"], reply.json["admin"], reply.json["workspace_owner"]], ["", false, false]);
    for (const field of ["url", "html_url", "avatar_url", "email"]) assert.notEqual(replyText(reply, field), "");
    assert.equal(ok(await at("PATCH", `/members/${member}`, { admin: true })).json["admin"], true);
    ok(await at("PATCH", `/members/${member}`, { admin: false }));
    assert.equal(replyList(await at("GET", "/members?page=1&per_page=20"), "members").length, 3);
    assert.equal(replyList(await at("GET", "/members?page=2&per_page=30"), "members").length, 0);
  });

  test("TestPermission: three sets are there before the first is made", async () => {
    const levels = {
      pipeline_access_level: "RUN_ONLY",
      repository_access_level: "READ_WRITE",
      sandbox_access_level: "DENIED",
    };
    const made = ok(await at("POST", "/permissions", { name: "p", note: "d", ...levels }), 201);
    const path = `/permissions/${replyNumber(made, "id")}`;
    for (const [name, value] of Object.entries(levels)) assert.equal(made.json[name], value);
    assert.equal(made.json["project_team_access_level"], "READ_ONLY");
    const changed = ok(await at("PATCH", path, { name: "q", note: "", sandbox_access_level: "READ_WRITE" }));
    assert.deepEqual(ok(await at("GET", path)).json, changed.json);
    assert.equal(replyList(await at("GET", "/permissions"), "permission_sets").length, 4);
    ok(await at("DELETE", path), 204);
  });

  test("TestToken: three of the user's own after two were made, the secret shown once", async () => {
    const basic = { name: "b", expires_at: "2090-01-02T03:04:05Z", scopes: ["WORKSPACE_READ"] };
    assert.notEqual(replyText(ok(await client.call("POST", "/user/tokens", basic), 201), "token"), "");
    const restricted = { workspace_restrictions: [ws], ip_restrictions: ["127.0.0.1"] };
    const advanced = { name: "a", expires_in: 25, scopes: ["WORKSPACE_READ", "USER_READ"], ...restricted };
    const made = ok(await client.call("POST", "/user/tokens", advanced), 201);
    const path = `/user/tokens/${replyText(made, "id")}`;
    const read = ok(await client.call("GET", path));
    const { token, ...rest } = made.json;
    assert.deepEqual(read.json, rest);
    assert.ok(typeof token === "string" && !read.text.includes(token));
    assert.equal(replyList(await client.call("GET", "/user/tokens"), "access_tokens").length, 3);
    ok(await client.call("DELETE", path), 204);
    assert.equal(replyList(await client.call("GET", "/user/tokens"), "access_tokens").length, 2);
  });

  test("TestProfile: get, update", async () => {
    ok(await client.call("PATCH", "/user", { name: "New Name" }));
    const reply = ok(await client.call("GET", "/user"));
    assert.equal(reply.json["name"], "New Name");
    for (const field of ["url", "html_url", "avatar_url", "workspaces_url"])
      assert.notEqual(replyText(reply, field), "");
  });
});
