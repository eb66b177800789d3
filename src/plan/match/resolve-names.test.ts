import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiFailure, Group, Member, Pipeline, Project } from "../../api/client.ts";
import type { Place } from "../../model/diagnostic.ts";
import { failure, success, type IntegrationWithSecrets, type Result } from "../../model/integration.ts";
import { LIFECYCLE } from "../../../test/support/builders.ts";
import { leaveNamesOut } from "./leave-names-out.ts";
import { resolveNames, type DirectoryReader } from "./resolve-names.ts";

const MEMBERS: readonly Member[] = [
  { id: 1, name: "Ann", email: "ann@example.com", admin: true },
  { id: 2, name: "Bob", email: "Bob@Example.com", admin: false },
  { id: 3, name: "Bob", email: "bobby@example.com", admin: false },
];
const GROUPS: readonly Group[] = [
  { id: 1, name: "backend" },
  { id: 2, name: "twins" },
  { id: 3, name: "twins" },
];
const PROJECTS: readonly Project[] = [{ name: "web", displayName: "Web" }];
const PIPELINES: readonly Pipeline[] = [
  { id: 10, name: "deploy", identifier: "ship", inFile: false },
  { id: 11, name: "ship", identifier: "other", inFile: false },
  { id: 12, name: "twins", inFile: false },
  { id: 13, name: "twins", inFile: false },
];
const FORBIDDEN: ApiFailure = {
  kind: "forbidden",
  method: "GET",
  path: "/members",
  status: 403,
  messages: ["cannot receive data"],
};

/** A directory that records the calls; `failing` is the call that fails. */
function directory(failing?: string): DirectoryReader & { readonly calls: readonly string[] } {
  const calls: string[] = [];
  const answer = async <T>(call: string, value: T): Promise<Result<T, ApiFailure>> => {
    calls.push(call);
    return call === failing ? failure(FORBIDDEN) : success(value);
  };
  return {
    calls,
    members: () => answer("members", MEMBERS),
    groups: () => answer("groups", GROUPS),
    projects: () => answer("projects", PROJECTS),
    pipelines: (project) => answer(`pipelines of ${project}`, project === "web" ? PIPELINES : undefined),
  };
}

function declared(key: string, options: Partial<IntegrationWithSecrets>): IntegrationWithSecrets {
  return {
    key,
    type: "VULTR",
    scope: "WORKSPACE",
    fields: new Map(),
    extra: new Map(),
    lifecycle: LIFECYCLE,
    ...options,
  };
}

const levels = { admins: "MANAGE", others: "DENIED" } as const;
const locate = (key: string, path: readonly (string | number)[]): Place => {
  const start = { line: 1, column: 1, offset: 0 };
  return { file: [key, ...path].join("."), range: { start, end: start } };
};

/** Problems as `PLACE:1:1: MESSAGE; … (HINT; …)`. */
async function problems(integration: Partial<IntegrationWithSecrets>): Promise<string[]> {
  const { unknownNames, desired } = await resolveNames(directory(), {
    integrations: [declared("a", integration)],
    placeOf: locate,
  });
  assert.equal(desired.length, 1);
  return [...unknownNames].map(([key, { code, message, hint }]) => `${key} ${code} ${message} (${hint})`);
}

test("numbers need no call", async () => {
  const asked = directory();
  const { desired } = await resolveNames(asked, {
    integrations: [
      declared("a", {
        allowedPipelines: [{ id: 5 }],
        permissions: {
          ...levels,
          users: [{ who: { id: 9 }, level: "MANAGE" }],
          groups: [{ who: { id: 8 }, level: "MANAGE" }],
        },
      }),
    ],
    placeOf: locate,
  });
  assert.deepEqual(asked.calls, []);
  assert.deepEqual(desired[0]?.allowedPipelines, [{ id: 5 }]);
});

test("names become numbers and keep the name that the file has; each list is read once", async () => {
  const asked = directory();
  const wanted = {
    allowedPipelines: [
      { project: "web", pipeline: "ship" },
      { project: "web", pipeline: "deploy" },
      { project: "web", pipeline: "tomorrow" },
    ],
    permissions: {
      ...levels,
      users: [
        { who: { email: "bob@example.COM" }, level: "USE_ONLY" },
        { who: { name: "Ann" }, level: "MANAGE" },
      ],
      groups: [{ who: { name: "backend" }, level: "USE_ONLY" }],
    },
  } as const;
  const { desired, unknownNames } = await resolveNames(asked, {
    integrations: [declared("a", wanted), declared("b", wanted)],
    placeOf: locate,
  });
  assert.equal(unknownNames.size, 0);
  assert.deepEqual(asked.calls.toSorted(), ["groups", "members", "pipelines of web"]);
  // An identifier wins over a name, and a pipeline that doesn't exist yet is pending.
  assert.deepEqual(desired[1]?.allowedPipelines, [
    { id: 10, label: "web/ship" },
    { id: 10, label: "web/deploy" },
    { pending: "web/tomorrow" },
  ]);
  assert.deepEqual(desired[0]?.permissions, {
    ...levels,
    users: [
      { who: { id: 2, label: "bob@example.COM" }, level: "USE_ONLY" },
      { who: { id: 1, label: "Ann" }, level: "MANAGE" },
    ],
    groups: [{ who: { id: 1, label: "backend" }, level: "USE_ONLY" }],
  });
});

test("names that match nothing refuse the integration, each with its place and similar names", async () => {
  assert.deepEqual(
    await problems({
      allowedPipelines: [{ id: 1 }, { project: "wbe", pipeline: "x" }],
      permissions: {
        ...levels,
        users: [{ who: { email: "anne@example.com" }, level: "MANAGE" }],
        groups: [{ who: { name: "backends" }, level: "MANAGE" }],
      },
    }),
    [
      "a unknown-name a.allowed_pipelines.1.project:1:1: there is no project wbe in the workspace; a.permissions.users.0.email:1:1: no member of the workspace has the email anne@example.com; a.permissions.groups.0.name:1:1: there is no group backends in the workspace (did you mean web?; did you mean ann@example.com, Bob@Example.com, bobby@example.com?; did you mean backend, twins?)",
    ],
  );
});

test("names that match several refuse the integration, with the numbers to choose from", async () => {
  assert.deepEqual(
    await problems({
      allowedPipelines: [{ project: "web", pipeline: "twins" }],
      permissions: {
        ...levels,
        users: [{ who: { name: "Bob" }, level: "MANAGE" }],
        groups: [{ who: { name: "twins" }, level: "MANAGE" }],
      },
    }),
    [
      "a unknown-name a.allowed_pipelines.0.pipeline:1:1: several pipelines of web are called twins; a.permissions.users.0.name:1:1: several members have the name Bob; a.permissions.groups.0.name:1:1: several groups are called twins (use the number of the one that is meant: 12 (twins), 13 (twins); use the number of the one that is meant: 2 (Bob), 3 (Bob); use the number of the one that is meant: 2 (twins), 3 (twins))",
    ],
  );
});

test("a failed read resolves nothing, and says what it was for", async () => {
  const people = declared("a", { permissions: { ...levels, users: [{ who: { name: "Ann" }, level: "MANAGE" }] } });
  const pipeline = declared("b", { allowedPipelines: [{ project: "web", pipeline: "ship" }] });
  const { desired, failures } = await resolveNames(directory("members"), {
    integrations: [people, pipeline],
    placeOf: locate,
  });
  assert.deepEqual([desired, failures], [[], [{ what: "the members", failure: FORBIDDEN }]]);
});

test("offline, lists with a name are left out and listed; the rest stays", () => {
  const { desired, unresolved } = leaveNamesOut([
    declared("a", {
      allowedPipelines: [{ id: 1 }, { project: "web", pipeline: "ship" }],
      permissions: {
        ...levels,
        users: [{ who: { id: 1 }, level: "MANAGE" }],
        groups: [{ who: { name: "backend" }, level: "MANAGE" }],
      },
    }),
    declared("b", { allowedPipelines: [{ id: 2 }] }),
  ]);
  assert.deepEqual([...unresolved], [["a", ["allowed_pipelines", "permissions.groups"]]]);
  assert.deepEqual(
    desired.map(({ allowedPipelines, permissions }) => ({ allowedPipelines, permissions })),
    [
      {
        allowedPipelines: undefined,
        permissions: { ...levels, users: [{ who: { id: 1 }, level: "MANAGE" }] },
      },
      { allowedPipelines: [{ id: 2 }], permissions: undefined },
    ],
  );
});
