import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { displayWidth } from "./width.ts";
import { wrapLines } from "./wrap-lines.ts";

const word = fc.stringMatching(/^[!-~é監]{1,40}$/);

test("lines fit unless a word doesn't, and every word stays whole and in its order", () => {
  const text = fc.array(
    fc
      .tuple(fc.nat(8), fc.array(word, { maxLength: 20 }))
      .map(([indent, words]) => " ".repeat(indent) + words.join(" ")),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 30, max: 120 }), (lines, columns) => {
      const wrapped = wrapLines(lines.join("\n"), columns);
      assert.deepEqual(wrapped.match(/\S+/g), lines.join("\n").match(/\S+/g));
      for (const line of wrapped.split("\n"))
        assert.ok(displayWidth(line) <= columns || /^ *\S+$/.test(line), JSON.stringify(line));
    }),
  );
});

test("a broken line goes on further in, and colours take no room", () => {
  assert.equal(wrapLines("  hint: one two three four five six", 30), "  hint: one two three four\n    five six");
  const red = "\u001B[31m";
  assert.equal(wrapLines(`${red}${"a".repeat(30)}\u001B[39m`, 30), `${red}${"a".repeat(30)}\u001B[39m`);
});

test("a log, and what is too narrow to read, keep their lines", () => {
  const long = "word ".repeat(100);
  assert.deepEqual([wrapLines(long, undefined), wrapLines(long, 10)], [long, long]);
});
