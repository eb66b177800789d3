import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test, type TestContext } from "node:test";
import type { BeginRecord } from "../../src/apply/journal.ts";
import type { Io } from "../../src/io.ts";
import { effort } from "../support/effort.ts";
import { JOURNAL } from "../support/desired-file.ts";
import { interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";
import { everywhere, type Where } from "../support/places.ts";
import { testSeed } from "../support/random.ts";
import type { SyncRun } from "../support/sync-workbench.ts";

// A server that carries out a creation, or shows it, some time after the request; and runs that were killed before that.
// The tests have their own clock: a wait takes no time, and what is due during the wait happens.

const WORKSPACE: Where = { scope: "WORKSPACE", list: "new" };
const SENT_AT = 1_800_000_000_000;

/** A clock that advances only when somebody waits. */
class TestClock {
  readonly waits: number[] = [];
  #now: number;
  readonly #due: { readonly at: number; readonly happen: () => Promise<unknown> }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  /** Schedules something that happens in the workspace. */
  at(time: number, happen: () => Promise<unknown>): void {
    this.#due.push({ at: time, happen });
  }

  /** Advances the clock, and does what is due. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    for (const due of this.#due.splice(0)) await (due.at <= this.#now ? due.happen() : this.#due.push(due));
  }

  get io(): Partial<Io> {
    return {
      now: () => this.#now,
      sleep: async (ms) => {
        this.waits.push(ms);
        await this.pass(ms);
      },
    };
  }
}

/** The key `a` was being created when its run was killed. */
async function killedRun(t: TestContext, where: Where, more: Partial<BeginRecord> = {}): Promise<InterruptedRun> {
  const s = await interruptedRun(t, where);
  await s.writeIntegrations(s.sentry("a"));
  await s.journal(s.begin("a", { at: SENT_AT, name: "a", alike: [], ...more }));
  return s;
}

const apply = (s: InterruptedRun, clock: TestClock, ...args: readonly string[]): Promise<SyncRun> =>
  s.apply(args, { io: clock.io });

const seed = testSeed();

for (const where of [WORKSPACE, { scope: "PROJECT", project: "company-website", list: "new" }] as const) {
  test(`${where.scope}: a creation that takes effect at any time within --settle never leads to a second one, whenever the next run starts (seed ${seed})`, async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          settle: fc.integer({ min: 0, max: 60 }),
          // In thousandths of the settling time.
          effect: fc.integer({ min: 0, max: 1_000 }),
          starts: fc.integer({ min: 0, max: 90_000 }),
        }),
        async ({ settle, effect, starts }) => {
          const s = await killedRun(t, where);
          const clock = new TestClock(SENT_AT);
          clock.at(SENT_AT + settle * effect, () => s.made("a"));
          await clock.pass(starts);
          const ran = await apply(s, clock, "--settle", String(settle));
          assert.deepEqual([ran.exit, ran.outcomes], [0, ["done adopt a", "done update a"]]);
          assert.equal(s.emulator.stored().length, 1);
          await s.everyHashIsLocked();
          await s.emulator.close();
        },
      ),
      { numRuns: effort(14), seed },
    );
  });
}

everywhere.test("an interrupted creation is looked up twice, and repeated only after --settle", async (t, where) => {
  const s = await killedRun(t, where);
  const clock = new TestClock(SENT_AT + 5_000);
  s.requests();
  const ran = await apply(s, clock, "--settle", "30");
  assert.deepEqual([ran.exit, ran.outcomes], [0, ["done create a"]]);
  // The wait ends 30 s after the request, of which 5 s are over. The list is read again right before the creation.
  assert.deepEqual(clock.waits, [25_000]);
  assert.deepEqual(
    s.requests().map((request) => request.split(" ")[0]),
    ["GET", "GET", "GET", "POST"],
  );
  assert.match(
    ran.stderr,
    /waiting 25 s to look again: an earlier apply was interrupted while it created a, and the server may still do it/,
  );
  assert.equal(await s.read(JOURNAL), undefined);
});

test("the settling time is --timeout by default; when it is over, the two lookups are 2 s apart", async (t) => {
  const waits: number[][] = [];
  for (const [passed, ...args] of [
    [0],
    [0, "--timeout", "7"],
    [29_500],
    [90_000],
    [-3_600_000],
    [0, "--settle", "0.5"],
  ] as const) {
    const s = await killedRun(t, WORKSPACE);
    const clock = new TestClock(SENT_AT + passed);
    assert.equal((await apply(s, clock, ...args)).exit, 0);
    waits.push(clock.waits);
  }
  // A time in the future counts as now.
  assert.deepEqual(waits, [[30_000], [7_000], [2_000], [2_000], [30_000], [2_000]]);
});

test("there is one wait for all interrupted creations; a record without a time counts as new", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"), s.sentry("c"));
  const { at: _none, ...old } = s.begin("c");
  await s.journal(s.begin("a", { at: SENT_AT }), s.begin("b", { at: SENT_AT - 9_000 }), old);
  const clock = new TestClock(SENT_AT + 1_000);
  const ran = await apply(s, clock);
  assert.deepEqual([ran.exit, s.emulator.stored().length], [0, 3]);
  assert.deepEqual(clock.waits, [30_000]);
});

everywhere.test("a plan doesn't wait for --settle", async (t, where) => {
  const s = await killedRun(t, where);
  const clock = new TestClock(SENT_AT);
  const plan = await s.plan([], { io: clock.io });
  assert.deepEqual([plan.exit, plan.changes, clock.waits], [0, ["create a"], []]);
});

everywhere.test("interrupting the wait changes nothing", async (t, where) => {
  const s = await killedRun(t, where);
  const journal = await s.read(JOURNAL);
  const interrupt = new AbortController();
  const ran = await s.apply([], {
    io: { signal: interrupt.signal, sleep: () => Promise.resolve(interrupt.abort("SIGINT")) },
  });
  assert.deepEqual([ran.exit, ran.codes.at(-1)], [130, "interrupted"]);
  assert.equal(await s.read(JOURNAL), journal);
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
});

test("there is no wait for keys that --only leaves out, and their records stay", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  await s.journal(s.begin("a", { at: SENT_AT }));
  const clock = new TestClock(SENT_AT);
  const ran = await apply(s, clock, "--only", "b");
  assert.deepEqual([ran.exit, ran.outcomes, clock.waits], [0, ["done create b"], []]);
  assert.match((await s.read(JOURNAL)) ?? "", /"key":"a"/);
});

test("there is a wait for keys that the file no longer names too, and their integrations are locked if they were created", async (t) => {
  const s = await killedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("b"));
  const clock = new TestClock(SENT_AT);
  clock.at(SENT_AT + 20_000, () => s.made("a"));
  const ran = await apply(s, clock);
  assert.deepEqual([ran.exit, ran.outcomes.toSorted()], [0, ["done create b", "done record a"]]);
  await s.everyHashIsLocked();
});

test("the time in a journal record is that of the request, even if the rate limit delayed it", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("a"));
  s.emulator.addFault({ kind: "rate-limit", resetSeconds: 60, times: 1, match: { method: "POST" } });
  s.emulator.addFault({ kind: "reset", when: "before", match: { method: "POST" } });
  const clock = new TestClock(Date.now());
  const started = clock.io.now?.() ?? 0;
  const ran = await apply(s, clock);
  assert.deepEqual([ran.exit, ran.outcomes], [5, ["unknown create a"]]);
  const times = [...((await s.read(JOURNAL)) ?? "").matchAll(/"at":(\d+)/g)].map(([, at]) => Number(at));
  assert.ok(times.length === 2 && (times[1] ?? 0) >= started + 50_000, JSON.stringify({ times, started }));
});

test("a limit: a creation that takes effect after --settle is repeated, and the next run that reads the list says so", async (t) => {
  const s = await killedRun(t, WORKSPACE);
  const clock = new TestClock(SENT_AT);
  clock.at(SENT_AT + 40_000, () => s.made("a"));
  assert.equal((await apply(s, clock, "--settle", "30")).exit, 0);
  await clock.pass(20_000);
  assert.equal(s.emulator.stored().length, 2);
  await s.writeIntegrations(s.sentry("a"), s.sentry("b"));
  const plan = await s.plan();
  assert.deepEqual(
    plan.report.plan?.warnings.filter(({ code }) => code === "duplicate").map(({ key }) => key),
    ["a"],
  );
});

test("a limit: without the journal, a run that starts before the server has finished creates a second one", async (t) => {
  const s = await killedRun(t, WORKSPACE);
  await s.write(JOURNAL, "");
  const clock = new TestClock(SENT_AT);
  clock.at(SENT_AT + 1_000, () => s.made("a"));
  assert.equal((await apply(s, clock)).exit, 0);
  await clock.pass(2_000);
  assert.equal(s.emulator.stored().length, 2);
});

everywhere.test(
  "a run waits for a hash of the journal that reads don't show yet, and then locks it",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("a"));
    const hash = await s.made("a");
    const begin = s.begin("a", { at: SENT_AT });
    const { api, workspace, key } = begin;
    await s.journal(begin, { kind: "end", api, workspace, key, outcome: { hash, identifier: "a" } });
    s.emulator.changeSettings({ hidden: [hash] });
    const clock = new TestClock(SENT_AT);
    clock.at(SENT_AT + 12_000, () => Promise.resolve(s.emulator.changeSettings({ hidden: [] })));
    const ran = await apply(s, clock);
    assert.deepEqual([ran.exit, s.emulator.stored().length], [0, 1]);
    await s.everyHashIsLocked();
  },
);

everywhere.test(
  "an integration with the same identifier elsewhere, or of another key, doesn't end the wait",
  async (t, where) => {
    const s = await interruptedRun(t, where);
    await s.writeIntegrations(s.sentry("other", { identifier: "a" }));
    await s.apply();
    await s.made("a", { scope: "PROJECT", project_name: "my-project" });
    await s.writeIntegrations(s.sentry("other", { name: "other" }), s.sentry("a"));
    await s.journal(s.begin("a", { at: SENT_AT }));
    const clock = new TestClock(SENT_AT);
    clock.at(SENT_AT + 20_000, () => s.made("a"));
    const ran = await apply(s, clock);
    assert.deepEqual(clock.waits, [30_000]);
    assert.equal(s.emulator.stored().length, 3, JSON.stringify(ran.outcomes));
  },
);
