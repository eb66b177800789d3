import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { checkReferences } from "./meaning/check.ts";
import { rewriteReferences } from "./rewrite.ts";
import { collectUsages } from "./usages.ts";
import { PIPELINE_HASHES, KNOWLEDGE, scanSample } from "../../test/support/pipeline-sample.ts";
import { effort } from "../../test/support/effort.ts";

/** Marks around a planted value. Both are removed before a file is scanned. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];

/** A value that is planted in a file, and what `refs --write` makes of it there. */
interface Plant {
  readonly before: string;
  readonly after: string;
}

const HASH: Plant = { before: PIPELINE_HASHES.awsBefore, after: PIPELINE_HASHES.aws };
const OTHER_HASH: Plant = { before: PIPELINE_HASHES.spaces, after: PIPELINE_HASHES.spaces };
const NAME: Plant = { before: "aws", after: "aws_prod" };
const KEY_FOR_HASH: Plant = { before: "aws_prod", after: PIPELINE_HASHES.aws };

const PLANTS = [HASH, OTHER_HASH, NAME, KEY_FOR_HASH];

/**
 * Lines of a map, in which `V` is the planted value and `N` a unique number. A hash may be anywhere, a name only below keys
 * of integrations.
 */
const ANYWHERE = [
  "integration_hash: V",
  "integration_hash: 'V'",
  'integration_hash:   "V"   # a comment',
  '"integration_hash": "V"',
  "integration: V",
  "helm_repository_integration: V",
  "integration: { hash_id: V }",
  'integration: {"hash_id":"V"}',
  "any_key: V",
  "flow: { a: 1, b: [x, V, 'V'], c: \"V\" }",
  "inputs: { aws_account: 'V', nested: [V] }",
  'variables: [{ key: A, value: "V" }]',
  "parameter: '!{name:V}'",
  'integration_hash: "!{name:V}"',
  "integration_hash: !{name:V}",
  'fallback: "${NAME:-V}"',
  'fallback: "${NAME:-${OTHER:-V}}"',
  "template: \"{{ name | default('V') }}\"",
  "V: a key",
  "x: &aN V\nintegration_hash: *aN",
  "<<: &mN { integration_hash: V }",
  "tagged: !!str V",
  "long: { inner: { deeper: [ [ V ] ] } }",
];
const NAMED = [
  "integration: V",
  "integration: 'V'",
  '"integration": "V"',
  "helm_integration: V",
  "backend: { type: S3, integration: V }",
  "flow: { action: b, integration: V, other: 1 }",
  "x: &aN 'V'\nintegration: *aN",
  "targets: [{ target: t, type: VULTR, integration: V }]",
  'integration: "!{name:V}"',
];
const KEYED = ["integration_hash: V", "flow: { integration_hash: 'V' }", 'integration_hash: "V" # comment'];
/** The value is on its own line, which is only recognised in valid YAML. */
const ON_LINES = [
  "integration_hash:\n  V",
  "integration_hash: >-\n  V",
  "any_key: |\n  V",
  "? integration_hash\n: V",
  "inputs:\n  deep:\n  - V\n  - key: 'V'",
  "variables:\n- key: A\n  value: V",
  "flow: {\n  integration_hash:\n    V\n  }",
];
/** Nothing here is a reference. */
const NOISE = [
  `# integration_hash: ${HASH.before}`,
  `commands:\n- "curl https://example.com/${HASH.before}"\n- echo ${HASH.before} x`,
  `script: |\n  integration_hash: ${HASH.before}\n  integration: aws\n  done`,
  `inputs: { integration: aws, integration_hash: aws }`,
  "integration: $VAR",
  "integration_hash: !param",
  `text: "about ${HASH.before}"`,
  "integrations: [aws]",
  "sha: 0123456789abcdef0123456789abcdef01234567",
];

const plantedIn = (plant: Plant, forms: readonly string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...forms).map((form) => form.replaceAll(/\bV\b/g, `${OPEN}${PLANTS.indexOf(plant)}${CLOSE}`));
const oneLiners = fc.oneof(
  { weight: 4, arbitrary: plantedIn(HASH, ANYWHERE) },
  { weight: 1, arbitrary: plantedIn(OTHER_HASH, ANYWHERE) },
  { weight: 2, arbitrary: plantedIn(NAME, NAMED) },
  { weight: 1, arbitrary: plantedIn(KEY_FOR_HASH, KEYED) },
);
const noise = fc.constantFrom(...NOISE);
const validForm = fc.oneof(
  { weight: 3, arbitrary: oneLiners },
  { weight: 1, arbitrary: plantedIn(HASH, ON_LINES) },
  { weight: 1, arbitrary: noise },
);
/** In invalid YAML too, a hash on its own line is recognised if only punctuation is beside it. */
const TORN = ["flow: {\n  integration_hash: V, other: 1\n  }", "list: [\n  V,\n  'V', V ]", "any_key: |\n  V"];
const brokenForm = fc.oneof(
  { weight: 3, arbitrary: oneLiners },
  { weight: 1, arbitrary: plantedIn(HASH, TORN) },
  { weight: 1, arbitrary: noise },
);
const indent = fc.constantFrom("  ", "    ");

/** Items of a sequence: a map with an action's name and these lines. */
function fileOfForms(form: fc.Arbitrary<string>, between: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const action = fc.record({ forms: fc.array(form, { minLength: 1, maxLength: 3 }), extra: between });
  const document = fc.record({ actions: fc.array(action, { minLength: 1, maxLength: 4 }), indent });
  return fc
    .record({
      documents: fc.array(document, { minLength: 1, maxLength: 2 }),
      crlf: fc.boolean(),
      bom: fc.boolean(),
      finalNewline: fc.boolean(),
    })
    .map(({ documents, crlf, bom, finalNewline }) => {
      let number = 0;
      const written = documents.map(({ actions, indent: by }) =>
        actions
          .map(({ forms, extra }, index) => {
            const lines = forms.map((text, at) => {
              number += 1;
              const own = text.replaceAll(/([&*][am])N/g, `$1${number}`);
              // A map holds a key once.
              return at === 0 ? own : `part_${number}:\n${indented(own, "  ")}`;
            });
            const body = [`action: "a${index}"`, ...lines, ...(extra === "" ? [] : [extra])].join("\n");
            return indented(`- ${indented(body, "  ").trimStart()}`, by);
          })
          .join("\n"),
      );
      const text = `- pipeline: p\n  actions:\n${written.join("\n---\n- pipeline: p\n  actions:\n")}${finalNewline ? "\n" : ""}`;
      return (bom ? "\u{FEFF}" : "") + (crlf ? text.replaceAll("\n", "\r\n") : text);
    });
}

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

interface PlantedFile {
  readonly text: string;
  readonly after: string;
  /** `line:column value`, as a reader of the file counts. */
  readonly places: readonly string[];
}

/** Removes the marks. Aliases are planted by their anchors. */
function withoutMarks(marked: string): PlantedFile {
  const places: string[] = [];
  let text = "";
  let after = "";
  const values = new Map<string, string>();
  for (const part of marked.split(/(\uE000[^\uE001]*\uE001)/)) {
    if (part.startsWith(OPEN)) {
      const plant = PLANTS[Number(part.slice(1, -1))] ?? assert.fail();
      const anchor = /&(a\d+) ['"]?$/.exec(text)?.[1];
      if (anchor !== undefined) values.set(anchor, plant.before);
      // An anchored name isn't a reference itself; the alias that reads it is one.
      const isName = !/^[A-Za-z0-9]{20,}$/.test(plant.before);
      if (anchor === undefined || !isName) places.push(`${placeAfter(text)} ${plant.before}`);
      text += plant.before;
      after += plant.after;
    } else {
      let rest = part;
      for (let found = /\*(a\d+)/.exec(rest); found !== null; found = /\*(a\d+)/.exec(rest)) {
        places.push(`${placeAfter(text + rest.slice(0, found.index))} ${values.get(found[1] ?? "")}`);
        text += rest.slice(0, found.index + found[0].length);
        after += rest.slice(0, found.index + found[0].length);
        rest = rest.slice(found.index + found[0].length);
      }
      text += rest;
      after += rest;
    }
  }
  return { text, after, places };
}

function placeAfter(text: string): string {
  const lines = text.replace(/^\u{FEFF}/u, "").split(/\r?\n/);
  return `${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
}

function foundPlaces(text: string): string[] {
  return scanSample("f.yml", text).references.flatMap(({ kind, range: { start }, value }) =>
    kind === "dynamic" ? [] : [`${start.line}:${start.column} ${value}`],
  );
}

function holdsFor(marked: string): void {
  const { text, after, places } = withoutMarks(marked);
  const inOrder = (list: readonly string[]): string[] =>
    list.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  assert.deepEqual(inOrder(foundPlaces(text)), inOrder(places));
  const scan = scanSample("f.yml", text);
  const { text: written, changes } = rewriteReferences(scan, KNOWLEDGE);
  assert.equal(written, after);
  const again = rewriteReferences(scanSample("f.yml", written), KNOWLEDGE);
  assert.deepEqual([again.text, again.changes], [written, []]);
  const outdated = checkReferences([scan], KNOWLEDGE).diagnostics.filter(
    ({ code, severity }) => severity === "error" && code !== "not-yaml",
  );
  assert.equal(outdated.length, changes.length);
  const used = [...collectUsages([scan], KNOWLEDGE).used.values()].flat();
  assert.equal(used.length, places.length);
}

const SETTLED = fc.constant("");
const BREAKS = fc.constantFrom("b: 1\njust text\nc: 2", "b: {unclosed\nc: 2", 'b: "a" c');

test("every planted reference in valid YAML is found at its place, and rewriting changes only those that need it", () => {
  fc.assert(
    fc.property(fileOfForms(validForm, SETTLED), (marked) => {
      assert.deepEqual(scanSample("f.yml", withoutMarks(marked).text).notes, []);
      holdsFor(marked);
    }),
    { numRuns: effort(38) },
  );
});

test("planted references are found in a remote template, in which a line may consist of a parameter", () => {
  fc.assert(
    fc.property(fileOfForms(validForm, fc.constant("b: 1\n!param\nc: 2")), (marked) => {
      assert.deepEqual(scanSample("f.yml", withoutMarks(marked).text).notes, []);
      holdsFor(marked);
    }),
    { numRuns: effort(38) },
  );
});

test("planted references on one line are found in a file that isn't valid YAML", () => {
  fc.assert(
    fc.property(fileOfForms(brokenForm, BREAKS), (marked) => {
      assert.deepEqual(
        scanSample("f.yml", withoutMarks(marked).text).notes.map(({ code }) => code),
        ["not-yaml"],
      );
      holdsFor(marked);
    }),
    { numRuns: effort(38) },
  );
});

test("a line with the ignore comment has no finding and is never changed, but counts as a use", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ANYWHERE.filter((form) => !form.includes("\n"))), (form) => {
      const text = `- action: a\n  ${form.replaceAll(/\bV\b/g, HASH.before)} # buddy-integrations: ignore\n`;
      const scan = scanSample("f.yml", text);
      assert.deepEqual(checkReferences([scan], KNOWLEDGE).diagnostics, []);
      assert.equal(rewriteReferences(scan, KNOWLEDGE).text, text);
      assert.ok((collectUsages([scan], KNOWLEDGE).used.get("aws_prod") ?? []).length > 0);
    }),
  );
});
