import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isJsonObject } from "./integration-body.ts";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHubIntegration, integrationHash, TestClient } from "./test-client.ts";

/** JSON types that the SDK's structs decode; a Go decoder fails on any other, and takes null and absence for zero. */
type ResponseShape =
  | "string"
  | "number"
  | "boolean"
  | readonly [ResponseShape]
  | { readonly [field: string]: ResponseShape };

const LINKS = { url: "string", html_url: "string" } as const;
const MEMBER = {
  ...LINKS,
  id: "number",
  name: "string",
  email: "string",
  avatar_url: "string",
  admin: "boolean",
  workspace_owner: "boolean",
  auto_assign_to_new_projects: "boolean",
  auto_assign_permission_set_id: "number",
} as const;
const GRANT = { id: "number", access_level: "string" } as const;
const INTEGRATION = {
  ...LINKS,
  hash_id: "string",
  name: "string",
  type: "string",
  auth_type: "string",
  scope: "string",
  project_name: "string",
  identifier: "string",
  all_pipelines_allowed: "boolean",
  allowed_pipelines: [{ ...LINKS, id: "number", name: "string" }],
  permissions: { admins: "string", others: "string", users: [GRANT], groups: [GRANT] },
} as const;
const SHORT_PROJECT = { ...LINKS, name: "string", display_name: "string", status: "string" } as const;
const PROJECT = {
  ...SHORT_PROJECT,
  create_date: "string",
  created_by: MEMBER,
  http_repository: "string",
  ssh_repository: "string",
  default_branch: "string",
  access: "string",
  update_default_branch_from_external: "boolean",
  allow_pull_requests: "boolean",
  fetch_submodules: "boolean",
  without_repository: "boolean",
} as const;
const PIPELINE = {
  ...LINKS,
  id: "number",
  name: "string",
  identifier: "string",
  on: "string",
  last_execution_status: "string",
  create_date: "string",
  priority: "string",
  definition_source: "string",
  git_config_ref: "string",
  cpu: "string",
  fail_on_prepare_env_warning: "boolean",
  git_changeset_base: "string",
  filesystem_changeset_base: "string",
  disabled: "boolean",
  project: SHORT_PROJECT,
  creator: MEMBER,
} as const;
const GROUP = {
  ...LINKS,
  id: "number",
  name: "string",
  description: "string",
  auto_assign_to_new_projects: "boolean",
} as const;
const WORKSPACE = {
  ...LINKS,
  id: "number",
  owner_id: "number",
  name: "string",
  domain: "string",
  frozen: "boolean",
  create_date: "string",
} as const;
const TOKEN = {
  ...LINKS,
  id: "string",
  name: "string",
  expires_at: "string",
  scopes: ["string"],
  ip_restrictions: ["string"],
  workspace_restrictions: ["string"],
} as const;
const LEVELS = ["pipeline", "repository", "sandbox", "project_team", "environment", "target"];
const SET: ResponseShape = {
  ...LINKS,
  id: "number",
  name: "string",
  description: "string",
  type: "string",
  ...Object.fromEntries(LEVELS.map((level) => [`${level}_access_level`, "string"] as const)),
};
const PROFILE = { ...LINKS, id: "number", name: "string", avatar_url: "string", workspaces_url: "string" } as const;

const CALLS: readonly (readonly [string, ResponseShape])[] = [
  ["/user", PROFILE],
  ["/user/token", TOKEN],
  ["/user/tokens", { ...LINKS, access_tokens: [TOKEN] }],
  ["/workspaces", { ...LINKS, workspaces: [WORKSPACE] }],
  ["/workspaces/my-company", WORKSPACE],
  ["/workspaces/my-company/projects", { ...LINKS, projects: [SHORT_PROJECT] }],
  ["/workspaces/my-company/projects/my-project", PROJECT],
  ["/workspaces/my-company/projects/my-project/pipelines", { ...LINKS, pipelines: [PIPELINE] }],
  ["/workspaces/my-company/projects/my-project/pipelines/123", PIPELINE],
  ["/workspaces/my-company/members", { ...LINKS, members: [MEMBER] }],
  ["/workspaces/my-company/groups", { ...LINKS, groups: [GROUP] }],
  ["/workspaces/my-company/groups/1", GROUP],
  ["/workspaces/my-company/groups/1/members", { ...LINKS, members: [{ ...MEMBER, status: "string" }] }],
  ["/workspaces/my-company/permissions", { ...LINKS, permission_sets: [SET] }],
  ["/workspaces/my-company/integrations", { ...LINKS, integrations: [INTEGRATION] }],
];

describe("answers that the SDK's structs can decode, with no field that they don't have", () => {
  let emulator: Emulator;
  let client: TestClient;
  let integration = "";
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
    const permissions = { admins: "MANAGE", others: "DENIED", users: [{ id: 1, access_level: "MANAGE" }] };
    const project = { scope: "PROJECT", project_name: "my-project", allowed_pipelines: [{ id: 123 }] };
    integration = integrationHash(
      (await client.createIntegration(gitHubIntegration({ ...project, permissions }))).json,
    );
  });
  after(async () => emulator.close());

  for (const [path, shape] of CALLS)
    test(`GET ${path}`, async () => {
      const reply = await client.call("GET", path);
      assert.equal(reply.status, 200);
      assert.deepEqual(mismatches(reply.json, shape, "$"), []);
    });

  test("GET an integration", async () => {
    const reply = await client.inWorkspace("GET", `/integrations/${integration}`);
    assert.deepEqual(mismatches(reply.json, INTEGRATION, "$"), []);
    assert.deepEqual(
      Object.keys(INTEGRATION).filter((field) => !(field in reply.json)),
      [],
    );
  });
});

/** Where a value isn't what its shape says. */
function mismatches(value: unknown, shape: ResponseShape, at: string): string[] {
  if (value === null || value === undefined) return [];
  if (typeof shape === "string") return typeof value === shape ? [] : [`${at}: ${typeof value}, not ${shape}`];
  if (isListShape(shape))
    return Array.isArray(value)
      ? value.flatMap((item, n) => mismatches(item, shape[0], `${at}[${n}]`))
      : [`${at}: no list`];
  if (!isJsonObject(value)) return [`${at}: no object`];
  return Object.entries(value).flatMap(([field, entry]) => {
    const wanted = shape[field];
    return wanted === undefined ? [`${at}.${field}: unknown`] : mismatches(entry, wanted, `${at}.${field}`);
  });
}

function isListShape(shape: ResponseShape): shape is readonly [ResponseShape] {
  return Array.isArray(shape);
}
