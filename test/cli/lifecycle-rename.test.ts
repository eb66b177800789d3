import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { changeOf, syncWorkbench } from "../support/sync-workbench.ts";

const WEB = block("web", { name: "Web" });
const MOVED = "site: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN, lifecycle: { moved_from: [web] } }";

test("moved_from changes the key in the lockfile, and nothing in the workspace", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const { hash_id: hash } = s.stored("web");
  await s.writeIntegrations(MOVED);
  const plan = await s.plan(["--prune"]);
  assert.deepEqual([plan.exit, plan.changes, changeOf(plan, "rename", "site").from], [0, ["rename site"], "web"]);
  s.requests();
  assert.deepEqual((await s.apply()).outcomes, ["done rename site"]);
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
  assert.equal(await s.lockedEntry("web"), undefined);
  const entry = await s.lockedEntry("site");
  assert.deepEqual([entry?.hashId, entry?.identifier], [hash, "web"]);
  assert.deepEqual((await s.plan()).changes, []);
});

test("one run renames and updates the same integration", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  await s.writeIntegrations(MOVED.replace("name: Web", "name: Site"));
  assert.deepEqual((await s.apply()).outcomes, ["done rename site", "done update site"]);
  assert.equal(s.stored("web").name, "Site");
});

test("a rename after the lockfile was lost creates nothing", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  await s.writeIntegrations(MOVED);
  await s.apply();
  await s.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  assert.equal((await s.apply()).exit, 0);
  assert.deepEqual([s.emulator.stored().length, (await s.lockedEntry("site"))?.hashId], [1, s.stored("web").hash_id]);
});

test("a deletion and a creation that look like a rename give a warning", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  await s.writeIntegrations("site: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN }");
  const plan = await s.plan();
  assert.deepEqual(plan.changes, ["create site", "orphan web"]);
  const warning = plan.report.plan?.warnings.find(({ code }) => code === "looks-like-a-rename");
  assert.deepEqual(
    [warning?.message, warning?.hint],
    [
      "is new, and web is no longer in the file: is it the same integration under another key?",
      "then give site lifecycle.moved_from: [web]",
    ],
  );
});

test("a change of only the lockfile is recorded, and counts as a change", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  await s.writeIntegrations(WEB.replace(" }", ", lifecycle: { protect: true, on_remove: retain } }"));
  const plan = await s.plan(["--detailed-exitcode"]);
  assert.deepEqual([plan.exit, plan.changes], [2, ["record web"]]);
  assert.deepEqual(changeOf(plan, "record", "web").details, [
    { path: "lifecycle.on_remove", before: "delete", after: "retain" },
    { path: "lifecycle.protect", before: false, after: true },
  ]);
  s.requests();
  assert.deepEqual((await s.apply()).outcomes, ["done record web"]);
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
  const entry = await s.lockedEntry("web");
  assert.deepEqual(entry?.lifecycle, { protect: true, onRemove: "retain" });
});

test("an unchanged integration is kept: no write, and the same lockfile", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const lock = await s.read("integrations.lock.yaml");
  s.requests();
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes, apply.report.plan?.summary.keep], [0, [], 1]);
  assert.deepEqual(
    s.requests().map((request) => request.split(" ")[0]),
    ["GET"],
  );
  assert.equal(await s.read("integrations.lock.yaml"), lock);
  const text = await s.run(["sync", "--apply"]);
  assert.match(text.stdout, /\nPlan: nothing to do; 1 unchanged\.\n/);
  assert.match(text.stdout, /\nApply: nothing to do\.\n$/);
});

test("if a block gets another key and keeps its identifier, the refusal names moved_from, which then renames it", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web", { identifier: "site" }));
  await s.apply();
  const hash = s.stored("site").hash_id;
  for (const lifecycle of ["{}", `{ import: ${hash} }`]) {
    await s.writeIntegrations(block("page", { identifier: "site", lifecycle }));
    const plan = await s.plan();
    assert.deepEqual(plan.changes, ["orphan web", "conflict page REFUSED conflict"]);
    assert.match(
      changeOf(plan, "conflict", "page").refused.hint ?? "",
      /^if web is its former key, write lifecycle\.moved_from: \[web\] here, and leave out the block of web; otherwise /,
    );
  }
  await s.writeIntegrations(block("page", { identifier: "site", lifecycle: "{ moved_from: [web] }" }));
  assert.deepEqual((await s.apply()).outcomes, ["done rename page", "done update page"]);
  assert.equal((await s.lockedEntry("page"))?.hashId, hash);
});
