import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, oneof, property, string } from "fast-check";
import { parse } from "yaml";
import { harmlessOutput } from "../model/printable.ts";
import { harmlessYaml } from "./harmless-yaml.ts";

const anyText = array(
  oneof(
    string({ unit: "grapheme" }),
    constantFrom(
      "\u001B[31m",
      "\u202E",
      "\u{E0041}",
      "\u2028",
      "\uFEFF",
      "\r",
      "\n",
      "\t",
      "::error::",
      "##[",
      "##vso[",
      " ",
      "x".repeat(90),
    ),
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

test("the YAML parses back to its value, and holds no commands for a terminal or a CI runner", () => {
  check(
    property(anyText, anyText, (name, text) => {
      const value = { a: { [name]: text }, list: [text, name] };
      const shown = harmlessYaml(value);
      assert.deepEqual(parse(shown), value);
      assert.equal(harmlessOutput(shown, "without-colors"), shown);
    }),
    { numRuns: Number(process.env["RUNS"] ?? 100) },
  );
});

test("a line of white space only isn't lost", () => {
  for (const text of [" \n", "a\n \nb\n", "\t\n\n"]) assert.deepEqual(parse(harmlessYaml({ text })), { text });
});

test("ordinary texts are written in the usual style of YAML", () => {
  assert.equal(
    harmlessYaml({ key: { name: "It's: a name", list: ["a"] } }),
    'key:\n  name: "It\'s: a name"\n  list:\n    - a\n',
  );
});
