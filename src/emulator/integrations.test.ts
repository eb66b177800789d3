import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import {
  gitHubIntegration,
  integrationHash,
  replyList,
  replyMessages,
  replyNumber,
  TestClient,
  replyText,
} from "./test-client.ts";

describe("integrations", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());

  test("a creation returns 201 with the full view, and no secret in it", async () => {
    const reply = await client.createIntegration(gitHubIntegration({ identifier: "first", username: "Buddy" }));
    assert.equal(reply.status, 201);
    assert.deepEqual(Object.keys(reply.json), [
      "url",
      "html_url",
      "hash_id",
      "name",
      "type",
      "identifier",
      "scope",
      "auth_type",
      "all_pipelines_allowed",
      "allowed_pipelines",
      "permissions",
    ]);
    assert.equal(emulator.stored().find((it) => it.identifier === "first")?.["token"], "made-up");
  });

  test("defaults are those of the server: all pipelines, administrators manage, others use", async () => {
    const { json } = await client.createIntegration(gitHubIntegration());
    assert.equal(json["all_pipelines_allowed"], true);
    assert.deepEqual(json["allowed_pipelines"], []);
    assert.deepEqual(json["permissions"], { others: "USE_ONLY", admins: "MANAGE", users: [], groups: [] });
  });

  test("two equal creations make two integrations, with generated identifiers that differ", async () => {
    const [one, two] = [
      await client.createIntegration(gitHubIntegration({ name: "Same" })),
      await client.createIntegration(gitHubIntegration({ name: "Same" })),
    ];
    assert.notEqual(replyText(one, "hash_id"), replyText(two, "hash_id"));
    assert.notEqual(replyText(one, "identifier"), replyText(two, "identifier"));
    assert.match(replyText(one, "identifier"), /^[a-z]\w*$/);
  });

  test("hashes come in both shapes: 24 hex digits, and 26 letters and digits", async () => {
    const hashes = await Promise.all(
      Array.from({ length: 60 }, async () => replyText(await client.createIntegration(gitHubIntegration()), "hash_id")),
    );
    assert.ok(hashes.some((hash) => /^[0-9a-f]{24}$/.test(hash)));
    assert.ok(hashes.some((hash) => /^[0-9A-Za-z]{26}$/.test(hash)));
  });

  test("the documented url carries another identifier than the hash, so that nobody parses it", async () => {
    const reply = await client.createIntegration(gitHubIntegration());
    assert.match(replyText(reply, "url"), /\/workspaces\/my-company\/user\/integrations\/[a-z0-9]{12}$/);
    assert.ok(!replyText(reply, "url").includes(replyText(reply, "hash_id")));
    assert.ok(replyText(reply, "html_url").endsWith(`/my-company/integrations/${replyText(reply, "hash_id")}`));
  });

  test("the list is unpaged, takes no filter but the project, and shows the short view", async () => {
    await client.createIntegration(gitHubIntegration({ identifier: "listed" }));
    const reply = await client.inWorkspace("GET", "/integrations?page=1&per_page=2&type=AMAZON");
    const items = replyList(reply, "integrations");
    assert.ok(items.length > 60);
    const item = items.find((entry) => entry["identifier"] === "listed") ?? {};
    assert.deepEqual(Object.keys(item), ["url", "html_url", "hash_id", "name", "identifier", "type"]);
    assert.deepEqual(Object.keys(reply.json), ["url", "html_url", "integrations"]);
  });

  test("an edit changes only what is sent, and leaves the secrets as they were", async () => {
    const { json } = await client.createIntegration(gitHubIntegration({ identifier: "edited", username: "before" }));
    const reply = await client.inWorkspace("PATCH", `/integrations/${integrationHash(json)}`, { name: "New name" });
    assert.equal(reply.status, 200);
    assert.equal(reply.json["name"], "New name");
    const stored = emulator.stored().find((it) => it.identifier === "edited");
    assert.equal(stored?.["token"], "made-up");
    assert.equal(stored?.["username"], "before");
  });

  test("permissions are replaced as a whole: lists left out or null are emptied", async () => {
    const users = [{ id: 1, access_level: "USE_ONLY" }];
    const groups = [{ id: 1, access_level: "MANAGE" }];
    const { json } = await client.createIntegration(
      gitHubIntegration({ permissions: { admins: "MANAGE", others: "DENIED", users, groups } }),
    );
    assert.deepEqual(json["permissions"], { others: "DENIED", admins: "MANAGE", users, groups });
    const path = `/integrations/${integrationHash(json)}`;
    const emptied = { others: "USE_ONLY", admins: "MANAGE", users: [], groups: [] };
    const sent = { others: "USE_ONLY", admins: "MANAGE", users: null };
    const reply = await client.inWorkspace("PATCH", path, { name: "n", permissions: sent });
    assert.deepEqual(reply.json["permissions"], emptied);
  });

  test("allowed pipelines are answered with names and links, and kept when all are allowed", async () => {
    const { json } = await client.createIntegration(
      gitHubIntegration({ all_pipelines_allowed: true, allowed_pipelines: [{ id: 123 }] }),
    );
    assert.deepEqual(json["allowed_pipelines"], [
      {
        url: `${emulator.url}/workspaces/my-company/projects/my-project/pipelines/123`,
        html_url: `${emulator.url}/my-company/my-project/pipelines/pipeline/123`,
        id: 123,
        name: "build",
      },
    ]);
  });

  test("scope, type and project can't be changed, and may be sent unchanged", async () => {
    const { json } = await client.createIntegration(
      gitHubIntegration({ scope: "PROJECT", project_name: "my-project" }),
    );
    const path = `/integrations/${integrationHash(json)}`;
    const same = { name: "n", type: "GIT_HUB", scope: "PROJECT", project_name: "my-project" };
    assert.equal((await client.inWorkspace("PATCH", path, same)).status, 200);
    const changed = { name: "n", type: "GIT_LAB", scope: "WORKSPACE", project_name: "company-website" };
    const reply = await client.inWorkspace("PATCH", path, changed);
    assert.equal(reply.status, 400);
    assert.deepEqual(replyMessages(reply), [
      "Type can't be changed",
      "Scope can't be changed",
      "Project can't be changed",
    ]);
  });

  test("an identifier can be edited", async () => {
    const { json } = await client.createIntegration(gitHubIntegration({ identifier: "old_one" }));
    const path = `/integrations/${integrationHash(json)}`;
    const reply = await client.inWorkspace("PATCH", path, { name: "n", identifier: "new-one" });
    assert.equal(reply.json["identifier"], "new-one");
  });

  test("hyphens are fine inside an identifier, and refused at its end", async () => {
    assert.equal((await client.createIntegration(gitHubIntegration({ identifier: "with-hyphen" }))).status, 201);
    const reply = await client.createIntegration(gitHubIntegration({ identifier: "hyphen-" }));
    assert.deepEqual(replyMessages(reply), ["Identifier is not valid"]);
  });

  test("an edit needs the name, as documented", async () => {
    const { json } = await client.createIntegration(gitHubIntegration());
    const reply = await client.inWorkspace("PATCH", `/integrations/${integrationHash(json)}`, { token: "other" });
    assert.equal(reply.status, 400);
    assert.deepEqual(replyMessages(reply), ['Field "name" is required']);
  });

  test("note and agent_note are taken by creations and edits, and shown to everybody", async () => {
    const { json } = await client.createIntegration(
      gitHubIntegration({ note: "For people", agent_note: "For agents" }),
    );
    const path = `/integrations/${integrationHash(json)}`;
    assert.deepEqual([json["note"], json["agent_note"]], ["For people", "For agents"]);
    await client.inWorkspace("PATCH", path, { name: "n", note: "Changed" });
    const read = await client.inWorkspace("GET", path);
    assert.deepEqual([read.json["note"], read.json["agent_note"]], ["Changed", "For agents"]);
    const wrong = await client.inWorkspace("PATCH", path, { name: "n", note: 1 });
    assert.deepEqual(replyMessages(wrong), ['Field "note" must be a string']);
  });

  test("a deletion returns 204 with an empty body, and 404 afterwards", async () => {
    const { json } = await client.createIntegration(gitHubIntegration());
    const path = `/integrations/${integrationHash(json)}`;
    const reply = await client.inWorkspace("DELETE", path);
    assert.deepEqual([reply.status, reply.text], [204, ""]);
    for (const method of ["GET", "DELETE"]) assert.equal((await client.inWorkspace(method, path)).status, 404);
  });

  test("a deletion is refused while an action uses the integration, by hash or by identifier, naming where", async () => {
    const { json } = await client.createIntegration(gitHubIntegration({ identifier: "used" }));
    const path = `/integrations/${integrationHash(json)}`;
    const actions = "/projects/company-website/pipelines/1/actions";
    const byHash = await client.inWorkspace("POST", actions, { name: "Upload", integration_hash: json["hash_id"] });
    const byName = await client.inWorkspace("POST", actions, { name: "Deploy", integration: "used" });
    const reply = await client.inWorkspace("DELETE", path);
    assert.equal(reply.status, 400);
    assert.deepEqual(replyMessages(reply), [
      "Integration is used in company-website / deploy / Upload, company-website / deploy / Deploy",
    ]);
    for (const action of [byHash, byName])
      await client.inWorkspace("DELETE", `${actions}/${replyNumber(action, "id")}`);
    assert.equal((await client.inWorkspace("DELETE", path)).status, 204);
  });

  test("what the token's owner may not see is not listed, and returns 404", async () => {
    const permissions = { admins: "DENIED", others: "DENIED" };
    const { json, status } = await client.createIntegration(gitHubIntegration({ identifier: "hidden", permissions }));
    assert.equal(status, 201);
    const items = replyList(await client.inWorkspace("GET", "/integrations"), "integrations");
    assert.ok(items.every((item) => item["identifier"] !== "hidden"));
    assert.equal((await client.inWorkspace("GET", `/integrations/${integrationHash(json)}`)).status, 404);
    assert.ok(emulator.stored().some((it) => it.identifier === "hidden"));
  });

  test("what the token's owner may only use, they can neither edit nor delete", async () => {
    const permissions = { admins: "USE_ONLY", others: "USE_ONLY" };
    const { json } = await client.createIntegration(gitHubIntegration({ permissions }));
    const path = `/integrations/${integrationHash(json)}`;
    assert.equal((await client.inWorkspace("GET", path)).status, 200);
    assert.equal((await client.inWorkspace("PATCH", path, { name: "n" })).status, 403);
    assert.equal((await client.inWorkspace("DELETE", path)).status, 403);
  });

  test("several problems are answered with several messages", async () => {
    const reply = await client.createIntegration({ type: "GIT_HUB", identifier: "1x", allowed_pipelines: [{ id: 9 }] });
    assert.equal(reply.status, 400);
    assert.deepEqual(replyMessages(reply), [
      "Identifier is not valid",
      "Pipeline 9 not found",
      'Field "name" is required',
      'Field "scope" is required',
      'Field "token" is required',
    ]);
  });

  test("a body that isn't a JSON object is refused", async () => {
    for (const body of ["{", "[]", '"text"', "null"]) {
      const reply = await client.inWorkspace("POST", "/integrations", body);
      assert.deepEqual([reply.status, replyMessages(reply)], [400, ["Invalid JSON"]]);
    }
  });

  test("fields that the API doesn't know are ignored", async () => {
    const reply = await client.createIntegration(
      gitHubIntegration({ identifier: "extra", surprise: 1, __proto__: { x: 1 } }),
    );
    assert.equal(reply.status, 201);
    assert.ok(!("surprise" in (emulator.stored().find((it) => it.identifier === "extra") ?? {})));
  });
});

describe("uniqueness of identifiers", () => {
  const cases = [
    { unique: "none", elsewhere: 201, here: 201 },
    { unique: "project", elsewhere: 201, here: 400 },
    { unique: "workspace", elsewhere: 400, here: 400 },
  ] as const;
  for (const { unique, elsewhere, here } of cases)
    test(`--unique ${unique} answers ${here} in the same scope, ${elsewhere} in another`, async (t) => {
      const emulator = await startEmulator({ unique });
      t.after(async () => emulator.close());
      const client = new TestClient(emulator);
      const project = { scope: "PROJECT", project_name: "my-project", identifier: "taken" };
      const first = await client.createIntegration(gitHubIntegration(project));
      assert.equal((await client.createIntegration(gitHubIntegration({ identifier: "taken" }))).status, elsewhere);
      assert.equal((await client.createIntegration(gitHubIntegration(project))).status, here);
      const other = await client.createIntegration(gitHubIntegration({ ...project, identifier: "other" }));
      const renamed = { name: "n", identifier: "taken" };
      assert.equal(
        (await client.inWorkspace("PATCH", `/integrations/${replyText(other, "hash_id")}`, renamed)).status,
        here === 201 ? 200 : 400,
      );
      assert.equal(
        (
          await client.inWorkspace("PATCH", `/integrations/${replyText(first, "hash_id")}`, {
            name: "n",
            identifier: "taken",
          })
        ).status,
        200,
      );
    });
});
