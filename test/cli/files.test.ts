import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { workbench } from "../support/workbench.ts";

const FILE = fileOf(block("a", { name: "A" }));
const env = { TOKEN: "a value" };

async function modesIn(dir: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(dir)).toSorted();
  const modes = names.map(async (name) => [name, ((await stat(join(dir, name))).mode & 0o777).toString(8)] as const);
  return Object.fromEntries(await Promise.all(modes));
}

test("files that may be sensitive are readable only by their owner; the lockfile, which is committed, has normal permissions", async (t) => {
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  await bench.run(["sync", "--plan", "--out", "plan.json"], { env });
  assert.deepEqual(await modesIn(bench.dir), { "integrations.yaml": "644", "plan.json": "600" });

  let during: Readonly<Record<string, string>> = {};
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (init?.method === "POST") during = await modesIn(bench.dir);
    return globalThis.fetch(input, init);
  };
  assert.equal((await bench.run(["sync", "--apply"], { env, io: { fetch } })).exit, 0);
  assert.deepEqual(during, {
    "integrations.lock.yaml.journal": "600",
    "integrations.lock.yaml.lock": "600",
    "integrations.yaml": "644",
    "plan.json": "600",
  });
  assert.deepEqual(await modesIn(bench.dir), {
    "integrations.lock.yaml": "644",
    "integrations.yaml": "644",
    "plan.json": "600",
  });
});

test("only the lockfile and the named files are written", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const commands = [
    ["validate"],
    ["sync", "--plan", "--verbose"],
    ["sync", "--plan", "--offline", "--format", "json"],
    ["refs"],
    ["sync", "--plan", "--file", "none.yaml"],
  ];
  for (const args of commands) await bench.run(args, { env });
  assert.deepEqual(await readdir(bench.dir), ["integrations.yaml"]);
  await bench.run(["sync", "--apply"]);
  assert.deepEqual(await readdir(bench.dir), ["integrations.yaml"]);
  await bench.run(["sync", "--apply", "--lockfile", "other.lock.yaml"], { env });
  assert.deepEqual((await readdir(bench.dir)).toSorted(), ["integrations.yaml", "other.lock.yaml"]);
});
