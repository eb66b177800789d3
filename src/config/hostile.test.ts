import assert from "node:assert/strict";
import { test } from "node:test";
import { hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import { loadConfig } from "./load-config.ts";

const MEBIBYTE = 1024 * 1024;

function diagnose(text: string | Uint8Array): readonly Diagnostic[] {
  const { ok, diagnostics } = loadConfig("f.yaml", typeof text === "string" ? new TextEncoder().encode(text) : text);
  assert.equal(!ok, hasErrors(diagnostics));
  return diagnostics;
}

function codes(text: string | Uint8Array): string[] {
  return [...new Set(diagnose(text).map((diagnostic) => diagnostic.code))].toSorted();
}

function startOf(text: string | Uint8Array): string {
  const start = diagnose(text)[0]?.place?.range.start;
  return `${start?.line}:${start?.column}`;
}

const valid = "version: 1\nintegrations: {}\n";

test("an empty file is an error, with a hint how to begin", () => {
  for (const text of ["", "\n\n", "   \n", "# comment\n", "---\n", "\uFEFF"])
    assert.deepEqual(codes(text), ["empty-file"], JSON.stringify(text));
});

test("a byte order mark and CRLF are fine", () => {
  assert.deepEqual(codes(`\uFEFF${valid}`), []);
  assert.deepEqual(codes(valid.replaceAll("\n", "\r\n")), []);
  assert.deepEqual(codes(`---\n${valid}...\n`), []);
});

test("invalid UTF-8 is an error with its line and column", () => {
  const bytes = Buffer.concat([
    Buffer.from("version: 1\nname: é"),
    Buffer.from([0xff]),
    Buffer.from("\nintegrations: {}\n"),
  ]);
  assert.deepEqual(codes(bytes), ["not-utf8"]);
  assert.equal(startOf(bytes), "2:8");
  assert.equal(startOf(Buffer.from([0xc3])), "1:1");
  assert.deepEqual(codes(Buffer.from(valid, "utf16le").subarray(0)), ["control-character"]);
});

test("a control character is an error with its place", () => {
  assert.deepEqual(codes("version: 1\nintegrations: {}\n# \u001b[31m"), ["control-character"]);
  assert.equal(startOf("version: 1\nintegrations: {}\n# \u001b[31m"), "3:3");
});

test("more than 10 MiB are refused unread", () => {
  assert.deepEqual(codes(new Uint8Array(10 * MEBIBYTE + 1)), ["too-large"]);
});

test("nesting beyond 100 levels is refused, in every style", () => {
  const deep = 100_000;
  for (const unit of ["[", "{a: ", "- ", "? "]) assert.deepEqual(codes(unit.repeat(deep)), ["too-deep"], unit);
  assert.deepEqual(codes(Array.from({ length: 2000 }, (_, indent) => `${" ".repeat(indent)}a:`).join("\n")), [
    "too-deep",
  ]);
});

test("aliases that explode are refused before they do", () => {
  const laughs = [
    "a: &a [x, x, x, x, x, x, x, x, x, x]",
    ..."bcdefghi"
      .split("")
      .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${"abcdefgh"[index]}`).join(", ")}]`),
  ];
  const found = diagnose(`x-lol:\n${laughs.map((line) => `  ${line}`).join("\n")}\n${valid}`);
  assert.ok(found.every((diagnostic) => diagnostic.code === "alias-explosion"));
  assert.ok(found.length > 0);
});

test("an alias that refers to itself is an error, not an endless loop", () => {
  assert.deepEqual(codes(`x-a: &a { b: *a, <<: *a }\n${valid}`), ["alias", "merge"]);
});

test("`__proto__` is an error at any level, and pollutes nothing", () => {
  const file = `__proto__: { polluted: 1 }\nx-a: [{ __proto__: { polluted: 1 } }]\nversion: 1\nintegrations:\n  __proto__: { polluted: 1 }\n  a: { extra: { __proto__: { polluted: 1 } } }\n`;
  assert.equal(diagnose(file).filter((diagnostic) => diagnostic.code === "forbidden-key").length, 4);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

test("names of object methods are ordinary unknown fields", () => {
  assert.deepEqual(codes(`constructor: 1\ntoString: 1\nhasOwnProperty: 1\n${valid}`), ["unknown-field"]);
  assert.deepEqual(codes("version: 1\nintegrations:\n  constructor: { type: toString, name: N, scope: WORKSPACE }\n"), [
    "wrong-value",
  ]);
  const nested = "version: 1\nintegrations:\n  a:\n    type: SLACK\n    constructor: { xy: { y: { z: 1 } } }\n";
  const [unknown] = diagnose(nested).filter(({ code }) => code === "unknown-field");
  assert.equal(unknown?.place?.frame?.line, "    constructor: { •••: { •••: { •••: ••• } } }");
});

test("several documents and directives are refused", () => {
  assert.deepEqual(codes(`${valid}---\n${valid}`), ["several-documents"]);
  assert.deepEqual(codes("---\n".repeat(MEBIBYTE)), ["several-documents"]);
  assert.deepEqual(codes("%a\n".repeat(MEBIBYTE)), ["directive"]);
});

test("a merge conflict is one error at its first line, whatever else it breaks", () => {
  const conflict = (begin: string, end = "") =>
    `version: 1\n${begin}integrations: {}\n=======\n{ : x\n>>>>>>> b\n${end}`;
  assert.deepEqual(codes(conflict("<<<<<<< HEAD\n")), ["merge-conflict"]);
  assert.equal(startOf(conflict("<<<<<<< HEAD\n")), "2:1");
  assert.deepEqual(codes(conflict("<<<<<<< HEAD\n").replaceAll("\n", "\r\n")), ["merge-conflict"]);
  assert.deepEqual(codes(`${valid}||||||| base\n`), ["merge-conflict"]);
  const text =
    "version: 1\nintegrations:\n  a:\n    type: SLACK\n    name: N\n    scope: WORKSPACE\n    note: |\n      Title\n      =======\n      <<<<<<< x\n";
  assert.deepEqual(codes(`${text}# =======\n`), []);
});

// What 10 MiB take is measured in `test/reliability/full/huge.test.ts`.
test("64 KiB of any content are checked without a crash", () => {
  for (const unit of ["a: b\n", "\n", "}", "- |\n", "!a ", '"', "a", "# c\n"])
    assert.ok(diagnose(unit.repeat(Math.floor(MEBIBYTE / 16 / unit.length))).length > 0, unit);
});

test("a single value of more than a mebibyte is refused", () => {
  assert.deepEqual(codes(`x-a: ${"a".repeat(2 * MEBIBYTE)}\n${valid}`), ["too-large"]);
});

test("thousands of unknown fields are all reported", () => {
  const fields = Array.from({ length: 5000 }, (_, index) => `    zz${index}: 1`).join("\n");
  const found = diagnose(
    `version: 1\nintegrations:\n  a:\n    type: SLACK\n    name: N\n    scope: WORKSPACE\n${fields}\n`,
  );
  assert.equal(found.length, 5000);
});
