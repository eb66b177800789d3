import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import type { Emulator, RequestLogEntry } from "./index.ts";
import { startEmulator } from "./index.ts";
import { LaggingState } from "./lagging-state.ts";
import { applyChange, emptyState } from "./state.ts";
import { gitHubIntegration, integrationHash, replyList, TestClient } from "./test-client.ts";

/** Longer than any test: what has to wait for it does not happen. */
const NEVER = 3_600_000;

async function startWithClient(options: Parameters<typeof startEmulator>[0]): Promise<readonly [Emulator, TestClient]> {
  const emulator = await startEmulator(options);
  return [emulator, new TestClient(emulator)];
}

async function countIntegrations(client: TestClient): Promise<number> {
  return replyList(await client.inWorkspace("GET", "/integrations"), "integrations").length;
}

describe("--lag", () => {
  test("a read sees a creation, an edit and a deletion only when the lag has passed", async (t) => {
    const [emulator, client] = await startWithClient({ lagMs: NEVER });
    t.after(async () => emulator.close());
    const pass = () => {
      emulator.changeSettings({ lagMs: 0 });
      const seen = countIntegrations(client);
      return seen.finally(() => emulator.changeSettings({ lagMs: NEVER }));
    };
    const made = await client.createIntegration(gitHubIntegration());
    const path = `/integrations/${integrationHash(made.json)}`;
    assert.equal(made.status, 201);
    assert.deepEqual([(await client.inWorkspace("GET", path)).status, await countIntegrations(client)], [404, 0]);
    assert.equal(await pass(), 1);
    assert.deepEqual([(await client.inWorkspace("GET", path)).status, await countIntegrations(client)], [200, 1]);

    assert.equal((await client.inWorkspace("PATCH", path, { name: "Edited" })).json["name"], "Edited");
    assert.equal((await client.inWorkspace("GET", path)).json["name"], "GitHub");
    await pass();
    assert.equal((await client.inWorkspace("GET", path)).json["name"], "Edited");

    assert.equal((await client.inWorkspace("DELETE", path)).status, 204);
    assert.deepEqual([(await client.inWorkspace("GET", path)).status, await countIntegrations(client)], [200, 1]);
    assert.equal(await pass(), 0);
    assert.equal((await client.inWorkspace("GET", path)).status, 404);
  });

  test("each change is seen on its own, that long after it was made", () => {
    const state = emptyState();
    const lagging = new LaggingState();
    const change = (id: number, now: number) => {
      const changes = [{ op: "user", value: { id, name: "n", email: "n@example.com" } }] as const;
      lagging.add(state, changes, 100, now);
      for (const one of changes) applyChange(state, one);
    };
    const seen = (now: number) => lagging.stateForReads(state, 100, now).users.size;
    change(1, 0);
    change(2, 50);
    assert.deepEqual([0, 99, 100, 149, 150].map(seen), [0, 0, 1, 1, 2]);
    change(3, 200);
    assert.deepEqual([299, 300].map(seen), [2, 3]);
  });

  test("a write sees the writes before it at once", async (t) => {
    const [emulator, client] = await startWithClient({ lagMs: NEVER, unique: "workspace" });
    t.after(async () => emulator.close());
    const made = await client.createIntegration(gitHubIntegration({ identifier: "taken" }));
    assert.equal((await client.createIntegration(gitHubIntegration({ identifier: "taken" }))).status, 400);
    assert.equal(
      (await client.inWorkspace("PATCH", `/integrations/${integrationHash(made.json)}`, { name: "n" })).status,
      200,
    );
    assert.equal(emulator.stored()[0]?.name, "n");
  });

  test("can be switched on and off between writes, and nothing is lost", async (t) => {
    const [emulator, client] = await startWithClient({});
    t.after(async () => emulator.close());
    await client.createIntegration(gitHubIntegration());
    emulator.changeSettings({ lagMs: NEVER });
    await client.createIntegration(gitHubIntegration());
    assert.equal(await countIntegrations(client), 1);
    emulator.changeSettings({ lagMs: 0 });
    await client.createIntegration(gitHubIntegration());
    emulator.changeSettings({ lagMs: NEVER });
    await client.createIntegration(gitHubIntegration());
    assert.equal(await countIntegrations(client), 1);
    emulator.changeSettings({ lagMs: 0 });
    assert.equal(await countIntegrations(client), 4);
  });
});

describe("--commit-delay", () => {
  test("a creation is answered only that long after it came; reads and edits do not wait", async (t) => {
    const [emulator, client] = await startWithClient({ commitDelayMs: 100 });
    t.after(async () => emulator.close());
    const begun = performance.now();
    const { json, status } = await client.createIntegration(gitHubIntegration());
    assert.equal(status, 201);
    assert.ok(performance.now() - begun >= 99);
    emulator.changeSettings({ commitDelayMs: NEVER });
    assert.equal(
      (await client.inWorkspace("PATCH", `/integrations/${integrationHash(json)}`, { name: "n" })).status,
      200,
    );
    assert.equal(await countIntegrations(client), 1);
  });

  test("a creation takes effect although the client has gone", async (t) => {
    const answered = new EventTarget();
    const onRequest = (entry: RequestLogEntry) => answered.dispatchEvent(new Event(entry.method));
    const [emulator, client] = await startWithClient({ commitDelayMs: 1500, onRequest });
    t.after(async () => emulator.close());
    // The first request of a process is slow, and this one must have arrived before its client goes.
    await countIntegrations(client);
    const url = `${emulator.url}/workspaces/my-company/integrations`;
    const headers = { authorization: `Bearer ${emulator.token}` };
    const sent = {
      method: "POST",
      headers,
      body: JSON.stringify(gitHubIntegration()),
      signal: AbortSignal.timeout(500),
    };
    const committed = once(answered, "POST");
    await assert.rejects(fetch(url, sent), { name: "TimeoutError" });
    assert.deepEqual(emulator.stored(), []);
    await committed;
    assert.equal(emulator.stored().length, 1);
  });

  test("what has not taken effect when the emulator closes never does", async () => {
    const [emulator, client] = await startWithClient({ commitDelayMs: NEVER });
    const made = assert.rejects(client.createIntegration(gitHubIntegration()));
    await client.inWorkspace("GET", "/integrations");
    await emulator.close();
    await made;
    assert.deepEqual(emulator.stored(), []);
  });
});
