import assert from "node:assert/strict";
import { test } from "node:test";
import { failure, success } from "../model/integration.ts";
import { createVariableLookup } from "./variable-lookup.ts";
import { parseSecretsFile } from "./secrets-file.ts";

const files: Readonly<Record<string, string | Uint8Array>> = {
  "/run/token": "from-file\n",
  "/run/two-lines": "a\nb\n\n",
  "/run/crlf": "from-file\r\n",
  "/run/empty": "",
  "/run/binary": new Uint8Array([0xff]),
};
const read: string[] = [];
const readFile = (path: string) => {
  read.push(path);
  const content = files[path];
  return Promise.resolve(
    content === undefined
      ? failure({ message: "no such file or directory" })
      : success(typeof content === "string" ? new TextEncoder().encode(content) : content),
  );
};
const secrets = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));
const find = async (
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  ...more: readonly ReadonlyMap<string, string>[]
) => (await createVariableLookup([name], env, more, readFile))(name);

test("the real environment wins, then the last secrets file", async () => {
  assert.deepEqual(await find("A", { A: "env" }, secrets({ A: "1" }), secrets({ A: "2" })), {
    kind: "set",
    value: "env",
  });
  assert.deepEqual(await find("A", {}, secrets({ A: "1" }), secrets({ A: "2" })), { kind: "set", value: "2" });
  assert.deepEqual(await find("A", { A: "" }, secrets({ A: "1" })), { kind: "set", value: "" });
});

test("an unset variable may be in the file that NAME_FILE names, one newline at its end dropped", async () => {
  assert.deepEqual(await find("A", { A_FILE: "/run/token" }), { kind: "set", value: "from-file" });
  assert.deepEqual(await find("A", { A_FILE: "/run/crlf" }), { kind: "set", value: "from-file" });
  assert.deepEqual(await find("A", { A_FILE: "/run/two-lines" }), { kind: "set", value: "a\nb\n" });
  assert.deepEqual(await find("A", { A_FILE: "/run/empty" }), { kind: "set", value: "" });
  assert.deepEqual(await find("A", { A_FILE: "" }), { kind: "unset" });
});

test("NAME_FILE comes from the environment only: a secrets file names no files", async () => {
  read.length = 0;
  assert.deepEqual(await find("A", {}, secrets({ A_FILE: "/run/token" })), { kind: "unset" });
  assert.deepEqual(read, []);
});

test("NAME_FILE isn't read when the variable is set", async () => {
  read.length = 0;
  assert.deepEqual(await find("A", { A_FILE: "/run/token" }, secrets({ A: "here" })), { kind: "set", value: "here" });
  assert.deepEqual(read, []);
});

test("a file that can't be read, or isn't text, is unreadable", async () => {
  assert.deepEqual(await find("A", { A_FILE: "/run/nothing" }), {
    kind: "unreadable",
    problem: "no such file or directory",
  });
  assert.deepEqual(await find("A", { A_FILE: "/run/binary" }), {
    kind: "unreadable",
    problem: "it is not UTF-8",
  });
});

test("names of object methods are no variables", async () => {
  for (const name of ["constructor", "toString", "__proto__"])
    assert.deepEqual(await find(name, {}, new Map()), { kind: "unset" });
});

for (const [what, text] of Object.entries({
  "larger than 1 MiB": `A=1\n${"#".repeat(1024 * 1024)}`,
  "with 101 empty lines in a row": `A=1${"\n".repeat(102)}B=2`,
  "with 101 spaces in a row": `A=1\nB${" ".repeat(101)}=2`,
})) {
  test(`a secrets file ${what} is refused, for no pattern is quick on it`, () => {
    const { values, diagnostics } = parseSecretsFile(".env", text);
    assert.deepEqual([values.size, diagnostics.map(({ code }) => code)], [0, ["too-large"]]);
  });
}

test("of a file that is no secrets file, a hundred faults are told", () => {
  assert.equal(parseSecretsFile(".env", "a\n".repeat(500_000)).diagnostics.length, 100);
});

test("a secrets file is read as dotenv reads it, and nothing is expanded", () => {
  const text =
    "# comment\nexport A=1\nB = 'two words' # comment\nC=\"multi\nline\"\nD=$A\nE=\n\nF: yaml-like\r\nG=`x`\n";
  const { values, diagnostics } = parseSecretsFile(".env", text);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(Object.fromEntries(values), {
    A: "1",
    B: "two words",
    C: "multi\nline",
    D: "$A",
    E: "",
    F: "yaml-like",
    G: "x",
  });
});

test("a line that is no assignment is an error with its place, and isn't shown", () => {
  const { diagnostics } = parseSecretsFile(
    ".env",
    "A=1\ncanary\n# fine\nB=\"unclosed canary\nC='multi\nline'\n= canary\n",
  );
  assert.deepEqual(
    diagnostics.map(({ code, place }) => [code, place?.file, place?.range.start.line]),
    [
      ["not-an-assignment", ".env", 2],
      ["unclosed-quote", ".env", 4],
      ["not-an-assignment", ".env", 7],
    ],
  );
  assert.doesNotMatch(JSON.stringify(diagnostics), /canary/);
});

test("an unquoted # that would cut a value short is an error", () => {
  const { diagnostics } = parseSecretsFile(".env", "A=abc#def\nB='abc#def'\nC=abc # comment\n");
  assert.deepEqual(
    diagnostics.map(({ code, place }) => [code, place?.range.start.line]),
    [["cut-short", 1]],
  );
});
