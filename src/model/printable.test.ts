import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, nat, oneof, property, string } from "fast-check";
import {
  cutText,
  harmlessJson,
  harmlessOutput,
  oneLine,
  quoteName,
  visibleLines,
  visibleText,
  withoutRunnerCommands,
  workflowData,
  workflowProperty,
} from "./printable.ts";
import { anyCodePoint } from "../../test/support/code-points.ts";

/** Any text, often with sequences that a terminal or a runner interprets, or that mislead a reader. */
const anyText = array(
  oneof(
    string({ unit: anyCodePoint }),
    constantFrom(
      "\u001B[31m",
      "\u001B]0;title\u0007",
      "\u009B2J",
      "\u202Etxt\u2066",
      "\u2028",
      "\uFEFF",
      "\u{E0041}",
      "\uD83D",
      "\uDE00",
    ),
    constantFrom(
      "\r\n",
      "\n",
      "\r",
      "\t",
      "%0A",
      "::error::",
      "##[",
      "##vso[",
      "##teamcity[",
      "###[",
      "`",
      ",",
      ":",
      " ",
    ),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const COLOR = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, "g");
const COMMAND = /##\w*\[|^(?:\p{Cc}\[[\d;]*m|[^\S\n])*::/mu;

test("no input gives output with characters that can't be printed", () => {
  check(
    property(anyText, (text) => {
      for (const shown of [
        visibleText(text),
        quoteName(text),
        oneLine(text),
        workflowData(text),
        workflowProperty(text),
      ]) {
        assert.doesNotMatch(shown, UNPRINTABLE);
      }
      assert.doesNotMatch(visibleLines(text).replaceAll("\n", ""), UNPRINTABLE);
    }),
  );
});

test("a visible text keeps its length, so that columns stay right", () => {
  check(property(anyText, (text) => assert.equal(visibleText(text).length, text.length)));
});

test("a text of several lines keeps its line ends; each line is made visible", () => {
  check(
    property(anyText, (text) => {
      const lines = text.split(/\r\n|\r|\n/);
      assert.deepEqual(visibleLines(text).split("\n"), lines.map(visibleText));
    }),
  );
});

test("a runner finds no command in the text; a text without commands is unchanged", () => {
  check(
    property(anyText, (text) => {
      const shown = withoutRunnerCommands(text);
      assert.doesNotMatch(shown, COMMAND);
      assert.equal(shown.replaceAll(/[# :]/g, ""), text.replaceAll(/[# :]/g, ""));
      if (!COMMAND.test(text)) assert.equal(shown, text);
      assert.equal(withoutRunnerCommands(shown), shown);
    }),
  );
});

test("the parts of a workflow command can be read back, and can't end it", () => {
  const decode = (text: string): string =>
    text.replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%0A", "\n").replaceAll("%25", "%");
  check(
    property(anyText, (text) => {
      const expected = visibleLines(text).replaceAll(/##(?=\w*\[)/g, "# #");
      assert.equal(decode(workflowData(text)), expected);
      assert.equal(decode(workflowProperty(text)), expected);
      assert.doesNotMatch(workflowProperty(text), /[:,]/);
    }),
  );
});

test("a text is cut to its limit, never within a character", () => {
  check(
    property(string({ unit: anyCodePoint }), nat(20), (text, length) => {
      const cut = cutText(text, length);
      assert.ok(cut.length <= length && text.startsWith(cut));
      assert.ok(cut.length >= Math.min(text.length, length - 1));
      assert.doesNotMatch(cut, /\p{Surrogate}/u);
    }),
  );
  check(property(anyText, (text) => assert.ok(quoteName(text).length <= 63)));
});

test("escape sequences are removed as a whole when a text becomes one line", () => {
  assert.equal(oneLine("\u001B[1mbold\u001B[0m\r\n  and\u202E more "), "bold and more");
  assert.equal(visibleText("\u001B[1m\ta"), "\uFFFD[1m a");
  assert.equal(quoteName("a\nb"), "`a\uFFFDb`");
});

test("nothing that is printed can command a terminal or a runner; the rest of the text is unchanged", () => {
  check(
    property(anyText, (text) => {
      const plain = harmlessOutput(text, "without-colors");
      assert.doesNotMatch(plain.replaceAll(/\r\n|[\n\t]/g, ""), UNPRINTABLE);
      assert.doesNotMatch(plain, COMMAND);
      assert.equal(harmlessOutput(plain, "without-colors"), plain);
      const colored = harmlessOutput(text, "with-colors");
      assert.doesNotMatch(colored.replaceAll(/\r\n|[\n\t]/g, "").replaceAll(COLOR, ""), UNPRINTABLE);
      assert.doesNotMatch(colored, COMMAND);
      if (!UNPRINTABLE.test(text) && !COMMAND.test(text)) assert.equal(plain, text);
    }),
  );
  assert.equal(
    harmlessOutput("\u001B[31mred\u001B[2J\ta\r\nb\rc", "with-colors"),
    "\u001B[31mred\uFFFD[2J\ta\r\nb\uFFFDc",
  );
});

test("JSON parses back to the same value, and holds nothing that a terminal or a runner interprets", () => {
  check(
    property(anyText, anyText, (name, text) => {
      const value = [{ [name]: text }, text];
      const shown = harmlessJson(value);
      assert.deepEqual(JSON.parse(shown), value);
      assert.equal(harmlessOutput(shown, "without-colors"), shown);
      assert.doesNotMatch(shown.replaceAll("\n", ""), UNPRINTABLE);
    }),
  );
});
