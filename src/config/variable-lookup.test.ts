import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { failure, success } from "../model/integration.ts";
import { surroundingSpace } from "./surrounding-space.ts";
import { asIsProblems, createVariableLookup } from "./variable-lookup.ts";
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
) => (await createVariableLookup([name], { env, secretsFiles: more, readFile, asIs: new Set() }))(name);

test("the environment takes precedence, then the last secrets file", async () => {
  assert.deepEqual(await find("A", { A: "env" }, secrets({ A: "1" }), secrets({ A: "2" })), {
    kind: "set",
    value: "env",
  });
  assert.deepEqual(await find("A", {}, secrets({ A: "1" }), secrets({ A: "2" })), { kind: "set", value: "2" });
  assert.deepEqual(await find("A", { A: "" }, secrets({ A: "1" })), { kind: "set", value: "" });
});

test("an unset variable is read from the file that NAME_FILE names, without one newline at the end", async () => {
  assert.deepEqual(await find("A", { A_FILE: "/run/token" }), { kind: "set", value: "from-file" });
  assert.deepEqual(await find("A", { A_FILE: "/run/crlf" }), { kind: "set", value: "from-file" });
  assert.deepEqual(await find("A", { A_FILE: "/run/two-lines" }), { kind: "set", value: "a\nb\n" });
  assert.deepEqual(await find("A", { A_FILE: "/run/empty" }), { kind: "set", value: "" });
  assert.deepEqual(await find("A", { A_FILE: "" }), { kind: "unset" });
});

test("NAME_FILE is read from the environment only: a secrets file can't name files", async () => {
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

test("names of object methods aren't variables", async () => {
  for (const name of ["constructor", "toString", "__proto__"])
    assert.deepEqual(await find(name, {}, new Map()), { kind: "unset" });
});

for (const [what, text] of Object.entries({
  "larger than 1 MiB": `A=1\n${"#".repeat(1024 * 1024)}`,
  "with 101 empty lines in a row": `A=1${"\n".repeat(102)}B=2`,
  "with 101 spaces in a row": `A=1\nB${" ".repeat(101)}=2`,
})) {
  test(`a secrets file ${what} is refused, since patterns would be slow on it`, () => {
    const { values, diagnostics } = parseSecretsFile(".env", text, new Set());
    assert.deepEqual([values.size, diagnostics.map(({ code }) => code)], [0, ["too-large"]]);
  });
}

test("at most a hundred faults are reported of a file that isn't a secrets file", () => {
  assert.equal(parseSecretsFile(".env", "a\n".repeat(500_000), new Set()).diagnostics.length, 100);
});

test("a secrets file is read as dotenv reads it, and nothing is expanded", () => {
  const text =
    "# comment\nexport A=1\nB = 'two words' # comment\nC=\"multi\nline\"\nD=$A\nE=\n\nF: yaml-like\r\nG=`x`\n";
  const { values, diagnostics } = parseSecretsFile(".env", text, new Set());
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

test("a line that isn't an assignment is an error with its place, and isn't shown", () => {
  const { diagnostics } = parseSecretsFile(
    ".env",
    "A=1\ncanary\n# fine\nB=\"unclosed canary\nC='multi\nline'\n= canary\n",
    new Set(),
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
  const { diagnostics } = parseSecretsFile(".env", "A=abc#def\nB='abc#def'\nC=abc # comment\n", new Set());
  assert.deepEqual(
    diagnostics.map(({ code, place }) => [code, place?.range.start.line]),
    [["cut-short", 1]],
  );
});

const NAMES = new Set(["T", "U"]);

test("an escape that readers of such files disagree about is an error at its place, and isn't shown", () => {
  for (const [text, place] of [
    [String.raw`T="{\"a\": 1}"`, "1:5"],
    [String.raw`T="C:\\new"`, "1:6"],
    [String.raw`T="tab\tcanary"`, "1:7"],
    [String.raw`  export T = "x\$y" # comment`, "1:16"],
    [String.raw`A=1${"\n"}T="line${"\n"}ca\"nary"`, "3:3"],
    [String.raw`T='it\'s'`, "1:6"],
    [String.raw`T='a\\b'`, "1:5"],
    [String.raw`U="T\"T"`, "1:5"],
  ] as const) {
    const { diagnostics } = parseSecretsFile(".env", text, NAMES);
    assert.deepEqual(
      diagnostics.map(({ code, place: at }) => [code, `${at?.range.start.line}:${at?.range.start.column}`]),
      [["ambiguous-escape", place]],
      text,
    );
    assert.doesNotMatch(JSON.stringify(diagnostics), /canary|\$y/);
    assert.deepEqual(parseSecretsFile(".env", text, new Set()).diagnostics, [], "nobody refers to it");
  }
});

test("text that all dotenv readers read the same is accepted", () => {
  for (const text of [
    String.raw`T="line\nline\r\n"`,
    String.raw`T='C:\new'`,
    String.raw`T='{"a": "b\n\"c\""}'`,
    String.raw`T=C:\new\"`,
    'T="it\'s $HOME"',
  ]) {
    assert.deepEqual(parseSecretsFile(".env", text, NAMES).diagnostics, [], text);
  }
});

test("a value of the environment that isn't UTF-8 is refused; U+FFFD in a secrets file is accepted", async () => {
  const found = await find("A", { A: "x\uFFFDy" });
  assert.equal(found.kind === "refused" ? found.refusal.code : found.kind, "not-utf8");
  assert.deepEqual(await find("A", {}, secrets({ A: "x\uFFFDy" })), { kind: "set", value: "x\uFFFDy" });
  const script = "T=$(printf 'a\\377b') exec \"$0\" -p 'process.env.T.codePointAt(1).toString(16)'";
  assert.equal(execFileSync("/bin/sh", ["-c", script, process.execPath], { encoding: "utf8" }), "fffd\n");
});

test("a placeholder that no tool has resolved is refused, wherever it comes from, unless --as-is allows it", async () => {
  const lookUp = async (value: string, asIs: readonly string[] = []) => {
    const sources = { env: {}, secretsFiles: [new Map([["A", value]])], readFile, asIs: new Set(asIs) };
    return (await createVariableLookup(["A"], sources))("A");
  };
  for (const value of [
    "ENC[AES256_GCM,data:q2FtcGxl,iv:AAAA,tag:BBBB,type:str]",
    "ENC[PKCS7,MIIBiQYJ\nKoZIhvcN]\n",
    "op://vault/item/field",
    "ref+awssecrets://prod/aws#/secret",
    "ref+vault://secret/data/x#/y",
    "${{ secrets.TOKEN }}",
    "!encrypted 6vGqBW1ZfCw=",
    "vault:secret/data/aws#secret_key",
    ">>vault:secret/data/aws#secret_key",
    '{{ with secret "secret/data/aws" }}{{ .Data.data.key }}{{ end }}',
    " {{ token }} ",
  ]) {
    const found = await lookUp(value);
    assert.equal(found.kind === "refused" ? found.refusal.code : found.kind, "unresolved-placeholder", value);
    assert.doesNotMatch(JSON.stringify(found), /AES256|vault\/item|awssecrets|secrets\.TOKEN|6vGq|secret_key|Data/);
    assert.deepEqual(await lookUp(value, ["A"]), { kind: "set", value });
  }
  for (const value of [
    "ENC",
    "xENC[a]",
    "ENC[]",
    "op:/x",
    "ref+x",
    '{"a": "{{ b }}"}',
    "$TOKEN",
    "!encryptedfoo",
    "vault:x",
    "{{ x",
    "https://vault:x@y/#z",
    "$ecret{{x}}",
  ]) {
    assert.deepEqual(await lookUp(value), { kind: "set", value });
  }
});

test("--as-is with a name that the file doesn't refer to is an error", () => {
  assert.deepEqual(asIsProblems(["TOKEN"], ["TOKEN"]), []);
  assert.deepEqual(
    asIsProblems(["TOKENN", "$A"], ["TOKEN", "OTHER_VALUE"]).map(({ message, hint }) => `${message}: ${hint}`),
    [
      "--as-is TOKENN: the file doesn't refer to this variable: did you mean TOKEN?",
      "--as-is $A: the file doesn't refer to this variable: it takes a name without `$`",
    ],
  );
});

test("white space around a one-line value is reported, around several lines it isn't", () => {
  for (const [value, words] of [
    ["x1234\n", "ends with a line end"],
    ["x1234\r\n", "ends with a line end"],
    ["x1234 ", "ends with white space"],
    ["\tx1234", "begins with white space"],
    [" x1234\n", "begins and ends with white space"],
    [" \n", "holds only white space"],
    ["x 1234", undefined],
    ["-----BEGIN\nabc\n-----END\n", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(surroundingSpace(value), words, JSON.stringify(value));
  }
});
