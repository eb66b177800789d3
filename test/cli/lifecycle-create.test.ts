import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { everywhere, inYaml } from "../support/places.ts";
import { changeOf, syncWorkbench } from "../support/sync-workbench.ts";

const WEB = block("web", { name: "Web" });
const DB = "db: { type: UPCLOUD, name: Db, scope: PROJECT, project_name: my-project, username: me, password: $OTHER }";

everywhere.test("a missing integration is created, and the server's response is locked", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  await s.writeIntegrations(WEB, DB);
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.changes], [0, ["create db", "create web"]]);

  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes], [0, ["done create db", "done create web"]]);
  const stored = s.stored("db");
  assert.deepEqual(
    [stored.type, stored.scope, stored.project_name, stored.username, stored.password],
    ["UPCLOUD", "PROJECT", "my-project", "me", "other-77aa"],
  );
  const entry = await s.lockedEntry("db");
  assert.deepEqual([entry?.hashId, entry?.identifier, entry?.type], [stored.hash_id, "db", "UPCLOUD"]);
  assert.ok(apply.stderr.includes(`created db ${stored.hash_id}\n`));
  assert.doesNotMatch((await s.read("integrations.lock.yaml")) ?? "", /other-77aa/);

  const again = await s.plan();
  assert.deepEqual([again.exit, again.changes], [0, []]);
});

everywhere.test("an identifier in the file is used for creating and for looking up", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  await s.writeIntegrations(`web: { type: VULTR, name: Web, identifier: the_web, ${inYaml(where)}, token: $TOKEN }`);
  await s.apply();
  assert.equal((await s.lockedEntry("web"))?.identifier, "the_web");
  assert.equal(s.stored("the_web").name, "Web");
});

everywhere.test(
  "a locked integration that is gone is recreated if that is allowed: its hash is superseded, and the reason says so",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    await s.writeIntegrations(WEB.replace("scope: WORKSPACE", inYaml(where)), DB);
    await s.apply();
    const gone = s.stored("web").hash_id;
    await s.byHand("DELETE", `/integrations/${gone}`);

    const refused = await s.apply(["--allow-replace"]);
    assert.deepEqual([refused.exit, refused.outcomes], [7, ["refused create web"]]);
    const plan = await s.plan(["--recreate", "web"]);
    assert.deepEqual(plan.changes, ["create web"]);
    assert.equal(changeOf(plan, "create", "web").recreates, gone);
    const text = await s.run(["sync", "--plan", "--recreate", "web"]);
    assert.ok(text.stdout.includes(`${gone} is gone from the workspace: this creates a new one with a new hash`));
    assert.match(text.stdout, /\nGives a new hash to: web\.\n/);

    const apply = await s.apply(["--recreate", "web"]);
    assert.equal(apply.exit, 0);
    const entry = await s.lockedEntry("web");
    assert.deepEqual([entry?.hashId, entry?.superseded], [s.stored("web").hash_id, [gone]]);
    assert.notEqual(entry?.hashId, gone);
  },
);

test("too many missing integrations exceed the limit, and if all are missing nothing is planned", async (t) => {
  const s = await syncWorkbench(t);
  const keys = ["a", "b", "c", "d"];
  await s.writeIntegrations(
    ...keys.map((key) => `${key}: { type: VULTR, name: ${key}, scope: WORKSPACE, token: $TOKEN }`),
  );
  await s.apply();
  for (const key of ["a", "b"]) await s.byHand("DELETE", `/integrations/${s.stored(key).hash_id}`);
  const recreate = ["a", "b", "c"].flatMap((key) => ["--recreate", key]);
  assert.deepEqual((await s.plan(recreate)).changes, ["create a", "create b"]);

  await s.byHand("DELETE", `/integrations/${s.stored("c").hash_id}`);
  const many = await s.plan(recreate);
  assert.deepEqual(
    [many.exit, many.changes],
    [7, ["create a REFUSED threshold", "create b REFUSED threshold", "create c REFUSED threshold"]],
  );
  assert.equal(
    changeOf(many, "create", "a").refused?.message,
    "3 of 4 locked integrations (75 %) would be deleted or replaced; the default limit is 30 % (at least 2, never all)",
  );
  const allowed = await s.plan([...recreate, "--max-deletions", "3"]);
  assert.deepEqual([allowed.exit, allowed.changes], [0, ["create a", "create b", "create c"]]);

  await s.byHand("POST", "/integrations", {
    type: "VULTR",
    name: "a",
    identifier: "a",
    scope: "WORKSPACE",
    token: "t",
  });
  await s.byHand("DELETE", `/integrations/${s.stored("d").hash_id}`);
  await s.byHand("POST", "/integrations", {
    type: "VULTR",
    name: "c",
    identifier: "c",
    scope: "WORKSPACE",
    token: "t",
  });
  // All four locked hashes are gone now, which looks like the wrong workspace.
  assert.deepEqual([(await s.plan()).exit, (await s.plan()).codes], [4, ["all-gone"]]);
});

test("recreating a protected integration that is gone is refused, and the rest is done", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB, `${DB.slice(0, -2)}, lifecycle: { protect: true } }`);
  await s.apply();
  await s.byHand("DELETE", `/integrations/${s.stored("db").hash_id}`);
  await s.writeIntegrations(
    WEB.replace("name: Web", "name: Web 2"),
    `${DB.slice(0, -2)}, lifecycle: { protect: true } }`,
  );
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes], [7, ["done update web", "refused create db"]]);
  assert.equal(s.emulator.stored().length, 1);
  assert.ok((await s.lockedEntry("db")) !== undefined);
});

test("integrations of scope ENVIRONMENT or with unmanaged credentials are never created", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(
    "env: { type: VULTR, name: Env, scope: ENVIRONMENT, token: $TOKEN }",
    "oauth: { type: SLACK, name: Slack, scope: WORKSPACE, lifecycle: { credentials: unmanaged } }",
  );
  const plan = await s.plan();
  assert.deepEqual(
    [plan.exit, plan.changes],
    [7, ["create env REFUSED environment-scope", "create oauth REFUSED unmanaged-credentials"]],
  );
  assert.deepEqual(
    plan.report.plan?.warnings,
    [],
    "no warning says who could use an integration that can't be created",
  );
  const apply = await s.apply();
  assert.deepEqual([apply.exit, s.emulator.stored().length, await s.read("integrations.lock.yaml")], [7, 0, undefined]);
});

everywhere.test(
  "if the server rejects one of twenty integrations, nineteen are created and locked",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    const words = 'Token of "key_07" was not accepted';
    s.emulator.addFault({ kind: "reject", message: words, match: { method: "POST", identifier: "key_07" } });
    const keys = Array.from({ length: 20 }, (_, index) => `key_${String(index).padStart(2, "0")}`);
    await s.writeIntegrations(
      ...keys.map((key) => `${key}: { type: VULTR, name: ${key}, ${inYaml(where)}, token: $TOKEN }`),
    );
    const apply = await s.run(["sync", "--apply"]);
    assert.equal(apply.exit, 5);
    assert.match(
      apply.stdout,
      /\n {2}failed +create {2}key_07 {2}VULTR "key_07" {2}\(.*\)\n {6}POST [^\n]+\n\nApply: 19 done, 1 failed\.\n$/,
    );
    assert.ok(apply.stdout.includes(`the server returned 400: ${words}`));
    assert.equal(s.emulator.stored().length, 19);
    const lock = (await s.read("integrations.lock.yaml")) ?? "";
    assert.equal(lock.match(/hash_id:/g)?.length, 19);
    assert.doesNotMatch(lock, /key_07/);

    s.emulator.clearFaults();
    const rest = await s.apply();
    assert.deepEqual([rest.exit, rest.outcomes], [0, ["done create key_07"]]);
  },
);
