import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestLogEntry } from "./index.ts";
import { READ_ONLY_TOKEN, runEmulator, startEmulator } from "./index.ts";
import { gitHubIntegration, replyList, replyMessages, TestClient, replyText } from "./test-client.ts";

describe("limits", () => {
  test("a limit is reported in three headers, and by 429 until its window ends", async (t) => {
    const emulator = await startEmulator({ rateLimit: { limit: 3, windowSeconds: 1 } });
    t.after(async () => emulator.close());
    const client = new TestClient(emulator);
    // Begin at the start of a window.
    await sleep(1000 - (Date.now() % 1000));
    const replies = [];
    for (let n = 0; n < 4; n += 1) replies.push(await client.inWorkspace("GET", "/integrations"));
    assert.deepEqual(
      replies.map((reply) => [
        reply.status,
        reply.headers.get("x-rate-limit-limit"),
        reply.headers.get("x-rate-limit-remaining"),
      ]),
      [
        [200, "3", "2"],
        [200, "3", "1"],
        [200, "3", "0"],
        [429, "3", "0"],
      ],
    );
    const reset = Number(replies[3]?.headers.get("x-rate-limit-reset"));
    assert.ok(Number.isInteger(reset) && reset * 1000 > Date.now() && reset * 1000 <= Date.now() + 1000);
    assert.equal((await new TestClient(emulator, READ_ONLY_TOKEN).inWorkspace("GET", "/integrations")).status, 200);
    await sleep(reset * 1000 - Date.now() + 5);
    assert.equal((await client.inWorkspace("GET", "/integrations")).status, 200);
  });

  test("without a limit there are no such headers", async (t) => {
    const emulator = await startEmulator();
    t.after(async () => emulator.close());
    const reply = await new TestClient(emulator).inWorkspace("GET", "/integrations");
    assert.ok([...reply.headers.keys()].every((name) => !name.startsWith("x-rate-limit")));
  });

  test("a latency is waited for by every answer, side by side", async (t) => {
    const emulator = await startEmulator({ latencyMs: 60 });
    t.after(async () => emulator.close());
    const client = new TestClient(emulator);
    emulator.addFault({ kind: "latency", ms: 1000, match: { path: "/groups" } });
    const order: string[] = [];
    const ask = async (path: string) => {
      const started = performance.now();
      await client.inWorkspace("GET", path);
      order.push(path);
      return performance.now() - started;
    };
    // If answers waited for each other, the first request would be answered first.
    const waited = await Promise.all(["/groups", ...Array<string>(10).fill("/integrations")].map(ask));
    assert.deepEqual(order, [...Array<string>(10).fill("/integrations"), "/groups"]);
    assert.ok(
      waited.every((ms) => ms >= 59),
      waited.join(" "),
    );
  });
});

describe("the log", () => {
  test("has each request with its answer, and no credentials", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-log-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "requests.log");
    const heard: RequestLogEntry[] = [];
    const emulator = await startEmulator({ log: path, onRequest: (entry) => heard.push(entry) });
    const client = new TestClient(emulator);
    await client.createIntegration(gitHubIntegration({ identifier: "logged", token: "very-secret" }));
    await client.createIntegration({});
    await new TestClient(emulator, "unknown-token").inWorkspace("GET", "/integrations?access_token=in-the-query");
    const written = readFileSync(path, "utf8");
    const lines = written
      .trimEnd()
      .split("\n")
      .map((line): RequestLogEntry => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ method, path: at, status, token, identifier, error }) => ({
        method,
        at,
        status,
        token,
        identifier,
        error,
      })),
      [
        { status: 201, token: "full access", identifier: "logged", error: undefined },
        { status: 400, token: "full access", identifier: undefined, error: 'Field "name" is required' },
        { status: 401, token: undefined, identifier: undefined, error: "Wrong authentication data" },
      ].map((rest, n) => ({ method: n === 2 ? "GET" : "POST", at: "/workspaces/my-company/integrations", ...rest })),
    );
    for (const secret of ["very-secret", emulator.token, "unknown-token", "in-the-query"])
      assert.ok(!written.includes(secret));
    assert.deepEqual(JSON.parse(JSON.stringify(heard)), lines);
    assert.equal(emulator.requests.length, 3);
    await emulator.close();
  });
});

describe("the emulator's own endpoints", () => {
  test("show requests and integrations with write-only fields, and switch settings", async (t) => {
    const emulator = await startEmulator();
    t.after(async () => emulator.close());
    const client = new TestClient(emulator);
    await client.createIntegration(gitHubIntegration({ identifier: "seen" }));
    assert.match((await client.call("GET", "/_emulator/integrations")).text, /"token":"made-up"/);
    assert.equal((await client.call("GET", "/_emulator/integrations?workspace=nope")).status, 404);
    assert.match((await client.call("GET", "/_emulator/requests")).text, /^\[\{"at":/);
    assert.equal((await client.call("DELETE", "/_emulator/requests")).status, 204);
    assert.deepEqual(emulator.requests, []);
    const settings = {
      apiDisabled: true,
      latencyMs: 1,
      unique: "workspace",
      rateLimit: { limit: 9, windowSeconds: 1 },
    };
    const rest = { list: "new", identifiers: "as-sent", lagMs: 0, commitDelayMs: 0, expireAfter: null, hidden: [] };
    assert.deepEqual((await client.call("PATCH", "/_emulator/settings", settings)).json, {
      ...rest,
      ...settings,
    });
    assert.deepEqual(replyMessages(await client.inWorkspace("GET", "/integrations")), [
      "API is disabled in this workspace",
    ]);
    const wrong = await client.call("PATCH", "/_emulator/settings", { list: "newest", lagMs: -1, x: 1, latencyMs: 7 });
    assert.deepEqual(
      [wrong.status, ...replyMessages(wrong)],
      [400, '"list" must be new or old', '"lagMs" must be a whole number, 0 or more', '"x" is not a setting'],
    );
    assert.equal((await client.call("GET", "/_emulator/settings")).json["latencyMs"], 1);
    assert.deepEqual((await client.call("GET", "/_emulator")).json["workspaces"], ["my-company"]);
    assert.equal((await client.call("GET", "/_emulator/nope")).status, 404);
  });
});

describe("starting", () => {
  test("the default workspace has what the example file refers to", async (t) => {
    const emulator = await startEmulator();
    t.after(async () => emulator.close());
    const client = new TestClient(emulator);
    const names = async (path: string, field: string) =>
      replyList(await client.inWorkspace("GET", path), field).map((item) => [item["id"], item["name"]]);
    assert.equal(emulator.workspace, "my-company");
    assert.deepEqual(await names("/projects/company-website/pipelines", "pipelines"), [
      [1, "deploy"],
      [2, "tests"],
    ]);
    assert.deepEqual(await names("/projects/my-project/pipelines", "pipelines"), [
      [123, "build"],
      [456, "release"],
    ]);
    assert.deepEqual(await names("/groups", "groups"), [
      [1, "backend"],
      [2, "frontend"],
    ]);
    const members = replyList(await client.inWorkspace("GET", "/members"), "members");
    assert.deepEqual(
      members.map((item) => [item["id"], item["email"], item["admin"]]),
      [
        [2, "admin@example.com", true],
        [1, "dev@example.com", false],
        [3, "bot@example.com", true],
      ],
    );
    assert.equal(
      replyText(await client.inWorkspace("GET", "/projects/company-website"), "display_name"),
      "Company website",
    );
  });

  test("members, projects and pipelines are paged, by 20 where nothing is said", async (t) => {
    const emulator = await startEmulator();
    t.after(async () => emulator.close());
    const client = new TestClient(emulator);
    for (let n = 0; n < 22; n += 1) await client.inWorkspace("POST", "/members", { email: `n${n}@example.com` });
    const count = async (query: string) =>
      replyList(await client.inWorkspace("GET", `/members${query}`), "members").length;
    assert.deepEqual(
      [await count(""), await count("?page=2"), await count("?page=1&per_page=30"), await count("?page=2&per_page=30")],
      [20, 5, 25, 0],
    );
  });

  test("prints three lines and one for a shell once it listens, and serves until it is aborted", async () => {
    const ending = new AbortController();
    const lines: string[] = [];
    const printed = new Promise<void>((resolve) => {
      const stdout = { write: (line: string) => resolve(void lines.push(line)) };
      void runEmulator({}, { stdout, signal: ending.signal }).then(() => lines.push("ended"));
    });
    await printed;
    const pattern =
      /^BUDDY_BASE_URL=(http:\/\/127\.0\.0\.1:\d+)\nBUDDY_TOKEN=emulator-full-access\nBUDDY_WORKSPACE=my-company\nexport BUDDY_BASE_URL=\1 BUDDY_TOKEN=emulator-full-access BUDDY_WORKSPACE=my-company\n$/;
    const url = pattern.exec(lines.join(""))?.[1] ?? "";
    assert.equal((await fetch(`${url}/_emulator`)).status, 200);
    ending.abort();
    await assert.rejects(async () => {
      for (let n = 0; n < 50; n += 1) await fetch(`${url}/_emulator`);
    });
    await sleep(20);
    assert.equal(lines.at(-1), "ended");
  });

  test("listens on loopback addresses only", async () => {
    await assert.rejects(startEmulator({ host: "0.0.0.0" }), {
      message: "the emulator listens on loopback addresses only, not on 0.0.0.0",
    });
    const six = await startEmulator({ host: "::1" }).catch(() => undefined);
    if (six !== undefined) assert.match(six.url, /^http:\/\/\[::1\]:\d+$/);
    await six?.close();
  });

  test("a port that is taken, and a seed that says nonsense, reject with a reason", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-seed-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const emulator = await startEmulator();
    t.after(async () => emulator.close());
    await assert.rejects(startEmulator({ port: Number(new URL(emulator.url).port) }), { code: "EADDRINUSE" });
    const seed = join(folder, "seed.yaml");
    writeFileSync(seed, "tokens: [{ name: a, token: t, user: me }]\n");
    await assert.rejects(startEmulator({ seed }), { message: `${seed}: "user" must be a number in the seed file` });
    writeFileSync(seed, "- a\n");
    await assert.rejects(startEmulator({ seed }), { message: `${seed}: a seed file is a YAML mapping` });
  });
});
