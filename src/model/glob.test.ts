import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { matchesGlob } from "./glob.ts";

test("`*` stands for any characters, `?` for one, and everything else for itself", () => {
  for (const [glob, text, expected] of [
    ["aws", "aws", true],
    ["aws", "aws2", false],
    ["aws_*", "aws_", true],
    ["aws_*", "aws_prod", true],
    ["aws_*", "aws", false],
    ["*_prod", "aws_prod", true],
    ["*_prod", "aws_prod_", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["*", "", true],
    ["?", "", false],
    ["", "", true],
    ["", "a", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["(a|b)+$", "a", false],
    ["**a**", "bab", true],
    ["*ab*ab", "abxab", true],
    ["*ab*ab", "ab", false],
    ["constructor", "constructor", true],
  ] as const) {
    assert.equal(matchesGlob(glob, text), expected, `${glob} ${text}`);
  }
});

test("a glob matches the same texts as the equal regular expression", () => {
  const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  fc.assert(
    fc.property(glob, text, (pattern, found) => {
      const source = pattern.replaceAll(/\*+/g, "[^]*").replaceAll("?", "[^]");
      assert.equal(matchesGlob(pattern, found), new RegExp(`^${source}$`).test(found));
    }),
    { numRuns: 1000 },
  );
});

test("a glob with many stars is as fast as any other", () => {
  assert.equal(matchesGlob("*a".repeat(100) + "*b", "a".repeat(10_000)), false);
  assert.equal(matchesGlob("*".repeat(10_000), "a".repeat(10_000)), true);
});
