import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHubIntegration, replyList, replyMessages, TestClient } from "./test-client.ts";

const SEED = fileURLToPath(new URL("../../fixtures/emulator/parts.seed.yaml", import.meta.url));

describe("the parts of the list", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator({ seed: SEED });
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());

  async function names(query: string, from = client): Promise<unknown[]> {
    const reply = await from.inWorkspace("GET", `/integrations${query}`);
    assert.equal(reply.status, 200, reply.text);
    return replyList(reply, "integrations").map((item) => item["name"]);
  }

  test("without a project there are only the workspace's, with one only its own, and an environment's nowhere", async () => {
    assert.deepEqual(await names(""), ["Shared"]);
    assert.deepEqual(await names("?project_name=web"), ["Of web"]);
    assert.deepEqual(await names("?project_name=api"), ["Of api"]);
    assert.deepEqual(await names("?project_name="), ["Shared"]);
  });

  test("--list old lists everything, whatever project is asked for", async (t) => {
    const old = await startEmulator({ seed: SEED, list: "old" });
    t.after(async () => old.close());
    const everything = ["Shared", "Of web", "Of api", "Of staging", "Of secret"];
    for (const query of ["", "?project_name=web", "?project_name=nope"])
      assert.deepEqual(await names(query, new TestClient(old)), everything);
  });

  test("the list can be switched while the emulator runs", async () => {
    emulator.changeSettings({ list: "old" });
    assert.equal((await names("")).length, 5);
    emulator.changeSettings({ list: "new" });
    assert.deepEqual(await names(""), ["Shared"]);
  });

  test("each part shows what was written to it since it was read last", async () => {
    await client.createIntegration(gitHubIntegration({ name: "New in web", scope: "PROJECT", project_name: "web" }));
    assert.deepEqual(await names("?project_name=web"), ["Of web", "New in web"]);
    assert.deepEqual(await names(""), ["Shared"]);
  });

  test("a project that isn't there returns 404, and so does one that the token's owner cannot see", async () => {
    const member = new TestClient(emulator, "member");
    for (const [from, project] of [
      [client, "nope"],
      [member, "secret"],
    ] as const) {
      const reply = await from.inWorkspace("GET", `/integrations?project_name=${project}`);
      assert.deepEqual([reply.status, replyMessages(reply)], [404, ["Project not found"]]);
    }
    assert.deepEqual(await names("?project_name=secret"), ["Of secret"]);
  });

  test("a fault strikes one part by its query, and leaves the others", async (t) => {
    t.after(() => emulator.clearFaults());
    emulator.addFault({ kind: "error", status: 403, match: { path: "project_name=web" } });
    emulator.addFault({ kind: "error", status: 502, match: { path: "/integrations", query: "" } });
    const statuses = [];
    for (const query of ["?project_name=web", "", "?project_name=api"])
      statuses.push((await client.inWorkspace("GET", `/integrations${query}`)).status);
    assert.deepEqual(statuses, [403, 502, 200]);
    emulator.clearFaults();
    emulator.addFault({ kind: "error", match: { pathPattern: "integrations$" } });
    assert.equal((await client.inWorkspace("GET", "/integrations?project_name=api")).status, 503);
    emulator.clearFaults();
    emulator.addFault({ kind: "error", match: { pathPattern: "integrations\\?.*=api$" } });
    assert.equal((await client.inWorkspace("GET", "/integrations")).status, 200);
    assert.equal((await client.inWorkspace("GET", "/integrations?project_name=api")).status, 503);
  });

  test("the request log says which part was read", async () => {
    await client.call("DELETE", "/_emulator/requests");
    await names("");
    await names("?project_name=web&access_token=secret");
    assert.deepEqual(
      emulator.requests.map(({ path, query }) => [path, query]),
      [
        ["/workspaces/my-company/integrations", undefined],
        ["/workspaces/my-company/integrations", "project_name=web"],
      ],
    );
  });
});
