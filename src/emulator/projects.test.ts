import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import {
  gitHubIntegration,
  integrationHash,
  replyList,
  replyMessages,
  replyNumber,
  TestClient,
} from "./test-client.ts";

const SEED = fileURLToPath(new URL("../../fixtures/emulator/parts.seed.yaml", import.meta.url));

describe("projects and what is in them", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator({ seed: SEED });
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());

  test("the Git link of a project is set at its creation, and only then", async () => {
    const seeded = await client.inWorkspace("GET", "/projects/secret");
    assert.deepEqual(seeded.json["integration"], { hash_id: "5e391f5aae784b7208de0d0a" });
    const hash = integrationHash((await client.createIntegration(gitHubIntegration())).json);
    const linked = { display_name: "Linked", integration: { hash_id: hash } };
    assert.deepEqual((await client.inWorkspace("POST", "/projects", linked)).json["integration"], { hash_id: hash });
    const other = { integration: { hash_id: "5e391f5aae784b7208de0d0a" } };
    assert.deepEqual((await client.inWorkspace("PATCH", "/projects/linked", other)).json["integration"], {
      hash_id: hash,
    });
    assert.ok(!("integration" in (await client.inWorkspace("GET", "/projects/web")).json));
    const wrong = await client.inWorkspace("POST", "/projects", {
      display_name: "x",
      integration: { hash_id: "nope" },
    });
    assert.deepEqual(replyMessages(wrong), ["Integration nope not found"]);
  });

  test("passwords of a repository are not answered", async () => {
    const sent = { display_name: "Custom", custom_repo_url: "https://example.com/r", custom_repo_pass: "made-up" };
    const reply = await client.inWorkspace("POST", "/projects", sent);
    assert.equal(reply.status, 201);
    assert.ok(!reply.text.includes("made-up"));
  });

  test("the list can be filtered by status", async () => {
    const names = async (query: string) =>
      replyList(await client.inWorkspace("GET", `/projects${query}`), "projects").map((project) => project["name"]);
    assert.deepEqual(await names("?status=CLOSED"), ["api"]);
    assert.ok(!(await names("?status=ACTIVE")).includes("api"));
    assert.ok((await names("")).includes("api"));
  });

  test("identifiers of a project, a pipeline and an environment are looked up in one call", async () => {
    const ids = async (query: string) => (await client.inWorkspace("GET", `/identifiers${query}`)).json;
    assert.deepEqual(await ids("?project=web&pipeline=deploy&environment=staging"), {
      url: `${emulator.url}/workspaces/my-company/identifiers`,
      html_url: `${emulator.url}/my-company`,
      domain: "my-company",
      project_identifier: "web",
      pipeline_id: 7,
      environment_id: "Kc5Eo1",
    });
    for (const query of ["?project=nope", "?project=web&pipeline=nope", "?project=web&environment=nope"])
      assert.equal((await client.inWorkspace("GET", `/identifiers${query}`)).status, 404, query);
    assert.equal((await client.inWorkspace("GET", "/identifiers?pipeline=deploy")).status, 400);
  });

  test("the actions of a pipeline show all their fields, among them the integration that they use", async () => {
    const path = "/projects/secret/pipelines/8/actions";
    const [action] = replyList(await client.inWorkspace("GET", path), "actions");
    const { url, html_url: page, ...rest } = action ?? {};
    assert.equal(url, `${emulator.url}/workspaces/my-company${path}/1`);
    assert.equal(page, `${emulator.url}/my-company/secret/pipelines/action/1/edit`);
    assert.deepEqual(rest, {
      trigger_time: "ON_EVERY_EXECUTION",
      last_execution_status: "INITIAL",
      name: "Upload",
      type: "AMAZON_S3",
      integration: "shared",
      inputs: { bucket: "b" },
      id: 1,
    });
    const one = await client.inWorkspace("GET", `${path}/1`);
    assert.equal(one.json["name"], "Upload");
    assert.ok("pipeline" in one.json);
    const added = await client.inWorkspace("POST", path, {
      name: "Targets",
      targets: [{ type: "VULTR", integration: "shared" }],
    });
    assert.deepEqual(added.json["targets"], [{ type: "VULTR", integration: "shared" }]);
    assert.equal((await client.inWorkspace("GET", `${path}/${replyNumber(added, "id")}`)).status, 200);
    assert.equal((await client.inWorkspace("GET", `${path}/999`)).status, 404);
  });
});
