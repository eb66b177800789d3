import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { root } from "../support/root.ts";

for (const page of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
  test(`every source file that ${page} names exists`, () => {
    const text = readFileSync(new URL(page, root), "utf8");
    const named = [...text.replaceAll(/`[^`]*NAME[^`]*`/g, "").matchAll(/`((?:[\w-]+\/)+[\w.-]+\.ts)`/g)].map(
      ([, path = ""]) => path,
    );
    assert.ok(named.length > 0);
    const missing = named.filter((path) => !["", "src/"].some((folder) => existsSync(new URL(folder + path, root))));
    assert.deepEqual(missing, []);
  });
}

test("the examples of CONTRIBUTING.md that run one test find it", () => {
  const lines = readFileSync(new URL("CONTRIBUTING.md", root), "utf8").split("\n");
  const examples = lines.flatMap((line) => {
    const [, pattern] = /--test-name-pattern='([^']+)'/.exec(line) ?? [];
    const [file] = /\S+\.test\.ts/.exec(line) ?? [];
    return pattern === undefined || file === undefined ? [] : [{ pattern, file }];
  });
  assert.equal(examples.length, 2);
  for (const { pattern, file } of examples) {
    const names = [...readFileSync(new URL(file, root), "utf8").matchAll(/^test\("(.+)",/gm)].map(([, name]) => name);
    assert.ok(
      names.some((name) => name?.includes(pattern)),
      `no test of ${file} has ${pattern} in its name`,
    );
  }
});
