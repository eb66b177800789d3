import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { workbench } from "../testing/cli.ts";

const EXAMPLE = await readFile(new URL("../../integrations.example.yaml", import.meta.url), "utf8");

/** A value for every variable that a file refers to. */
function valuesFor(text: string): Record<string, string> {
  const names = [...text.matchAll(/: \$([A-Z_]+)$|\$([A-Z_]+) \}/gm)].map(([, a, b]) => a ?? b ?? "");
  return Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
}

test("the example is planned, created and locked, and then nothing is to do", async (t) => {
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

test("without the lockfile everything is adopted and nothing is created", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", EXAMPLE);
  const env = { ...valuesFor(EXAMPLE), BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) };
  await bench.run(["sync", "--apply"], { env });
  const before = await bench.read("integrations.lock.yaml");
  await bench.write("integrations.lock.yaml", "lockfile_version: 1\nworkspaces: {}\n");

  const apply = await bench.run(["sync", "--apply"], { env });
  assert.equal(apply.exit, 0, apply.stderr);
  assert.equal(bench.emulator.stored().length, 11);
  assert.equal(await bench.read("integrations.lock.yaml"), before);
});
