import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Secret, secretEquals } from "../model/secret.ts";
import { loadConfig, resolveConfig, type VariableLookup, type ParsedConfig } from "./load-config.ts";

function load(text: string): ParsedConfig {
  const loaded = loadConfig("integrations.yaml", new TextEncoder().encode(text));
  assert.deepEqual(loaded.diagnostics, []);
  assert.ok(loaded.ok);
  return loaded.value;
}

const unset: VariableLookup = () => ({ kind: "unset" });
const setTo =
  (values: Readonly<Record<string, string>>): VariableLookup =>
  (name) =>
    Object.hasOwn(values, name) ? { kind: "set", value: values[name] ?? "" } : { kind: "unset" };

function declare(text: string, lookup: VariableLookup = unset) {
  const resolved = resolveConfig(load(text), lookup);
  assert.deepEqual(resolved.diagnostics, []);
  assert.ok(resolved.ok);
  return resolved.value;
}

test("in notes `$$` stands for `$`, and white space at the end isn't sent", () => {
  const { integrations } = declare(
    [
      "version: 1",
      "defaults: { scope: WORKSPACE, agent_note: ask first }",
      "integrations:",
      "  a:",
      "    type: SLACK",
      "    name: A",
      "    note: |",
      "      $$HOME is text",
      "      costs 5 $",
      "",
      "  b: { type: SLACK, name: B, note: 007, agent_note: null }",
      "  c: { type: SLACK, name: C, note: '' }",
    ].join("\n"),
  );
  assert.deepEqual(
    integrations.map(({ fields }) => [fields.get("note"), fields.get("agent_note")]),
    [
      ["$HOME is text\ncosts 5 $", "ask first"],
      ["007", undefined],
      ["", "ask first"],
    ],
  );
});

const fixture = readFileSync(new URL("../../fixtures/config/valid.yaml", import.meta.url), "utf8");

test("a file becomes integrations, sorted by key, with defaults merged and the API's names for fields", () => {
  const { target, integrations } = declare(fixture);
  assert.deepEqual(target, { api: "https://api.eu.buddy.works", workspace: "my-company" });
  assert.deepEqual(
    integrations.map((each) => each.key),
    ["aws_prod", "aws_test", "slack"],
  );
  const [prod, copy, slack] = integrations;
  assert.deepEqual(
    JSON.parse(
      JSON.stringify({
        ...prod,
        fields: Object.fromEntries(prod?.fields ?? []),
        extra: Object.fromEntries(prod?.extra ?? []),
      }),
    ),
    {
      key: "aws_prod",
      type: "AMAZON",
      scope: "PROJECT",
      projectName: "company-website",
      fields: {
        access_key: "[secret $AWS_ACCESS_KEY_ID]",
        all_pipelines_allowed: false,
        name: "AWS production",
        role_assumptions: [
          { arn: "arn:aws:iam::123457465779:role/deploy", duration: 9000, external_id: "[secret $AWS_EXTERNAL_ID]" },
        ],
        secret_key: "[secret $AWS_SECRET_ACCESS_KEY]",
      },
      extra: { nested: { key: "[secret $EXTRA_KEY]", list: [1.5, true, "$literal"] }, new_api_field: 1 },
      permissions: {
        admins: "MANAGE",
        others: "DENIED",
        groups: [
          { who: { name: "backend" }, level: "USE_ONLY" },
          { who: { id: 7 }, level: "DENIED" },
        ],
      },
      allowedPipelines: [{ id: 1 }, { project: "company-website", pipeline: "deploy" }],
      lifecycle: { protect: false, movedFrom: ["aws"], onRemove: "retain", rotate: 1, credentials: "managed" },
    },
  );
  assert.equal(copy?.fields.get("name"), "007");
  assert.equal(copy?.permissions, undefined);
  assert.equal(copy?.lifecycle.protect, true);
  assert.equal(slack?.fields.get("name"), "$lack");
  assert.deepEqual(slack?.lifecycle, {
    protect: true,
    movedFrom: [],
    import: "5e391f5aae784b7208de0d0a",
    onRemove: "delete",
    credentials: "unmanaged",
  });
});

const one = (fields: string) =>
  `version: 1\nintegrations:\n  a:\n    type: TELEGRAM\n    scope: WORKSPACE\n${fields
    .split("\n")
    .map((line) => `    ${line}\n`)
    .join("")}`;

test("unquoted numbers in text keep their source", () => {
  for (const number of ["007", "1e5", "0x1F", "1_000", "1.10", "-0", ".5", "0o17", "12345678901234567890", ".inf"]) {
    assert.equal(declare(one(`name: ${number}`)).integrations[0]?.fields.get("name"), number);
  }
});

test("numbers in number fields may be written as YAML writes numbers", () => {
  const { integrations } = declare(one("name: N\nallowed_pipelines: [{ id: 0x10 }, { id: 1e3 }]"));
  assert.deepEqual(integrations[0]?.allowedPipelines, [{ id: 16 }, { id: 1000 }]);
});

test("text of every YAML style keeps its value", () => {
  const { integrations } = declare(
    one("name: 'it''s'\nurl: \"tab\\t\"\nconfig: |\n  { \"a\": 1 }\n  $NOT_A_REFERENCE\nregion: no"),
  );
  const fields = integrations[0]?.fields;
  assert.equal(fields?.get("name"), "it's");
  assert.equal(fields?.get("url"), "tab\t");
  assert.equal(fields?.get("config"), '{ "a": 1 }\n$NOT_A_REFERENCE\n');
  assert.equal(fields?.get("region"), "no");
});

test("a reference becomes a secret that knows its name and value, and prints only its name", () => {
  const { integrations } = declare(
    one("name: N\nurl: $NAME\ntoken: ${TOKEN}"),
    setTo({ NAME: "a-canary", TOKEN: "$NOT_EXPANDED_AGAIN" }),
  );
  const token = integrations[0]?.fields.get("token");
  assert.ok(token instanceof Secret);
  assert.equal(token.variable, "TOKEN");
  assert.ok(secretEquals(token, "$NOT_EXPANDED_AGAIN"));
  assert.doesNotMatch(inspect(integrations, { depth: 9 }) + JSON.stringify(integrations), /canary|EXPANDED/);
});

test("an unset variable gives an unknown secret, not an error", () => {
  const token = declare(one("name: N\ntoken: $TOKEN")).integrations[0]?.fields.get("token");
  assert.ok(token instanceof Secret && !token.known);
});

test("an empty variable is an error at every place that names it", () => {
  const written = load(one("name: N\nurl: $EMPTY\ntoken: $EMPTY\nchat_id: $FINE"));
  const { ok, diagnostics } = resolveConfig(written, setTo({ EMPTY: "", FINE: "x" }));
  assert.equal(ok, false);
  assert.deepEqual(
    diagnostics.map(({ code, message, place }) => [code, message, place?.range.start.line, place?.frame?.line]),
    [
      ["empty-variable", "`a.url`: $EMPTY is set, but empty", 7, "    url: $EMPTY"],
      ["empty-variable", "`a.token`: $EMPTY is set, but empty", 8, "    token: $EMPTY"],
    ],
  );
});

test("an unreadable file of a variable is an error that doesn't show the content of NAME_FILE", () => {
  const { diagnostics } = resolveConfig(load(one("name: N\ntoken: $TOKEN")), () => ({
    kind: "unreadable",
    problem: "permission denied",
  }));
  assert.deepEqual(
    diagnostics.map(({ message, hint }) => [message, hint]),
    [
      [
        "`a.token`: $TOKEN can't be read from the file that $TOKEN_FILE names: permission denied",
        "make the file readable, or unset TOKEN_FILE",
      ],
    ],
  );
});

test("names that select pipelines, people and groups are never references", () => {
  const { integrations } = declare(
    one(
      "name: N\nallowed_pipelines: [{ project: $p, pipeline: $q }]\npermissions: { admins: MANAGE, others: DENIED, users: [{ name: $u, access_level: MANAGE }] }",
    ),
  );
  assert.deepEqual(integrations[0]?.allowedPipelines, [{ project: "$p", pipeline: "$q" }]);
  assert.deepEqual(integrations[0]?.permissions?.users, [{ who: { name: "$u" }, level: "MANAGE" }]);
});

test("an empty list stays an empty list; a field that isn't written is absent", () => {
  const [integration] = declare(
    one("name: N\nallowed_pipelines: []\npermissions: { admins: MANAGE, others: DENIED, users: [] }"),
  ).integrations;
  assert.deepEqual(integration?.allowedPipelines, []);
  assert.deepEqual(integration?.permissions, { admins: "MANAGE", others: "DENIED", users: [] });
});

test("all variables that a file refers to are listed once, sorted", () => {
  assert.deepEqual(load(fixture).references, [
    "AWS_ACCESS_KEY_ID",
    "AWS_EXTERNAL_ID",
    "AWS_SECRET_ACCESS_KEY",
    "EXTRA_KEY",
  ]);
});

test("every path has a place, or the place of the nearest node around it", () => {
  const written = load(fixture);
  const at = (...where: Parameters<ParsedConfig["placeOf"]>) => {
    const start = written.placeOf(...where)?.range.start;
    return start && `${start.line}:${start.column}`;
  };
  assert.equal(at("aws_prod"), "14:3");
  assert.equal(at("aws_prod", ["name"]), "16:11");
  assert.equal(at("aws_prod", ["access_key"]), "6:15");
  assert.equal(at("aws_prod", ["permissions", "admins"]), "11:26");
  assert.equal(at("aws_prod", ["permissions", "groups", 1, "id"]), "25:65");
  assert.equal(at("aws_prod", ["permissions", "users", 5]), "22:5");
  assert.equal(at("aws_prod", ["no such field"]), "14:3");
  assert.equal(at("no_such_key"), undefined);
  assert.equal(at(undefined, ["workspace"]), "2:12");
  assert.equal(at(undefined, ["nothing"]), "1:1");
  assert.equal(at(), "1:1");
});

test("`api` takes https, or http on this machine, and drops a slash at the end", () => {
  const apiOf = (api: string) => {
    const loaded = loadConfig("f", new TextEncoder().encode(`version: 1\napi: ${api}\nintegrations: {}\n`));
    return loaded.ok ? loaded.value.target.api : undefined;
  };
  assert.equal(apiOf("https://API.buddy.works//"), "https://api.buddy.works");
  assert.equal(apiOf("https://buddy.example.com/api/"), "https://buddy.example.com/api");
  assert.equal(apiOf("http://127.0.0.1:8787"), "http://127.0.0.1:8787");
  assert.equal(apiOf('"http://[::1]:80/api"'), "http://[::1]/api");
  assert.equal(apiOf("http://localhost:1/"), "http://localhost:1");
  for (const bad of [
    "http://api.buddy.works",
    "https://a:b@c",
    "https://a?b",
    "https://a#b",
    "ftp://a",
    "api.buddy.works",
    "https://",
    "http://127.0.0.1.example.com",
    "http://localhost@evil",
  ]) {
    assert.equal(apiOf(`"${bad}"`), undefined, bad);
  }
});
