import assert from "node:assert/strict";
import { test } from "node:test";
import { effort } from "../support/effort.ts";
import { probedWorkspace } from "../support/kill/probe.ts";
import { seededRandom, testSeed } from "../support/random.ts";

const SEED = testSeed();

// Every boundary: test/reliability/full/probe-kill.test.ts.
test("a probe killed at any request changes nobody else's integration, and the next one removes what it left", async (t) => {
  const probed = await probedWorkspace();
  t.after(() => probed.close());
  const boundaries = await probed.boundaries();
  assert.ok(boundaries.filter((line) => line.includes("request POST")).length >= 16, boundaries.join("\n"));
  const random = seededRandom(SEED);
  const creations = boundaries.flatMap((line, index) => (line.includes("after request POST") ? [index + 1] : []));
  const chosen = [creations[1] ?? 1, creations.at(-1) ?? 1];
  for (let round = 0; round < effort(1); round += 1) chosen.push(1 + Math.floor(random() * boundaries.length));
  for (const killAt of chosen) {
    const ended = await probed.probe({ faults: { killAt } });
    assert.equal(ended.signal, "SIGKILL", `TEST_SEED=${SEED}`);
    await probed.assertNextRemoves(`killed at ${boundaries[killAt - 1]}, TEST_SEED=${SEED}`);
  }
});

for (const [signal, exit] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`a probe that gets ${signal} removes what it created, and ends with ${exit}`, async (t) => {
    const probed = await probedWorkspace();
    t.after(() => probed.close());
    probed.emulator.changeSettings({ latencyMs: 30 });
    const ended = await probed.probe({
      onStart: (child) => child.onStderr("changing them", () => child.kill(signal)),
    });
    assert.equal(ended.exit, exit, ended.stderr);
    assert.deepEqual(probed.left(), []);
    assert.match(ended.stderr, /removing what was created.*probe-stopped.*it was interrupted/s);
  });
}
