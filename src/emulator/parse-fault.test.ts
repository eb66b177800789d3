import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFault } from "./index.ts";

test("a fault is read from JSON", () => {
  const fault = {
    kind: "answer",
    status: 500,
    headers: { "x-a": "b" },
    when: "after",
    nth: 2,
    match: { method: "POST" },
  };
  assert.deepEqual(parseFault(JSON.stringify(fault)), fault);
});

const WRONG: readonly (readonly [string, string])[] = [
  ["{", "a fault is a JSON object, this isn't JSON"],
  ["[]", "a fault is a JSON object"],
  [
    '{"kind":"toString"}',
    '"kind" must be one of latency, rate-limit, error, reset, hang, truncate, html, endless, slow, echo, answer, redirect, reject',
  ],
  ['{"kind":"latency"}', 'a fault of kind "latency" needs "ms"'],
  ['{"kind":"latency","ms":"1"}', '"ms" must be a number, 0 or more'],
  ['{"kind":"latency","ms":1,"status":500}', '"status" isn\'t known for a fault of kind "latency"'],
  ['{"kind":"error","when":"later"}', '"when" must be "before" or "after"'],
  ['{"kind":"rate-limit","headers":1}', '"headers" must be true or false'],
  ['{"kind":"answer","status":200,"headers":{"a":1}}', '"headers" must map names to strings'],
  ['{"kind":"reset","match":{"url":"x"}}', '"match" knows method, path, pathPattern, query, identifier, not "url"'],
  ['{"kind":"reset","match":{"path":1}}', '"match" needs a string for "path"'],
  ['{"kind":"reset","match":{"pathPattern":"("}}', '"match" has a "pathPattern" that isn\'t a regular expression'],
  ['{"kind":"reset","match":"x"}', '"match" must be an object'],
];
for (const [source, error] of WRONG)
  test(`${source} is answered: ${error}`, () => {
    assert.deepEqual(parseFault(source), { error });
  });
