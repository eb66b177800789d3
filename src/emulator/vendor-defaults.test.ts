import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Emulator } from "./index.ts";
import { startEmulator } from "./index.ts";
import { replyList, replyNumber, TestClient } from "./test-client.ts";
import type { JsonObject } from "./types.ts";

/** Answers that the vendor's own tests check, found by running them. */
describe("defaults that the vendor's tests expect", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());

  const PIPELINES = "/projects/my-project/pipelines";

  /** The fields of an answer that have these names. */
  function only(json: JsonObject, ...names: readonly string[]): JsonObject {
    return Object.fromEntries(names.flatMap((name) => (name in json ? [[name, json[name] ?? null]] : [])));
  }

  async function pipeline(fields: object): Promise<JsonObject> {
    const reply = await client.inWorkspace("POST", PIPELINES, { name: "n", ...fields });
    assert.equal(reply.status, 201, reply.text);
    return reply.json;
  }

  async function edited(made: JsonObject, fields: object): Promise<JsonObject> {
    const path = `${PIPELINES}/${JSON.stringify(made["id"])}`;
    const reply = await client.inWorkspace("PATCH", path, fields);
    assert.deepEqual((await client.inWorkspace("GET", path)).json, reply.json);
    return reply.json;
  }

  test("a new project follows the default branch of its remote", async () => {
    const made = await client.inWorkspace("POST", "/projects", { display_name: "New" });
    assert.equal(made.json["update_default_branch_from_external"], true);
    const changed = await client.inWorkspace("PATCH", "/projects/new", { update_default_branch_from_external: false });
    assert.equal(changed.json["update_default_branch_from_external"], false);
  });

  test("a new pipeline fails on warnings, compares with its latest run and runs on x64", async () => {
    const names = ["fail_on_prepare_env_warning", "git_changeset_base", "filesystem_changeset_base", "cpu"];
    const wanted = [true, "LATEST_RUN", "DATE_MODIFIED", "X64"];
    const made = await pipeline({});
    assert.deepEqual(
      names.map((name) => made[name]),
      wanted,
    );
    const remote = await pipeline({ definition_source: "REMOTE" });
    assert.deepEqual(only(remote, ...names), {});
    const seeded = await client.inWorkspace("GET", `${PIPELINES}/123`);
    assert.equal(seeded.json["cpu"], "X64");
  });

  test("only a pipeline with a schedule pauses after 100 failures", async () => {
    const events = [{ type: "SCHEDULE", start_date: "2026-12-01T00:00:00Z", delay: 5 }];
    assert.equal((await pipeline({ events }))["pause_on_repeated_failures"], 100);
    assert.equal((await pipeline({ events, pause_on_repeated_failures: 1 }))["pause_on_repeated_failures"], 1);
    assert.equal((await pipeline({}))["pause_on_repeated_failures"], undefined);
  });

  test("remote_branch and remote_ref are two names of one field", async () => {
    const made = await pipeline({ definition_source: "REMOTE", remote_branch: "main" });
    assert.deepEqual(only(made, "remote_branch", "remote_ref"), { remote_branch: "main", remote_ref: "main" });
    const changed = await edited(made, { remote_ref: "next" });
    assert.deepEqual(only(changed, "remote_branch", "remote_ref"), { remote_branch: "next", remote_ref: "next" });
  });

  test("the Git configuration goes when an edit names another kind of reference", async () => {
    const config = { project: "my-project", branch: "main", path: "buddy.yml" };
    const made = await pipeline({ git_config_ref: "FIXED", git_config: config });
    assert.deepEqual((await edited(made, { name: "m" }))["git_config"], config);
    assert.ok(!("git_config" in (await edited(made, { git_config_ref: "NONE" }))));
  });

  test("an edit without a base compares with the latest run again, and keeps the base of files", async () => {
    const bases = { git_changeset_base: "PULL_REQUEST", filesystem_changeset_base: "CONTENTS" };
    const wanted = { git_changeset_base: "LATEST_RUN", filesystem_changeset_base: "CONTENTS" };
    const made = await pipeline(bases);
    const names = Object.keys(bases);
    assert.deepEqual(only(await edited(made, bases), ...names), bases);
    const events = [{ type: "PUSH", refs: ["refs/heads/main"] }];
    assert.deepEqual(only(await edited(made, { events }), ...names), wanted);
    await edited(made, bases);
    assert.deepEqual(only(await edited(made, { disabled: true }), ...names), wanted);
  });

  test("null means the same as a field that is missing", async () => {
    const made = await pipeline({ manage_variables_by_yaml: true });
    const changed = await edited(made, { manage_variables_by_yaml: null, refs: ["a"] });
    assert.equal(changed["manage_variables_by_yaml"], true);
  });

  test("a member of a group has the status that was sent, and it can be edited", async () => {
    const group = `/groups/${replyNumber(await client.inWorkspace("POST", "/groups", { name: "g" }), "id")}/members`;
    assert.equal((await client.inWorkspace("POST", group, { id: 1, status: "MANAGER" })).json["status"], "MANAGER");
    assert.equal((await client.inWorkspace("POST", group, { id: 3 })).json["status"], "MEMBER");
    assert.equal((await client.inWorkspace("PATCH", `${group}/3`, { status: "MANAGER" })).json["status"], "MANAGER");
    assert.equal((await client.inWorkspace("PATCH", `${group}/1`, { status: "MEMBER" })).json["status"], "MEMBER");
    assert.deepEqual(
      replyList(await client.inWorkspace("GET", group), "members").map((member) => [member["id"], member["status"]]),
      [
        [1, "MEMBER"],
        [3, "MANAGER"],
      ],
    );
    assert.equal((await client.inWorkspace("PATCH", `${group}/2`, { status: "MEMBER" })).status, 404);
  });

  test("groups and permission sets have no description unless one was sent", async () => {
    for (const path of ["/groups", "/permissions"]) {
      assert.ok(!("description" in (await client.inWorkspace("POST", path, { name: "without" })).json));
      const made = await client.inWorkspace("POST", path, { name: "with", description: "d" });
      assert.equal(made.json["description"], "d");
      const emptied = await client.inWorkspace("PATCH", `${path}/${replyNumber(made, "id")}`, {
        name: "n",
        description: "",
      });
      assert.ok((emptied.json["description"] ?? "") === "");
    }
  });
});
