import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json, LiveIntegration } from "../../model/integration.ts";
import { desired, live, secretOf } from "../../../test/support/builders.ts";
import { apiField, comparableDesired, comparableLive, isWriteOnly, seenValue } from "./comparable.ts";

const answer = (options: Partial<LiveIntegration>): Record<string, Json> =>
  Object.fromEntries(comparableLive(live(desired("a"), options)));

test("managed fields are compared by path, whatever their order in the file", () => {
  const integration = desired("a", {
    identifier: "mine",
    fields: { token: secretOf("T"), all_pipelines_allowed: false },
    extra: { new_field: { b: 1 } },
    allowedPipelines: [{ id: 9, label: "p/x" }, { pending: "p/y" }, { id: 2 }, { id: 9 }, { pending: "p/a" }],
    permissions: {
      admins: "MANAGE",
      others: "DENIED",
      users: [
        { who: { id: 7, label: "b@x" }, level: "USE_ONLY" },
        { who: { id: 3 }, level: "MANAGE" },
      ],
    },
  });
  assert.deepEqual(
    [...comparableDesired(integration)],
    [
      ["all_pipelines_allowed", false],
      ["allowed_pipelines", [2, 9, { $pending: "p/a" }, { $pending: "p/y" }]],
      ["extra.new_field", { b: 1 }],
      ["identifier", "mine"],
      ["name", "a"],
      ["permissions.admins", "MANAGE"],
      ["permissions.others", "DENIED"],
      [
        "permissions.users",
        [
          { id: 3, access_level: "MANAGE" },
          { id: 7, access_level: "USE_ONLY" },
        ],
      ],
      ["token", secretOf("T")],
    ],
  );
});

test("pipelines and people, which the API returns in a long form, are compared by number", () => {
  const seen = answer({
    allowedPipelines: [
      { id: 5, label: "deploy" },
      { id: 1, label: "tests" },
    ],
    permissions: {
      admins: "MANAGE",
      others: "DENIED",
      groups: [{ who: { id: 4, label: "backend" }, level: "MANAGE" }],
    },
  });
  assert.deepEqual(seen["allowed_pipelines"], [1, 5]);
  assert.deepEqual(seen["permissions.groups"], [{ id: 4, access_level: "MANAGE" }]);
  // Null and missing mean the same.
  assert.deepEqual(seen["permissions.users"], []);
});

test("an undocumented field of the response is compared under `extra`; a write-only field is ignored", () => {
  const seen = answer({
    fields: new Map<string, Json>([
      ["brand_new", 1],
      ["token", "leaked"],
      ["audience", "me"],
    ]),
  });
  assert.deepEqual([seen["extra.brand_new"], seen["token"], seen["audience"]], [1, undefined, "me"]);
});

test("auth_type: the API's default equals a missing one", () => {
  const inFile = (type: string, authType: string) =>
    comparableDesired(desired("a", { type, fields: { auth_type: authType } })).get("auth_type");
  const inAnswer = (type: string, authType: string) =>
    answer({ type, fields: new Map([["auth_type", authType]]) })["auth_type"];
  for (const [type, authType, same] of [
    ["AMAZON", "DEFAULT", ""],
    ["AMAZON", "OIDC", "OIDC"],
    ["GIT_LAB", "TOKEN", ""],
    ["SHOPIFY", "TOKEN", ""],
    ["SHOPIFY", "TOKEN_APP_EXTENSION", "TOKEN_APP_EXTENSION"],
    ["ANTHROPIC", "OAUTH", "OAUTH"],
  ] as const) {
    assert.equal(inFile(type, authType), same, `${type} ${authType}`);
    assert.equal(inAnswer(type, authType), same, `${type} ${authType}`);
  }
});

test("a response without auth_type means the default, and doesn't contradict another value", () => {
  const none = comparableLive(live(desired("a", { type: "GIT_LAB" })));
  assert.equal(seenValue(none, "auth_type", ""), "");
  assert.equal(seenValue(none, "auth_type", "OIDC"), undefined);
  assert.equal(seenValue(none, "audience", ""), undefined);
});

test("each path belongs to the API field that is sent", () => {
  assert.deepEqual(["name", "permissions.users", "extra.note"].map(apiField), ["name", "permissions", "note"]);
  assert.deepEqual(["token", "name", "role_assumptions", "extra.token", "permissions.users"].filter(isWriteOnly), [
    "token",
    "role_assumptions",
  ]);
});
