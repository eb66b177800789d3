import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { displayWidth } from "./width.ts";
import { wrapLines } from "./wrap-lines.ts";

const word = fc.stringMatching(/^[!-~é監]{1,40}$/);

test("every line fits unless it is one long word, and no word is broken or moved", () => {
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

test("the second part of a broken line is indented, and colours take no room", () => {
  assert.equal(wrapLines("  hint: one two three four five six", 30), "  hint: one two three four\n    five six");
  const red = "\u001B[31m";
  assert.equal(wrapLines(`${red}${"a".repeat(30)}\u001B[39m`, 30), `${red}${"a".repeat(30)}\u001B[39m`);
});

test("lines are not broken in a log or in a very narrow terminal", () => {
  const long = "word ".repeat(100);
  assert.deepEqual([wrapLines(long, undefined), wrapLines(long, 10)], [long, long]);
});
