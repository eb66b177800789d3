import assert from "node:assert/strict";
import { test } from "node:test";
import { JOURNAL } from "../support/desired-file.ts";
import { interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";
import { everywhere, type Where } from "../support/places.ts";
import type { SyncRun } from "../support/sync-workbench.ts";

// Servers that change or ignore identifiers, and lost responses.

const creations = (s: InterruptedRun): number => s.requests().filter((request) => request.startsWith("POST")).length;

const WORKSPACE: Where = { scope: "WORKSPACE", list: "new" };

async function lostOnSuffixingServer(s: InterruptedRun): Promise<SyncRun> {
  s.emulator.changeSettings({ identifiers: "suffixed" });
  s.emulator.addFault({ kind: "reset", when: "after", times: 1, match: { method: "POST" } });
  s.requests();
  return s.apply(["--concurrency", "1"]);
}

const DOUBT =
  /the response to its creation was lost, and (\w+) has appeared since, with the same type and name but another identifier: it may be the new integration/;

everywhere.test(
  "if the server changes identifiers and a response is lost, one creation is sent and its result is reported as doubtful; the others go on",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    const ran = await lostOnSuffixingServer(s);
    assert.deepEqual([ran.exit, ran.outcomes, creations(s)], [5, ["unknown create a", "done create b"], 2]);
    const hash = s.stored("a_2").hash_id;
    assert.equal(DOUBT.exec(ran.stderr)?.[1], hash);
    assert.ok(ran.stderr.includes(`import a ${hash}`) && ran.stderr.includes("--recreate a"), ran.stderr);

    // Later runs report the same, and send nothing for this key until somebody decides.
    for (let run = 1; run <= 2; run += 1) {
      const later = await s.apply();
      assert.deepEqual([later.exit, later.outcomes, creations(s)], [5, ["refused create a"], 0]);
      assert.match(JSON.stringify(later.report), new RegExp(DOUBT.source));
      assert.match((await s.read(JOURNAL)) ?? "", /"kind":"begin"/);
    }
    const plan = await s.plan();
    assert.deepEqual([plan.exit, plan.changes], [7, ["create a REFUSED doubtful-creation"]]);
  },
);

everywhere.test("after `import` of a doubtful integration that is ours, the apply succeeds", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  await lostOnSuffixingServer(s);
  const hash = s.stored("a_2").hash_id;
  assert.equal((await s.run(["import", "a", hash])).exit, 0);
  assert.equal((await s.lockedEntry("a"))?.hashId, hash);
  assert.equal((await s.apply(["--assume-sent"])).exit, 0);
  assert.deepEqual((await s.apply()).exit, 0);
  assert.equal(s.emulator.stored().length, 2);
  await s.everyHashIsLocked();
  assert.equal(await s.read(JOURNAL), undefined);
});

everywhere.test(
  "with --recreate, a doubtful integration of somebody else is left alone, and a new one is created",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.journal(s.begin("a", { name: "a", alike: [] }));
    const stranger = await s.made("theirs", { name: "a" });
    assert.deepEqual((await s.apply()).exit, 5);
    const ran = await s.apply(["--recreate", "a"]);
    assert.deepEqual([ran.exit, ran.outcomes], [0, ["done create a"]]);
    assert.equal(s.emulator.stored().length, 3);
    assert.notEqual((await s.lockedEntry("a"))?.hashId, stranger);
    assert.deepEqual([(await s.apply()).exit, await s.read(JOURNAL)], [0, undefined]);
  },
);

everywhere.test(
  "an integration that existed before, belongs to a key, or has another type or place isn't doubtful",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("owned", { name: "a" }));
    await s.apply();
    const before = await s.made("before", { name: "a" });
    await s.made("other", { name: "a", type: "ROLLBAR" });
    const place =
      where.scope === "WORKSPACE" ? { scope: "PROJECT", project_name: "my-project" } : { scope: "WORKSPACE" };
    await s.made("elsewhere", { name: "a", project_name: undefined, ...place });
    await s.writeIntegrations(s.sentry("owned", { name: "a" }), s.sentry("a"));
    await s.journal(s.begin("a", { name: "a", alike: [before] }));
    const ran = await s.apply();
    assert.deepEqual([ran.exit, ran.outcomes], [0, ["done create a"]]);
  },
);

test("an integration that another creation of the run returns isn't doubtful, even if that response comes late", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  // The first request is lost before the server creates anything. The second response comes late.
  s.emulator.changeSettings({ identifiers: "suffixed" });
  s.emulator.addFault({ kind: "reset", when: "before", nth: 1, match: { method: "POST" } });
  s.emulator.addFault({ kind: "latency", ms: 300, nth: 2, match: { method: "POST" } });
  await s.writeIntegrations(s.sentry("a", { name: "same" }), s.sentry("b", { name: "same" }));
  const ran = await s.apply(["--concurrency", "2"]);
  assert.equal(ran.exit, 5);
  assert.doesNotMatch(ran.stderr, DOUBT);
  assert.equal(s.emulator.stored().length, 1);
  assert.equal((await s.apply()).exit, 0);
  assert.equal(s.emulator.stored().length, 2);
  await s.everyHashIsLocked();
});

everywhere.test("a doubtful replacement is finished by importing the new integration", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  await s.apply();
  const old = s.stored("a").hash_id;
  await s.byHand("PATCH", `/integrations/${old}`, { name: "a", identifier: `a_superseded_${old}` });
  await s.journal(s.begin("a", { type: "ROLLBAR", replaces: old, name: "a", alike: [] }));
  const hash = await s.made("a_2", { type: "ROLLBAR", name: "a" });
  await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
  const ran = await s.apply(["--allow-replace"]);
  assert.deepEqual([ran.exit, ran.changes], [5, ["replace a REFUSED doubtful-creation"]]);
  assert.equal((await s.run(["import", "a", hash])).exit, 0);
  const entry = await s.lockedEntry("a");
  assert.deepEqual([entry?.hashId, entry?.superseded, await s.read(JOURNAL)], [hash, [old], undefined]);
});

everywhere.test(
  "a doubtful creation of a key that the file no longer names stays in the journal, with a warning",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("b"));
    await s.journal(s.begin("a", { name: "a", alike: [] }));
    const hash = await s.made("a_2", { name: "a" });
    for (let run = 1; run <= 2; run += 1) {
      const ran = await s.apply();
      assert.equal(ran.exit, 0);
      const warned = ran.report.plan?.warnings.filter(({ code }) => code === "unresolved-creation") ?? [];
      assert.ok(warned[0]?.key === "a" && warned[0].message.includes(hash), JSON.stringify(warned));
      assert.match((await s.read(JOURNAL)) ?? "", /"key":"a"/);
    }
  },
);

test("a limit: without the journal, a second integration is created on a server that changes identifiers; the plan names the first", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("a"));
  await lostOnSuffixingServer(s);
  await s.write(JOURNAL, "");
  const hash = s.stored("a_2").hash_id;
  const plan = await s.plan();
  assert.deepEqual(plan.changes, ["create a"]);
  const [warning] = plan.report.plan?.warnings.filter(({ code }) => code === "unowned-twin") ?? [];
  assert.ok(warning?.message.includes(hash) && warning.hint.includes(`import a ${hash}`));
});

everywhere.test(
  "a run sends one POST per key, unless the request can't have arrived or the server returned 429",
  async (t, where) => {
    const cases = [
      ["refused connections", { kind: "throw", code: "ECONNREFUSED" }, 2],
      ["no address", { kind: "throw", code: "ENOTFOUND" }, 2],
      ["a certificate that isn't trusted", { kind: "throw", code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, 2],
      ["a reset", { kind: "throw", code: "ECONNRESET" }, 1],
      ["no route, which an open connection can meet too", { kind: "throw", code: "EHOSTUNREACH" }, 1],
      ["a server error", { kind: "status", status: 500 }, 1],
      ["a rejection", { kind: "status", status: 400 }, 1],
    ] as const;
    for (const [what, fault, most] of cases) {
      const s = await interruptedRun(t, where);
      await s.writeIntegrations(s.sentry("a"));
      let posts = 0;
      const failing: typeof fetch = (input, init) => {
        if (init?.method !== "POST") return fetch(input, init);
        posts += 1;
        if (fault.kind === "status") return Promise.resolve(Response.json({ errors: [] }, { status: fault.status }));
        return Promise.reject(
          new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: fault.code }) }),
        );
      };
      const ran = await s.apply([], { io: { fetch: failing } });
      assert.deepEqual([ran.exit, posts], [5, most], what);
      const stays = most === 1 && what !== "a rejection";
      assert.equal((await s.read(JOURNAL)) !== undefined, stays, what);
      assert.equal((await s.apply()).exit, 0, what);
      assert.equal(s.emulator.stored().length, 1);
    }
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"));
    s.emulator.addFault({ kind: "rate-limit", times: 2, match: { method: "POST" } });
    s.requests();
    assert.deepEqual([(await s.apply()).exit, creations(s)], [0, 3]);
  },
);
