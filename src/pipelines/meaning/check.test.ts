import assert from "node:assert/strict";
import { test } from "node:test";
import { checkReferences, unverifiedHashes } from "./check.ts";
import type { KnownIntegrations } from "./known-integrations.ts";
import { scanPipeline } from "../scan/scan.ts";
import { PIPELINE_HASHES, KNOWLEDGE, OFFLINE, sampleEntry, wantedKey } from "../../../test/support/pipeline-sample.ts";

function check(text: string, known: KnownIntegrations): string[] {
  return checkReferences([scanPipeline("buddy.yml", text)], known).diagnostics.map(
    ({ severity, code, message, hint, place }) =>
      `${place?.file}:${place?.range.start.line}:${place?.range.start.column} ${severity} ${code}: ${message} ${hint}`,
  );
}

test("a hash or identifier of the lockfile has no finding, under any key", () => {
  const text = `- integration_hash: ${PIPELINE_HASHES.aws}\n- integration: aws_prod\n- integration: ${PIPELINE_HASHES.aws}\n`;
  assert.deepEqual(check(text, OFFLINE), []);
});

test("without a token, an unknown hash or identifier may be unmanaged; a name under integration_hash is always an error", () => {
  const text = `- integration_hash: ${PIPELINE_HASHES.gone}\n- integration: nobody\n- integration_hash: nobody`;
  assert.deepEqual(check(text, OFFLINE), [
    "buddy.yml:1:21 warning unverified-hash: the hash `deadbeefdeadbeefdeadbeef` isn't in the lockfile, and the workspace can't be read without a token set BUDDY_TOKEN, so that it can be looked up",
    "buddy.yml:2:16 warning unknown-name: `nobody` is neither a key of the desired state nor in the lockfile if it is an identifier that isn't managed here, set BUDDY_TOKEN, so that it can be looked up",
    "buddy.yml:3:21 error unknown-name: `nobody` is neither a key of the desired state nor in the lockfile write its hash here, or a key of the desired state that `refs --write` fills in",
  ]);
});

test("an unknown identifier is an error only if everything that it could be was read; otherwise it is a warning", () => {
  const answers = KNOWLEDGE.workspace ?? assert.fail();
  const found = [true, false].map((complete) =>
    check("- integration: nobody", { ...KNOWLEDGE, workspace: { ...answers, complete } }).join(),
  );
  assert.match(found[0] ?? "", /error unknown-name: .* ENVIRONMENT, .* not be visible to this token; otherwise add it/);
  assert.match(
    found[1] ?? "",
    /warning unknown-name: .* ENVIRONMENT, .* not be visible to this token\. With --project/,
  );
});

test("only unknown hashes are looked up, each once, in order", () => {
  const other = "zzzzzzzzzzzzzzzzzzzzzzzzzz";
  const hashes = [
    other,
    PIPELINE_HASHES.gone,
    PIPELINE_HASHES.aws,
    PIPELINE_HASHES.awsBefore,
    PIPELINE_HASHES.import,
    PIPELINE_HASHES.gone,
    "$HASH",
    "aws_prod",
    "nobody",
  ];
  const text = hashes.map((hash) => `- integration_hash: ${hash}\n`).join("");
  assert.deepEqual(unverifiedHashes([scanPipeline("buddy.yml", text)], OFFLINE), [other, PIPELINE_HASHES.gone]);
});

test("an integration that apply hasn't created yet is pending, by key, identifier or imported hash", () => {
  const known: KnownIntegrations = {
    section: new Map(),
    wanted: [{ ...wantedKey("slack"), identifier: "slack_alerts" }, wantedKey("ftp", [], PIPELINE_HASHES.import)],
  };
  const scan = scanPipeline(
    "buddy.yml",
    `- integration: slack\n- integration: slack_alerts\n- integration_hash: slack\n- integration_hash: ${PIPELINE_HASHES.import}`,
  );
  const report = checkReferences([scan], known);
  assert.deepEqual(report.diagnostics, []);
  assert.deepEqual(
    report.pending.map(({ reference, key }) => [reference.range.start.line, key]),
    [
      [1, "slack"],
      [2, "slack"],
      [3, "slack"],
      [4, "ftp"],
    ],
  );
});

test("each unmanaged integration gets its own proposed key, the same at every place", () => {
  const listed = [
    { hashId: "a".repeat(24), name: "AWS Prod!", type: "AMAZON" },
    { hashId: "b".repeat(24), name: "aws prod", type: "AMAZON" },
    { hashId: "c".repeat(24), name: "42", type: "DO_SPACES" },
  ];
  const known: KnownIntegrations = { ...OFFLINE, workspace: { listed, hashes: new Map(), complete: true } };
  const text = [...listed, ...listed].map(({ hashId }) => `- integration_hash: ${hashId}\n`).join("");
  const commands = checkReferences([scanPipeline("b.yml", text)], known).diagnostics.map(({ hint }) => hint);
  const once = [
    `to manage it: \`buddy-integrations import aws_prod_2 ${"a".repeat(24)}\``,
    `to manage it: \`buddy-integrations import aws_prod_3 ${"b".repeat(24)}\``,
    `to manage it: \`buddy-integrations import do_spaces_2 ${"c".repeat(24)}\``,
  ];
  assert.deepEqual(commands, [...once, ...once]);
});

test("an identifier that was changed in the web page is recognised, though the lockfile doesn't have it yet", () => {
  const listed = [{ hashId: PIPELINE_HASHES.aws, name: "AWS", type: "AMAZON", identifier: "aws_renamed" }];
  const known: KnownIntegrations = { ...OFFLINE, workspace: { listed, hashes: new Map(), complete: true } };
  assert.deepEqual(check("- integration: aws_renamed\n- integration: aws_prod", known), []);
});

test("a hash that is current for one key and superseded for another is fine", () => {
  const section = new Map([
    ["a", sampleEntry(PIPELINE_HASHES.aws, { superseded: [PIPELINE_HASHES.spaces] })],
    ["b", sampleEntry(PIPELINE_HASHES.spaces)],
  ]);
  assert.deepEqual(check(`- integration_hash: ${PIPELINE_HASHES.spaces}`, { section, wanted: [] }), []);
});

test("a frame shows only the key and the value of the line", () => {
  const text = `- {password: hunter2, integration: "aws", token: abc}\n-   integration: aws # secret\n`;
  const frames = checkReferences([scanPipeline("b.yml", text)], KNOWLEDGE).diagnostics.map(({ place }) => place?.frame);
  assert.deepEqual(frames, [
    { line: '… integration: "aws"', column: 17, width: 3 },
    { line: "-   integration: aws", column: 18, width: 3 },
  ]);
});

test("control characters in a name are replaced in a message", () => {
  const [finding] = checkReferences([scanPipeline("b.yml", '- integration: "a\\e[2Jb"')], OFFLINE).diagnostics;
  assert.match(finding?.message ?? "", /^`a\uFFFD\[2Jb` is neither/);
});

test("the findings of several files are sorted, and references are counted with dynamic ones", () => {
  const scans = ["b.yml", "a.yml"].map((file) => scanPipeline(file, "- integration: aws\n- integration: $X\n"));
  const report = checkReferences(scans, KNOWLEDGE);
  assert.deepEqual(
    [report.diagnostics.map(({ place }) => place?.file), report.references, report.dynamic],
    [["a.yml", "b.yml"], 4, 2],
  );
});
