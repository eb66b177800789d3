import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { root } from "../support/root.ts";

for (const page of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
  test(`every source file that ${page} names is there`, () => {
    const text = readFileSync(new URL(page, root), "utf8");
    const named = [...text.replaceAll(/`[^`]*NAME[^`]*`/g, "").matchAll(/`((?:[\w-]+\/)+[\w.-]+\.ts)`/g)].map(
      ([, path = ""]) => path,
    );
    assert.ok(named.length > 0);
    const missing = named.filter((path) => !["", "src/"].some((folder) => existsSync(new URL(folder + path, root))));
    assert.deepEqual(missing, []);
  });
}
