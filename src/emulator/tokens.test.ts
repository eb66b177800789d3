import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Emulator } from "./index.ts";
import { INTEGRATIONS_TOKEN, READ_ONLY_TOKEN, startEmulator } from "./index.ts";
import { gitHubIntegration, integrationHash, replyMessages, TestClient } from "./test-client.ts";

const TOKENS_SEED = fileURLToPath(new URL("../../fixtures/emulator/tokens.seed.yaml", import.meta.url));

describe("tokens", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());

  test("a missing, unknown or malformed token returns 401", async () => {
    const url = `${emulator.url}/workspaces/my-company/integrations`;
    for (const authorization of [undefined, "Bearer nope", emulator.token, `Basic ${emulator.token}`]) {
      const reply = await fetch(url, { headers: authorization === undefined ? {} : { authorization } });
      assert.equal(reply.status, 401);
      assert.deepEqual(await reply.json(), { errors: [{ message: "Wrong authentication data" }] });
    }
  });

  test("a token without the scope returns 403 with the documented words", async () => {
    const { json } = await client.createIntegration(gitHubIntegration());
    const reader = new TestClient(emulator, READ_ONLY_TOKEN);
    assert.equal((await reader.inWorkspace("GET", "/integrations")).status, 200);
    assert.equal((await reader.inWorkspace("GET", `/integrations/${integrationHash(json)}`)).status, 200);
    const refused = [
      await reader.createIntegration(gitHubIntegration()),
      await reader.inWorkspace("PATCH", `/integrations/${integrationHash(json)}`, { name: "n" }),
      await reader.inWorkspace("DELETE", `/integrations/${integrationHash(json)}`),
      await reader.inWorkspace("GET", "/members"),
    ];
    assert.deepEqual(
      refused.map((reply) => [reply.status, ...replyMessages(reply)]),
      refused.map(() => [403, "cannot receive data"]),
    );
  });

  test("a token for integrations alone does everything with them, and nothing else", async () => {
    const narrow = new TestClient(emulator, INTEGRATIONS_TOKEN);
    const { json, status } = await narrow.createIntegration(gitHubIntegration());
    assert.equal(status, 201);
    assert.equal(
      (await narrow.inWorkspace("PATCH", `/integrations/${integrationHash(json)}`, { name: "n" })).status,
      200,
    );
    assert.equal((await narrow.inWorkspace("DELETE", `/integrations/${integrationHash(json)}`)).status, 204);
    for (const path of ["/groups", "/members", "/projects", "/projects/my-project/pipelines"])
      assert.equal((await narrow.inWorkspace("GET", path)).status, 403, path);
  });

  test("GET /user/token returns scopes and expiry, never the token", async () => {
    const reply = await new TestClient(emulator, READ_ONLY_TOKEN).call("GET", "/user/token");
    assert.equal(reply.status, 200);
    assert.deepEqual(Object.keys(reply.json), [
      "url",
      "html_url",
      "id",
      "name",
      "expires_at",
      "scopes",
      "ip_restrictions",
      "workspace_restrictions",
    ]);
    assert.deepEqual(reply.json["scopes"], ["INTEGRATION_READ"]);
    assert.ok(!reply.text.includes(READ_ONLY_TOKEN));
  });

  test("the newer scope names do the same as the documented ones", async (t) => {
    const seeded = await startEmulator({ seed: TOKENS_SEED });
    t.after(async () => seeded.close());
    const newer = new TestClient(seeded, "newer-scopes");
    const { json, status } = await newer.inWorkspace("POST", "/integrations", gitHubIntegration());
    assert.equal(status, 201);
    assert.equal((await newer.inWorkspace("GET", `/integrations/${integrationHash(json)}`)).status, 200);
    assert.equal((await newer.inWorkspace("DELETE", `/integrations/${integrationHash(json)}`)).status, 204);
  });

  test("tokens report the newer names of their scopes, and a server of before August 2026 those that were given", async (t) => {
    const seeded = await startEmulator({ seed: TOKENS_SEED });
    t.after(async () => seeded.close());
    const scopes = async (token: string) =>
      (await new TestClient(seeded, token).call("GET", "/user/token")).json["scopes"];
    assert.deepEqual(await scopes("restricted"), ["INTEGRATION_READ"]);
    assert.deepEqual(await scopes("newer-scopes"), ["INTEGRATION_READ", "INTEGRATION_WRITE", "INTEGRATION_MANAGE"]);
    const reported = JSON.stringify(await scopes("names"));
    for (const name of ["WORKSPACE_READ", "PROJECT_READ", "MEMBER_READ", "GROUP_READ", "PIPELINE_READ"])
      assert.ok(reported.includes(`"${name}"`), name);
    assert.doesNotMatch(reported, /EXECUTION|"WORKSPACE"/);
    seeded.changeSettings({ list: "old" });
    assert.deepEqual(await scopes("names"), ["WORKSPACE", "EXECUTION_INFO"]);
  });

  test("a token can expire after a number of requests", async (t) => {
    const seeded = await startEmulator({ seed: TOKENS_SEED });
    t.after(async () => seeded.close());
    const statuses = async (token: string) => {
      const replies = [];
      for (let n = 0; n < 3; n += 1)
        replies.push((await new TestClient(seeded, token).call("GET", "/user/token")).status);
      return replies;
    };
    assert.deepEqual(await statuses("short-lived"), [200, 200, 401]);
    assert.deepEqual(await statuses("full"), [200, 200, 200]);
    seeded.changeSettings({ expireAfter: 1 });
    assert.deepEqual(await statuses("full"), [200, 401, 401]);
    seeded.changeSettings({ expireAfter: undefined });
    assert.deepEqual(await statuses("full"), [200, 200, 200]);
  });

  test("an expired token returns 401, a restricted one 404 elsewhere", async (t) => {
    const seeded = await startEmulator({ seed: TOKENS_SEED });
    t.after(async () => seeded.close());
    assert.equal((await new TestClient(seeded, "expired").call("GET", "/user")).status, 401);
    const restricted = new TestClient(seeded, "restricted");
    assert.equal((await restricted.call("GET", "/workspaces/first-one/integrations")).status, 200);
    assert.equal((await restricted.call("GET", "/workspaces/other-one/integrations")).status, 404);
    const outsider = new TestClient(seeded, "outsider");
    assert.equal((await outsider.call("GET", "/workspaces/first-one/integrations")).status, 404);
  });

  test("an API that is disabled, or a frozen workspace, returns 403 with the documented words", async (t) => {
    const seeded = await startEmulator({ seed: TOKENS_SEED });
    t.after(async () => seeded.close());
    const full = new TestClient(seeded);
    const disabled = await full.call("GET", "/workspaces/disabled-one/integrations");
    assert.deepEqual([disabled.status, replyMessages(disabled)], [403, ["API is disabled in this workspace"]]);
    const frozen = await full.call("GET", "/workspaces/frozen-one/integrations");
    assert.deepEqual([frozen.status, replyMessages(frozen)], [403, ["Only active workspace have access to API"]]);
  });

  test("the API can be disabled by option, for all workspaces", async (t) => {
    const closed = await startEmulator({ apiDisabled: true });
    t.after(async () => closed.close());
    const reply = await new TestClient(closed).inWorkspace("GET", "/integrations");
    assert.deepEqual([reply.status, replyMessages(reply)], [403, ["API is disabled in this workspace"]]);
    assert.equal((await new TestClient(closed).call("GET", "/user/token")).status, 200);
  });

  test("paths and methods that Buddy doesn't have answer 404 and 405", async () => {
    assert.equal((await client.call("GET", "/nope")).status, 404);
    assert.equal((await client.inWorkspace("PUT", "/integrations")).status, 405);
    assert.equal((await client.call("GET", "/workspaces/no-such-one/integrations")).status, 404);
  });
});
