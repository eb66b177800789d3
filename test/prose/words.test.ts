import assert from "node:assert/strict";
import { test } from "node:test";
import { filesUnder, proseOf } from "./prose-of.ts";
import { ALLOWED, PHRASES } from "./word-list.ts";

/** Folders and files whose words are checked. The list only grows. */
const CHECKED = [
  "test/prose/",
  "actions/",
  "recipes/",
  "scripts/",
  "src/action/",
  "src/api/",
  "src/apply/",
  "src/checkout/",
  "src/cli/",
  "src/commands/",
  "src/completion/",
  "src/config/",
  "src/emulator/",
  "src/explain/",
  "src/export/",
  "src/library/",
  "src/model/",
  "src/overview/",
  "src/pipelines/",
  "src/plan/",
  "src/probe/",
  "src/render/",
  "src/exit.ts",
  "src/index.ts",
  "src/io.ts",
  "src/main.ts",
  "src/process-table.ts",
  "src/process.ts",
  "src/prompt.ts",
  "test/action/",
  "test/architecture/",
  "test/attacks/",
  "test/behaviours/",
  "test/cli/",
  "test/package/",
  "test/pictures/",
  "test/recipes/",
  "test/reliability/",
  "test/support/",
  "docs/",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "README.md",
  "SECURITY.md",
];
const NOT_PROSE = ["test/prose/word-list.ts"];
/** Sources, documents, and what behaviours and attacks run and print. */
const WITH_PROSE = /(?:\.(?:ts|mjs|js|sh|md|json|ya?ml|diff)|\/script|\/output\.txt)$/;

/** `path:line: "phrase", write: …` of every phrase of the list. */
function hardWords(path: string): string[] {
  const prose = proseOf(path);
  return PHRASES.flatMap(({ phrase, instead }) =>
    [...prose.text.matchAll(new RegExp(phrase.source.replaceAll(" ", " +"), "gi"))].flatMap(({ 0: found, index }) => {
      const around = prose.text.slice(Math.max(0, index - 60), index + found.length + 60);
      if (ALLOWED.some((allowed) => allowed.path === path && around.includes(allowed.text))) return [];
      return [`${path}:${prose.lineAt(index)}: "${found.replaceAll(/ +/g, " ")}", write: ${instead}`];
    }),
  );
}

for (const place of CHECKED) {
  test(`${place} has no phrase of the word list`, () => {
    const files = filesUnder(place).filter((path) => WITH_PROSE.test(path) && !NOT_PROSE.includes(path));
    assert.ok(files.length > 0);
    assert.deepEqual(files.flatMap(hardWords), []);
  });
}

test("every exception of the word list is still needed", () => {
  for (const { path, text } of ALLOWED) assert.ok(proseOf(path).text.includes(text), `${path} has no "${text}"`);
});
