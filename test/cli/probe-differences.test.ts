import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleOf } from "../support/effort.ts";
import { setTimeout as wait } from "node:timers/promises";
import { ASSUMPTIONS } from "../../src/probe/assumptions/all.ts";
import { probeBench } from "../support/probe-bench.ts";
import { DIFFERENCES } from "../support/probe-differences.ts";

test("every row of the probe agrees with the emulator", async (t) => {
  const bench = await probeBench(t);
  const ran = await bench.probe();
  assert.equal(ran.exit, 0, ran.stderr);
  assert.deepEqual(
    ran.rows.map(({ id, result }) => `${id} ${result}`),
    ASSUMPTIONS.map(({ id }) => `${id} as assumed`),
  );
  assert.deepEqual(bench.left(), []);
});

test("the rows about limits agree with a server that sends the documented limits", async (t) => {
  const bench = await probeBench(t, { rateLimit: { limit: 1000, windowSeconds: 60 } });
  const ran = await bench.probe();
  assert.deepEqual([ran.ids("differs"), ran.ids("not seen")], [[], []]);
  assert.match(ran.stdout, /all three, in epoch seconds/);
});

test("for every row there is a server that makes it differ", () => {
  const covered = new Set(DIFFERENCES.flatMap(({ rows }) => rows));
  assert.deepEqual(
    ASSUMPTIONS.map(({ id }) => id).filter((id) => !covered.has(id)),
    [],
  );
});

// A random fifth, different in each run. `npm run test:more` runs all.
for (const { name, rows, unseen = [], explained, emulator, change, realTime } of sampleOf(DIFFERENCES)) {
  test(`a Buddy where ${name}: ${rows.join(", ")} ${rows.length === 1 ? "differs" : "differ"}, and no other row`, async (t) => {
    const bench = await probeBench(t, emulator);
    const real = { now: () => Date.now(), sleep: (ms: number) => wait(ms) };
    const ran = await bench.probe({
      ...(change === undefined ? {} : { change: change() }),
      ...(realTime ? { io: real } : {}),
    });
    assert.deepEqual(ran.ids("differs"), rows, ran.stderr);
    assert.deepEqual(ran.ids("not seen"), unseen);
    const row = ran.rows.find(({ id }) => id === rows[0]);
    assert.match(`${row?.seen}\n${row?.means}\n${row?.todo}`, explained);
    assert.equal(ran.exit, 0, ran.stderr);
    assert.deepEqual(bench.left(), [], "the probe removes everything");
  });
}
