import assert from "node:assert/strict";
import { test } from "node:test";
import { insertBlocks } from "./insert-blocks.ts";

const NEW = { block: "  web:\n    type: SLACK\n    note: |\n      one\n\n      two\n", flow: ["web: { type: SLACK }"] };

function added(text: string): string {
  return insertBlocks(text, NEW) ?? "no place";
}

test("a block is added behind the last one, and every other byte stays", () => {
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

test("what a block scalar holds at its end stays in it", () => {
  const text = "integrations:\n  old:\n    type: SLACK\n    note: |+\n      text\n\n";
  assert.equal(added(text), `${text}${NEW.block}`);
});

test("within braces the block is added within them", () => {
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

test("empty braces give way to a block", () => {
  assert.equal(
    added("version: 1\nintegrations: {} # none yet\nremoved: []\n"),
    `version: 1\nintegrations: # none yet\n${NEW.block}removed: []\n`,
  );
  assert.equal(added("integrations: {}"), `integrations:\n${NEW.block}`);
});

test("a mark of byte order stays at the beginning", () => {
  assert.equal(added("\uFEFFintegrations: {}\n"), `\uFEFFintegrations:\n${NEW.block}`);
});

test("without a map of integrations there is no place", () => {
  for (const text of ["", "version: 1\n", "integrations:\n", "x-a: &a { b: 1 }\nintegrations: *a\n", "- a\n", "a: [\n"])
    assert.equal(insertBlocks(text, NEW), undefined, text);
});
