import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "../../src/emulator/index.ts";
import { leakSearchBench } from "../support/leaks/search.ts";
import { echoingFetch } from "../support/leaks/echoes.ts";

/** Types for each shape of a value, and types with more credentials than a token. */
const TYPES = ["VULTR", "AMAZON", "AZURE_CLOUD", "GOOGLE_SERVICE_ACCOUNT", "SHOPIFY", "CLOUDFLARE", "SLACK"];
const STATUSES = [200, 302, 400, 401, 403, 404, 422, 429, 503];

test("a server message that repeats what was sent, in any form and with any status, is never shown", async (t) => {
  const bench = await leakSearchBench(t, { types: TYPES });
  const args = ["--verbose", "--max-wait", "0", "--concurrency", "1"];
  let withheld = 0;
  const echoed = async (method: string, status: number, ...command: string[]): Promise<void> => {
    const { exit, stdout, stderr } = await bench.run([...command, ...args], {
      io: { fetch: echoingFetch({ method, status }) },
    });
    assert.notEqual(exit, 0, `${method} ${status}`);
    assert.notEqual(exit, 1, stderr);
    if (`${stdout}${stderr}`.includes("message is withheld: it contains part of $")) withheld += 1;
  };
  for (const status of STATUSES) await echoed("POST", status, "sync", "--apply");
  for (const status of STATUSES) await echoed("GET", status, "sync", "--plan", "--format", "json");
  assert.equal((await bench.run(["sync", "--apply"])).exit, 0);
  bench.rotate();
  for (const status of [200, 302, 400, 500]) await echoed("PATCH", status, "sync", "--apply", "--format", "json");
  for (const status of [200, 400]) await echoed("GET", status, "sync", "--plan");
  assert.ok(withheld > 10, "a message that repeats a value is withheld, and the run says so");
});

const EFFECTS: readonly Fault[] = [
  { kind: "echo" },
  { kind: "echo", status: 500 },
  { kind: "error", when: "before" },
  { kind: "error", when: "after", status: 500 },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "after" },
  { kind: "truncate" },
  { kind: "truncate", bytes: 0 },
  { kind: "html" },
  { kind: "html", status: 404 },
  { kind: "redirect", location: "https://elsewhere.example.com/" },
  { kind: "redirect", location: "//elsewhere.example.com/", status: 307 },
  { kind: "rate-limit", resetSeconds: 60 },
  { kind: "reject", message: "Identifier is already in use" },
  { kind: "answer", status: 201, body: '{"hash_id": 1' },
  { kind: "answer", status: 200, body: "null" },
];

test("no secret is shown however the server fails, in creations, edits, reads and deletions", async (t) => {
  const bench = await leakSearchBench(t, { types: TYPES.slice(0, 3) });
  const failing = async (method: string, effect: Fault, ...args: string[]): Promise<void> => {
    const fault: Fault = {
      ...effect,
      match: { method, path: "/integrations" },
      ...(method === "GET" ? { after: 1 } : {}),
    };
    bench.emulator.addFault(fault);
    const { exit, stderr } = await bench.run([...args, "--verbose", "--max-wait", "0"]);
    bench.emulator.clearFaults();
    assert.notEqual(exit, 1, stderr);
  };
  for (const effect of EFFECTS) await failing("POST", effect, "sync", "--apply", "--format", "json");
  assert.equal((await bench.run(["sync", "--apply", "--adopt"])).exit, 0);
  for (const effect of EFFECTS) {
    bench.rotate();
    await failing("PATCH", effect, "sync", "--apply");
    await failing("GET", effect, "sync", "--plan");
  }
  await bench.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  for (const effect of EFFECTS) {
    await failing("DELETE", effect, "sync", "--apply", "--prune", "--max-deletions", "99");
  }
});

test("a failure below HTTP shows no part of the request", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const throwing: typeof globalThis.fetch = (_, init) => {
    const words = `${JSON.stringify(init?.body)} ${new Headers(init?.headers).get("authorization")}`;
    const cause = Object.assign(new Error(words), { code: "ECONNRESET", headers: init?.headers });
    return Promise.reject(Object.assign(new TypeError(`fetch failed ${words}`, { cause }), { options: init }));
  };
  const { exit } = await bench.run(["sync", "--plan", "--verbose"], { io: { fetch: throwing } });
  assert.equal(exit, 5);
});

test("a server message with part of a value from another request isn't shown", async (t) => {
  const bench = await leakSearchBench(t, { types: ["VULTR"] });
  const value = "a value of the run that no read sends";
  const messages = [value.toUpperCase().slice(4, 20), "no project of that name"].map((message) => ({ message }));
  const fetch: typeof globalThis.fetch = () =>
    Promise.resolve(new Response(JSON.stringify({ errors: messages }), { status: 400 }));
  const [name = ""] = Object.keys(bench.env);
  const { exit, stderr } = await bench.run(["sync", "--plan"], { env: { [name]: value }, io: { fetch } });
  assert.equal(exit, 5);
  assert.ok(stderr.includes(`400: the server's message is withheld: it contains part of $${name}; no project of that`));
});
