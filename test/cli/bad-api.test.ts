import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "../../src/emulator/index.ts";
import type { Io } from "../../src/io.ts";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

/** Failures of a read, each with the message and the exit code. */
const ANSWERS: readonly [string, Fault, number, string, RegExp][] = [
  ["401", { kind: "error", status: 401, message: "Wrong token" }, 4, "api-unauthorized", /returned 401: Wrong token/],
  [
    "403",
    { kind: "error", status: 403, message: "cannot receive data" },
    4,
    "api-forbidden",
    /returned 403: cannot receive data/,
  ],
  [
    "404",
    { kind: "error", status: 404, message: "No such workspace" },
    5,
    "api-not-found",
    /returned 404: No such workspace/,
  ],
  ["429 for longer than --max-wait", { kind: "rate-limit", resetSeconds: 999 }, 5, "api-rate-limited", /returned 429/],
  ["500", { kind: "error", status: 500, message: "Oops" }, 5, "api-server-error", /returned 500: Oops/],
  ["a web page", { kind: "html" }, 5, "api-unreadable", /the response can't be read/],
  ["nothing", { kind: "reset" }, 5, "api-network", /ECONNRESET|reset|closed/],
  ["half an answer", { kind: "truncate" }, 5, "api-network", /./],
  [
    "a redirect to another host",
    { kind: "redirect", location: "https://evil.example/" },
    5,
    "api-redirected",
    /evil\.example/,
  ],
  [
    "something that isn't a list",
    { kind: "answer", status: 200, body: '{"integrations":5}' },
    5,
    "api-unreadable",
    /can't be read/,
  ],
];

for (const [by, io] of Object.entries<Partial<Io>>({ direct: {}, fetch: { fetch: globalThis.fetch } }))
  for (const [what, fault, exit, code, words] of ANSWERS) {
    test(`${by} reports an API that returns ${what} in the API's words, exits with ${exit} and writes nothing`, async (t) => {
      const s = await syncWorkbench(t);
      await s.writeIntegrations(block("a"));
      s.emulator.addFault(fault);
      const plan = await s.plan(["--max-wait", "5"], { io });
      assert.deepEqual([plan.exit, plan.codes], [exit, [code]]);
      assert.match(plan.report.diagnostics[0]?.message ?? "", words);
      s.requests();
      const apply = await s.apply(["--max-wait", "5"], { io });
      assert.deepEqual([apply.exit, apply.codes], [exit, [code]]);
      assert.ok(s.requests().every((request) => request.startsWith("GET ")));
      assert.deepEqual([s.emulator.stored().length, await s.read("integrations.lock.yaml")], [0, undefined]);
    });
  }

test("an API that responds too late is reported, with exit 5", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  s.emulator.addFault({ kind: "hang" });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const state = { running: true };
  const run = s.plan(["--timeout", "7"]).finally(() => (state.running = false));
  while (state.running) {
    t.mock.timers.tick(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const plan = await run;
  assert.deepEqual([plan.exit, plan.codes], [5, ["api-timeout"]]);
  assert.match(plan.report.diagnostics[0]?.message ?? "", /no complete response within 7 s/);
});

test("an API that can't be reached is reported, with exit 5", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await s.emulator.close();
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.codes], [5, ["api-network"]]);
  assert.match(plan.report.diagnostics[0]?.hint ?? "", /no server responds there/);
});

test("a failed or partial read is never treated as absence: nothing is created, replaced or deleted", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...["a", "b", "c", "d"].map((key) => block(key)));
  await s.apply();
  const lock = await s.read("integrations.lock.yaml");
  await s.writeIntegrations(block("a"), block("e"));
  for (const fault of [
    { kind: "error", status: 500 },
    { kind: "html", status: 404 },
    { kind: "error", status: 403 },
    { kind: "answer", status: 200, body: "{}" },
  ] as const) {
    const pathPattern = `/integrations/${s.stored("b").hash_id}$`;
    s.emulator.addFault({ ...fault, match: { pathPattern } });
    s.requests();
    const apply = await s.apply(["--prune", "--max-deletions", "9", "--allow-replace"]);
    assert.ok(apply.exit === 5 || apply.exit === 4, String(apply.exit));
    assert.match(apply.report.diagnostics[0]?.message ?? "", /^b \(\w+\) could not be read: /);
    assert.ok(s.requests().every((request) => request.startsWith("GET ")));
    s.emulator.clearFaults();
  }
  assert.deepEqual([s.emulator.stored().length, await s.read("integrations.lock.yaml")], [4, lock]);
});

test("a list that fails stops the run as well", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await s.apply();
  await s.writeIntegrations(block("a"), block("b"));
  s.emulator.addFault({ kind: "error", status: 500, match: { pathPattern: "/integrations$" } });
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes, s.emulator.stored().length], [5, [], 1]);
  assert.match(apply.report.diagnostics[0]?.message ?? "", /^the list could not be read: /);
});
