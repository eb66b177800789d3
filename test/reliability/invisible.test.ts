import assert from "node:assert/strict";
import { JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { end, interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";
import { everywhere, type Where } from "../support/places.ts";
import type { TestContext } from "node:test";
import { changeOf } from "../support/sync-workbench.ts";

// A token that may not see an integration gets the same 404 as for one that was deleted.

async function withInvisible(t: TestContext, where: Where): Promise<InterruptedRun & { readonly hash: string }> {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  assert.equal((await s.apply()).exit, 0);
  const hash = s.stored("a").hash_id;
  s.emulator.changeSettings({ hidden: [hash] });
  return { ...s, hash };
}

everywhere.test(
  "an integration that this token can't see is never created a second time without a flag",
  async (t, where) => {
    const s = await withInvisible(t, where);
    const lock = await s.read(LOCKFILE);
    for (const flags of [[], ["--allow-replace", "--adopt", "--prune", "--max-deletions", "9"]]) {
      const ran = await s.apply(flags);
      assert.deepEqual([ran.exit, ran.outcomes], [7, ["refused create a"]]);
      const { message, hint } = changeOf(ran, "create", "a").refused ?? { message: "", hint: "" };
      assert.match(message, /can't be found \(404\): it was deleted, or this token can't see it/);
      assert.match(hint ?? "", new RegExp(`--recreate a, or with lifecycle.recreate: ${s.hash}`));
    }
    assert.equal(s.emulator.stored().length, 2);
    assert.equal(await s.read(LOCKFILE), lock);
    // As soon as it is visible again, nothing is left to do.
    s.emulator.changeSettings({ hidden: [] });
    assert.deepEqual((await s.plan()).changes, []);
  },
);

everywhere.test(
  "a hash that returned 404 is read again, at least 2 s later, before anything is planned because of it",
  async (t, where) => {
    const s = await withInvisible(t, where);
    const waits: number[] = [];
    const io = {
      sleep: (ms: number) => {
        waits.push(ms);
        s.emulator.changeSettings({ hidden: [] });
        return Promise.resolve();
      },
    };
    const plan = await s.plan([], { io });
    assert.deepEqual([plan.exit, plan.changes, waits], [0, [], [2_000]]);
    // A key that is no longer in the file: its entry stays too.
    s.emulator.changeSettings({ hidden: [s.hash] });
    await s.writeIntegrations(s.sentry("b"));
    const ran = await s.apply([], { io });
    assert.deepEqual([ran.exit, ran.changes, waits], [0, ["orphan a"], [2_000, 2_000]]);
    assert.equal((await s.lockedEntry("a"))?.hashId, s.hash);
    assert.match(ran.stderr, /waiting 2 s to look again: a can't be found \(404\), which may be temporary/);
  },
);

everywhere.test("an entry is dropped only after a second look", async (t, where) => {
  const s = await withInvisible(t, where);
  await s.writeIntegrations(s.sentry("b"));
  const waits: number[] = [];
  const ran = await s.apply([], { io: { sleep: (ms) => Promise.resolve(void waits.push(ms)) } });
  assert.deepEqual([ran.exit, ran.outcomes, waits], [0, ["done forget a"], [2_000]]);
});

everywhere.test("a recreation is allowed by --recreate, or by the hash in the file", async (t, where) => {
  for (const way of ["flag", "file"]) {
    const s = await withInvisible(t, where);
    const lifecycle = way === "file" ? { lifecycle: `{ recreate: ${s.hash} }` } : {};
    await s.writeIntegrations(s.sentry("a", lifecycle), s.sentry("b"));
    const ran = await s.apply(way === "file" ? [] : ["--recreate", "a"]);
    assert.deepEqual([ran.exit, ran.outcomes], [0, ["done create a"]], way);
    const entry = await s.lockedEntry("a");
    assert.deepEqual(entry?.superseded, [s.hash]);
    // Another hash is locked now, so the line has no effect any more.
    s.emulator.changeSettings({ hidden: [s.hash, entry?.hashId ?? ""] });
    assert.deepEqual((await s.apply()).outcomes, ["refused create a"]);
    assert.equal(s.emulator.stored().length, 3);
  }
});

everywhere.test("--recreate of a key that the file doesn't have is an error", async (t, where) => {
  const s = await withInvisible(t, where);
  const ran = await s.apply(["--recreate", "aa"]);
  assert.deepEqual([ran.exit, ran.codes], [3, ["no-match"]]);
});

everywhere.test(
  "a hash that an interrupted creation returned and that can't be found stays in the journal, and isn't created again",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    const [a, hash] = [s.begin("a"), await s.made("a")];
    await s.journal(a, end(a, hash));
    s.emulator.changeSettings({ hidden: [hash] });
    for (const flags of [[], ["--allow-replace"]]) {
      const ran = await s.apply(flags);
      assert.deepEqual([ran.exit, ran.outcomes.filter((it) => it.endsWith(" a"))], [7, ["refused create a"]]);
      assert.match((await s.read(JOURNAL)) ?? "", new RegExp(`"hash":"${hash}"`));
    }
    s.emulator.changeSettings({ hidden: [] });
    assert.equal((await s.apply()).exit, 0);
    assert.equal(s.emulator.stored().length, 2);
    await s.everyHashIsLocked();
    assert.equal(await s.read(JOURNAL), undefined);
  },
);

everywhere.test("a replacement whose new integration can't be found isn't repeated either", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  await s.apply();
  const old = s.stored("a").hash_id;
  await s.byHand("PATCH", `/integrations/${old}`, { name: "a", identifier: `a_superseded_${old}` });
  const a = s.begin("a", { type: "ROLLBAR", replaces: old });
  const hash = await s.made("a", { type: "ROLLBAR" });
  await s.journal(a, end(a, hash));
  s.emulator.changeSettings({ hidden: [hash] });
  await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
  const ran = await s.apply(["--allow-replace", "--max-deletions", "9"]);
  assert.deepEqual([ran.exit, ran.changes], [7, ["replace a REFUSED needs-recreate"]]);
  s.emulator.changeSettings({ hidden: [] });
  assert.equal((await s.apply(["--allow-replace"])).exit, 0);
  assert.equal(s.emulator.stored().length, 3);
  await s.everyHashIsLocked();
});
