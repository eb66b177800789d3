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

async function run(
  files: readonly string[],
  format: ValidateOptions["format"] = "text",
  quiet = false,
  more: { readonly variables?: boolean } = {},
  env: Readonly<Record<string, string>> = {},
) {
  const flags = [...(quiet ? ["--quiet"] : []), ...(more.variables ? ["--variables"] : [])];
  const args = ["validate", ...files, "--format", format, ...flags];
  const { exit: code, stdout, stderr } = await runCli(args, folder, { env });
  return { code, stdout, stderr };
}

test("a valid file gives only a summary, and exit 0", async () => {
  assert.deepEqual(await run([good]), { code: 0, stdout: "", stderr: "1 integration in 1 file: valid\n" });
});

test("--quiet leaves out only the summary", async () => {
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

test("if there are only warnings, validate exits with 0", async () => {
  const { code, stdout, stderr } = await run([warned]);
  assert.equal(code, 0);
  assert.match(stdout, /^warned\.yaml:3:3: warning \[hyphen\]/);
  assert.equal(stderr, "1 integration in 1 file: valid, with 1 warning\n");
});

test("validate prints only JSON with --format json, even if it fails", async () => {
  for (const files of [[good], [bad], ["missing.yaml"], ["."]]) {
    const { code, stdout } = await run(files, "json");
    const report: unknown = JSON.parse(stdout);
    assert.ok(typeof report === "object" && report !== null && "valid" in report && "diagnostics" in report);
    assert.equal(report.valid, code === 0);
  }
});

test("a missing file, or a folder in its place, gives exit 3 and a diagnostic", async () => {
  const missing = await run(["missing.yaml"]);
  assert.equal(missing.code, 3);
  assert.match(missing.stdout, /^missing\.yaml:1:1: error \[missing-file\]/);
  const directory = await run(["."]);
  assert.equal(directory.code, 3);
  assert.match(directory.stdout, /error \[unreadable-file\]/);
});

test("without a file name, integrations.yaml is checked", async () => {
  const { stdout } = await run([]);
  assert.match(stdout, /^integrations\.yaml:1:1: error \[missing-file\]/);
});

const referring = writeFixture(
  "referring.yaml",
  "version: 1\nintegrations:\n  a: { type: VULTR, name: A, scope: WORKSPACE, token: $GITHUB_TOKEN, extra: { x: $BUDDY_TOKEN, y: [$OTHER] } }\n",
);

test("a variable that a plan would refuse is a warning of validate", async () => {
  const { code, stdout } = await run([referring]);
  assert.equal(code, 0);
  assert.deepEqual(
    [...stdout.matchAll(/^referring\.yaml:3:\d+: warning \[([a-z-]+)\]: (.*)$/gm)].map(([, ...found]) => found),
    [
      ["ci-variable", "`a.token`: $GITHUB_TOKEN is a variable that GitHub Actions sets for itself"],
      ["reserved-variable", "`a.extra.x`: $BUDDY_TOKEN belongs to this tool, and is never sent as a value"],
    ],
  );
  const listed = await run([referring], "text", true, {}, { BUDDY_INTEGRATIONS_VARIABLES: "GITHUB_TOKEN" });
  assert.deepEqual(
    [...listed.stdout.matchAll(/warning \[([a-z-]+)\]/g)].map(([, found]) => found),
    ["reserved-variable", "unlisted-variable"],
  );
});

test("--variables lists the variables on stdout, and what is wrong on stderr", async () => {
  const { code, stdout, stderr } = await run([referring, good], "text", true, { variables: true });
  assert.deepEqual([code, stdout], [0, "BUDDY_TOKEN\nGITHUB_TOKEN\nOTHER\nTOKEN\n"]);
  assert.match(stderr, /warning \[ci-variable\]/);
  const json: unknown = JSON.parse((await run([good], "json", true, { variables: true })).stdout);
  assert.deepEqual(json, { valid: true, files: [good], diagnostics: [], variables: ["TOKEN"] });
});
