import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { planOfChanges } from "../../test/support/every-change.ts";
import type { FieldChange } from "../plan/field-change.ts";
import { withEscapesWhereAlike } from "./look-alikes.ts";
import { renderComment } from "./markdown.ts";
import { renderPlanText } from "./plan-text.ts";

for (const [what, before, after, shown] of [
  ["decomposed and composed letters", "Cafe\u0301 A", "Café A", ["Cafe\\u0301 A", "Caf\\u00e9 A"]],
  ["no-break spaces", "A\u00A0B", "A B", ["A\\u00a0B", "A\\u0020B"]],
  ["a thin space at the end", "x\u2009", "x ", ["x\\u2009", "x\\u0020"]],
  ["letters of another script", "pаypal", "paypal", ["p\\u0430ypal", "paypal"]],
  ["invisible characters", "a\u200Bb", "ab", ["a\\u200bb", "ab"]],
  ["a soft hyphen", "a\u00ADb", "ab", ["a\\u00adb", "ab"]],
  ["a hyphen that isn't the keyboard's", "a‑b", "a-b", ["a\\u2011b", "a-b"]],
  ["wide forms", "ＡＷＳ", "AWS", ["\\uff21\\uff37\\uff33", "AWS"]],
] as const) {
  test(`${what} are shown with escapes where the texts differ`, () => {
    assert.deepEqual(withEscapesWhereAlike(before, after), shown);
  });
}

test("texts that look different stay as they are, and so do equal texts", () => {
  assert.deepEqual(withEscapesWhereAlike("Café", "Cafés"), ["Café", "Cafés"]);
  assert.deepEqual(withEscapesWhereAlike("a\u00A0b", "a\u00A0b"), ["a\u00A0b", "a\u00A0b"]);
});

test("a text and its other Unicode normalization never look alike", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("NFC", "NFD", "NFKC", "NFKD"), (text, form) => {
      const other = text.normalize(form);
      const [was, is] = withEscapesWhereAlike(text, other);
      if (text !== other && text.length < 100) assert.notEqual(was.normalize("NFKC"), is.normalize("NFKC"));
    }),
  );
});

test("plans show these escapes, for single values and in lists", () => {
  const fields: FieldChange[] = [
    { path: "name", before: "Cafe\u0301", after: "Café", reason: "edited", compared_with: "live", basis: "file" },
    {
      path: "extra.list",
      before: ["x y", "z"],
      after: ["x\u00A0y", "z"],
      reason: "edited",
      compared_with: "last sent",
      basis: "file",
    },
  ];
  const plan = planOfChanges([
    {
      action: "update",
      key: "a",
      type: "VULTR",
      name: "a",
      hash_id: "h1",
      fields,
      unknown: [],
      lifecycle: [],
      carried: [],
      pending: [],
    },
  ]);
  for (const text of [
    renderPlanText(plan, { color: false }),
    renderComment({ command: "plan", exit: 0, diagnostics: [], plan }),
  ]) {
    assert.match(text, /name {8}"Cafe\\u0301" → "Caf\\u00e9"/);
    assert.match(text, /- "x\\u0020y"\n.*\+ "x\\u00a0y"/);
  }
});
