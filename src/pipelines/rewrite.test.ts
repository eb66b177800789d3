import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { checkReferences } from "./meaning/check.ts";
import type { KnownIntegrations } from "./meaning/known-integrations.ts";
import { rewriteReferences } from "./rewrite.ts";
import type { ReferenceStyle } from "./rewrite.ts";
import { scanPipeline } from "./scan/scan.ts";
import { PIPELINE_HASHES, KNOWLEDGE, sampleEntry } from "../../test/support/pipeline-sample.ts";

function rewrite(text: string, style?: ReferenceStyle, knowledge: KnownIntegrations = KNOWLEDGE): string {
  return rewriteReferences(scanPipeline("buddy.yml", text), knowledge, style).text;
}

test("a key is filled in; when the integration is replaced, the check fails until the hash is fixed", () => {
  const before: KnownIntegrations = { section: new Map([["aws", sampleEntry("a".repeat(24))]]), wanted: [] };
  const after: KnownIntegrations = {
    section: new Map([["aws", sampleEntry("b".repeat(24), { superseded: ["a".repeat(24)] })]]),
    wanted: [],
  };
  const filled = rewrite("- integration_hash: 'aws' # ours\r\n", undefined, before);
  assert.equal(filled, `- integration_hash: '${"a".repeat(24)}' # ours\r\n`);
  const codes = checkReferences([scanPipeline("b.yml", filled)], after).diagnostics.map(({ code }) => code);
  assert.deepEqual(codes, ["superseded-hash"]);
  const fixed = rewrite(filled, undefined, after);
  assert.equal(fixed, `- integration_hash: '${"b".repeat(24)}' # ours\r\n`);
  assert.deepEqual(checkReferences([scanPipeline("b.yml", fixed)], after).diagnostics, []);
});

test("each change reports the place, the old value and the new one", () => {
  const scan = scanPipeline("buddy.yml", `- integration_hash: "${PIPELINE_HASHES.awsBefore}"`);
  assert.deepEqual(rewriteReferences(scan, KNOWLEDGE, "identifier").changes, [
    {
      file: "buddy.yml",
      at: { line: 1, column: 22, offset: 21 },
      managed: "aws_prod",
      from: { key: "integration_hash", value: PIPELINE_HASHES.awsBefore },
      to: { key: "integration", value: "aws_prod" },
    },
  ]);
});

test("a text without anything to change stays as it is, with dynamic values and unknown names", () => {
  const text = "- integration: $A\n- integration: nobody\n- integration: slack_alerts\n- integration_hash: !p\n";
  assert.equal(rewrite(text), text);
});

for (const hash of ["123456789012345678901234", "12345678901234567890e123", "0x1234567890abcdef123456", "1e5"]) {
  test(`a plain value gets quotes when ${hash} would be read as a number without them`, () => {
    const section = new Map([["aws", sampleEntry(hash)]]);
    const text = rewrite("- integration_hash: aws\n", undefined, { section, wanted: [] });
    assert.equal(text, `- integration_hash: "${hash}"\n`);
    assert.deepEqual(parse(text), [{ integration_hash: hash }]);
  });
}

test("a hash that only looks a little like a number stays plain", () => {
  const section = new Map([["aws", sampleEntry("5e391f5aae784b7208de0d0a")]]);
  assert.equal(
    rewrite("- integration_hash: aws", undefined, { section, wanted: [] }),
    "- integration_hash: 5e391f5aae784b7208de0d0a",
  );
});

test("an identifier that YAML 1.1 takes for a boolean is quoted", () => {
  const section = new Map([
    ["aws", sampleEntry(PIPELINE_HASHES.aws, { identifier: "on", formerIdentifiers: ["off_1"] })],
  ]);
  assert.equal(rewrite("- integration: off_1", undefined, { section, wanted: [] }), '- integration: "on"');
});

test("the style changes key and value and keeps the quotes of both", () => {
  const text = `- { "integration_hash" : '${PIPELINE_HASHES.aws}' }\n`;
  assert.equal(rewrite(text, "identifier"), `- { "integration" : 'aws_prod' }\n`);
  assert.equal(rewrite(rewrite(text, "identifier"), "hash"), text);
});

test("an integration without an identifier keeps its hash under --style identifier", () => {
  assert.equal(rewrite("- integration_hash: sentry", "identifier"), `- integration_hash: ${PIPELINE_HASHES.sentry}`);
});

test("a map that has both keys keeps both, since renaming one would double the other", () => {
  const text = `- integration: aws\n  integration_hash: ${PIPELINE_HASHES.awsBefore}\n`;
  const fixed = `- integration: aws_prod\n  integration_hash: ${PIPELINE_HASHES.aws}\n`;
  assert.deepEqual([rewrite(text, "identifier"), rewrite(text, "hash")], [fixed, fixed]);
});

test("a value with an anchor is fixed once, and references to the anchor keep their keys", () => {
  const text = `- integration_hash: &h ${PIPELINE_HASHES.awsBefore}\n- integration_hash: *h\n`;
  assert.equal(rewrite(text, "identifier"), `- integration_hash: &h ${PIPELINE_HASHES.aws}\n- integration_hash: *h\n`);
});

test("if one reference to an anchor needs a hash and another an identifier, the value isn't changed and is reported", () => {
  const text = "- integration: &n aws_prod\n- integration_hash: *n\n";
  const { text: after, changes, skipped } = rewriteReferences(scanPipeline("buddy.yml", text), KNOWLEDGE);
  assert.deepEqual([after, changes], [text, []]);
  assert.deepEqual(
    skipped.map(({ at, reason }) => `${at.line}: ${reason}`),
    ["2: other references to its anchor need another value"],
  );
});
