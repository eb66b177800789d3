import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHubIntegration, integrationHash, replyList, replyMessages, TestClient } from "./test-client.ts";

const SEED = fileURLToPath(new URL("../../fixtures/emulator/parts.seed.yaml", import.meta.url));

describe("what a token's owner cannot see", () => {
  let emulator: Emulator;
  let owner: TestClient;
  let member: TestClient;
  before(async () => {
    emulator = await startEmulator({ seed: SEED });
    owner = new TestClient(emulator);
    member = new TestClient(emulator, "member");
  });
  after(async () => emulator.close());

  async function answers(client: TestClient, hash: string): Promise<number[]> {
    const path = `/integrations/${hash}`;
    const replies = [await client.inWorkspace("GET", path), await client.inWorkspace("PATCH", path, { name: "n" })];
    return [...replies, await client.inWorkspace("DELETE", path)].map((reply) => reply.status);
  }

  test("an integration that is denied to them returns 404 to every call, and is in no list", async () => {
    const permissions = { admins: "MANAGE", others: "MANAGE", users: [{ id: 2, access_level: "DENIED" }] };
    const { json } = await owner.createIntegration(gitHubIntegration({ name: "Not for member", permissions }));
    assert.deepEqual(await answers(member, integrationHash(json)), [404, 404, 404]);
    const listed = async (client: TestClient) =>
      replyList(await client.inWorkspace("GET", "/integrations"), "integrations").some(
        (item) => item["name"] === "Not for member",
      );
    assert.deepEqual([await listed(owner), await listed(member)], [true, false]);
    assert.deepEqual(await answers(owner, integrationHash(json)), [200, 200, 204]);
  });

  test("a project that is hidden from them, its pipelines and its integrations answer 404", async () => {
    const paths = ["/projects/secret", "/projects/secret/pipelines", "/projects/secret/pipelines/8/actions"];
    for (const path of [...paths, "/integrations/5e391f5aae784b7208de0d0b", "/identifiers?project=secret"]) {
      assert.equal((await member.inWorkspace("GET", path)).status, 404, path);
      assert.equal((await owner.inWorkspace("GET", path)).status, 200, path);
    }
    const names = replyList(await member.inWorkspace("GET", "/projects"), "projects").map((project) => project["name"]);
    assert.deepEqual(names, ["web", "api"]);
    const refused = await member.createIntegration(gitHubIntegration({ scope: "PROJECT", project_name: "secret" }));
    assert.deepEqual(replyMessages(refused), ['Project "secret" not found']);
  });

  test("an integration or a project can be hidden from every token while the emulator runs", async () => {
    const { json } = await owner.createIntegration(gitHubIntegration());
    emulator.changeSettings({ hidden: [integrationHash(json), "web"] });
    assert.deepEqual(await answers(owner, integrationHash(json)), [404, 404, 404]);
    assert.equal((await owner.inWorkspace("GET", "/integrations?project_name=web")).status, 404);
    assert.ok(emulator.stored().some((it) => it.hash_id === integrationHash(json)));
    emulator.changeSettings({ hidden: [] });
    assert.deepEqual(await answers(owner, integrationHash(json)), [200, 200, 204]);
    assert.equal((await owner.inWorkspace("GET", "/integrations?project_name=web")).status, 200);
  });
});
