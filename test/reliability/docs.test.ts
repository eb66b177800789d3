import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const page = await readFile(new URL("../../docs/reliability.md", import.meta.url), "utf8");

/** The names of all tests here: those made from a template by what stands before its first hole. */
async function testNamesIn(file: string): Promise<string[]> {
  const text = await readFile(new URL(`${file}.test.ts`, import.meta.url), "utf8");
  return [...text.matchAll(/\btest\(\s*(?:"([^"]+)"|`([^`]+)`)/g)].map(
    ([, plain, template]) => plain ?? template ?? "",
  );
}

function matchesTemplate(name: string, template: string): boolean {
  const parts = template.replace(/ \((?:every|seed)[^)]*\)$/, "").split(/\$\{(?:[^}]|\}(?=[^`]*\}))*?\}/);
  let at = 0;
  for (const part of parts) {
    at = name.indexOf(part, at);
    if (at === -1) return false;
    at += part.length;
  }
  return true;
}

test("every promise of docs/reliability.md names tests that are there", async () => {
  const files = (await readdir(new URL(".", import.meta.url))).flatMap((name) =>
    name.endsWith(".test.ts") ? [name.slice(0, -".test.ts".length)] : [],
  );
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:promise|---)/.test(line));
  assert.ok(rows.length > 20);
  for (const row of rows) {
    let file: string | undefined;
    let found = 0;
    for (const [, code, name] of row.slice(row.lastIndexOf(" | ")).matchAll(/`([a-z-]+)`|_([^_]+)_/g)) {
      if (code !== undefined) {
        assert.ok(files.includes(code), `${code} in: ${row}`);
        file = code;
      } else if (file !== undefined && name !== undefined) {
        const names = await testNamesIn(file);
        assert.ok(
          names.some((template) => matchesTemplate(name, template)),
          `${file} has no test ${name}`,
        );
        found += 1;
      }
    }
    assert.ok(found > 0, `no test in: ${row}`);
  }
});
