import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cutMarkdown } from "./cut-markdown.ts";
import { programArguments } from "./program-arguments.ts";
import { fileCommand } from "./runner-files.ts";
import { shellWords } from "./shell-words.ts";

test("a value of several lines can't end its output and begin another one", () => {
  const value = "one\nhas-changes<<x\nfalse\nx\nend-of-value-\n";
  const text = fileCommand("plan-hash", value, "4f1c");
  assert.equal(text, `plan-hash<<end-of-value-4f1c\n${value}\nend-of-value-4f1c\n`);
  assert.throws(() => fileCommand("a", "end-of-value-4f1c", "4f1c"), /delimiter/);
});

test("a text that is cut keeps whole lines, and closes what it opened", () => {
  const lines = ["# Title", "<details><summary>more</summary>", "", "````diff", ...Array<string>(500).fill("+ line")];
  const cut = cutMarkdown([...lines, "````", "</details>"].join("\n"), 1000, (text) => Buffer.byteLength(text));
  assert.ok(Buffer.byteLength(cut) <= 1000);
  assert.match(cut, /\+ line\n````\n\n<\/details>\n\n… cut off here/);
  assert.equal(
    cutMarkdown("short", 1000, (text) => text.length),
    "short",
  );
  assert.equal(
    cutMarkdown("x".repeat(100), 50, (text) => text.length),
    "",
  );
});

test("words are split as a shell does, and nothing is expanded", () => {
  assert.deepEqual(shellWords(`--only 'a b'  "c $HOME \\" d" e\\ f '' g'h'i`), {
    ok: true,
    value: ["--only", "a b", 'c $HOME " d', "e f", "", "ghi"],
  });
  assert.deepEqual(shellWords("$(rm -rf /) `x` > y; z"), {
    ok: true,
    value: ["$(rm", "-rf", "/)", "`x`", ">", "y;", "z"],
  });
  for (const text of ["'a", '"a', "a\\"]) assert.equal(shellWords(text).ok, false, text);
});

test("several files are given one per line, or by a pattern that matches them", async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), "buddy-integrations-files-"));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  for (const team of ["b", "a"]) {
    await mkdir(join(cwd, team));
    for (const name of ["integrations.yaml", "integrations.lock.yaml"]) await writeFile(join(cwd, team, name), "");
  }
  const given = async (file: string): Promise<readonly string[] | string> => {
    const read = await programArguments({ input: (name) => (name === "file" ? file : ""), io: { cwd } });
    return read.ok ? read.value.options : read.error;
  };
  assert.deepEqual(await given("x.yaml\n  b/c.yaml\r\n\n"), ["--file", "x.yaml", "--file", "b/c.yaml"]);
  const both = ["--file", "a/integrations.yaml", "--file", "b/integrations.yaml"];
  assert.deepEqual(await given("*/integrations.yaml\na/*.yaml"), both);
  assert.deepEqual(await given("teams/*.yaml"), "the input file: teams/*.yaml matches no file");
});
