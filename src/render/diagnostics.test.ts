import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../model/diagnostic.ts";
import { renderDiagnostics } from "./diagnostics.ts";

const place = {
  file: "dir, with:odd%/integrations.yaml",
  range: { start: { line: 12, column: 5, offset: 100 }, end: { line: 12, column: 9, offset: 104 } },
  frame: { line: "    naem: •••", column: 5, width: 4 },
};
const unknown: Diagnostic = {
  code: "unknown-field",
  severity: "error",
  message: "`a` can't hold `naem`",
  hint: "did you mean `name`?",
  place,
};
const environment: Diagnostic = { code: "several-workspaces", severity: "warning", message: "100 % odd:\nand more" };

test("text names the place, shows the line with a caret, and says what to do", () => {
  assert.equal(
    renderDiagnostics([unknown, environment], "text", { color: false }),
    [
      "dir, with:odd%/integrations.yaml:12:5: error [unknown-field]: `a` can't hold `naem`",
      "  12 |     naem: •••",
      "     |     ^^^^",
      "  hint: did you mean `name`?",
      "warning [several-workspaces]: 100 % odd:\uFFFDand more",
      "",
    ].join("\n"),
  );
});

test("an annotation of GitHub escapes the characters that would end it", () => {
  assert.equal(
    renderDiagnostics([unknown, environment], "github", { color: false }),
    [
      "::error file=dir%2C with%3Aodd%25/integrations.yaml,line=12,col=5,endColumn=9,title=unknown-field::`a` can't hold `naem`%0Ahint: did you mean `name`?",
      "::warning title=several-workspaces::100 %25 odd:%0Aand more",
      "",
    ].join("\n"),
  );
});

test("JSON is an array of plain objects, without frames", () => {
  assert.deepEqual(JSON.parse(renderDiagnostics([unknown, environment], "json", { color: false })), [
    {
      code: "unknown-field",
      severity: "error",
      message: "`a` can't hold `naem`",
      hint: "did you mean `name`?",
      file: "dir, with:odd%/integrations.yaml",
      start: { line: 12, column: 5, offset: 100 },
      end: { line: 12, column: 9, offset: 104 },
    },
    { code: "several-workspaces", severity: "warning", message: "100 % odd:\nand more" },
  ]);
  assert.equal(renderDiagnostics([], "json", { color: true }), "[]\n");
  assert.equal(renderDiagnostics([], "text", { color: true }), "");
});

test("without its colours, coloured text equals plain text", () => {
  const escapes = new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`, "g");
  const coloured = renderDiagnostics([unknown], "text", { color: true });
  assert.match(coloured, escapes);
  assert.equal(coloured.replaceAll(escapes, ""), renderDiagnostics([unknown], "text", { color: false }));
});

test("the caret is in the right column after wide characters", () => {
  const line = "  wide: { name: 日本🎉, scope: X }";
  const shown = renderDiagnostics(
    [{ ...unknown, place: { ...place, frame: { line, column: line.indexOf("X") + 1, width: 1 } } }],
    "text",
    { color: false },
  );
  const [, frame = "", caret = ""] = shown.split("\n");
  assert.equal(caret, `     | ${" ".repeat(frame.indexOf("X") - "  12 | ".length + 2)}^`);
});

test("control characters of a file don't reach the terminal", () => {
  const escape = String.fromCodePoint(27);
  const shown = renderDiagnostics([{ ...unknown, message: `${escape}[2J`, hint: "a\u202Eb" }], "text", {
    color: false,
  });
  assert.doesNotMatch(shown, /[^\P{Cc}\n]|\u202E/u);
});
