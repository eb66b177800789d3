import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { ValidateOptions } from "../../src/commands/validate.ts";
import { runCli } from "../support/workbench.ts";

const folder = mkdtempSync(join(tmpdir(), "validate-"));
after(() => rmSync(folder, { recursive: true }));

function writeFixture(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const good = writeFixture(
  "good.yaml",
  "version: 1\nintegrations:\n  a: { type: VULTR, name: A, scope: WORKSPACE, token: $TOKEN }\n",
);
const bad = writeFixture(
  "bad.yaml",
  "version: 1\nintegrations:\n  a: { type: VULTR, name: A, scope: WORKSPACE, token: canary }\n",
);
const warned = writeFixture(
  "warned.yaml",
  "version: 1\nintegrations:\n  a-: { type: VULTR, name: A, scope: WORKSPACE, token: $TOKEN }\n",
);

async function run(files: readonly string[], format: ValidateOptions["format"] = "text", quiet = false) {
  const args = ["validate", ...files, "--format", format, ...(quiet ? ["--quiet"] : [])];
  const { exit: code, stdout, stderr } = await runCli(args, folder);
  return { code, stdout, stderr };
}

test("a valid file gives nothing but a summary, and exit 0", async () => {
  assert.deepEqual(await run([good]), { code: 0, stdout: "", stderr: "1 integration in 1 file: valid\n" });
});

test("--quiet leaves the summary out, and no problem", async () => {
  assert.deepEqual(await run([good], "text", true), { code: 0, stdout: "", stderr: "" });
  const { code, stdout, stderr } = await run([bad], "text", true);
  assert.deepEqual([code, stderr], [3, ""]);
  assert.match(stdout, /literal-secret/);
});

test("errors give exit 3, on stdout, with the summary on stderr", async () => {
  const { code, stdout, stderr } = await run([good, bad]);
  assert.equal(code, 3);
  assert.match(stdout, /^bad\.yaml:3:55: error \[literal-secret\]: `a\.token` is secret/);
  assert.doesNotMatch(stdout, /canary/);
  assert.equal(stderr, "1 error in 2 files\n");
});

test("warnings alone are exit 0", async () => {
  const { code, stdout, stderr } = await run([warned]);
  assert.equal(code, 0);
  assert.match(stdout, /^warned\.yaml:3:3: warning \[hyphen\]/);
  assert.equal(stderr, "1 integration in 1 file: valid, with 1 warning\n");
});

test("JSON is pure, also when it fails", async () => {
  for (const files of [[good], [bad], ["missing.yaml"], ["."]]) {
    const { code, stdout } = await run(files, "json");
    const report: unknown = JSON.parse(stdout);
    assert.ok(typeof report === "object" && report !== null && "valid" in report && "diagnostics" in report);
    assert.equal(report.valid, code === 0);
  }
});

test("a file that isn't there, or is a folder, is exit 3 with a diagnostic", async () => {
  const missing = await run(["missing.yaml"]);
  assert.equal(missing.code, 3);
  assert.match(missing.stdout, /^missing\.yaml:1:1: error \[missing-file\]/);
  const directory = await run(["."]);
  assert.equal(directory.code, 3);
  assert.match(directory.stdout, /error \[unreadable-file\]/);
});

test("without a name it is integrations.yaml", async () => {
  const { stdout } = await run([]);
  assert.match(stdout, /^integrations\.yaml:1:1: error \[missing-file\]/);
});
