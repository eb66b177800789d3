import assert from "node:assert/strict";
import { test } from "node:test";
import { fileOf, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const vultr = (key: string, more = ""): string =>
  `${key}: { type: VULTR, name: ${key}, scope: WORKSPACE, token: $TOKEN${more} }`;
const dropping = (removed: string, ...blocks: readonly string[]): string =>
  `removed: [${removed}]\n${fileOf(...blocks)}`;

async function applied(t: Parameters<typeof syncWorkbench>[0], ...blocks: readonly string[]): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...blocks);
  await s.apply();
  return s;
}

test("a key in `removed` is dropped from management in one run, and its integration stays unchanged", async (t) => {
  const s = await applied(t, vultr("web"), vultr("db"));
  const before = s.emulator.stored();
  await s.write("integrations.yaml", dropping("web", vultr("db")));
  const plan = await s.plan(["--prune", "--out", "plan.json"]);
  assert.deepEqual(plan.changes, ["forget web"]);
  const ran = await s.apply(["--prune", "--expect", "plan.json"]);
  assert.deepEqual([ran.exit, ran.outcomes], [0, ["done forget web"]]);
  assert.deepEqual(s.emulator.stored(), before);
  assert.equal(await s.lockedEntry("web"), undefined);
  assert.deepEqual((await s.plan()).changes, [], "the key may stay in the list");
});

test("the reason of a dropped key is in the plan's text and hash", async (t) => {
  const s = await applied(t, vultr("web", ", lifecycle: { on_remove: retain }"), vultr("db"));
  const planned = async (text: string) => {
    await s.write("integrations.yaml", text);
    return { report: (await s.plan()).report, text: (await s.run(["sync", "--plan"])).stdout };
  };
  const removed = await planned(dropping("web", vultr("db")));
  const retained = await planned(fileOf(vultr("db")));
  const why = (each: typeof removed) =>
    each.report.plan?.changes.flatMap((change) => (change.action === "forget" ? [change.why] : []));
  assert.deepEqual([why(removed), why(retained)], [["removed"], ["retain"]]);
  assert.notEqual(removed.report.plan?.hash, retained.report.plan?.hash);
  assert.match(removed.text, /stays in the workspace; `removed` drops it from the lockfile/);
});

test("`removed` may name a protected key, and a key that isn't in the lockfile is ignored", async (t) => {
  const s = await applied(t, vultr("web", ", lifecycle: { protect: true }"), vultr("db"));
  await s.write("integrations.yaml", dropping("web, never-seen", vultr("db")));
  const ran = await s.apply(["--prune"]);
  assert.deepEqual([ran.exit, ran.outcomes, s.emulator.stored().length], [0, ["done forget web"], 2]);
});

test("dropping a key is the same change offline, and if its integration is gone", async (t) => {
  const s = await applied(t, vultr("web"), vultr("db"));
  await s.write("integrations.yaml", dropping("web", vultr("db")));
  assert.deepEqual((await s.plan(["--offline"])).changes, ["forget web"]);
  await s.byHand("DELETE", `/integrations/${s.stored("web").hash_id}`);
  const plan = await s.plan();
  assert.deepEqual(
    plan.report.plan?.changes.flatMap((change) => (change.action === "forget" ? [change.why] : [])),
    ["removed"],
  );
});

test("a key in both `removed` and `integrations` is an error, and no request is sent", async (t) => {
  const s = await applied(t, vultr("web"));
  await s.write("integrations.yaml", dropping("web", vultr("web")));
  s.requests();
  const ran = await s.apply();
  assert.deepEqual([ran.exit, ran.codes], [3, ["removed-and-wanted"]]);
  assert.deepEqual(s.requests(), []);
  assert.match((await s.read(LOCKFILE)) ?? "", /web/);
});

const renamed = (name: string): string =>
  `site: { type: VULTR, name: ${name}, scope: WORKSPACE, identifier: web, token: $TOKEN }`;

test("a dropped integration may be adopted under another key in the same run, and the lockfile never has it twice", async (t) => {
  const s = await applied(t, vultr("web"), vultr("db"));
  const { hash_id: hash } = s.stored("web");
  await s.write("integrations.yaml", dropping("web", renamed("web"), vultr("db")));
  const plan = await s.plan(["--out", "plan.json"]);
  assert.deepEqual(plan.changes, ["adopt site", "update site token:never-sent", "forget web"]);
  assert.deepEqual(
    plan.report.plan?.warnings.map(({ code, key }) => [code, key]),
    [["adopts-forgotten", "site"]],
  );
  const ran = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual([ran.exit, ran.outcomes], [0, ["done adopt site", "done update site", "done forget web"]]);
  assert.deepEqual([await s.lockedEntry("web"), (await s.lockedEntry("site"))?.hashId], [undefined, hash]);
  assert.deepEqual((await s.plan()).changes, []);
});

test("one run decides as two of which the first one only drops the key: an integration that differs is left alone", async (t) => {
  const s = await applied(t, vultr("web"), vultr("db"));
  const before = s.emulator.stored();
  await s.write("integrations.yaml", dropping("web", renamed("Site"), vultr("db")));
  const first = await s.apply();
  assert.deepEqual([first.exit, first.outcomes], [7, ["refused adopt site", "done forget web"]]);
  const second = await s.apply();
  assert.deepEqual([second.exit, second.outcomes], [7, ["refused adopt site"]]);
  assert.deepEqual(s.emulator.stored(), before);
});
