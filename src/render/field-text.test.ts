import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Json } from "../model/integration.ts";
import { describeField, valueText } from "./field-text.ts";

const NAMES = { pipelines: {}, users: {}, groups: {} };

test("at any depth, only a reference has no quotes, so no text can be mistaken for one", () => {
  assert.equal(valueText({ $secret: "TOKEN" }), "$TOKEN");
  assert.equal(valueText("$TOKEN"), '"$TOKEN"');
  assert.equal(
    valueText([{ x: { $secret: "TOKEN" }, y: ["$TOKEN", null, 1] }]),
    '[{"x":$TOKEN,"y":["$TOKEN",null,1]}]',
  );
  assert.equal(valueText({ a: { $literal: { $secret: "TOKEN" } } }), '{"a":{"$secret":"TOKEN"}}');
});

test("a reference that was never sent isn't shown as last sent", () => {
  const field = { path: "token", after: { $secret: "B" }, compared_with: "last sent", basis: "file" } as const;
  const text = (reason: "edited" | "never-sent"): string =>
    describeField({ ...field, before: { $secret: "A" }, reason }, NAMES, { value: 100, lines: 10 }).value;
  assert.equal(text("edited"), "$A (last sent) → $B");
  assert.equal(text("never-sent"), "$B");
});

test("a change from one kind of value (single, list, map) to another shows both values whole", () => {
  const lines = (before: Json, after: Json): string[] => {
    const field = {
      path: "extra.x",
      before,
      after,
      reason: "edited",
      compared_with: "last sent",
      basis: "file",
    } as const;
    const { value, items } = describeField(field, NAMES, { value: 100, lines: 10 });
    return [value, ...items.map(({ kind, text }) => `${kind} ${text}`)];
  };
  assert.deepEqual(lines([1], 1), ["", "gone [1]", "new 1"]);
  assert.deepEqual(lines({ a: "b" }, ["a"]), ["", 'gone {"a":"b"}', 'new ["a"]']);
  assert.deepEqual(lines([], {}), ["", "gone []", "new {}"]);
  assert.deepEqual(lines([1], []), ["(empty)", "gone 1"]);
  assert.deepEqual(lines({ a: 1 }, {}), ["(empty map)", "gone a: 1"]);
});

test("a long value or a long list doesn't hide a reference", () => {
  const padding = "x".repeat(500);
  const reference = { $secret: "TOKEN" };
  const items = (after: Json): string[] =>
    describeField({ path: "extra.x", after, reason: "edited", compared_with: "nothing", basis: "file" }, NAMES, {
      value: 40,
      lines: 3,
    }).items.map(({ text }) => text);
  assert.match(items({ a: { padding, deep: [reference] } })[0] ?? "", /^a: .{37}… \(\d+ characters\), with \$TOKEN$/);
  assert.match(items({ a: { padding, text: "$TOKEN" } })[0] ?? "", /characters\)$/);
  assert.deepEqual(items(["a", "b", "c", "d", reference]).slice(3), ["… 2 more lines, with $TOKEN"]);
});

/** Values as a plan holds them: literals of any shape, with references anywhere in them. */
const { shown } = fc.letrec<{ shown: Json; reference: Json }>((tie) => ({
  reference: fc.stringMatching(/^[A-Z]{3}$/).map((name) => ({ $secret: name })),
  shown: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ maxLength: 60 }),
    tie("reference"),
    fc.array(tie("shown"), { maxLength: 9 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,40}$/), tie("shown"), { maxKeys: 9 }),
  ),
}));

test("every reference that is sent is named, even if most of the text is cut off", () => {
  fc.assert(
    fc.property(shown, fc.option(shown, { nil: undefined }), (after, before) => {
      const field = {
        path: "extra.x",
        after,
        reason: "edited",
        compared_with: "last sent",
        basis: "file",
        ...(before === undefined ? {} : { before }),
      } as const;
      const { value, items } = describeField(field, NAMES, { value: 30, lines: 3 });
      const folded = items.filter(({ text }) => /^… \d+ unchanged$/.test(text)).length;
      const text = [value, ...items.flatMap(({ kind, text: line }) => (kind === "gone" ? [] : [line]))].join("\n");
      const names = [...JSON.stringify(after).matchAll(/"\$secret":"([A-Z]+)"/g)].map(([, name = ""]) => name);
      if (folded === 0) for (const name of names) assert.ok(text.includes(`$${name}`), `$${name} in ${text}`);
    }),
    { numRuns: 500 },
  );
});
