import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  IntegrationWithIds,
  LiveIntegration,
  Payload,
  Permissions,
  IdWithLabel,
} from "../../model/integration.ts";
import { desired, live, secretOf } from "../../../test/support/builders.ts";
import { comparableLive } from "../compare/comparable.ts";
import { carriedApiFields, carriedOverPaths, createPayload, replacementPayload, updatePayload } from "./payload.ts";

const plain = (payload: Payload): Record<string, unknown> => Object.fromEntries(payload);
const payloadFor = (from: IntegrationWithIds, view: LiveIntegration, paths: readonly string[]): Payload =>
  updatePayload(from, view, {
    fields: paths.map((path) => ({ path })),
    carried: carriedApiFields(from, view, paths).map((name) => ({ name, compared: "unchanged" })),
  });
const shared: Permissions<IdWithLabel, IdWithLabel> = {
  admins: "MANAGE",
  others: "DENIED",
  users: [{ who: { id: 1, label: "dev" }, level: "MANAGE" }],
  groups: [{ who: { id: 2 }, level: "USE_ONLY" }],
};

test("a create sends every managed field and the identifier, and none of this tool's own settings", () => {
  const integration = desired("a", {
    scope: "PROJECT",
    projectName: "web",
    fields: { token: secretOf("T"), all_pipelines_allowed: false },
    extra: { new_field: [1] },
    allowedPipelines: [{ id: 4, label: "web/deploy" }, { pending: "web/later" }],
    permissions: { admins: "MANAGE", others: "DENIED", users: [] },
    lifecycle: { protect: true, rotate: 1 },
  });
  assert.deepEqual(plain(createPayload(integration, "ident")), {
    type: "VULTR",
    scope: "PROJECT",
    project_name: "web",
    name: "a",
    token: secretOf("T"),
    all_pipelines_allowed: false,
    new_field: [1],
    allowed_pipelines: [{ id: 4 }],
    permissions: { admins: "MANAGE", others: "DENIED", users: [] },
    identifier: "ident",
  });
});

test("a PATCH carries the name, and the auth_type of the file or the live one if it isn't the default", () => {
  const carried = (integration: IntegrationWithIds, liveType?: string): string[] =>
    carriedApiFields(
      integration,
      live(integration, liveType === undefined ? {} : { fields: new Map([["auth_type", liveType]]) }),
      ["host_url"],
    );
  assert.deepEqual(carried(desired("a")), ["name"]);
  assert.deepEqual(carried(desired("a"), "DEFAULT"), ["name"]);
  assert.deepEqual(carried(desired("a"), "OAUTH"), ["auth_type", "name"]);
  assert.deepEqual(carried(desired("a", { fields: { auth_type: "OIDC" } })), ["auth_type", "name"]);
  const oauth = live(desired("a"), { fields: new Map([["auth_type", "OAUTH"]]) });
  assert.deepEqual(plain(payloadFor(desired("a", { fields: { host_url: "x" } }), oauth, ["host_url"])), {
    host_url: "x",
    auth_type: "OAUTH",
    name: "a",
  });
});

test("when a credential of AMAZON changes, the whole set is sent; when another field changes, none of it is", () => {
  const amazon = desired("a", {
    type: "AMAZON",
    fields: { access_key: secretOf("K"), secret_key: secretOf("S"), role_assumptions: [{ arn: "1" }], audience: "x" },
  });
  assert.deepEqual(carriedApiFields(amazon, live(amazon), ["access_key"]), ["name", "role_assumptions", "secret_key"]);
  assert.deepEqual(carriedApiFields(amazon, live(amazon), ["audience"]), ["name"]);
  assert.deepEqual(carriedApiFields(amazon, live(amazon), ["name"]), []);
});

test("when auth_type changes, everything that a recipe names is sent too", () => {
  const azure = desired("a", {
    type: "AZURE_CLOUD",
    fields: { auth_type: "OIDC", app_id: "1", tenant_id: "2", audience: "3" },
  });
  assert.deepEqual(carriedApiFields(azure, live(azure), ["auth_type"]), ["app_id", "audience", "name", "tenant_id"]);
});

test("permissions are sent as a whole: lists that the file doesn't name are sent as they are live", () => {
  const integration = desired("a", { permissions: { admins: "MANAGE", others: "USE_ONLY", groups: [] } });
  assert.deepEqual(plain(payloadFor(integration, live(integration, { permissions: shared }), ["permissions.others"])), {
    name: "a",
    permissions: {
      admins: "MANAGE",
      others: "USE_ONLY",
      users: [{ id: 1, access_level: "MANAGE" }],
      groups: [],
    },
  });
});

test("a level that this version doesn't know is sent back as the server has it", () => {
  const integration = desired("a", { permissions: { admins: "MANAGE", others: "USE_ONLY" } });
  const seen = live(integration, {
    permissions: {
      admins: { unknown: "OWN" },
      others: "DENIED",
      users: [{ who: { id: 1 }, level: { unknown: "READ" } }],
    },
  });
  assert.deepEqual(plain(payloadFor(integration, seen, ["permissions.others"])), {
    name: "a",
    permissions: { admins: "MANAGE", others: "USE_ONLY", users: [{ id: 1, access_level: "READ" }] },
  });
  assert.deepEqual(comparableLive(seen).get("permissions.admins"), "OWN");
});

test("permissions that aren't changed aren't sent", () => {
  const integration = desired("a", { permissions: shared });
  assert.deepEqual(plain(payloadFor(integration, live(integration), ["name"])), { name: "a" });
});

test("a replacement takes over the permissions and limits that the file doesn't name", () => {
  const old = live(desired("a"), {
    permissions: shared,
    allPipelinesAllowed: false,
    allowedPipelines: [{ id: 5, label: "deploy" }],
  });
  assert.deepEqual(plain(replacementPayload(desired("a"), old, "a")), {
    type: "VULTR",
    scope: "WORKSPACE",
    name: "a",
    identifier: "a",
    permissions: {
      admins: "MANAGE",
      others: "DENIED",
      users: [{ id: 1, access_level: "MANAGE" }],
      groups: [{ id: 2, access_level: "USE_ONLY" }],
    },
    all_pipelines_allowed: false,
    allowed_pipelines: [{ id: 5 }],
  });
  const open = desired("a", {
    fields: { all_pipelines_allowed: true },
    permissions: { admins: "MANAGE", others: "MANAGE" },
    allowedPipelines: [],
  });
  const payload = plain(replacementPayload(open, old, "a"));
  assert.deepEqual([payload["all_pipelines_allowed"], payload["allowed_pipelines"]], [true, []]);
  assert.deepEqual(carriedOverPaths(open, old), ["permissions.groups", "permissions.users"]);
});

test("what goes along as it is live, because its new value isn't reviewed, is what the workspace has", () => {
  const integration = desired("a", { fields: { name: "new", auth_type: "OIDC", host_url: "x" } });
  const view = live(integration, { name: "old", fields: new Map([["auth_type", "OAUTH"]]) });
  const carried = ["auth_type", "name"].map((name) => ({ name, compared: "unchanged", value: "live" }) as const);
  const fields = [{ path: "host_url" }];
  assert.deepEqual(plain(updatePayload(integration, view, { fields, carried })), {
    host_url: "x",
    auth_type: "OAUTH",
    name: "old",
  });
  const without = { ...view, fields: new Map() };
  assert.deepEqual(plain(updatePayload(integration, without, { fields, carried })), { host_url: "x", name: "old" });
});
