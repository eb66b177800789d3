import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const page = await readFile(new URL("../../docs/reliability.md", import.meta.url), "utf8");

/** The names of all tests of a file; a template literal as it is written. */
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

test("every promise of docs/reliability.md has a heading, a text, and the names of tests that exist", async () => {
  const files = (await readdir(new URL(".", import.meta.url))).flatMap((name) =>
    name.endsWith(".test.ts") ? [name.slice(0, -".test.ts".length)] : [],
  );
  const promises = page.split(/^#### /m).slice(1);
  assert.ok(promises.length > 60);
  for (const promise of promises) {
    const [title = "", words = "", ...rest] = (promise.split(/^## /m)[0] ?? "").split(/\n\n+/);
    assert.doesNotMatch(words, /^Tests:/, `no words: ${title}`);
    const named = rest.filter((paragraph) => /^(?:Tests|Limits):/.test(paragraph));
    assert.ok(named[0]?.startsWith("Tests: "), `no test: ${title}`);
    for (const paragraph of named) await assertTestsExist(paragraph, files);
  }
});

async function assertTestsExist(paragraph: string, files: readonly string[]): Promise<void> {
  let file: string | undefined;
  let found = 0;
  for (const [, code, name] of paragraph.matchAll(/`([a-z-]+)`(?=:)|(?<![\w])_([^_]+)_(?![\w])/g)) {
    if (code !== undefined) {
      assert.ok(files.includes(code), `${code} in: ${paragraph}`);
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
  assert.ok(found > 0 || paragraph.startsWith("Limits:"), `no test in: ${paragraph}`);
}
