import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import type { Reply } from "./test-client.ts";
import { gitHub, hashOf, list, TestClient } from "./test-client.ts";

const COUNT = 10_000;

describe("10,000 integrations", () => {
  let folder = "";
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "emulator-scale-"));
    const seed = join(folder, "seed.yaml");
    const integrations = Array.from({ length: COUNT }, (_, n) => ({
      type: "GIT_HUB",
      name: `Integration ${n}`,
      identifier: `it_${n}`,
      token: "made-up",
    }));
    const owner = { id: 1, name: "Owner", email: "owner@example.com" };
    // JSON is YAML.
    writeFileSync(
      seed,
      JSON.stringify({
        users: [owner],
        tokens: [{ name: "full", token: "full", user: 1, scopes: "all" }],
        workspaces: { "big-one": { id: 1, members: [owner], integrations } },
      }),
    );
    emulator = await startEmulator({ seed, data: join(folder, "data") });
    client = new TestClient(emulator);
  });
  after(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  test("are all listed", async () => {
    assert.equal(list(await client.at("GET", "/integrations"), "integrations").length, COUNT);
  });

  test("make a GET no slower than few do", async (t) => {
    const small = await startEmulator();
    t.after(async () => small.close());
    const few = new TestClient(small);
    const one = await few.create(gitHub());
    const big = emulator.stored().map((it) => it.hash_id);
    const times: { readonly big: number[]; readonly few: number[] } = { big: [], few: [] };
    for (let n = 0; n < 200; n += 1) {
      times.big.push(await timed(async () => client.at("GET", `/integrations/${big[n * 50]}`)));
      times.few.push(await timed(async () => few.at("GET", `/integrations/${hashOf(one.json)}`)));
    }
    const ratio = median(times.big) / median(times.few);
    assert.ok(ratio < 2, `${ratio} times as long`);
  });

  test("a write costs the data file one line", async () => {
    const size = () => statSync(join(folder, "data")).size;
    const had = size();
    const { json } = await client.create(gitHub({ identifier: "one_more" }));
    assert.ok(size() - had < 1000);
    await client.at("DELETE", `/integrations/${hashOf(json)}`);
    assert.ok(size() - had < 1500);
  });

  test("make a creation no slower than few do, though its identifier has to be made up and be unique", async (t) => {
    const small = await startEmulator();
    t.after(async () => small.close());
    const few = new TestClient(small);
    const times: { readonly big: number[]; readonly few: number[] } = { big: [], few: [] };
    for (let n = 0; n < 100; n += 1) {
      times.big.push(await timed(async () => client.create(gitHub({ name: `Generated ${n}` }))));
      times.few.push(await timed(async () => few.create(gitHub({ name: `Generated ${n}` }))));
    }
    const ratio = median(times.big) / median(times.few);
    assert.ok(ratio < 2, `${ratio} times as long`);
  });
});

async function timed(run: () => Promise<Reply>): Promise<number> {
  const started = performance.now();
  assert.ok((await run()).status < 300);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
