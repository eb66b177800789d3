import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { harmlessJson } from "../../src/model/printable.ts";
import { HOSTILE_TEXTS } from "../support/hostile-plan.ts";
import { workbench, type CliResult } from "../support/workbench.ts";

/**
 * Texts in a pull request or a response that could command GitHub Actions, Azure Pipelines, GitLab, TeamCity or a
 * terminal.
 */
const TEXTS = [
  ...HOSTILE_TEXTS,
  "::add-mask::a",
  "  ::stop-commands::x",
  "\u00A0::error::x",
  "##[group]x",
  "##vso[task.setvariable variable=A]b",
  "##teamcity[buildProblem description='x']",
  "section_start:0:x[collapsed=true]\r\u001B[0Kx",
  "a\r::error::b",
  "\u001B]8;;https://evil.example\u0007x\u001B]8;;\u0007",
  "\u009B31mx",
  "\u{E0041}\u2028::error::x",
];

/** Asserts that only annotations hold commands, and only our own. */
function assertHarmless({ stdout, stderr }: CliResult, what: string, isGithub: boolean): void {
  for (const [stream, text] of Object.entries({ stdout, stderr })) {
    const where = `${stream} of ${what}: ${JSON.stringify(text)}`;
    assert.doesNotMatch(text.replaceAll(/\r\n|[\n\t]/g, ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, where);
    assert.doesNotMatch(text, /##\w*\[/, where);
    for (const line of text.split("\n")) {
      if (!line.trimStart().startsWith("::")) continue;
      assert.ok(isGithub && stream === "stdout", where);
      assert.match(line, /^::(?:error|warning|notice) (?:\w+=[^:,]*,)*title=[^:,]*::[^\n]*$/, where);
    }
  }
}

const RUNS: readonly (readonly [command: readonly string[], formats: readonly string[]])[] = [
  [
    ["sync", "--plan", "--verbose"],
    ["text", "json", "markdown", "github"],
  ],
  [
    ["sync", "--plan", "--offline"],
    ["text", "json", "markdown", "github"],
  ],
  [["sync", "--plan", "--out", "/dev/stdout"], ["text"]],
  [
    ["sync", "--apply", "--prune"],
    ["text", "json", "markdown", "github"],
  ],
  [["validate"], ["text", "json", "github"]],
  [["refs"], ["table", "json", "yaml", "env"]],
  [
    ["refs", "--usages"],
    ["table", "json", "yaml"],
  ],
  [
    ["refs", "--check"],
    ["text", "json", "github"],
  ],
  [["refs", "--write", "--dry-run"], []],
  [["refs", "--key", "no\u001B[31m::such ##[key]"], []],
  [["import", "unmanaged", "HASH"], []],
  [["sync", "--plan", "--only", "\u001B[2J##[error]"], ["text"]],
  [["\u001B[2J::error::no such command"], []],
];

for (const [index, hostile] of TEXTS.entries()) {
  test(`no command and no format prints a text that a terminal or a runner obeys, whatever files, pipelines and the server contain (${index})`, async (t) => {
    const bench = await workbench(t);
    const quoted = harmlessJson(hostile).trim();
    const block = (key: string, name: string): string =>
      `  ${key}: { type: SENTRY, name: ${name}, scope: WORKSPACE, token: $T, extra: { ${quoted}: ${name} } }\n`;
    const fileWith = (...blocks: readonly string[]): string => `version: 1\nintegrations:\n${blocks.join("")}`;
    const name = `${hostile.replaceAll(/[/\0]/g, "_")}.yaml`;
    await bench.write("integrations.yaml", fileWith(block("a", quoted), block("gone", quoted)));
    const applied = await bench.run(["sync", "--apply"], { env: { T: "a value" } });
    assertHarmless(applied, "the first apply", false);
    assert.equal(applied.exit, 0, applied.stderr);
    await bench.write(name, fileWith(block("a", harmlessJson(`${hostile}!`).trim()), block("new", quoted)));
    await bench.write("bad.yaml", `${fileWith(block("b", quoted))}    ${quoted}: x\n`);
    await mkdir(join(bench.dir, ".buddy"));
    const pipeline = `- pipeline: ${quoted}\n  actions:\n    - action: ${quoted}\n      integration_hash: a\n      x: |\n        ${hostile.replaceAll(/\s+/g, "\n        ")}\n`;
    await bench.write(`.buddy/${name}`, pipeline);
    bench.emulator.addFault({ kind: "reject", message: hostile, match: { method: "POST" } });
    const [stored] = bench.emulator.stored();
    for (const [command, formats] of RUNS) {
      for (const format of formats.length === 0 ? [undefined] : formats) {
        const args = command.map((word) => (word === "HASH" ? (stored?.hash_id ?? "") : word));
        const isSync = args[0] === "sync";
        const file =
          args[0] === "validate"
            ? [name]
            : isSync || args[0] === "refs"
              ? ["--file", name, "--lockfile", "integrations.lock.yaml"]
              : [];
        const all = [...args, ...file, ...(format === undefined ? [] : ["--format", format])];
        const result = await bench.run(all, { env: { T: "a value" } });
        assert.notEqual(result.exit, 1, result.stderr);
        assertHarmless(result, all.join(" "), format === "github");
      }
    }
    for (const format of ["text", "json", "github"])
      assertHarmless(
        await bench.run(["validate", "bad.yaml", name, `none ${name}`, "--format", format]),
        format,
        format === "github",
      );
  });
}

const COLOR = new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`, "g");

test("with colours, only our own colours are printed", async (t) => {
  const bench = await workbench(t);
  const hostile = JSON.stringify("\u001B[31mred\u001B[2J");
  await bench.write(
    "integrations.yaml",
    `version: 1\nintegrations:\n  a: { type: SENTRY, name: ${hostile}, scope: WORKSPACE, token: $T }\n`,
  );
  const { stdout, stderr } = await bench.run(["sync", "--plan"], { env: { FORCE_COLOR: "1" } });
  assert.match(stdout, COLOR);
  assert.ok(stdout.includes(hostile), stdout);
  assert.doesNotMatch((stdout + stderr).replaceAll(COLOR, "").replaceAll("\n", ""), /\p{Cc}/u);
});
