import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHubIntegration, integrationHash, replyList, TestClient } from "./test-client.ts";

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
    assert.equal(replyList(await client.inWorkspace("GET", "/integrations"), "integrations").length, COUNT);
  });

  test("a write costs the data file one line", async () => {
    const size = () => statSync(join(folder, "data")).size;
    const had = size();
    const { json } = await client.createIntegration(gitHubIntegration({ identifier: "one_more" }));
    assert.ok(size() - had < 1000);
    await client.inWorkspace("DELETE", `/integrations/${integrationHash(json)}`);
    assert.ok(size() - had < 1500);
  });
});
