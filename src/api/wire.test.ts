import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { FieldValue } from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import { parseResponseJson } from "./http/response-json.ts";
import {
  decodeErrors,
  decodeGroups,
  decodeList,
  decodeLive,
  decodeMembers,
  decodeOwner,
  decodeActions,
  decodePipelines,
  decodeProject,
  decodeProjects,
  encodePayload,
  tokenProblem,
} from "./wire.ts";

/** The response of GET as the vendor documents it. */
const FULL = {
  url: "https://api.buddy.works/workspaces/my-company/user/integrations/abc123def456",
  html_url: "https://app.buddy.works/my-company/integrations/NLVaDzgp6W2qJljaQlJOoYdmZ3",
  hash_id: "NLVaDzgp6W2qJljaQlJOoYdmZ3",
  name: "AWS",
  type: "AMAZON",
  identifier: "aws_prod",
  auth_type: "OIDC",
  scope: "PROJECT",
  project_name: "website",
  audience: "aud",
  app_id: null,
  permissions: {
    admins: "MANAGE",
    others: "DENIED",
    users: [{ id: 7, name: "Ann", url: "https://…", access_level: "USE_ONLY" }],
    groups: [],
  },
  all_pipelines_allowed: false,
  allowed_pipelines: [{ id: 1, name: "deploy", url: "https://…", html_url: "https://…" }],
  disabled: true,
  new_field: { a: [1, "b"] },
};

test("in the full view, known fields have their places, unknown ones keep their API names, and addresses are dropped", () => {
  assert.deepEqual(decodeLive(FULL), {
    ok: true,
    value: {
      hashId: "NLVaDzgp6W2qJljaQlJOoYdmZ3",
      type: "AMAZON",
      name: "AWS",
      identifier: "aws_prod",
      scope: "PROJECT",
      projectName: "website",
      disabled: true,
      permissions: {
        admins: "MANAGE",
        others: "DENIED",
        users: [{ who: { id: 7, label: "Ann" }, level: "USE_ONLY" }],
        groups: [],
      },
      allPipelinesAllowed: false,
      allowedPipelines: [{ id: 1, label: "deploy" }],
      fields: new Map<string, unknown>([
        ["auth_type", "OIDC"],
        ["audience", "aud"],
        ["new_field", { a: [1, "b"] }],
      ]),
    },
  });
});

test("null, empty and missing mean the same", () => {
  const bare = { hash_id: "a1", type: "SLACK" };
  const nulls = {
    identifier: null,
    scope: null,
    permissions: null,
    allowed_pipelines: null,
    disabled: null,
    host_url: null,
    auth_type: "",
  };
  assert.deepEqual(decodeLive({ ...bare, ...nulls }), decodeLive(bare));
  assert.deepEqual(decodeLive(bare), {
    ok: true,
    value: { hashId: "a1", type: "SLACK", name: "", disabled: false, fields: new Map() },
  });
});

test("an access level that this version does not know is kept, and missing ones are the server's defaults", () => {
  const live = decodeLive({ hash_id: "a1", type: "X", permissions: { users: [{ id: 1, access_level: "READ" }] } });
  assert.deepEqual(live.ok && live.value.permissions, {
    admins: "MANAGE",
    others: "USE_ONLY",
    users: [{ who: { id: 1 }, level: { unknown: "READ" } }],
  });
});

const UNREADABLE: readonly (readonly [problem: string, json: unknown])[] = [
  ["it is not an object", null],
  ["it is not an object", [FULL]],
  ["hash_id is missing", { ...FULL, hash_id: null }],
  ["hash_id is not text", { ...FULL, hash_id: 12 }],
  ["hash_id is not made of letters and digits", { ...FULL, hash_id: "../user" }],
  ["hash_id is not made of letters and digits", { ...FULL, hash_id: "" }],
  ["type is missing", { ...FULL, type: undefined }],
  ["name is not text", { ...FULL, name: { first: "x" } }],
  ["disabled is not true or false", { ...FULL, disabled: "no" }],
  ["permissions is not an object", { ...FULL, permissions: "MANAGE" }],
  ["permissions.users is not a list", { ...FULL, permissions: { users: {} } }],
  [
    "permissions.users[0].id is not a whole number",
    { ...FULL, permissions: { users: [{ id: 1e300, access_level: "X" }] } },
  ],
  ["permissions.groups[1] is not an object", { ...FULL, permissions: { groups: [{ id: 1, access_level: "X" }, 5] } }],
  ["allowed_pipelines[0].id is missing", { ...FULL, allowed_pipelines: [{}] }],
  ["it is nested too deeply", { ...FULL, deep: JSON.parse("[".repeat(1000) + "]".repeat(1000)) as unknown }],
];
for (const [problem, json] of UNREADABLE) {
  test(`a full view can't be read when ${problem}: ${JSON.stringify(json)?.slice(0, 40)}`, () => {
    const live = decodeLive(json);
    assert.equal(live.ok ? "" : live.error, problem);
  });
}

test("a list holds short views; without its array, or with an item that has no hash, it can't be read", () => {
  assert.deepEqual(
    decodeList({ url: "x", integrations: [{ hash_id: "a1", name: "A", type: "SLACK", identifier: "a" }] }),
    {
      ok: true,
      value: [{ hashId: "a1", name: "A", type: "SLACK", identifier: "a" }],
    },
  );
  assert.deepEqual(decodeList({ integrations: [] }), { ok: true, value: [] });
  assert.deepEqual(decodeList({}), { ok: false, error: "integrations is missing" });
  assert.deepEqual(decodeList({ integrations: [{ hash_id: "a1" }, { name: "B" }] }), {
    ok: false,
    error: "integrations[1].hash_id is missing",
  });
});

test("people, groups, projects, pipelines and the token's owner are read by their numbers and names", () => {
  const members = [{ id: 1, name: "Ann", email: "ann@example.com", admin: true, workspace_owner: true }, { id: 2 }];
  assert.deepEqual(decodeMembers({ members }), {
    ok: true,
    value: [
      { id: 1, name: "Ann", email: "ann@example.com", admin: true },
      { id: 2, name: "", email: "", admin: false },
    ],
  });
  assert.deepEqual(decodeGroups({ groups: [{ id: 3, name: "backend" }] }), {
    ok: true,
    value: [{ id: 3, name: "backend" }],
  });
  assert.deepEqual(decodeProjects({ projects: [{ name: "site", display_name: "Site" }, { name: "b" }] }), {
    ok: true,
    value: [
      { name: "site", displayName: "Site" },
      { name: "b", displayName: "b" },
    ],
  });
  assert.deepEqual(decodePipelines({ pipelines: [{ id: 4, identifier: "deploy", name: "Deploy" }] }), {
    ok: true,
    value: [{ id: 4, name: "Deploy", identifier: "deploy", inFile: false }],
  });
  const kept = [
    { id: 1, name: "a", git_config_ref: "NONE", definition_source: "LOCAL" },
    { id: 2, name: "b", git_config_ref: "FIXED" },
    { id: 3, name: "c", definition_source: "REMOTE" },
  ];
  const pipelines = decodePipelines({ pipelines: kept });
  assert.deepEqual(pipelines.ok && pipelines.value.map(({ inFile }) => inFile), [false, true, true]);
  assert.deepEqual(decodeActions({ actions: [{ name: "a", url: "u", integration: { hash_id: "x" } }] }), {
    ok: true,
    value: [{ name: "a", fields: new Map([["integration", { hash_id: "x" }]]) }],
  });
  assert.deepEqual(decodeOwner({ id: 5, email: "me@example.com" }), {
    ok: true,
    value: { id: 5, email: "me@example.com" },
  });
});

test("errors are read in every form that the server uses", () => {
  assert.deepEqual(decodeErrors({ errors: [{ message: "a" }, { message: "b" }, {}, "c"] }), ["a", "b"]);
  assert.deepEqual(decodeErrors({ error: "a" }), ["a"]);
  assert.deepEqual(decodeErrors({ error: { message: "a" } }), ["a"]);
  assert.deepEqual(decodeErrors({ message: "a" }), ["a"]);
  assert.deepEqual(decodeErrors({ errors: "a" }), []);
  assert.deepEqual(decodeErrors(null), []);
});

test("a payload's secrets are unwrapped at any depth, and listed", () => {
  const payload = new Map<string, FieldValue>([
    ["name", "AWS"],
    ["secret_key", new Secret("KEY", "s3cr3t")],
    ["role_assumptions", [{ arn: "arn:1", external_id: new Secret("EXT", 'e"x') }]],
    ["allowed_pipelines", [{ id: 1 }]],
    ["__proto__", { polluted: true }],
  ]);
  const { body, sent } = encodePayload(payload);
  assert.equal(
    body,
    '{"name":"AWS","secret_key":"s3cr3t","role_assumptions":[{"arn":"arn:1","external_id":"e\\"x"}],' +
      '"allowed_pipelines":[{"id":1}],"__proto__":{"polluted":true}}',
  );
  assert.deepEqual(sent, [
    { variable: "KEY", value: "s3cr3t", use: "secret" },
    { variable: "EXT", value: 'e"x', use: "write-only" },
  ]);
  assert.throws(
    () => encodePayload(new Map([["token", new Secret("T", undefined)]])),
    /\$T is needed, but it is not set/,
  );
});

test("a token that no header can hold is reported without its text", () => {
  assert.equal(tokenProblem(new Secret("BUDDY_TOKEN", "abc-123\n")), undefined);
  assert.equal(tokenProblem(new Secret("BUDDY_TOKEN", undefined)), "$BUDDY_TOKEN is not set");
  assert.equal(tokenProblem(new Secret("BUDDY_TOKEN", " \n")), "$BUDDY_TOKEN is empty");
  for (const value of ["abc def", "abc\ndef", "abc\u0000", "żółw"]) {
    assert.match(tokenProblem(new Secret("BUDDY_TOKEN", value)) ?? "", /^\$BUDDY_TOKEN holds a space, a line end or/);
  }
});

test("a `__proto__` in JSON is dropped, and the rest stays", () => {
  for (const name of ["__proto__", "\\u005f_proto__", "_\\u005Fproto__"]) {
    const json = parseResponseJson(`{"hash_id":"a1","type":"X","extra":{"${name}":{"polluted":true},"b":1}}`);
    const live = json.ok ? decodeLive(json.value) : undefined;
    assert.equal(live?.ok === true && JSON.stringify(live.value.fields.get("extra")), '{"b":1}');
  }
});

test("a project's link to its Git provider is the hash of an integration, where there is one", () => {
  const site = { name: "site", display_name: "Site" };
  const project = { name: "site", displayName: "Site" };
  for (const integration of [undefined, null, {}, { hash_id: null }, { hash_id: "" }]) {
    assert.deepEqual(decodeProject({ ...site, integration }), { ok: true, value: project });
  }
  assert.deepEqual(decodeProject({ ...site, integration: { hash_id: "a1", name: "x" } }), {
    ok: true,
    value: { ...project, integration: "a1" },
  });
  for (const integration of ["a1", { hash_id: "../a1" }, { hash_id: 7 }, []]) {
    assert.equal(decodeProject({ ...site, integration }).ok, false);
  }
});

const DECODERS = [
  decodeLive,
  decodeList,
  decodeMembers,
  decodeGroups,
  decodeProject,
  decodeProjects,
  decodeActions,
  decodePipelines,
  decodeOwner,
];

test("for any JSON, the decoders return a value or a problem, and never throw", () => {
  const key = fc.constantFrom(
    ...Object.keys(FULL),
    "integrations",
    "members",
    "groups",
    "projects",
    "integration",
    "pipelines",
    "id",
    "users",
    "errors",
    "__proto__",
  );
  const json = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(key, tie("json"), { maxKeys: 8 }),
      fc.constantFrom(...Object.values(FULL)),
    ),
  })).json;
  fc.assert(
    fc.property(json, (value) => {
      for (const decode of DECODERS) {
        const result = decode(value);
        if (!result.ok) assert.match(result.error, /^[\w.[\]]+( \w+)* (is|are) /);
      }
      assert.ok(Array.isArray(decodeErrors(value)));
    }),
    { numRuns: 3000 },
  );
});

test("a full view with a damaged field becomes a value, or a problem that names only fields", () => {
  const field = fc.constantFrom(...Object.keys(FULL));
  fc.assert(
    fc.property(field, fc.jsonValue(), (name, value) => {
      const live = decodeLive({ ...FULL, [name]: value });
      if (!live.ok) assert.ok(live.error.startsWith(name), live.error);
    }),
    { numRuns: 3000 },
  );
});
