import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleEntry } from "../../../test/support/pipeline-sample.ts";
import { knownHashes } from "../meaning/known-integrations.ts";
import { declaredInputs } from "./declared-inputs.ts";
import { NO_KNOWLEDGE } from "./reference-keys.ts";
import { scanPipeline } from "./scan.ts";

/** `line:column key=value`, with the kind where it isn't literal. */
function found(...lines: string[]): string[] {
  return scanPipeline("buddy.yml", lines.join("\n")).references.map(
    ({ range: { start }, key, value, kind }) =>
      `${start.line}:${start.column} ${key}=${value}${kind === "literal" ? "" : ` ${kind}`}`,
  );
}

test("a value at the very end of the text is found", () => {
  assert.deepEqual(found("- integration: aws"), ["1:16 integration=aws"]);
});

test("a key followed by nothing, null or an empty string refers to nothing", () => {
  assert.deepEqual(found("- integration:", "- integration: ~", "- integration: null", '- integration: ""'), []);
});

test("a key whose value is a map, a list or the next key refers to nothing", () => {
  assert.deepEqual(found("integration:", "  id: 5", "a:", "  integration:", "  - aws", "  integration: [aws]"), []);
});

test("a key that merely contains the name of a reference key is ignored", () => {
  assert.deepEqual(found("my_integration: a", "integration_hash_old: b", "integrations: c"), []);
});

test("a value on the next line belongs to the key only when it is indented", () => {
  assert.deepEqual(found("- integration:", "    aws", "  name: x"), ["2:5 integration=aws"]);
});

test("names of maps around a reference are known even when they are written after it", () => {
  const { references } = scanPipeline(
    "buddy.yml",
    "- actions:\n  - integration: aws\n    action: Upload\n  - {integration: x}\n  pipeline: Deploy",
  );
  assert.deepEqual(
    references.map(({ context }) => [context.pipeline, context.action]),
    [
      ["Deploy", "Upload"],
      ["Deploy", undefined],
    ],
  );
});

test("both keys in one map make a pair, in two maps they don't", () => {
  const { references } = scanPipeline(
    "buddy.yml",
    "- integration: a\n  integration_hash: b\n- integration: c\n- integration_hash: d",
  );
  assert.deepEqual(
    references.map(({ paired }) => paired),
    [true, true, false, false],
  );
});

test("an alias is reported where it is written, and its value where the anchor is", () => {
  const text = "- x: &h 'aws'\n- integration: *h\n- integration: *unknown";
  const [reference, ...rest] = scanPipeline("buddy.yml", text).references;
  assert.deepEqual(rest, []);
  assert.deepEqual([reference?.kind, reference?.range.start.line, reference?.quote], ["alias", 2, "single"]);
  const { start, end } = reference?.valueRange ?? assert.fail();
  assert.equal(text.slice(start.offset, end.offset), "aws");
});

test("an anchor that is defined twice has its last value", () => {
  assert.deepEqual(
    found("- &h one", "- integration: *h", "- &h two", "- integration: *h", "- &h [x]", "- integration: *h"),
    ["2:16 integration=one alias", "4:16 integration=two alias"],
  );
});

test("variables and template parameters are dynamic, quoted or not", () => {
  assert.deepEqual(found("- integration: $A", '- integration: "!p"', "- integration: !p", "- integration: a${B}c"), [
    "1:16 integration=$A dynamic",
    "2:17 integration=!p dynamic",
    "3:16 integration=!p dynamic",
    "4:16 integration=a${B}c dynamic",
  ]);
});

test("columns don't count a byte order mark, offsets do", () => {
  const [reference] = scanPipeline("buddy.yml", "\u{FEFF}integration: aws").references;
  assert.deepEqual(reference?.range.start, { line: 1, column: 14, offset: 14 });
});

test("a file that isn't YAML is reported at the first broken place, and read line by line", () => {
  const text =
    '- action: "Upload\n  integration: aws\n- run: |\n   integration: no\n- {integration_hash: x,\n   integration: y}\n';
  const scan = scanPipeline("t.yml", text);
  assert.deepEqual(
    scan.references.map(({ value }) => value),
    ["aws", "x", "y"],
  );
  assert.deepEqual(
    scan.notes.map(({ code, severity, place }) => `${severity} ${code} ${place?.file}:${place?.range.start.line}`),
    ["error not-yaml t.yml:1"],
  );
});

for (const [what, text] of Object.entries({
  "text between two keys": "- a: 1\n  b: '2'\n  text\n  integration: aws",
  "text after a value": "- a: '1' b\n  integration: aws",
  "a flow map that isn't closed": "- {a: 1\n- integration: aws",
  "a bracket too many": "- a: ]\n- integration: aws",
  "a quote that is closed too far down": "- a: 'x\n- integration: aws\n- b: 'y'",
})) {
  test(`${what} doesn't hide the references after it`, () => {
    const scan = scanPipeline("t.yml", text);
    assert.deepEqual(
      [scan.references.map(({ value }) => value), scan.notes.map(({ code }) => code)],
      [["aws"], ["not-yaml"]],
    );
  });
}

test("a line of a remote template that consists of a parameter isn't an error: the rest is read as YAML", () => {
  const scan = scanPipeline("t.yml", "- a: 1\n  !param\n  integration:\n    aws\n\t!other.one\t\n");
  assert.deepEqual([scan.references.map(({ value }) => value), scan.notes], [["aws"], []]);
});

// The real limits are tested in `test/reliability/full/pipeline-limits.test.ts`.
const FEW = { references: 50, tokens: 1_500 };
for (const [what, unit, most] of [
  ["references", "- integration: x\n", 50],
  ["references on separate lines", "} integration: x\n", 50],
  ["keys, values and signs", "- []\n", 375 - 1],
  ["keys, values and signs on separate lines", "}:\n", 750 - 1],
] as const) {
  test(`a file with too many ${what} is refused as a whole`, () => {
    const text = (count: number): string => `${unit.repeat(count)}\n- integration: x`;
    assert.ok(scanPipeline("buddy.yml", text(most - 1), NO_KNOWLEDGE, FEW).references.length > 0);
    const { references, notes } = scanPipeline("buddy.yml", text(most + 3), NO_KNOWLEDGE, FEW);
    assert.deepEqual(references, []);
    assert.deepEqual(
      notes.map(({ code, severity }) => [code, severity]),
      [["too-large", "error"]],
    );
  });
}

test("inputs that an action of this repository declares as integrations are references, with any key", () => {
  const inputs = declaredInputs([
    'name: "ship"\ninputs:\n  cloud:\n    type: AWS_INTEGRATION\n    required: true\n  text: { type: TEXT }\n',
    "name: other\ninputs: { cloud: { type: TEXT } }\n",
    "no: action\n",
    "not: [yaml",
  ]);
  const scan = (type: string) =>
    scanPipeline(
      "b.yml",
      `- action: a\n  inputs:\n    cloud: aws\n    text: aws\n    deep: { cloud: aws }\n  custom_type: "${type}"\n`,
      { hashes: new Set(), inputs },
    ).references.map(({ range: { start }, slot, value }) => `${start.line}:${start.column} ${slot} ${value}`);
  for (const type of ["ship", "ship:latest", "my-company/ship:1.0"])
    assert.deepEqual(scan(type), ["3:12 identifier aws"]);
  for (const type of ["other:latest", "shipping", ""]) assert.deepEqual(scan(type), []);
});

test("a known hash of fewer than 20 characters is a reference below a key of integrations only", () => {
  const short = "abc123abc123";
  const section = new Map([["a", sampleEntry(short)]]);
  const knowledge = { hashes: knownHashes(section), inputs: new Map() };
  const { references } = scanPipeline("b.yml", `- x: ${short}\n- integration: ${short}\n`, knowledge);
  assert.deepEqual(
    references.map(({ range }) => range.start.line),
    [2],
  );
});

test("a map with a hash_id below any key of an integration is a reference, and elsewhere it isn't", () => {
  for (const key of ["integration", "integration_hash", "helm_integration", "helm_repository_integration"]) {
    assert.deepEqual(found(`- ${key}: { hash_id: aws }`), [`1:${key.length + 16} hash_id=aws`]);
  }
  assert.deepEqual(found("- integration_id: { hash_id: aws }", "- project: { hash_id: aws }"), []);
});
