import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCode } from "../../src/exit.ts";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";

const PROTECTED = { lifecycle: "{ protect: true }" };

test("0: done, and for --plan also when there are changes", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  assert.equal((await s.plan()).exit, 0);
  assert.equal((await s.apply()).exit, 0);
  assert.equal((await s.plan()).exit, 0);
});

test("1: a bug, with a request to report it, in JSON too", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const broken = {
    get: () => {
      throw new Error("the environment is on fire");
    },
  };
  const io = { env: new Proxy({}, broken) };
  const run = await s.plan([], { io });
  assert.deepEqual([run.exit, run.codes], [1, ["bug"]]);
  assert.match(
    run.stderr,
    /^This is a bug in buddy-integrations; please report it:\nError: the environment is on fire\n/,
  );
});

test("2: changes are pending, with --detailed-exitcode; an orphan or an unknown value isn't a change", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  assert.equal((await s.plan(["--detailed-exitcode"])).exit, 2);
  await s.apply();
  assert.equal((await s.plan(["--detailed-exitcode"])).exit, 0);
  await s.writeIntegrations(block("a"));
  const unknown = await s.plan(["--detailed-exitcode"], { env: { TOKEN: undefined } });
  assert.deepEqual([unknown.exit, unknown.changes, unknown.report.plan?.summary.unknown], [0, ["orphan b"], 1]);
  assert.equal((await s.plan(["--detailed-exitcode", "--prune"])).exit, 2);
});

test("3: the file, the lockfile, the arguments or the environment are invalid", async (t) => {
  const s = await syncWorkbench(t);
  assert.deepEqual([(await s.plan()).exit, (await s.plan()).codes], [3, ["missing-file"]]);
  await s.writeIntegrations(block("a"));
  const cases: readonly [readonly string[], Readonly<Record<string, string | undefined>>, string][] = [
    [["--bogus"], {}, "bad-arguments"],
    [["--concurrency", "0"], {}, "bad-arguments"],
    [["--max-deletions", "-1"], {}, "bad-arguments"],
    [["--yes"], {}, "bad-arguments"],
    [["--only", "nothing"], {}, "no-match"],
    [[], { BUDDY_TOKEN: undefined }, "no-token"],
    [[], { BUDDY_TOKEN: "two\nlines" }, "wrong-token"],
    [[], { BUDDY_WORKSPACE: undefined }, "no-workspace"],
    [[], { BUDDY_BASE_URL: "http://buddy.example" }, "wrong-api"],
    [[], { BUDDY_INTEGRATIONS_KEY: "short" }, "weak-key"],
    [["--secrets-file", "no.env"], {}, "missing-file"],
  ];
  for (const [args, env, code] of cases) {
    const run = await s.plan(args, { env });
    assert.deepEqual([run.exit, run.codes], [3, [code]], `${args.join(" ")} ${JSON.stringify(env)}`);
  }
});

test("3: without --plan or --apply, and with both", async (t) => {
  const s = await syncWorkbench(t);
  for (const args of [[], ["--plan", "--apply"]]) {
    const run = await s.run(["sync", ...args]);
    assert.deepEqual([run.exit, run.stdout], [3, ""]);
    assert.match(run.stderr, /^error: sync needs either --plan or --apply\n/);
  }
});

test("4: 401, 403 on a read, the API disabled, every locked hash gone", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  assert.equal((await s.plan([], { env: { BUDDY_TOKEN: "wrong" } })).exit, 4);
  s.emulator.addFault({ kind: "error", status: 403, message: "cannot receive data", times: 1 });
  assert.equal((await s.plan()).exit, 4);
  s.emulator.addFault({ kind: "error", status: 400, message: "API is disabled in this workspace", times: 1 });
  const disabled = await s.plan();
  assert.deepEqual([disabled.exit, disabled.codes], [4, ["api-forbidden"]]);
  assert.match(disabled.report.diagnostics[0]?.hint ?? "", /enable the API/);
  await s.apply();
  for (const key of ["a", "b"]) await s.byHand("DELETE", `/integrations/${s.stored(key).hash_id}`);
  const gone = await s.apply();
  assert.deepEqual([gone.exit, gone.codes, s.emulator.stored().length], [4, ["all-gone"], 0]);
});

test("5: the API failed, or some of the plan could not be applied, a refused write too", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  s.emulator.addFault({ kind: "error", status: 500, match: { method: "GET" }, times: 4 });
  assert.deepEqual([(await s.plan()).exit], [5]);
  s.emulator.addFault({ kind: "error", status: 403, match: { method: "POST", identifier: "a" } });
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes], [5, ["failed create a", "done create b"]]);
});

test("6: the plan isn't what was expected, or another run is active", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  assert.equal((await s.apply(["--expect", "v2:sha256:0"])).exit, 3);
  assert.equal((await s.apply(["--expect", `v2:sha256:${"0".repeat(64)}`])).exit, 6);
  await s.write("integrations.lock.yaml.lock", `{"pid":1,"hostname":"elsewhere"}\n`);
  const busy = await s.apply();
  assert.deepEqual([busy.exit, busy.codes, s.emulator.stored().length], [6, ["another-run"], 0]);
  assert.equal((await s.plan()).exit, 0, "a plan doesn't wait for the run lock");
});

test("7: a safety rule refused a change, in plan and apply, or the person answered no", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b", PROTECTED));
  const declined = await s.run(["sync", "--apply"], { answers: ["no"] });
  assert.deepEqual([declined.exit, s.emulator.stored().length], [7, 0]);
  assert.match(declined.stderr, /Apply these changes to my-company\? \[y\/N\] .*nothing was changed/s);
  assert.equal((await s.run(["sync", "--apply"], { answers: ["y"] })).exit, 0);
  await s.writeIntegrations(block("a"));
  assert.deepEqual([(await s.plan(["--prune"])).exit, (await s.apply(["--prune"])).exit], [7, 7]);
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${code}: ${signal}, and the changes that were not started are reported`, async (t) => {
    const s = await syncWorkbench(t);
    await s.writeIntegrations(block("a"), block("b"));
    const controller = new AbortController();
    s.emulator.addFault({ kind: "latency", ms: 1, match: { method: "POST" } });
    const run = await s.apply(["--concurrency", "1"], {
      signal: controller.signal,
      io: {
        fetch: (input, init) => {
          if (init?.method === "POST") controller.abort(signal);
          return fetch(input, init);
        },
      },
    });
    assert.deepEqual([run.exit, run.outcomes], [code, ["done create a", "not-started create b"]]);
    assert.equal((await s.lockedEntry("a"))?.hashId, s.stored("a").hash_id);
    const before = await s.apply([], { signal: controller.signal });
    assert.deepEqual([before.exit, s.emulator.stored().length], [code, 1]);
  });
}

test("after a signal, every command exits with the code of the signal, in its report too", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await s.apply();
  const { hash_id: hash } = s.stored("a");
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const interrupted = { signal: AbortSignal.abort(signal) };
    for (const args of [
      ["validate"],
      ["validate", "missing.yaml"],
      ["refs"],
      ["refs", "--key", "nothing"],
      ["refs", "--check"],
      ["import", "a", hash],
      ["import", "new", hash],
      ["sync", "--plan"],
      ["sync", "--nonsense"],
    ]) {
      const { exit, stderr } = await s.run(args, interrupted);
      assert.equal(exit, code, `${args.join(" ")}: ${stderr}`);
    }
    const { exit, report } = await s.plan([], interrupted);
    assert.deepEqual([exit, report.exit_code], [code, code]);
  }
});

test("emulate exits with 0 after a signal", async (t) => {
  const s = await syncWorkbench(t);
  const { exit, stderr } = await s.run(["emulate", "--port", "0"], { signal: AbortSignal.abort("SIGTERM") });
  assert.equal(exit, 0, stderr);
});

test("if several exit codes apply, the first of 1, 130, 143, 3, 4, 6, 5, 7, 2 is used", () => {
  const reasons = ["bug", "SIGINT", "SIGTERM", "invalid", "auth", "stale", "failed", "refused", "changes"] as const;
  const order = [1, 130, 143, 3, 4, 6, 5, 7, 2] as const;
  for (const [index, code] of order.entries()) assert.equal(exitCode(reasons.slice(index).toReversed()), code);
  assert.equal(exitCode([]), 0);
});

test("a missing value (3) outweighs a stale plan (6), and both are reported", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const run = await s.apply(["--expect", `v2:sha256:${"0".repeat(64)}`], { env: { TOKEN: undefined } });
  assert.deepEqual([run.exit, run.codes], [3, ["stale-plan", "missing-value"]]);
});

test("4 outweighs 5, 6 outweighs 7, 5 outweighs 7, and 7 outweighs 2, in real runs", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"), block("p", PROTECTED));
  await s.apply();
  await s.writeIntegrations(block("a"), block("b"), block("c"), block("d"));
  assert.equal((await s.plan(["--prune", "--detailed-exitcode"])).exit, 7);
  assert.equal((await s.apply(["--prune", "--expect", `v2:sha256:${"0".repeat(64)}`])).exit, 6);
  s.emulator.addFault({ kind: "reject", message: "no", match: { method: "POST", identifier: "c" }, times: 1 });
  const failed = await s.apply(["--prune", "--only", "c", "p"]);
  assert.deepEqual([failed.exit, failed.outcomes], [5, ["failed create c", "refused delete p"]]);
  s.emulator.addFault({ kind: "reject", message: "no", match: { method: "POST", identifier: "c" }, times: 1 });
  s.emulator.addFault({ kind: "error", status: 401, match: { method: "POST", identifier: "d" }, times: 1 });
  const expired = await s.apply(["--only", "c", "d"]);
  assert.deepEqual([expired.exit, expired.outcomes], [4, ["failed create c", "failed create d"]]);
});
