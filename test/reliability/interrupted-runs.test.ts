import assert from "node:assert/strict";
import { everywhere } from "../support/places.ts";
import { stillClock } from "../support/clocks.ts";
import { JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { end, interruptedRun } from "../support/interrupted-run.ts";
import { TEST_VALUES } from "../support/sync-workbench.ts";

// Interrupted runs, and what happens to their remains: changes by people and by other runs, and wrong responses.

everywhere.test(
  "a recreated integration stays locked when its former hash is deleted in the same run",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
    await s.apply(["--allow-replace"]);
    await s.byHand("DELETE", `/integrations/${s.stored("a").hash_id}`);
    const pruned = await s.apply(["--prune", "--recreate", "a", "--max-deletions", "5"]);
    assert.deepEqual([pruned.exit, pruned.outcomes], [0, ["done create a", "done delete a"]]);
    assert.equal((await s.lockedEntry("a"))?.hashId, s.stored("a").hash_id);
  },
);

everywhere.test(
  "a wanted key keeps its entry when its former hash is deleted and its creation is refused",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a", { lifecycle: "{ on_remove: retain }" }), s.sentry("b"));
    await s.apply();
    await s.writeIntegrations(s.rollbar("a", { lifecycle: "{ on_remove: retain }" }), s.sentry("b"));
    await s.apply(["--allow-replace"]);
    await s.byHand("DELETE", `/integrations/${s.stored("a").hash_id}`);
    s.emulator.addFault({ kind: "reject", message: "no", match: { method: "POST" } });
    assert.equal((await s.apply(["--prune", "--recreate", "a", "--max-deletions", "5"])).exit, 5);
    assert.equal((await s.lockedEntry("a"))?.lifecycle.onRemove, "retain");
  },
);

for (const [method, what] of [
  ["GET", "changes nothing in the workspace or the lockfile"],
  ["PATCH", "changes nothing in the workspace, and in the lockfile only what counts as last sent"],
] as const) {
  everywhere.test(`a ${method} that returns another integration ${what}`, async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    const [a, b] = [s.stored("a").hash_id, s.stored("b").hash_id];
    const lock = await s.read(LOCKFILE);
    const body = JSON.stringify(await s.byHand("GET", `/integrations/${b}`));
    const match = { method, pathPattern: `/integrations/${a}$` };
    s.emulator.addFault({ kind: "answer", status: 200, body, match });
    const ran = await s.apply(["--resend", "a", "--only", "a"], { env: { TOKEN: "another" } });
    assert.equal(ran.exit, 5);
    assert.match(ran.stderr + JSON.stringify(ran.report), new RegExp(`can't be read: it is about ${b}`));
    assert.equal(s.stored("b")["token"], TEST_VALUES.TOKEN);
    // Whether the PATCH had an effect isn't known, so its value counts neither as sent nor as not sent.
    const isInDoubt = method === "PATCH";
    const now = await s.read(LOCKFILE);
    assert.equal(now === lock, !isInDoubt);
    const withoutFingerprints = (text = ""): string => text.replaceAll(/hmac-sha256:\S+/g, "…");
    assert.equal(withoutFingerprints(now), withoutFingerprints(lock));
    assert.deepEqual([(await s.lockedEntry("a"))?.hashId, (await s.lockedEntry("b"))?.hashId], [a, b]);
  });
}

everywhere.test("a creation that returns an older integration doesn't count as created", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"));
  await s.apply();
  const lock = await s.read(LOCKFILE);
  const body = JSON.stringify(await s.byHand("GET", `/integrations/${s.stored("a").hash_id}`));
  s.emulator.addFault({ kind: "answer", status: 201, body, match: { method: "POST" } });
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  const ran = await s.apply();
  assert.deepEqual([ran.exit, ran.outcomes], [5, ["unknown create b"]]);
  assert.equal(s.requests().filter((request) => request.startsWith("POST")).length, 2);
  assert.equal(await s.read(LOCKFILE), lock);
});

everywhere.test("a lockfile with one hash under two keys is never written", async (t, where) => {
  const s = await interruptedRun(t, where);
  const hash = await s.made("x");
  const body = JSON.stringify(await s.byHand("GET", `/integrations/${hash}`));
  await s.byHand("DELETE", `/integrations/${hash}`);
  s.emulator.addFault({ kind: "answer", status: 201, body, match: { method: "POST" } });
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  const ran = await s.apply();
  assert.deepEqual([ran.exit, ran.outcomes.toSorted()], [5, ["done create a", "unknown create b"]]);
  assert.equal((await s.read(LOCKFILE))?.split(hash).length, 2);
});

for (const [what, answer] of [
  ["listed and called gone", { status: 404, body: '{"errors":[{"message":"Not found"}]}' }],
  ["shown without its scope", undefined],
] as const) {
  everywhere.test(`the result of a lost creation that is ${what} is not created a second time`, async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"));
    s.emulator.addFault({ kind: "error", status: 503, when: "after", times: 1, match: { method: "POST" } });
    const view = { hash_id: "HASHofA1", type: "SENTRY", name: "a", identifier: "a" };
    if (answer === undefined) {
      s.emulator.addFault({
        kind: "answer",
        status: 200,
        body: JSON.stringify(view),
        match: { pathPattern: "/integrations/." },
      });
      s.emulator.addFault({
        kind: "answer",
        status: 200,
        body: JSON.stringify({ integrations: [view] }),
        // The first list, which is the plan's, is correct.
        after: 1,
        match: { method: "GET", pathPattern: "/integrations$" },
      });
    } else s.emulator.addFault({ kind: "answer", ...answer, match: { method: "GET", pathPattern: "/integrations/." } });
    const ran = await s.apply([], { io: { now: stillClock } });
    assert.equal(s.emulator.stored().length, 1);
    assert.deepEqual(ran.outcomes, [answer === undefined ? "done create a" : "unknown create a"]);
    if (answer === undefined) return;
    s.emulator.clearFaults();
    assert.equal((await s.apply()).exit, 0);
    await s.everyHashIsLocked();
  });
}

everywhere.test(
  "if a resumed replacement is refused, the old integration gets its identifier back",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    const old = s.stored("a").hash_id;
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
    await s.byHand("PATCH", `/integrations/${old}`, { name: "a", identifier: `a_superseded_${old}` });
    await s.journal(s.begin("a", { type: "ROLLBAR", replaces: old }));
    assert.deepEqual((await s.plan()).changes, ["replace a REFUSED needs-allow-replace"]);
    s.emulator.addFault({ kind: "reject", message: "no more", match: { method: "POST" } });
    assert.equal((await s.apply(["--allow-replace"])).exit, 5);
    assert.equal(s.stored("a").hash_id, old);
    assert.deepEqual(
      [(await s.lockedEntry("a"))?.identifier, (await s.lockedEntry("a"))?.formerIdentifiers],
      ["a", []],
    );
  },
);

everywhere.test("if a replacement is interrupted, the old integration gets its identifier back", async (t, where) => {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  await s.apply();
  const old = s.stored("a").hash_id;
  await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
  const interrupt = new AbortController();
  const during: typeof fetch = (input, init) => {
    if (init?.method === "PATCH") interrupt.abort("SIGINT");
    return fetch(input, init);
  };
  await s.apply(["--allow-replace"], { io: { signal: interrupt.signal, fetch: during } });
  assert.equal(s.stored("a").hash_id, old);
  assert.equal(s.emulator.stored().length, 2);
});

everywhere.test(
  "the result of an interrupted creation stays protected or retained, though its block is gone",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("b"));
    await s.apply();
    const [p, r] = [
      s.begin("p", { lifecycle: { protect: true, onRemove: "delete" } }),
      s.begin("r", { lifecycle: { protect: false, onRemove: "retain" } }),
    ];
    await s.journal(p, end(p, await s.made("p")), r, end(r, await s.made("r")));
    await s.apply(["--prune", "--max-deletions", "9"]);
    const ran = await s.apply(["--prune", "--max-deletions", "9"]);
    assert.equal(ran.exit, 7);
    assert.deepEqual(
      s.emulator
        .stored()
        .map(({ identifier }) => identifier)
        .toSorted(),
      ["b", "p", "r"],
    );
    assert.equal((await s.lockedEntry("p"))?.lifecycle.protect, true);
  },
);

everywhere.test(
  "the result of an interrupted creation is shown with its live name, unless a reference may have given it",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("b"));
    await s.apply();
    const a = s.begin("a");
    await s.journal(a, end(a, await s.made("a", { name: "Live name" })));
    for (const format of ["text", "json", "markdown", "github"]) {
      const plan = await s.run(["sync", "--plan", "--format", format, "--out", "plan.json"]);
      // Annotations don't show integrations that are left alone.
      if (format !== "github") assert.ok((plan.stdout + plan.stderr).includes("Live name"), format);
      assert.match((await s.read("plan.json")) ?? "", /"name": "Live name"/);
    }
    await s.apply();
    assert.deepEqual((await s.plan()).changes, ["orphan a"]);
    // A file with a reference in a name is invalid.
    await s.writeIntegrations(s.sentry("b"), s.sentry("a", { name: "$NAME" }));
    assert.deepEqual((await s.plan([], { env: { NAME: "x" } })).exit, 3);
  },
);

for (const known of [true, false]) {
  everywhere.test(
    `the result of an interrupted creation isn't lost when the file imports another one${known ? "" : ", though its hash isn't known"}`,
    async (t, where) => {
      const s = await interruptedRun(t, where);
      await s.writeIntegrations(s.sentry("b"));
      await s.apply();
      const [a, ours, other] = [s.begin("a"), await s.made("a"), await s.made("other")];
      await s.journal(a, ...(known ? [end(a, ours)] : []));
      await s.writeIntegrations(s.sentry("a", { lifecycle: `{ import: ${other} }` }), s.sentry("b"));
      const ran = await s.apply();
      assert.deepEqual([ran.exit, ran.outcomes], [7, ["done record a", "refused conflict a"]]);
      assert.equal((await s.lockedEntry("a"))?.hashId, ours);
      assert.equal(await s.read(JOURNAL), undefined);
    },
  );
}

everywhere.test(
  "the result of an interrupted re-creation isn't lost when the file now wants another type",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    const former = s.stored("a").hash_id;
    await s.byHand("DELETE", `/integrations/${former}`);
    const [a, ours] = [s.begin("a"), await s.made("a")];
    await s.journal(a, end(a, ours));
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
    const ran = await s.apply();
    assert.deepEqual([ran.exit, ran.outcomes], [7, ["done record a", "refused conflict a"]]);
    const entry = await s.lockedEntry("a");
    assert.deepEqual([entry?.hashId, entry?.superseded], [former, [ours]]);
    assert.equal(await s.read(JOURNAL), undefined);
  },
);

everywhere.test(
  "--only leaves the record of another key's interrupted replacement in the journal",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    const old = s.stored("a").hash_id;
    await s.byHand("PATCH", `/integrations/${old}`, { name: "a", identifier: `a_superseded_${old}` });
    await s.made("a", { type: "ROLLBAR" });
    await s.journal(s.begin("a", { type: "ROLLBAR", replaces: old }));
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
    assert.equal((await s.apply(["--only", "b"])).exit, 0);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    await s.everyHashIsLocked();
    assert.equal(await s.read(JOURNAL), undefined);
  },
);

everywhere.test(
  "the results of a first interrupted run are locked before a second run begins anything",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("b"), s.sentry("c"), s.sentry("d"));
    await s.apply();
    const a = s.begin("a");
    const hash = await s.made("a");
    await s.journal(a, end(a, hash));
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"), s.sentry("c"), s.sentry("d"));
    s.emulator.addFault({ kind: "hang", when: "before", match: { method: "PATCH" } });
    const running = s.apply(["--allow-replace"]);
    while (!s.requests().some((request) => request.startsWith("PATCH")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await s.lockedEntry("a"))?.hashId, hash);
    s.emulator.clearFaults();
    await s.emulator.close();
    await running;
    assert.equal((await s.lockedEntry("a"))?.hashId, hash);
  },
);

everywhere.test(
  "a former integration that another key imports doesn't get the identifier of the new one",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    await s.apply();
    const old = s.stored("a").hash_id;
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"));
    await s.apply(["--allow-replace"]);
    await s.writeIntegrations(s.rollbar("a"), s.sentry("b"), s.sentry("old", { lifecycle: `{ import: ${old} }` }));
    const ran = await s.apply();
    assert.equal(ran.exit, 0, ran.stderr);
    assert.equal(s.stored("old").hash_id, old);
    assert.equal(s.stored("a")["type"], "ROLLBAR");
  },
);

everywhere.test(
  "an integration that somebody creates during an apply is noticed by later creations",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
    let time = 0;
    const others: typeof fetch = async (input, init) => {
      if (init?.method === "POST") await s.made("b");
      return fetch(input, init);
    };
    const ran = await s.apply(["--concurrency", "1"], { io: { now: () => (time += 3_000), fetch: others } });
    assert.deepEqual([ran.exit, ran.outcomes], [5, ["done create a", "failed create b"]]);
    assert.equal(s.emulator.stored().length, 2);
  },
);
