import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator, Fault } from "./index.ts";
import { startEmulator } from "./index.ts";
import { gitHubIntegration, integrationHash, replyList, replyMessages, TestClient } from "./test-client.ts";

describe("faults", () => {
  let emulator: Emulator;
  let client: TestClient;
  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(async () => emulator.close());
  beforeEach(() => emulator.clearFaults());

  /** How many integrations a creation under this fault leaves behind, and what the client saw of it. */
  async function createUnder(fault: Fault): Promise<{ readonly made: number; readonly seen: number | string }> {
    const had = emulator.stored().length;
    emulator.addFault({ match: { method: "POST", path: "/integrations" }, times: 1, ...fault });
    const seen = await client.createIntegration(gitHubIntegration()).then(
      (reply) => reply.status,
      (error: unknown) => errorCode(error),
    );
    return { made: emulator.stored().length - had, seen };
  }

  const WRITES: readonly (readonly [Fault, number, number | string])[] = [
    [{ kind: "error" }, 0, 503],
    [{ kind: "error", when: "before", status: 502, message: "no" }, 0, 502],
    [{ kind: "error", when: "after", status: 500 }, 1, 500],
    [{ kind: "reset" }, 0, "ECONNRESET"],
    [{ kind: "reset", when: "after" }, 1, "ECONNRESET"],
    [{ kind: "truncate" }, 1, "UND_ERR_SOCKET"],
    [{ kind: "truncate", bytes: 0 }, 1, "UND_ERR_SOCKET"],
    [{ kind: "html" }, 0, 200],
    [{ kind: "html", when: "after", status: 201 }, 1, 201],
    [{ kind: "echo" }, 0, 400],
    [{ kind: "answer", status: 418, body: "tea" }, 0, 418],
    [{ kind: "answer", when: "after", status: 201, body: "{}" }, 1, 201],
    [{ kind: "redirect", location: "http://127.0.0.1:9/" }, 0, 302],
    [{ kind: "reject", message: "Not today" }, 0, 400],
    [{ kind: "rate-limit" }, 0, 429],
    [{ kind: "latency", ms: 1 }, 1, 201],
  ];
  for (const [fault, made, seen] of WRITES)
    test(`${JSON.stringify(fault)}: the client sees ${seen}, ${made} written`, async () => {
      assert.deepEqual(await createUnder(fault), { made, seen });
    });

  test("429 says when the limit ends, in epoch seconds, and can be silent about it", async () => {
    emulator.addFault({ kind: "rate-limit", resetSeconds: 5, times: 1 });
    emulator.addFault({ kind: "rate-limit", headers: false, times: 1 });
    const [loud, silent] = [
      await client.inWorkspace("GET", "/integrations"),
      await client.inWorkspace("GET", "/integrations"),
    ];
    const wait = Number(loud.headers.get("x-rate-limit-reset")) - Date.now() / 1000;
    assert.ok(wait > 3.9 && wait < 6.1, String(wait));
    assert.equal(loud.headers.get("x-rate-limit-remaining"), "0");
    assert.equal(silent.headers.get("x-rate-limit-reset"), null);
    assert.deepEqual(replyMessages(loud), ["Rate limit exceeded"]);
  });

  test("echo puts the whole request body, secrets and all, into the error's message", async () => {
    emulator.addFault({ kind: "echo" });
    const reply = await client.createIntegration(gitHubIntegration({ token: "very-secret" }));
    assert.ok(String(replyMessages(reply)[0]).includes("very-secret"));
  });

  test("a body that never ends keeps coming until the client leaves", async () => {
    emulator.addFault({ kind: "endless" });
    const leaving = new AbortController();
    const response = await fetch(`${emulator.url}/workspaces/my-company/integrations`, {
      headers: { authorization: `Bearer ${emulator.token}` },
      signal: leaving.signal,
    });
    let size = 0;
    const reader = response.body?.getReader();
    for (let chunk = 0; chunk < 5; chunk += 1) size += (await reader?.read())?.value?.length ?? 0;
    assert.ok(size > 100);
    leaving.abort();
  });

  test("slow sends the answer byte by byte", async () => {
    emulator.addFault({ kind: "slow", bytesPerSecond: 200, match: { path: "/user/token" } });
    const started = performance.now();
    const reply = await client.call("GET", "/user/token/nope");
    assert.equal(reply.status, 404);
    assert.deepEqual(replyMessages(reply), ["Resource not found"]);
    assert.ok(performance.now() - started > 150);
  });

  test("hang never answers", async () => {
    emulator.addFault({ kind: "hang" });
    const request = fetch(`${emulator.url}/user`, { signal: AbortSignal.timeout(100) });
    await assert.rejects(request, { name: "TimeoutError" });
  });

  test("a fault is for the requests that match in method, path and identifier", async () => {
    emulator.addFault({ kind: "reject", message: "no", match: { method: "post", identifier: "prod" } });
    assert.equal((await client.createIntegration(gitHubIntegration({ identifier: "aws_prod" }))).status, 400);
    const { status, json } = await client.createIntegration(gitHubIntegration({ identifier: "aws_test" }));
    assert.equal(status, 201);
    const path = `/integrations/${integrationHash(json)}`;
    assert.equal((await client.inWorkspace("PATCH", path, { name: "n", identifier: "prod" })).status, 200);
    emulator.addFault({ kind: "error", match: { pathPattern: `/${integrationHash(json)}$` } });
    assert.equal((await client.inWorkspace("GET", path)).status, 503);
    assert.equal((await client.inWorkspace("GET", "/integrations")).status, 200);
  });

  test("nth, after and times choose among the matching requests", async () => {
    const statuses = async (fault: Fault) => {
      emulator.clearFaults();
      emulator.addFault(fault);
      const all: number[] = [];
      for (let n = 0; n < 5; n += 1) all.push((await client.call("GET", "/user/token")).status);
      return all;
    };
    assert.deepEqual(await statuses({ kind: "error", nth: 2 }), [200, 503, 200, 200, 200]);
    assert.deepEqual(await statuses({ kind: "error", after: 3 }), [200, 200, 200, 503, 503]);
    assert.deepEqual(await statuses({ kind: "error", after: 1, times: 2 }), [200, 503, 503, 200, 200]);
  });

  test("the same seed strikes the same requests", async () => {
    const run = async () => {
      emulator.clearFaults();
      emulator.addFault({ kind: "error", probability: 0.5, seed: 7 });
      const all: number[] = [];
      for (let n = 0; n < 30; n += 1) all.push((await client.call("GET", "/user/token")).status);
      return all;
    };
    const first = await run();
    assert.deepEqual(await run(), first);
    assert.deepEqual(new Set(first), new Set([200, 503]));
  });

  test("latencies add up, and another fault still strikes", async () => {
    emulator.addFault({ kind: "latency", ms: 40 });
    emulator.addFault({ kind: "latency", ms: 40 });
    emulator.addFault({ kind: "error" });
    const started = performance.now();
    assert.equal((await client.call("GET", "/user/token")).status, 503);
    assert.ok(performance.now() - started >= 79);
  });

  test("the log names the fault, and 0 for an answer that never came", async () => {
    emulator.addFault({ kind: "reset", when: "after", times: 1 });
    await assert.rejects(client.createIntegration(gitHubIntegration({ identifier: "logged" })));
    const entry = emulator.requests.at(-1);
    assert.deepEqual(
      [entry?.method, entry?.status, entry?.fault, entry?.identifier],
      ["POST", 0, "reset after", "logged"],
    );
  });

  test("faults are switched by the control endpoint too, all of a list or none", async () => {
    const faults = "/_emulator/faults";
    const bad = await client.call("POST", faults, [{ kind: "error" }, { kind: "eror" }]);
    assert.equal(bad.status, 400);
    assert.match(String(replyMessages(bad)[0]), /^"kind" must be one of latency, rate-limit, /);
    assert.equal((await client.call("GET", "/user/token")).status, 200);
    assert.equal((await client.call("POST", faults, { kind: "error", times: 1 })).status, 200);
    assert.equal((await client.call("GET", "/user/token")).status, 503);
    const { text } = await client.call("GET", faults);
    assert.equal(text, '[{"fault":{"kind":"error","times":1},"matched":1,"struck":1}]');
    assert.equal((await client.call("DELETE", faults)).status, 204);
    assert.equal((await client.call("GET", faults)).text, "[]");
  });

  test("a closed emulator ends endless answers", async () => {
    const other = await startEmulator({ faults: [{ kind: "endless" }] });
    const response = await fetch(`${other.url}/user`);
    await sleep(30);
    await other.close();
    await assert.rejects(response.text());
  });

  test("lists are left alone by a fault for creations", async () => {
    emulator.addFault({ kind: "error", match: { method: "POST" } });
    assert.ok(replyList(await client.inWorkspace("GET", "/integrations"), "integrations").length > 0);
  });
});

/** The code of a failed fetch, or of what its body failed with. */
function errorCode(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(error);
}
