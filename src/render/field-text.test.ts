import assert from "node:assert/strict";
import { test } from "node:test";
import { describeField, valueText } from "./field-text.ts";

const NAMES = { pipelines: {}, users: {}, groups: {} };

test("only a reference is without quotes, at any depth: a text that looks like one can't be taken for it", () => {
  assert.equal(valueText({ $secret: "TOKEN" }), "$TOKEN");
  assert.equal(valueText("$TOKEN"), '"$TOKEN"');
  assert.equal(
    valueText([{ x: { $secret: "TOKEN" }, y: ["$TOKEN", null, 1] }]),
    '[{"x":$TOKEN,"y":["$TOKEN",null,1]}]',
  );
  assert.equal(valueText({ a: { $literal: { $secret: "TOKEN" } } }), '{"a":{"$secret":"TOKEN"}}');
});

test("a reference that was never sent is not called the last sent one", () => {
  const field = { path: "token", after: { $secret: "B" }, compared_with: "last sent", basis: "file" } as const;
  const text = (reason: "edited" | "never-sent"): string =>
    describeField({ ...field, before: { $secret: "A" }, reason }, NAMES, { value: 100, lines: 10 }).value;
  assert.equal(text("edited"), "$A (last sent) → $B");
  assert.equal(text("never-sent"), "$B");
});
