import assert from "node:assert/strict";
import type { CliResult } from "../support/workbench.ts";
import { JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { end, interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";
import { everywhere } from "../support/places.ts";

/** Runs `recover`, and checks that it only sends GET. */
async function recover(s: InterruptedRun, ...args: readonly string[]): Promise<CliResult> {
  s.requests();
  const ran = await s.run(["recover", ...args]);
  assert.deepEqual(
    s.requests().filter((request) => !request.startsWith("GET ")),
    [],
  );
  return ran;
}

everywhere.test("an integration whose response arrived before the interruption is locked", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  const begun = s.begin("a");
  const hash = await s.made("a");
  await s.journal(begun, end(begun, hash));
  const ran = await recover(s);
  assert.equal(ran.exit, 0, ran.stderr);
  assert.equal((await s.lockedEntry("a"))?.hashId, hash);
  assert.equal(await s.read(JOURNAL), undefined);
  assert.match(ran.stderr, /adopted a /);
  assert.match(ran.stderr, /Next: commit integrations\.lock\.yaml/);
  // The next apply makes the other changes of the file.
  assert.equal(s.emulator.stored().length, 1);
  const { changes } = await s.plan();
  assert.deepEqual(changes, ["update a token:never-sent", "create b"]);
});

everywhere.test("an integration whose response was lost is found by its identifier and locked", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"));
  await s.journal(s.begin("a", { at: Date.now(), name: "a", alike: [] }));
  const hash = await s.made("a");
  const ran = await recover(s);
  assert.equal(ran.exit, 0, ran.stderr);
  assert.equal((await s.lockedEntry("a"))?.hashId, hash);
  assert.equal(await s.read(JOURNAL), undefined);
});

everywhere.test(
  "a creation that never took effect stays in the journal, and the run exits with 5",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"));
    await s.journal(s.begin("a", { at: Date.now() - 1000, name: "a", alike: [] }));
    const before = await s.read(JOURNAL);
    const ran = await recover(s, "--settle", "5");
    assert.equal(ran.exit, 5);
    assert.match(ran.stderr, /error \[interrupted-create\]: it isn't known whether a was created/);
    assert.equal(await s.read(JOURNAL), before);
    assert.equal(await s.read(LOCKFILE), undefined);
    assert.equal((await s.apply()).exit, 0);
    assert.equal(s.emulator.stored().length, 1);
    await s.everyHashIsLocked();
  },
);

everywhere.test("an integration whose key the file no longer names is locked too", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("b"));
  const begun = s.begin("a");
  const hash = await s.made("a");
  await s.journal(begun, end(begun, hash));
  const ran = await recover(s);
  assert.equal(ran.exit, 0, ran.stderr);
  assert.equal((await s.lockedEntry("a"))?.hashId, hash);
  assert.equal(await s.read(JOURNAL), undefined);
});

everywhere.test("locking needs neither the values of variables nor the key for fingerprints", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"));
  const begun = s.begin("a");
  const hash = await s.made("a");
  await s.journal(begun, end(begun, hash));
  const { exit, stderr } = await s.run(["recover"], { env: { TOKEN: undefined, BUDDY_INTEGRATIONS_KEY: undefined } });
  assert.equal(exit, 0, stderr);
  assert.equal((await s.lockedEntry("a"))?.hashId, hash);
});

everywhere.test("an unverified claim of the journal is neither locked nor dropped", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"));
  const begun = s.begin("a");
  const hash = await s.made("another", { identifier: "another" });
  await s.journal(begun, end(begun, hash));
  const ran = await recover(s);
  assert.equal(ran.exit, 5, ran.stderr);
  assert.notEqual(await s.read(JOURNAL), undefined);
  assert.equal(await s.read(LOCKFILE), undefined);
});

everywhere.test("without a journal, recover sends no request and needs no token", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"));
  s.requests();
  const { exit, stderr } = await s.run(["recover"], { env: { BUDDY_TOKEN: undefined } });
  assert.deepEqual([exit, s.requests()], [0, []]);
  assert.match(stderr, /nothing to recover/);
});
