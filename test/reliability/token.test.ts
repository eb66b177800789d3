import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { parseLockfile } from "../../src/checkout/lockfile/read.ts";
import { clockPastPlan, stillClock } from "../support/clocks.ts";
import { sampleOf } from "../support/effort.ts";
import { block, JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncRun, type SyncWorkbench } from "../support/sync-workbench.ts";

// A token that is made for one CI job lives for minutes: it may expire in the middle of an apply.

const FLAGS = ["--allow-replace", "--prune", "--max-deletions", "99"];

const sentry = (key: string, fields: Readonly<Record<string, string>> = {}): string =>
  block(key, { type: "SENTRY", ...fields });
const bench = (t: TestContext): Promise<SyncWorkbench> => syncWorkbench(t, { unique: "none" });
const expired = { kind: "error", status: 401, message: "Token expired" } as const;

const byKey = (s: SyncWorkbench): string[] =>
  s.emulator
    .stored()
    .map(({ identifier, name, type }) => `${identifier.replace(/_superseded_.*/, " (old)")} ${name} ${type}`)
    .toSorted();

/** Each key of the lockfile has its own live integration, and no identifier exists twice. */
async function assertOneEach(s: SyncWorkbench, details: string): Promise<void> {
  const lock = parseLockfile(LOCKFILE, (await s.read(LOCKFILE)) ?? "");
  const [section] = lock.ok ? lock.value.sections.values() : [];
  const locked = [...(section ?? [])].map(([key, { hashId }]) => `${key} ${hashId}`);
  const live = s.emulator.stored().filter(({ identifier }) => !identifier.includes("_superseded_"));
  assert.deepEqual(locked, live.map(({ identifier, hash_id }) => `${identifier} ${hash_id}`).toSorted(), details);
}

/** An apply with a new token does the rest, and leaves nothing to do. */
async function assertFinished(s: SyncWorkbench, details: string): Promise<void> {
  s.emulator.clearFaults();
  const again = await s.apply(FLAGS);
  assert.equal(again.exit, 0, `${details}\nand then\n${JSON.stringify(again.report, null, 2)}`);
  await assertOneEach(s, details);
  assert.equal(await s.read(JOURNAL), undefined, details);
  const plan = await s.plan(["--detailed-exitcode"]);
  assert.deepEqual([plan.exit, plan.changes.filter((change) => !change.startsWith("orphan"))], [0, []], details);
}

const tokenRefusal = ({ report }: SyncRun): string | undefined =>
  report.diagnostics.find(({ code }) => code === "token-refused")?.message;

test("if the token expires between creations, what was created is locked, and nothing new is started", async (t) => {
  const s = await bench(t);
  await s.writeIntegrations(...["a", "b", "c", "d", "e"].map((key) => sentry(key)));
  s.emulator.addFault({ ...expired, after: 2, match: { method: "POST" } });
  const ran = await s.apply(["--concurrency", "1"]);
  assert.deepEqual(
    [ran.exit, ran.outcomes, ran.codes],
    [
      4,
      ["done create a", "done create b", "failed create c", "not-started create d", "not-started create e"],
      ["token-refused"],
    ],
  );
  const [diagnostic] = ran.report.diagnostics;
  assert.equal(
    diagnostic?.message,
    "the token was refused in the middle of the apply (has it expired?): 2 changes are done and 3 are not",
  );
  assert.equal(diagnostic.hint, "apply again with a new token to do the rest");
  assert.match(ran.report.outcomes?.[2]?.message ?? "", /the server returned 401: Token expired$/);
  assert.deepEqual(s.requests().slice(-3), Array(3).fill("POST /workspaces/my-company/integrations"));
  await assertOneEach(s, ran.stderr);
  assert.equal(await s.read(JOURNAL), undefined);
  await assertFinished(s, ran.stderr);
  assert.deepEqual(byKey(s), ["a a SENTRY", "b b SENTRY", "c c SENTRY", "d d SENTRY", "e e SENTRY"]);
});

test("if the token expires between updates, the lockfile has the values of the finished ones", async (t) => {
  const s = await bench(t);
  const keys = ["a", "b", "c"];
  await s.writeIntegrations(...keys.map((key) => sentry(key)));
  await s.apply();
  await s.writeIntegrations(...keys.map((key) => sentry(key, { name: "new" })));
  s.emulator.addFault({ ...expired, after: 1, match: { method: "PATCH" } });
  const ran = await s.apply(["--concurrency", "1"]);
  assert.deepEqual([ran.exit, ran.outcomes], [4, ["done update a", "failed update b", "not-started update c"]]);
  assert.equal(s.requests().filter((request) => request.startsWith("PATCH")).length, 2);
  const names = await Promise.all(keys.map(async (key) => (await s.lockedEntry(key))?.lastSent.get("name")));
  assert.deepEqual(names, ["new", "b", "c"]);
  await assertFinished(s, ran.stderr);
  assert.deepEqual(byKey(s), ["a new SENTRY", "b new SENTRY", "c new SENTRY"]);
});

test("if the token is refused at the first write, nothing is changed", async (t) => {
  const s = await bench(t);
  await s.writeIntegrations(sentry("a"), sentry("b"));
  s.emulator.addFault({ ...expired, after: 1, match: { method: "GET", pathPattern: "/integrations$" } });
  const ran = await s.apply(["--concurrency", "1"], { io: { now: clockPastPlan(s.emulator) } });
  assert.deepEqual([ran.exit, ran.outcomes], [4, ["failed create a", "not-started create b"]]);
  assert.match(tokenRefusal(ran) ?? "", /: 0 changes are done and 2 are not$/);
  assert.deepEqual([byKey(s), await s.read(LOCKFILE), await s.read(JOURNAL)], [[], undefined, undefined]);
  await assertFinished(s, ran.stderr);
});

test("if the token expires after any number of requests, the next apply finishes the job, with one integration per key", async (t) => {
  // Planning sends the same requests at any concurrency.
  const cases = [
    [1, 0],
    [4, 5],
  ] as const;
  for (const [concurrency, first] of sampleOf(cases)) {
    for (let requests = first; ; requests += 1) {
      const s = await bench(t);
      await s.writeIntegrations(sentry("gone"), sentry("kept"), sentry("moved"), sentry("renamed"));
      await s.apply();
      await s.writeIntegrations(
        sentry("kept"),
        sentry("moved", { type: "ROLLBAR" }),
        sentry("renamed", { name: "other" }),
        sentry("made"),
        sentry("also_made"),
      );
      s.requests();
      s.emulator.addFault({ ...expired, after: requests });
      const ran = await s.apply([...FLAGS, "--concurrency", String(concurrency)]);
      const details = `after ${requests} requests, ${concurrency} at once: ${JSON.stringify(ran.report, null, 2)}`;
      const more = s.requests().length - requests;
      if (more <= 0) {
        assert.equal(ran.exit, 0, details);
        break;
      }
      assert.equal(ran.exit, 4, details);
      const isPlanned = ran.report.outcomes !== undefined;
      // After the first 401, no request is started; others may have been sent before.
      if (isPlanned) assert.ok(more <= concurrency, details);
      assert.deepEqual(ran.codes.includes("token-refused"), isPlanned, details);
      await assertFinished(s, details);
      // A later run with --prune deletes the old one, too.
      assert.deepEqual(
        byKey(s).filter((line) => !line.includes("(old)")),
        [
          "also_made also_made SENTRY",
          "kept kept SENTRY",
          "made made SENTRY",
          "moved moved ROLLBAR",
          "renamed other SENTRY",
        ],
        details,
      );
      await s.emulator.close();
    }
  }
});

test("if the token expires within a replacement, the old integration is named, and the next apply finishes the replacement", async (t) => {
  const s = await bench(t);
  await s.writeIntegrations(sentry("a"), sentry("b"));
  await s.apply();
  const old = s.stored("a").hash_id;
  await s.writeIntegrations(sentry("a", { type: "ROLLBAR" }), sentry("b"));
  s.requests();
  s.emulator.addFault({ ...expired, match: { method: "POST" } });
  const ran = await s.apply(["--allow-replace"]);
  assert.deepEqual([ran.exit, ran.outcomes], [4, ["failed replace a"]]);
  // The token can't restore the identifier either, so the run doesn't try.
  assert.deepEqual(
    s.requests().filter((request) => !request.startsWith("GET")),
    [`PATCH /workspaces/my-company/integrations/${old}`, "POST /workspaces/my-company/integrations"],
  );
  const [outcome] = ran.report.outcomes ?? [];
  assert.ok(outcome !== undefined && "hint" in outcome);
  assert.equal(
    outcome.hint,
    `the old integration ${old} may still have its temporary identifier; the next apply fixes that`,
  );
  assert.equal((await s.lockedEntry("a"))?.hashId, old);
  assert.deepEqual(byKey(s), ["a (old) a SENTRY", "b b SENTRY"]);
  await assertFinished(s, ran.stderr);
  assert.deepEqual(byKey(s), ["a (old) a SENTRY", "a a ROLLBAR", "b b SENTRY"]);
});

test("if a refused token interrupts a replacement that is then given up, the old integration gets its identifier back", async (t) => {
  const s = await bench(t);
  await s.writeIntegrations(sentry("a"), sentry("b"));
  await s.apply();
  await s.writeIntegrations(sentry("a", { type: "ROLLBAR" }), sentry("b"));
  s.emulator.addFault({ ...expired, match: { method: "POST" } });
  const ran = await s.apply(["--allow-replace"]);
  await s.writeIntegrations(sentry("a"), sentry("b"));
  await assertFinished(s, ran.stderr);
  assert.deepEqual(byKey(s), ["a a SENTRY", "b b SENTRY"]);
});

test("a 401 after a lost attempt to set the old integration aside says that the attempt may have succeeded", async (t) => {
  const s = await bench(t);
  await s.writeIntegrations(sentry("a"), sentry("b"));
  await s.apply();
  await s.writeIntegrations(sentry("a", { type: "ROLLBAR" }), sentry("b"));
  s.emulator.addFault({ kind: "reset", when: "after", match: { method: "PATCH" }, times: 1 });
  s.emulator.addFault({ ...expired, match: { method: "PATCH" } });
  const ran = await s.apply(["--allow-replace"]);
  assert.deepEqual([ran.exit, ran.outcomes], [4, ["failed replace a"]]);
  const [outcome] = ran.report.outcomes ?? [];
  assert.ok(outcome !== undefined && "hint" in outcome);
  assert.match(
    outcome.message ?? "",
    /401: Token expired; an earlier attempt got no clear response, and may have succeeded/,
  );
  assert.match(String(outcome.hint), /may still have its temporary identifier; the next apply fixes that$/);
  assert.deepEqual(byKey(s), ["a (old) a SENTRY", "b b SENTRY"]);
  await assertFinished(s, ran.stderr);
});

for (const isReplacement of [false, true]) {
  test(`after a 401 while a lost ${isReplacement ? "replacement" : "creation"} is looked up, the journal keeps it, and the next apply finds it`, async (t) => {
    const s = await bench(t);
    await s.writeIntegrations(sentry("b"), ...(isReplacement ? [sentry("a")] : []));
    await s.apply();
    await s.writeIntegrations(sentry("a", { type: "ROLLBAR" }), sentry("b"), sentry("c"));
    s.emulator.addFault({ kind: "reset", when: "after", match: { method: "POST", identifier: "a" } });
    const list = { method: "GET", pathPattern: "/integrations$" };
    s.emulator.addFault({ ...expired, match: list, after: 1 });
    const ran = await s.apply(["--allow-replace", "--only", "a"], { io: { now: stillClock } });
    assert.deepEqual([ran.exit, ran.outcomes], [4, [`unknown ${isReplacement ? "replace" : "create"} a`]]);
    assert.match(tokenRefusal(ran) ?? "", /: 0 changes are done and 1 is not$/);
    if (isReplacement) {
      const [outcome] = ran.report.outcomes ?? [];
      assert.ok(outcome !== undefined && "hint" in outcome);
      assert.match(String(outcome.hint), /^the new integration may exist.*finishes the replacement$/);
    }
    assert.match((await s.read(JOURNAL)) ?? "", /"kind":"begin"/);
    assert.equal(s.requests().filter((request) => request.startsWith("POST")).length, isReplacement ? 3 : 2);
    await assertFinished(s, ran.stderr);
    const rest = ["a a ROLLBAR", "b b SENTRY", "c c SENTRY"];
    assert.deepEqual(byKey(s), isReplacement ? ["a (old) a SENTRY", ...rest] : rest);
  });
}

test("after a refused token, waiting retries are not sent", async (t) => {
  const s = await bench(t);
  await s.writeIntegrations(sentry("a"), sentry("b"));
  await s.apply();
  await s.writeIntegrations(sentry("a", { name: "new" }), sentry("b", { name: "new" }));
  const [a, b] = [s.stored("a").hash_id, s.stored("b").hash_id];
  s.emulator.addFault({ kind: "error", match: { method: "PATCH", path: a } });
  s.emulator.addFault({ kind: "latency", ms: 50, match: { method: "PATCH", path: b } });
  s.emulator.addFault({ ...expired, match: { method: "PATCH", path: b } });
  s.requests();
  const untilStopped = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted !== false) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  const ran = await s.apply([], { io: { sleep: untilStopped } });
  assert.deepEqual([ran.exit, ran.outcomes], [4, ["failed update a", "failed update b"]]);
  assert.deepEqual(
    s
      .requests()
      .filter((request) => request.startsWith("PATCH"))
      .toSorted(),
    [a, b].map((hash) => `PATCH /workspaces/my-company/integrations/${hash}`).toSorted(),
  );
  await assertFinished(s, ran.stderr);
});

test("a refused token is reported in every format, with what is left to do", async (t) => {
  const s = await bench(t);
  const [message, hint] = [/the token was refused in the middle.*1 change is done and 2 are not/, /with a new token/];
  for (const [format, stream] of [
    ["text", "stderr"],
    ["markdown", "stdout"],
    ["github", "stdout"],
  ] as const) {
    s.emulator.addFault({ ...expired, after: 1, match: { method: "POST" } });
    await s.writeIntegrations(...[1, 2, 3].map((number) => sentry(`${format}_${number}`)));
    const ran = await s.run(["sync", "--apply", "--concurrency", "1", "--format", format]);
    assert.equal(ran.exit, 4);
    assert.match(ran[stream], message, format);
    assert.match(ran[stream], hint, format);
    assert.match(ran.stdout, new RegExp(`not started[^]*${format}_3`), format);
    assert.match(ran.stderr, /the token was refused: finishing what is under way, starting nothing new/, format);
    s.emulator.clearFaults();
  }
});
