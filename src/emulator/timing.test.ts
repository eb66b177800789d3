import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHub, hashOf, list, TestClient } from "./test-client.ts";

const LAG = 150;

async function started(options: Parameters<typeof startEmulator>[0]): Promise<readonly [Emulator, TestClient]> {
  const emulator = await startEmulator(options);
  return [emulator, new TestClient(emulator)];
}

async function count(client: TestClient): Promise<number> {
  return list(await client.at("GET", "/integrations"), "integrations").length;
}

describe("--lag", () => {
  test("a read sees a creation, an edit and a deletion only a while after it", async (t) => {
    const [emulator, client] = await started({ lagMs: LAG });
    t.after(async () => emulator.close());
    const made = await client.create(gitHub());
    const path = `/integrations/${hashOf(made.json)}`;
    assert.equal(made.status, 201);
    assert.deepEqual([(await client.at("GET", path)).status, await count(client)], [404, 0]);
    await sleep(LAG);
    assert.deepEqual([(await client.at("GET", path)).status, await count(client)], [200, 1]);

    assert.equal((await client.at("PATCH", path, { name: "Edited" })).json["name"], "Edited");
    assert.equal((await client.at("GET", path)).json["name"], "GitHub");
    await sleep(LAG);
    assert.equal((await client.at("GET", path)).json["name"], "Edited");

    assert.equal((await client.at("DELETE", path)).status, 204);
    assert.deepEqual([(await client.at("GET", path)).status, await count(client)], [200, 1]);
    await sleep(LAG);
    assert.deepEqual([(await client.at("GET", path)).status, await count(client)], [404, 0]);
  });

  test("a write sees the writes before it at once", async (t) => {
    const [emulator, client] = await started({ lagMs: 60_000, unique: "workspace" });
    t.after(async () => emulator.close());
    const made = await client.create(gitHub({ identifier: "taken" }));
    assert.equal((await client.create(gitHub({ identifier: "taken" }))).status, 400);
    assert.equal((await client.at("PATCH", `/integrations/${hashOf(made.json)}`, { name: "n" })).status, 200);
    assert.equal(emulator.stored()[0]?.name, "n");
  });

  test("can be switched on and off between writes, and nothing is lost", async (t) => {
    const [emulator, client] = await started({});
    t.after(async () => emulator.close());
    await client.create(gitHub());
    emulator.change({ lagMs: 60_000 });
    await client.create(gitHub());
    assert.equal(await count(client), 1);
    emulator.change({ lagMs: 0 });
    await client.create(gitHub());
    emulator.change({ lagMs: 60_000 });
    await client.create(gitHub());
    assert.equal(await count(client), 1);
    emulator.change({ lagMs: 0 });
    assert.equal(await count(client), 4);
  });
});

describe("--commit-delay", () => {
  test("a creation is there, and is answered, only that long after it came", async (t) => {
    const [emulator, client] = await started({ commitDelayMs: LAG });
    t.after(async () => emulator.close());
    const begun = performance.now();
    const made = client.create(gitHub());
    await sleep(LAG / 3);
    assert.equal(await count(client), 0);
    assert.equal((await made).status, 201);
    assert.ok(performance.now() - begun >= LAG - 1);
    assert.equal(await count(client), 1);
    assert.equal((await client.at("PATCH", `/integrations/${hashOf((await made).json)}`, { name: "n" })).status, 200);
  });

  test("a creation takes effect although the client has gone", async (t) => {
    const [emulator, client] = await started({ commitDelayMs: LAG });
    t.after(async () => emulator.close());
    const url = `${emulator.url}/workspaces/my-company/integrations`;
    const headers = { authorization: `Bearer ${emulator.token}` };
    const sent = { method: "POST", headers, body: JSON.stringify(gitHub()), signal: AbortSignal.timeout(LAG / 3) };
    await assert.rejects(fetch(url, sent), { name: "TimeoutError" });
    assert.equal(await count(client), 0);
    await sleep(LAG);
    assert.equal(await count(client), 1);
  });

  test("what has not taken effect when the emulator closes never does", async () => {
    const [emulator, client] = await started({ commitDelayMs: LAG });
    const made = client.create(gitHub());
    made.catch(() => undefined);
    await sleep(LAG / 3);
    await emulator.close();
    await assert.rejects(made);
    await sleep(LAG);
    assert.deepEqual(emulator.stored(), []);
  });
});
