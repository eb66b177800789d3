import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { parse, parseDocument, stringify } from "yaml";
import type { Json } from "../model/integration.ts";
import { checkReferences } from "./meaning/check.ts";
import { diffOf } from "./diff.ts";
import type { KnownIntegrations } from "./meaning/known-integrations.ts";
import { rewriteReferences } from "./rewrite.ts";
import { scanPipeline } from "./scan/scan.ts";
import { anyCodePoint } from "../../test/support/code-points.ts";
import { effort } from "../../test/support/effort.ts";
import { PIPELINE_HASHES, KNOWLEDGE, sampleEntry } from "../../test/support/pipeline-sample.ts";

const FOLDER = new URL("../../fixtures/pipelines/", import.meta.url);
const FIXTURES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yml"))
  .map((name) => readFileSync(new URL(name, FOLDER), "utf8"));

const names = ["aws_prod", "aws", "docker", "do-spaces", "slack_alerts", "nobody", "$VAR", "!param", "x: y", "a # b"];
const value = fc.constantFrom(...Object.values(PIPELINE_HASHES), ...names);
const text = fc.oneof(
  fc.constantFrom("integration: aws", "a\nintegration_hash: x\n", "#", "'", '"', "\t", "1e5", "", "- a", "é\u2028"),
  fc.string(),
);
const action = fc.record(
  {
    action: text,
    integration: value,
    integration_hash: value,
    execute_commands: fc.array(text, { maxLength: 3 }),
    inputs: fc.record({ integration: value, integration_hash: value }, { requiredKeys: [] }),
    payload: text,
  },
  { requiredKeys: ["action"] },
);
const pipeline = fc.record({
  pipeline: text,
  targets: fc.array(fc.record({ target: text, integration: value, actions: fc.array(action, { maxLength: 2 }) }), {
    maxLength: 2,
  }),
  actions: fc.array(action, { maxLength: 4 }),
});
const layout = fc.record({
  indent: fc.integer({ min: 2, max: 4 }),
  indentSeq: fc.boolean(),
  singleQuote: fc.constantFrom(true, false, null),
  defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE"),
  defaultKeyType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE"),
  collectionStyle: fc.constantFrom("any", "block", "flow"),
  lineWidth: fc.constantFrom(0, 80),
} as const);
const file = fc
  .record({
    pipelines: fc.array(pipeline, { minLength: 1, maxLength: 3 }),
    layout,
    crlf: fc.boolean(),
    bom: fc.boolean(),
    finalNewline: fc.boolean(),
  })
  .map(({ pipelines, layout: options, crlf, bom, finalNewline }) => {
    const written = stringify(pipelines, options);
    const ended = finalNewline ? written : written.replace(/\n$/, "");
    return (bom ? "\u{FEFF}" : "") + (crlf ? ended.replaceAll("\n", "\r\n") : ended);
  })
  // The yaml library writes a few files that its own parser refuses.
  .filter((written) => parseDocument(written).errors.length === 0);

const style = fc.constantFrom(undefined, "identifier" as const, "hash" as const);

test("in any file that yaml can write, the references are those that its parser finds, in order", () => {
  fc.assert(
    fc.property(file, (before) => {
      const found = scanPipeline("f.yml", before);
      assert.deepEqual(found.notes, []);
      const literal = found.references.map(({ key, value: written }) => [key, written]);
      assert.deepEqual(literal, referencesIn(parse(before.replace(/^\u{FEFF}/u, ""))));
    }),
    { numRuns: effort(50) },
  );
});

/** Without the hash that needs quotes, so that not even quotes may change. */
const QUOTELESS: KnownIntegrations = {
  ...KNOWLEDGE,
  section: new Map([
    ...KNOWLEDGE.section,
    ["docker", sampleEntry("dOcKeR", { superseded: [PIPELINE_HASHES.dockerBefore] })],
  ]),
};

test("rewriting changes only references, in any layout", () => {
  fc.assert(
    fc.property(file, style, (before, wantedStyle) => {
      const { text: after } = rewriteReferences(scanPipeline("f.yml", before), QUOTELESS, wantedStyle);
      assert.equal(masked(after), masked(before));
      assert.deepEqual(
        blanked(parse(after.replace(/^\u{FEFF}/u, ""))),
        blanked(parse(before.replace(/^\u{FEFF}/u, ""))),
      );
    }),
    { numRuns: effort(50) },
  );
});

test("a second run changes nothing, and finds nothing that refs --write could fix", () => {
  fc.assert(
    fc.property(file, style, (before, wantedStyle) => {
      const first = rewriteReferences(scanPipeline("f.yml", before), KNOWLEDGE, wantedStyle);
      const again = scanPipeline("f.yml", first.text);
      assert.equal(rewriteReferences(again, KNOWLEDGE, wantedStyle).text, first.text);
      const codes = new Set<string>(checkReferences([again], KNOWLEDGE).diagnostics.map(({ code }) => code));
      for (const fixed of ["superseded-hash", "former-identifier"]) assert.ok(!codes.has(fixed), fixed);
    }),
    { numRuns: effort(50) },
  );
});

test("nothing throws on arbitrary text", () => {
  const scraps = fc.constantFrom(
    "integration",
    ": ",
    "- ",
    "\n",
    "  ",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "!x",
    "|",
    "#",
    "aws",
    "\r",
    "\t",
    "?",
    "---",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: anyCodePoint }),
        fc.array(scraps, { maxLength: 60 }).map((all) => all.join("")),
      ),
      everythingHolds,
    ),
    { numRuns: effort(250) },
  );
});

test("fixtures with a piece cut out, doubled or replaced are rewritten once, and only in references", () => {
  const piece = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 30 }),
    put: fc.constantFrom("", '"', "'", "\n", "{", "]", ":", "|\n", "x", "- "),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...FIXTURES.filter((each) => each.length < 4000)),
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      (fixture, pieces) => {
        let mutated = fixture;
        for (const { at, length, put } of pieces) {
          const start = at % (mutated.length + 1);
          mutated = mutated.slice(0, start) + put + mutated.slice(start + length);
        }
        everythingHolds(mutated);
      },
    ),
    { numRuns: effort(125) },
  );
});

function everythingHolds(before: string): void {
  const scan = scanPipeline("f.yml", before);
  checkReferences([scan], KNOWLEDGE);
  for (const wantedStyle of [undefined, "identifier", "hash"] as const) {
    const first = rewriteReferences(scan, KNOWLEDGE, wantedStyle);
    const second = rewriteReferences(scanPipeline("f.yml", first.text), KNOWLEDGE, wantedStyle);
    assert.equal(second.text, first.text);
    diffOf("f.yml", before, first.text);
  }
}

/** The text with every reference's value and key taken out. */
function masked(source: string): string {
  const spans = scanPipeline("f.yml", source).references.flatMap((each) => [each.keyRange, each.valueRange]);
  let out = "";
  let at = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start.offset - b.start.offset)) {
    out += `${source.slice(at, start.offset)}@`;
    at = end.offset;
  }
  return out + source.slice(at);
}

function isReference(key: string): boolean {
  return key === "integration" || key === "integration_hash";
}

function referencesIn(node: Json): [string, Json][] {
  if (node === null || typeof node !== "object") return [];
  // The keys of a custom action's inputs don't say what they mean.
  const entries = Object.entries(node).filter(([key]) => key !== "inputs");
  return entries.flatMap(([key, child]): [string, Json][] =>
    isReference(key) && typeof child === "string" ? (child === "" ? [] : [[key, child]]) : referencesIn(child),
  );
}

/** The document with references emptied; under a style the two keys are one. */
function blanked(node: Json): Json {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node)) return node.map((child: Json) => blanked(child));
  return Object.entries(node).map(([key, child]) => (isReference(key) ? ["integration", null] : [key, blanked(child)]));
}
