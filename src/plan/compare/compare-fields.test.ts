import assert from "node:assert/strict";
import { test } from "node:test";
import type { LockEntry, StoredValue } from "../../model/lockfile.ts";
import type { IntegrationWithIds, LiveIntegration, FieldValue } from "../../model/integration.ts";
import {
  desired,
  entry,
  FINGERPRINT_KEY,
  live,
  OTHER_FINGERPRINT_KEY,
  secretOf,
} from "../../../test/support/builders.ts";
import { compareFields } from "./compare-fields.ts";

/** Differences as `path:reason (basis, compared with)`, then `path? why` for each unknown. */
function compared(
  wanted: IntegrationWithIds,
  {
    view,
    locked,
    key = FINGERPRINT_KEY,
  }: { view?: LiveIntegration; locked?: LockEntry; key?: typeof FINGERPRINT_KEY | "none" },
  resend: readonly string[] = [],
): string[] {
  const { fields, unknown } = compareFields(
    {
      desired: wanted,
      hashId: "ha",
      live: view,
      entry: locked,
      key: key === "none" ? undefined : key,
    },
    resend,
  );
  return [
    ...fields.map(({ path, reason, basis, compared_with }) => `${path}:${reason} (${basis}, ${compared_with})`),
    ...unknown.map(({ path, why }) => `${path}? ${why}`),
  ];
}

const before = desired("a", { fields: { host_url: "https://one" } });
const sentBefore = entry(before);
const withUrl = (url: string): IntegrationWithIds => desired("a", { fields: { host_url: url } });
const liveUrl = (url: string): LiveIntegration => live(withUrl(url));

test("notes: compared with the workspace if it returns them, otherwise with what was last sent", () => {
  const noted = (note?: string): IntegrationWithIds => desired("a", { fields: note === undefined ? {} : { note } });
  const seen = live(noted("one"));
  const unseen = live(noted());
  const locked = entry(noted("one"), unseen);
  assert.deepEqual(compared(noted("one"), { view: seen, locked }), []);
  assert.deepEqual(compared(noted("two"), { view: seen, locked }), ["note:edited (file, live)"]);
  assert.deepEqual(compared(noted("one"), { view: live(noted("by hand")), locked }), ["note:drift (file, live)"]);
  assert.deepEqual(compared(noted(), { view: seen, locked }), []);
  assert.deepEqual(compared(noted("one"), { view: unseen, locked }), []);
  assert.deepEqual(compared(noted("two"), { view: unseen, locked }), ["note:edited (file, last sent)"]);
  assert.deepEqual(compared(noted(""), { view: unseen, locked }), ["note:edited (file, last sent)"]);
  assert.deepEqual(compared(noted("one"), { view: unseen, locked: entry(noted(), unseen) }), [
    "note:edited (file, nothing)",
  ]);
  assert.deepEqual(compared(noted("two\nlines"), { view: live(noted("two\r\nlines\r\n")), locked }), []);
});

test("for a field that the API returns, the comparison says whether the file or the workspace changed it", () => {
  const cases: [string, string, string[]][] = [
    ["https://one", "https://one", []],
    ["https://two", "https://one", ["host_url:edited (file, live)"]],
    ["https://one", "https://two", ["host_url:drift (file, live)"]],
    // Both changed: the file decides.
    ["https://two", "https://three", ["host_url:edited (file, live)"]],
    // Both changed to the same.
    ["https://two", "https://two", []],
  ];
  for (const [file, now, expected] of cases) {
    assert.deepEqual(compared(withUrl(file), { view: liveUrl(now), locked: sentBefore }), expected, `${file} ${now}`);
  }
});

test("a field that the response leaves out is compared with what was last sent", () => {
  const view = live(desired("a"));
  assert.deepEqual(compared(withUrl("https://one"), { view, locked: sentBefore }), []);
  assert.deepEqual(compared(withUrl("https://two"), { view, locked: sentBefore }), [
    "host_url:edited (file, last sent)",
  ]);
});

test("a field that is new in the file, and that the API returns only when it is set, is edited", () => {
  const view = live(desired("a"));
  assert.deepEqual(compared(withUrl("https://one"), { view, locked: entry(desired("a")) }), [
    "host_url:edited (file, nothing)",
  ]);
});

test("a write-only field is edited, never sent, or unchanged", () => {
  const wanted = (region: string) => desired("a", { type: "NEW_RELIC", fields: { region } });
  const view = live(wanted("EU"));
  const locked = entry(wanted("EU"));
  assert.deepEqual(compared(wanted("EU"), { view, locked }), []);
  assert.deepEqual(compared(wanted("US"), { view, locked }), ["region:edited (file, last sent)"]);
  assert.deepEqual(compared(wanted("US"), { view }), ["region:never-sent (file, nothing)"]);
});

test("after an adoption nothing was sent, so no value of a reference counts as rotated", () => {
  const wanted = desired("a", { fields: { host_url: secretOf("URL", "https://one") } });
  assert.deepEqual(compared(wanted, { view: liveUrl("https://two") }), ["host_url:never-sent (secret, live)"]);
});

const token = (value?: string): IntegrationWithIds => desired("a", { fields: { token: secretOf("TOKEN", value) } });
const sentToken = entry(token("one"));
const neverSent = entry(token("one"), live(token()), {
  lastSent: new Map<string, StoredValue>([
    ["name", "a"],
    ["token", { variable: "TOKEN", sent: false }],
  ]),
});

test("a secret is the same, rotated, or unknown if it can't be compared", () => {
  const view = live(token());
  const rows: [string, Parameters<typeof compared>, string[]][] = [
    ["same value", [token("one"), { view, locked: sentToken }], []],
    ["another value", [token("two"), { view, locked: sentToken }], ["token:rotated (secret, last sent)"]],
    ["value not here", [token(), { view, locked: sentToken }], ["token? no-value"]],
    [
      "another fingerprint key",
      [token("two"), { view, locked: sentToken, key: OTHER_FINGERPRINT_KEY }],
      ["token? other-key"],
    ],
    ["no fingerprint key", [token("two"), { view, locked: sentToken, key: "none" }], ["token? no-key"]],
    [
      "sent without a key",
      [token("two"), { view, locked: entry(token("one"), live(token()), { lastSent: fingerprints(null) }) }],
      ["token? no-fingerprint"],
    ],
    ["not adopted yet, value here", [token("one"), { view }], ["token:never-sent (secret, nothing)"]],
    ["not adopted yet, value not here", [token(), { view }], ["token? no-value"]],
    [
      "adopted and never sent, value here",
      [token("one"), { view, locked: neverSent }],
      ["token:never-sent (secret, last sent)"],
    ],
    ["adopted and never sent, value not here", [token(), { view, locked: neverSent }], ["token? no-value"]],
    [
      "without a state in the lockfile: it is new in the file",
      [token(), { view, locked: entry(desired("a")) }],
      ["token:edited (file, nothing)"],
    ],
  ];
  for (const [title, args, expected] of rows) assert.deepEqual(compared(...args), expected, title);
});

function fingerprints(sent: StoredValue): LockEntry["lastSent"] {
  return new Map<string, StoredValue>([
    ["name", "a"],
    ["token", { variable: "TOKEN", fingerprint: sent }],
  ]);
}

test("another variable is an edit, with or without values, even if the values are the same", () => {
  const renamed = (value?: string) => desired("a", { fields: { token: secretOf("NEW_NAME", value) } });
  const edited = ["token:edited (file, last sent)"];
  for (const value of ["one", "two", undefined]) {
    assert.deepEqual(compared(renamed(value), { view: live(token()), locked: sentToken }), edited);
  }
  // Nothing was sent that differs: the lockfile's record of the variable changes.
  assert.deepEqual(compared(renamed(), { view: live(token()), locked: neverSent }), ["token? no-value"]);
  assert.deepEqual(compared(renamed("one"), { view: live(token()), locked: neverSent }), [
    "token:never-sent (secret, last sent)",
  ]);
});

test("a literal that becomes a reference, and the other way round, is an edit whatever the values are", () => {
  const region = (value: FieldValue) => desired("a", { type: "NEW_RELIC", fields: { region: value } });
  const view = live(region("EU"));
  const asLiteral = entry(region("EU"), view);
  const asReference = entry(region(secretOf("REGION", "EU")), view);
  for (const value of ["EU", "US", undefined]) {
    assert.deepEqual(compared(region(secretOf("REGION", value)), { view, locked: asLiteral }), [
      "region:edited (file, last sent)",
    ]);
  }
  assert.deepEqual(compared(region("EU"), { view, locked: asReference }), ["region:edited (file, last sent)"]);
});

test("a reference in a field that the API returns is compared with the returned value", () => {
  const app = (value: FieldValue) => desired("a", { type: "AZURE_CLOUD", fields: { app_id: value } });
  const view = live(app("x"));
  const locked = entry(app(secretOf("APP", "x")), view);
  assert.deepEqual(compared(app(secretOf("APP", "x")), { view, locked }), []);
  assert.deepEqual(compared(app(secretOf("APP", "y")), { view, locked }), ["app_id:rotated (secret, live)"]);
  assert.deepEqual(compared(app(secretOf("APP")), { view, locked }), ["app_id? no-value"]);
  const drifted = live(app("z"));
  assert.deepEqual(compared(app(secretOf("APP", "x")), { view: drifted, locked }), ["app_id:drift (secret, live)"]);
});

test("a field that the API returns is edited if its variable changes, or it becomes a literal, even if the returned value is equal", () => {
  const app = (value: FieldValue) => desired("a", { type: "AZURE_CLOUD", fields: { app_id: value } });
  const view = live(app("x"));
  const sent = entry(app(secretOf("APP", "x")), view);
  const edited = ["app_id:edited (file, last sent)"];
  assert.deepEqual(compared(app(secretOf("OTHER", "x")), { view, locked: sent }), edited);
  assert.deepEqual(compared(app("x"), { view, locked: sent }), edited);
  assert.deepEqual(compared(app(secretOf("APP", "x")), { view, locked: entry(app("x"), view) }), edited);
});

test("the order of roles to assume matters, and an edit outweighs an unknown value", () => {
  const roles = (...list: FieldValue[]) => desired("a", { type: "AMAZON", fields: { role_assumptions: list } });
  const [one, two] = [{ arn: "1", external_id: secretOf("ID", "x") }, { arn: "2" }];
  const view = live(roles());
  const locked = entry(roles(one, two), view);
  assert.deepEqual(compared(roles(one, two), { view, locked }), []);
  assert.deepEqual(compared(roles(two, one), { view, locked }), ["role_assumptions:edited (file, last sent)"]);
  const unset = { arn: "1", external_id: secretOf("ID") };
  assert.deepEqual(compared(roles(unset, two), { view, locked }), ["role_assumptions? no-value"]);
  assert.deepEqual(compared(roles(unset, { arn: "3" }), { view, locked }), [
    "role_assumptions:edited (file, last sent)",
  ]);
  const rotated = { external_id: secretOf("ID", "y"), arn: "1" };
  assert.deepEqual(compared(roles(rotated, two), { view, locked }), ["role_assumptions:rotated (secret, last sent)"]);
});

test("lifecycle.rotate and --resend KEY send every write-only value again, even if its variable isn't set", () => {
  const wanted = (rotate: number | undefined) =>
    desired("a", {
      fields: { token: secretOf("TOKEN"), host_url: "https://one" },
      extra: { unseen: 1, seen: 1 },
      lifecycle: rotate === undefined ? {} : { rotate },
    });
  const view = live(wanted(1), {
    fields: new Map<string, string | number>([
      ["host_url", "https://one"],
      ["seen", 1],
    ]),
  });
  const locked = entry(wanted(1), view);
  const all = ["extra.unseen:resend (file, last sent)", "token:resend (file, last sent)"];
  assert.deepEqual(compared(wanted(1), { view, locked }), ["token? no-value"]);
  assert.deepEqual(compared(wanted(2), { view, locked }), all);
  assert.deepEqual(compared(wanted(undefined), { view, locked }), ["token? no-value"]);
  assert.deepEqual(compared(wanted(1), { view, locked }, ["*"]), all);
  assert.deepEqual(compared(wanted(1), { view, locked }, ["token"]), ["token:resend (file, last sent)"]);
  assert.deepEqual(compared(wanted(1), { view, locked }, ["host_url"]), [
    "host_url:resend (file, live)",
    "token? no-value",
  ]);
  assert.deepEqual(compared(wanted(1), { view, locked }, ["unseen"]), [
    "extra.unseen:resend (file, last sent)",
    "token? no-value",
  ]);
});

test("an adopted integration isn't rotated: nothing says that it was sent before", () => {
  const wanted = desired("a", { fields: { token: secretOf("TOKEN") }, lifecycle: { rotate: 3 } });
  assert.deepEqual(compared(wanted, { view: live(wanted) }), ["token? no-value"]);
});

test("permissions that the response doesn't show aren't compared, unless the file names every list", () => {
  const { permissions: _hidden, ...view } = live(desired("a"));
  const some = desired("a", { permissions: { admins: "MANAGE", others: "DENIED" } });
  const whole = desired("a", { permissions: { admins: "MANAGE", others: "DENIED", users: [], groups: [] } });
  assert.deepEqual(compared(some, { view, locked: entry(desired("a")) }), [
    "permissions.admins? not-shown",
    "permissions.others? not-shown",
  ]);
  assert.deepEqual(compared(whole, { view, locked: entry(desired("a")) }), [
    "permissions.admins:edited (file, nothing)",
    "permissions.groups:edited (file, nothing)",
    "permissions.others:edited (file, nothing)",
    "permissions.users:edited (file, nothing)",
  ]);
});

test("fields that the file doesn't name are never compared", () => {
  const view = live(desired("a"), {
    name: "a",
    identifier: "something_else",
    permissions: { admins: "DENIED", others: "DENIED" },
    allPipelinesAllowed: false,
    allowedPipelines: [{ id: 1 }],
    fields: new Map([["audience", "x"]]),
  });
  assert.deepEqual(compared(desired("a"), { view, locked: entry(desired("a")) }), []);
});

test("a difference shows plain values, references by name, and no hidden value", () => {
  const wanted = desired("a", {
    type: "SLACK",
    fields: { name: "New", token: secretOf("TOKEN", "two"), webhook_address: "https://hook/new" },
  });
  const old = desired("a", {
    type: "SLACK",
    fields: { name: "Old", token: secretOf("TOKEN", "one"), webhook_address: "https://hook/old" },
  });
  const { fields } = compareFields(
    { desired: wanted, live: live(old), entry: entry(old), hashId: "ha", key: FINGERPRINT_KEY },
    [],
  );
  assert.deepEqual(
    fields.map(({ path, before: was, after }) => ({ path, was, after })),
    [
      { path: "name", was: "Old", after: "New" },
      { path: "token", was: { $hidden: "last sent" }, after: { $secret: "TOKEN" } },
      {
        path: "webhook_address",
        was: { $hidden: "live" },
        after: { $hidden: "in the file", digest: "sha256:234f93b45d73989209669fbf718816d8" },
      },
    ],
  );
});
