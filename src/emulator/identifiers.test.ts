import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Emulator, Settings } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHubIntegration, integrationHash, TestClient, replyText } from "./test-client.ts";

describe("--identifiers", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());
  beforeEach(async () => {
    for (const { hash_id: hash } of emulator.stored()) await client.inWorkspace("DELETE", `/integrations/${hash}`);
  });

  /** The identifiers after a creation, a second one with the same, an edit that sends it again, and one that renames. */
  async function made(identifiers: Settings["identifiers"]): Promise<string[]> {
    emulator.changeSettings({ identifiers });
    const first = await client.createIntegration(gitHubIntegration({ identifier: "Web-Site" }));
    const second = await client.createIntegration(gitHubIntegration({ identifier: "Web-Site" }));
    const path = `/integrations/${integrationHash(first.json)}`;
    const same = await client.inWorkspace("PATCH", path, { name: "n", identifier: "Web-Site" });
    const renamed = await client.inWorkspace("PATCH", path, { name: "n", identifier: "Other" });
    return [first, second, same, renamed].map((reply) => replyText(reply, "identifier"));
  }

  test("as-sent keeps them", async () => {
    assert.deepEqual(await made("as-sent"), ["Web-Site", "Web-Site", "Web-Site", "Other"]);
  });

  test("lower puts them into lower case", async () => {
    assert.deepEqual(await made("lower"), ["web-site", "web-site", "web-site", "other"]);
  });

  test("suffixed puts the first free number behind them, and keeps the one that is there", async () => {
    assert.deepEqual(await made("suffixed"), ["Web-Site_2", "Web-Site_3", "Web-Site_2", "Other_2"]);
  });

  test("an edit that sends no identifier keeps the one that is there", async () => {
    emulator.changeSettings({ identifiers: "suffixed" });
    const { json } = await client.createIntegration(gitHubIntegration({ identifier: "web" }));
    const edited = await client.inWorkspace("PATCH", `/integrations/${integrationHash(json)}`, { name: "n" });
    assert.equal(replyText(edited, "identifier"), "web_2");
  });
});
