import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { workbench } from "../support/workbench.ts";

const EXAMPLE = await readFile(new URL("../../integrations.example.yaml", import.meta.url), "utf8");

/** A value for every variable in a file. */
function valuesFor(text: string): Record<string, string> {
  const names = [...text.matchAll(/: \$([A-Z_]+)$|\$([A-Z_]+) \}/gm)].map(([, a, b]) => a ?? b ?? "");
  return Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
}

test("the example is planned, created and locked, and then there is nothing to do", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", EXAMPLE);
  const env = valuesFor(EXAMPLE);

  const plan = await bench.run(["sync", "--plan"], { env });
  assert.equal(plan.exit, 0, plan.stderr);
  assert.match(plan.stdout, /Plan: 11 to create\./);
  assert.equal(await bench.read("integrations.lock.yaml"), undefined);
  assert.ok(bench.requests().every((request) => request.startsWith("GET ")));

  const apply = await bench.run(["sync", "--apply"], { env });
  assert.equal(apply.exit, 0, apply.stderr);
  assert.equal(bench.emulator.stored().length, 11);
  bench.requests();

  const again = await bench.run(["sync", "--apply"], { env });
  assert.equal(again.exit, 0, again.stderr);
  assert.match(again.stdout, /nothing to do/);
  assert.ok(bench.requests().every((request) => request.startsWith("GET ")));
});

test("without the lockfile, everything is adopted and nothing is created; only AWS keys without roles aren't sent", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", EXAMPLE);
  const env = { ...valuesFor(EXAMPLE), BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
  await bench.run(["sync", "--apply"], { env });
  const before = await bench.read("integrations.lock.yaml");
  await bench.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");

  const apply = await bench.run(["sync", "--apply"], { env });
  assert.equal(apply.exit, 7, apply.stderr);
  assert.match(apply.stdout, /\nRefuses: aws_token_integration \(update: roles-unseen\)\.\n/);
  assert.equal(bench.emulator.stored().length, 11);
  // After a person checked that there are no roles, the result is the same, except that this tool didn't send the
  // keys.
  assert.equal((await bench.run(["sync", "--apply", "--assume-sent"], { env })).exit, 0);
  const after = ((await bench.read("integrations.lock.yaml")) ?? "").replaceAll(/ +assumed: true\n/g, "");
  assert.equal(
    after,
    before?.replace(/( +type: AMAZON\n +last_sent:\n(?: {10}.*\n)*?) {10}unmanaged\.role_assumptions: \[\]\n/, "$1"),
  );
});

test("a failing plan still reports an interrupted creation, and a journal that can't be read", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", EXAMPLE);
  const { url: api, workspace } = bench.emulator;
  const made = { api, workspace, key: "aws", identifier: "aws", type: "AMAZON", scope: "WORKSPACE" };
  const begun = { version: 1, kind: "begin", ...made, lifecycle: { protect: false, onRemove: "delete" } };
  bench.emulator.addFault({ kind: "error", match: { method: "GET" } });
  for (const [journal, code] of [
    [`${JSON.stringify(begun)}\n`, "interrupted-create"],
    ["garbage\n", "journal-damaged"],
  ] as const) {
    await bench.write("integrations.lock.yaml.journal", journal);
    for (const [exit, args, env] of [
      [5, [], valuesFor(EXAMPLE)],
      [3, [], { ...valuesFor(EXAMPLE), BUDDY_TOKEN: undefined }],
      [3, ["--offline", "--only", "nothing_of_that_name"], valuesFor(EXAMPLE)],
      // There is no room for the name of the temporary file, which is longer.
      [3, ["--offline", "--out", `${"x".repeat(245)}.json`], valuesFor(EXAMPLE)],
    ] as const) {
      const text = await bench.run(["sync", "--plan", ...args], { env });
      assert.equal(text.exit, exit, text.stderr);
      assert.match(text.stderr, new RegExp(String.raw`^warning \[${code}\]`, "m"));
      const json = await bench.run(["sync", "--plan", "--format", "json", ...args], { env });
      assert.equal(json.exit, exit, json.stderr);
      assert.match(json.stdout, new RegExp(`"code": "${code}"`));
    }
  }
});
