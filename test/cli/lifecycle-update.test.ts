import assert from "node:assert/strict";
import { test } from "node:test";
import { changeOf, syncWorkbench, TEST_VALUES } from "../support/sync-workbench.ts";

const WEB = "web: { type: NEW_RELIC, name: Web, scope: WORKSPACE, token: $TOKEN, region: US }";

test("a field that the file changes is `edited`, even if it can only be compared with what was last sent", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  await s.writeIntegrations(WEB.replace("name: Web", "name: Web 2").replace("US", "EU"));
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.changes], [0, ["update web name:edited region:edited"]]);
  assert.deepEqual(
    changeOf(plan, "update", "web").fields.map(({ path, before, after, compared_with }) => [
      path,
      before,
      after,
      compared_with,
    ]),
    [
      ["name", "Web", "Web 2", "live"],
      ["region", "US", "EU", "last sent"],
    ],
  );
  assert.equal((await s.apply()).exit, 0);
  assert.deepEqual([s.stored("web").name, s.stored("web").region], ["Web 2", "EU"]);
  assert.deepEqual((await s.plan()).changes, []);
});

test("notes are managed like any other field, and aren't changed once the file doesn't name them", async (t) => {
  const s = await syncWorkbench(t);
  const noted = (note: string): string => WEB.replace(" }", `, note: ${note}, agent_note: Ask first. }`);
  await s.writeIntegrations(noted("For the shop."));
  assert.equal((await s.apply()).exit, 0);
  assert.deepEqual([s.stored("web")["note"], s.stored("web")["agent_note"]], ["For the shop.", "Ask first."]);
  assert.deepEqual((await s.plan()).changes, []);
  await s.writeIntegrations(noted("For both shops."));
  assert.deepEqual((await s.plan()).changes, ["update web note:edited"]);
  await s.apply();
  const { hash_id: hash } = s.stored("web");
  await s.byHand("PATCH", `/integrations/${hash}`, { name: "Web", agent_note: "By hand." });
  assert.deepEqual((await s.plan()).changes, ["update web agent_note:drift"]);
  await s.writeIntegrations(WEB);
  assert.deepEqual((await s.plan()).changes, ["record web"]);
  await s.apply();
  assert.deepEqual((await s.plan()).changes, []);
  assert.deepEqual([s.stored("web")["note"], s.stored("web")["agent_note"]], ["For both shops.", "By hand."]);
});

test("a change in the workspace is `drift`, is listed separately, and is reverted", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const { hash_id: hash } = s.stored("web");
  await s.byHand("PATCH", `/integrations/${hash}`, { name: "By hand" });
  const plan = await s.plan();
  assert.deepEqual(plan.changes, ["update web name:drift"]);
  assert.deepEqual(plan.report.plan?.drift, [{ key: "web", path: "name" }]);
  const text = await s.run(["sync", "--plan"]);
  assert.ok(
    text.stdout.includes(
      '\nDrift: changed in the workspace since the last apply\n\n  web\n      name  "Web" → "By hand"\n',
    ),
  );
  assert.ok(text.stdout.includes('      name  "By hand" → "Web"  (changed in the workspace; put back)\n'));
  await s.apply();
  assert.equal(s.stored("web").name, "Web");
});

test("fields that the file doesn't name are neither compared nor changed", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const { hash_id: hash } = s.stored("web");
  const theirs = {
    name: "Web",
    identifier: "renamed_by_hand",
    all_pipelines_allowed: false,
    allowed_pipelines: [{ id: 1 }],
    permissions: { admins: "MANAGE", others: "DENIED", users: [{ id: 1, access_level: "USE_ONLY" }], groups: [] },
  };
  await s.byHand("PATCH", `/integrations/${hash}`, theirs);
  assert.deepEqual((await s.plan()).changes, ["record web"]);
  await s.writeIntegrations(WEB.replace("name: Web", "name: Web 2"));
  await s.apply();
  const stored = s.stored("renamed_by_hand");
  assert.deepEqual(
    [stored.name, stored.all_pipelines_allowed, stored.allowed_pipelines, stored.permissions.others],
    ["Web 2", false, [{ id: 1 }], "DENIED"],
  );
  const entry = await s.lockedEntry("web");
  assert.deepEqual([entry?.identifier, entry?.formerIdentifiers], ["renamed_by_hand", ["web"]]);
});

test("permissions are sent with the people and groups that the file doesn't name", async (t) => {
  const s = await syncWorkbench(t);
  const limited = (others: string): string =>
    WEB.replace(
      " }",
      `, permissions: { admins: MANAGE, others: ${others}, groups: [{ id: 1, access_level: USE_ONLY }] } }`,
    );
  await s.writeIntegrations(limited("USE_ONLY"));
  await s.apply();
  const { hash_id: hash, permissions } = s.stored("web");
  const users = [{ id: 1, access_level: "MANAGE" }];
  await s.byHand("PATCH", `/integrations/${hash}`, { name: "Web", permissions: { ...permissions, users } });
  assert.deepEqual((await s.plan()).changes, []);
  await s.writeIntegrations(limited("DENIED"));
  assert.deepEqual((await s.plan()).changes, ["update web permissions.others:edited"]);
  await s.apply();
  assert.deepEqual(s.stored("web").permissions, {
    admins: "MANAGE",
    others: "DENIED",
    users,
    groups: [{ id: 1, access_level: "USE_ONLY" }],
  });
});

test("a rotated value is noticed only with a fingerprint key", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const rotated = { env: { TOKEN: "rotated-5b2c" } };
  const plan = await s.plan([], rotated);
  assert.deepEqual(plan.changes, ["update web token:rotated"]);
  assert.equal(plan.report.plan?.hash, (await s.plan()).report.plan?.hash, "the hash is the same");
  const blind = await s.plan([], { env: { TOKEN: "rotated-5b2c", BUDDY_INTEGRATIONS_KEY: undefined } });
  assert.deepEqual([blind.changes, blind.report.plan?.summary.unknown], [[], 1]);
  const otherKey = await s.plan([], { env: { TOKEN: "rotated-5b2c", BUDDY_INTEGRATIONS_KEY: "cd".repeat(32) } });
  assert.deepEqual([otherKey.changes, otherKey.report.plan?.summary.unknown], [[], 1]);
  await s.apply([], rotated);
  assert.equal(s.stored("web").token, "rotated-5b2c");
  assert.deepEqual((await s.plan([], rotated)).changes, []);
});

test("the plan says why a value isn't compared", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  // Another field changes, so that the plan shows the integration.
  await s.writeIntegrations(WEB.replace("name: Web", "name: Other"));
  const told = async (env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> =>
    /not compared, .*/.exec((await s.run(["sync", "--plan"], { env })).stdout)?.[0];
  assert.equal(await told({}), undefined);
  assert.equal(await told({ TOKEN: undefined }), "not compared, the value isn't here: token");
  assert.equal(
    await told({ BUDDY_INTEGRATIONS_KEY: undefined }),
    "not compared, it has a fingerprint, but no key is set: token",
  );
  assert.equal(
    await told({ BUDDY_INTEGRATIONS_KEY: "cd".repeat(32) }),
    "not compared, its fingerprint was made with another key (--resend renews it): token",
  );
  await s.apply(["--resend", "web.token"], { env: { BUDDY_INTEGRATIONS_KEY: undefined } });
  await s.writeIntegrations(WEB);
  const without = "not compared, it was last sent without a fingerprint (--resend gives it one): token";
  assert.deepEqual([await told({}), await told({ BUDDY_INTEGRATIONS_KEY: undefined })], [without, without]);
});

test("a value that is adopted and updated at once counts once as not compared", async (t) => {
  const s = await syncWorkbench(t);
  await s.byHand("POST", "/integrations", {
    type: "NEW_RELIC",
    name: "x",
    scope: "WORKSPACE",
    token: "t",
    identifier: "web",
  });
  await s.writeIntegrations(WEB);
  const plan = await s.plan(["--adopt"], { env: { TOKEN: undefined } });
  assert.deepEqual(plan.changes, ["adopt web", "update web name:edited region:never-sent"]);
  assert.equal(plan.report.plan?.summary.unknown, 1);
});

test("--resend and a change of lifecycle.rotate send write-only values again", async (t) => {
  const s = await syncWorkbench(t);
  const db = "db: { type: VULTR, name: Db, scope: WORKSPACE, token: $OTHER }";
  await s.writeIntegrations(WEB, db);
  await s.apply();
  assert.deepEqual((await s.plan(["--resend", "web"])).changes, ["update web region:resend token:resend"]);
  assert.deepEqual((await s.plan(["--resend", "web.token"])).changes, ["update web token:resend"]);
  assert.deepEqual((await s.plan(["--resend", "*"])).changes, [
    "update db token:resend",
    "update web region:resend token:resend",
  ]);
  await s.writeIntegrations(WEB, db.replace(" }", ", lifecycle: { rotate: 1 } }"));
  assert.deepEqual((await s.plan()).changes, ["update db token:resend"]);
  await s.byHand("PATCH", `/integrations/${s.stored("db").hash_id}`, { name: "Db", token: "lost" });
  await s.apply();
  assert.deepEqual([s.stored("db").token, (await s.lockedEntry("db"))?.lifecycle.rotate], [TEST_VALUES.OTHER, 1]);
  assert.deepEqual((await s.plan()).changes, []);
});

test("a value that isn't set isn't compared, and the plan counts it", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const plan = await s.plan([], { env: { TOKEN: undefined } });
  assert.deepEqual([plan.exit, plan.changes, plan.report.plan?.summary.unknown], [0, [], 1]);
  assert.deepEqual(changeOf(plan, "keep", "web").unknown, [{ path: "token", why: "no-value" }]);
  const text = await s.run(["sync", "--plan"], { env: { TOKEN: undefined } });
  assert.match(text.stdout, /\nPlan: nothing to do; 1 unchanged; 1 value not compared\.\n/);
});

test("credentials: unmanaged keeps an integration of the web page without any credential", async (t) => {
  const s = await syncWorkbench(t);
  await s.byHand("POST", "/integrations", { type: "SLACK", name: "Slack", identifier: "slack", scope: "WORKSPACE" });
  const slack = (name: string): string =>
    `slack: { type: SLACK, name: ${name}, scope: WORKSPACE, lifecycle: { credentials: unmanaged } }`;
  await s.writeIntegrations(slack("Slack"));
  const adopted = await s.apply();
  assert.deepEqual([adopted.exit, adopted.outcomes], [0, ["done adopt slack"]]);
  await s.writeIntegrations(slack("Chat"));
  assert.deepEqual((await s.apply()).outcomes, ["done update slack"]);
  assert.equal(s.stored("slack").name, "Chat");
});

test("extra is sent unchanged, and defaults apply to every integration", async (t) => {
  const s = await syncWorkbench(t);
  await s.write(
    "integrations.yaml",
    [
      "version: 1",
      "defaults:",
      "  scope: WORKSPACE",
      "  all_pipelines_allowed: false",
      "  permissions: { admins: MANAGE, others: DENIED }",
      "  lifecycle: { protect: true }",
      "integrations:",
      "  web: { type: VULTR, name: Web, token: $TOKEN, extra: { brand_new: hello } }",
      "  db: { type: VULTR, name: Db, token: $OTHER, permissions: { others: USE_ONLY }, lifecycle: { protect: null } }",
      "",
    ].join("\n"),
  );
  const bodies: unknown[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (init?.method === "POST" && typeof init.body === "string") bodies.push(JSON.parse(init.body));
    return globalThis.fetch(input, init);
  };
  const apply = await s.apply([], { io: { fetch } });
  assert.equal(apply.exit, 0);
  const [web, db] = [s.stored("web"), s.stored("db")];
  assert.deepEqual([web.scope, web.all_pipelines_allowed, web.permissions.others], ["WORKSPACE", false, "DENIED"]);
  assert.deepEqual([db.permissions.admins, db.permissions.others], ["MANAGE", "USE_ONLY"]);
  assert.ok(bodies.some((body) => Object(body).brand_new === "hello"));
  assert.deepEqual(
    [(await s.lockedEntry("web"))?.lifecycle.protect, (await s.lockedEntry("db"))?.lifecycle.protect],
    [true, false],
  );
  assert.deepEqual((await s.plan()).changes, []);
});
