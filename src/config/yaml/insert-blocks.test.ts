import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parse, stringify } from "yaml";
import { insertBlocks } from "./insert-blocks.ts";
import { effort } from "../../../test/support/effort.ts";

const NEW = { block: "  web:\n    type: SLACK\n    note: |\n      one\n\n      two\n", flow: ["web: { type: SLACK }"] };

function added(text: string): string {
  return insertBlocks(text, NEW) ?? "no place";
}

test("a block is added after the last one, and every other byte stays", () => {
  const head = "version: 1\nintegrations:\n  old: &a # kept\n    type:   'SLACK'\n    x: [1,\n      2] # end\n";
  const tail = "\n# of defaults\ndefaults: { scope: WORKSPACE }\n";
  assert.equal(added(`${head}${tail}`), `${head}${NEW.block}${tail}`);
  assert.equal(added(head), `${head}${NEW.block}`);
});

test("comments that are indented further than the keys stay with the entry above them", () => {
  const own = "integrations:\n  old:\n    type: SLACK\n    # token: $OLD\n";
  assert.equal(added(`${own}  # of nothing\n`), `${own}${NEW.block}  # of nothing\n`);
});

test("a file without a line end at its end gets one", () => {
  assert.equal(added("integrations:\n  old:\n    type: SLACK"), `integrations:\n  old:\n    type: SLACK\n${NEW.block}`);
});

test("the block has the line ends and the indentation of the file", () => {
  const text = "version: 1\r\nintegrations:\r\n    old:\r\n      type: SLACK\r\n";
  const expected = NEW.block.replaceAll(/^(?=.)/gm, "  ").replaceAll("\n", "\r\n");
  assert.equal(added(text), `${text}${expected}`);
});

test("empty lines at the end of a block scalar stay in it", () => {
  const text = "integrations:\n  old:\n    type: SLACK\n    note: |+\n      text\n\n";
  assert.equal(added(text), `${text}${NEW.block}`);
});

test("a block is added within the braces of a flow map", () => {
  assert.equal(
    added("{ version: 1, integrations: { old: { type: A }, } } # end\n"),
    "{ version: 1, integrations: { old: { type: A }, web: { type: SLACK }, } } # end\n",
  );
  assert.equal(
    added("integrations: {\n  old: { type: A } # kept\n}\n"),
    "integrations: {\n  old: { type: A }, web: { type: SLACK } # kept\n}\n",
  );
  assert.equal(added("{ integrations: {} }"), "{ integrations: { web: { type: SLACK } } }");
});

test("a block replaces empty braces", () => {
  assert.equal(
    added("version: 1\nintegrations: {} # none yet\nremoved: []\n"),
    `version: 1\nintegrations: # none yet\n${NEW.block}removed: []\n`,
  );
  assert.equal(added("integrations: {}"), `integrations:\n${NEW.block}`);
});

test("a byte order mark stays at the beginning", () => {
  assert.equal(added("\uFEFFintegrations: {}\n"), `\uFEFFintegrations:\n${NEW.block}`);
});

test("nothing is inserted without a map of integrations", () => {
  for (const text of ["", "version: 1\n", "integrations:\n", "x-a: &a { b: 1 }\nintegrations: *a\n", "- a\n", "a: [\n"])
    assert.equal(insertBlocks(text, NEW), undefined, text);
});

const key = fc.constantFrom("a", "b-c", "on", "x_1", "long_key_of_a_person");
const leaf = fc.oneof(
  fc.constantFrom("", "text", "two\nlines\n", "# no comment", "it's", "a: b", "x\n\n", "  indented\n text"),
  fc.boolean(),
  fc.integer({ min: 0, max: 99 }),
);
const value = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(key, fc.oneof(leaf, fc.array(fc.record({ id: leaf }), { maxLength: 2 })), {
    noNullPrototype: true,
    maxKeys: 3,
  }),
);
const entries = fc.dictionary(key, fc.dictionary(key, value, { noNullPrototype: true, minKeys: 1, maxKeys: 3 }), {
  noNullPrototype: true,
  maxKeys: 3,
});

/** Files as people, formatters and other programs write them. */
const file = fc
  .record({
    integrations: entries,
    before: fc.boolean(),
    after: fc.boolean(),
    indent: fc.constantFrom(1, 2, 3, 4),
    flow: fc.boolean(),
    quotes: fc.boolean(),
    comments: fc.boolean(),
    newline: fc.constantFrom("\n", "\r\n"),
    isEnded: fc.boolean(),
  })
  .map(({ integrations, before, after, indent, flow, quotes, comments, newline, isEnded }) => {
    const document = {
      version: 1,
      ...(before && { defaults: { scope: "WORKSPACE" } }),
      integrations,
      ...(after && { removed: ["gone"] }),
    };
    const text = stringify(document, {
      indent,
      lineWidth: 20,
      collectionStyle: flow ? "flow" : "any",
      singleQuote: quotes,
    });
    const commented = comments
      ? `# top\n${text.replaceAll(/^( *)(?=(?:a|b-c|removed):(?: \w+)?$)/gm, "$1# above\n$1")}`
      : text;
    const ended = isEnded ? commented : commented.replace(/\n$/, "");
    return ended.replaceAll("\n", newline);
  })
  // A comment within a text of several lines is a part of it, or an error.
  .filter((text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  });

test("in any style of file, one entry is added; removing it gives the old file", () => {
  fc.assert(
    fc.property(file, (text) => {
      const before: { readonly integrations: Readonly<Record<string, unknown>> } = parse(text);
      const after = added(text);
      const now: { readonly integrations: Readonly<Record<string, unknown>> } = parse(after);
      const { web, ...rest } = now.integrations;
      assert.deepEqual(rest, before.integrations, text);
      assert.deepEqual({ ...now, integrations: {} }, { ...before, integrations: {} });
      assert.equal(typeof web === "object" && web !== null && "type" in web && web.type, "SLACK");
      if (Object.keys(before.integrations).length === 0) return;
      // The common beginning and the common end may overlap, if the new text begins like the old text that follows
      // it.
      const cuts = Array.from({ length: text.length + 1 }, (_, index) => index);
      const isInserted = cuts.some((cut) => after.startsWith(text.slice(0, cut)) && after.endsWith(text.slice(cut)));
      assert.ok(isInserted, `${JSON.stringify(text)}\n${JSON.stringify(after)}`);
    }),
    { numRuns: effort(125) },
  );
});
