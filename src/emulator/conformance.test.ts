import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

const docs = readFileSync(new URL("../../docs/emulator.md", import.meta.url), "utf8");
const [promises = ""] = docs.slice(docs.indexOf("## What it promises")).split(/\n## /);
const rows = promises
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2)
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the conformance table in docs/emulator.md", () => {
  test("has a row per behaviour, each with a source and a test", () => {
    assert.ok(rows.length >= 25);
    for (const [, behaviour, source, shown] of rows) {
      assert.notEqual(source, "", behaviour);
      assert.match(shown ?? "", /`[a-z-]+`/, behaviour);
    }
  });

  for (const [, behaviour = "", , shown = ""] of rows)
    test(`${behaviour}: the tests that it names exist`, () => {
      // `file`: _beginning of a test's name …_
      let file = "";
      for (const [, name, title] of shown.matchAll(/`([a-z-]+)`|(?<!\w)_([^_]+)_(?!\w)/g)) {
        if (name !== undefined) {
          const url = new URL(`${name}.test.ts`, import.meta.url);
          assert.ok(existsSync(url), `${name}.test.ts`);
          file = readFileSync(url, "utf8");
        } else for (const part of (title ?? "").split("…")) assert.ok(file.includes(part.trim()), part);
      }
    });
});
