import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { testFiles } from "../../scripts/test-files.ts";

async function checkout(t: TestContext, ...files: readonly string[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-test-files-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const file of files) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), "");
  }
  return dir;
}

test("each group has the tests of its folders and of the groups before it, and the longest test is first", async (t) => {
  const dir = await checkout(
    t,
    "src/plan/decide/create.test.ts",
    "src/plan/decide/create.ts",
    "src/emulator/server.test.ts",
    "test/cli/sync.test.ts",
    "test/reliability/kill.test.ts",
    "test/reliability/full/kill.test.ts",
    "node_modules/other/src/other.test.ts",
    "dist/old.test.ts",
  );
  const core = ["src/plan/decide/create.test.ts"];
  const more = ["src/emulator/server.test.ts", ...core, "test/cli/sync.test.ts"];
  assert.deepEqual(testFiles(dir, "core"), core);
  assert.deepEqual(testFiles(dir, "all"), ["test/reliability/kill.test.ts", ...more]);
  assert.deepEqual(testFiles(dir, "full"), [
    "test/reliability/full/kill.test.ts",
    "test/reliability/kill.test.ts",
    ...more,
  ]);
});

test("a test file outside every group is an error, because no command would run it", async (t) => {
  for (const file of ["bench/one.test.ts", "test/elsewhere/one.test.ts", "one.test.ts"]) {
    const dir = await checkout(t, "src/plan/plan.test.ts", file);
    assert.throws(() => testFiles(dir, "core"), new RegExp(`${file} is in no group`));
  }
});
