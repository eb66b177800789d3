import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";
import { runCli } from "../support/workbench.ts";

const FILE = block("web", { name: "Web" });

async function errorOf(...args: readonly string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await runCli(args, tmpdir());
  assert.deepEqual([exit, stdout], [3, ""], args.join(" "));
  return stderr.trimEnd().split("\n").slice(0, -1);
}

test("plan and apply do what sync --plan and sync --apply do", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(FILE);
  for (const args of [[], ["--format", "json"], ["--detailed-exitcode"], ["--prune", "--only", "web"], ["--offline"]]) {
    assert.deepEqual(await s.run(["plan", ...args]), await s.run(["sync", "--plan", ...args]), args.join(" "));
  }
  const applied = await s.run(["apply", "--yes"]);
  assert.equal(applied.exit, 0);
  assert.equal(s.stored("web").name, "Web");
  assert.deepEqual(await s.run(["apply", "--yes"]), await s.run(["sync", "--apply", "--yes"]));
});

test("help prints what --help prints, for the program and for each command", async () => {
  const program = await runCli(["--help"], tmpdir());
  assert.equal(program.exit, 0);
  assert.deepEqual(await runCli(["help"], tmpdir()), program);
  const names = [...program.stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name);
  assert.ok(names.includes("plan") && names.includes("emulate"), names.join(" "));
  for (const name of names) {
    const help = await runCli(["help", name], tmpdir());
    assert.equal(help.exit, 0, name);
    assert.deepEqual(help, await runCli([name, "--help"], tmpdir()), name);
  }
});

test("no line of a help text is longer than 80 columns on a terminal of 80", async () => {
  const stdout = { isTTY: true, columns: 80 };
  const help = async (...args: readonly string[]): Promise<string> => {
    let text = "";
    await runCli(args, tmpdir(), { io: { stdout: { ...stdout, write: (more) => (text += more) } } });
    return text;
  };
  const program = await help("--help");
  const names = [...program.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name);
  for (const text of [program, ...(await Promise.all(names.map((name) => help("help", name))))]) {
    for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
  }
});

test("for a misspelled command, or a command of another tool, the error suggests the right one", async () => {
  const meant = { plna: "plan", aply: "apply", imprt: "import", valdate: "validate", diff: "plan", deploy: "apply" };
  for (const [wrong, right] of Object.entries({ ...meant, adopt: "import", lint: "validate", PLAN: "plan" })) {
    assert.deepEqual(await errorOf(wrong), [`error: unknown command '${wrong}'`, `(Did you mean ${right}?)`]);
  }
  assert.deepEqual(await errorOf("help", "aplly"), ["error: unknown command 'aplly'", "(Did you mean apply?)"]);
  assert.deepEqual(await errorOf("somethingelse"), ["error: unknown command 'somethingelse'"]);
});

test("for a misspelled option, the error suggests the right one, or names the command that has it", async () => {
  assert.deepEqual(await errorOf("plan", "--fromat=json"), [
    "error: unknown option '--fromat'",
    "(Did you mean --format?)",
  ]);
  assert.deepEqual(await errorOf("plan", "--yes"), [
    "error: unknown option '--yes'",
    "(--yes is an option of apply, doctor and sync)",
  ]);
  assert.deepEqual(await errorOf("apply", "--out", "x"), [
    "error: unknown option '--out'",
    "(--out is an option of export, plan and sync)",
  ]);
  assert.deepEqual(await errorOf("--plan"), ["error: unknown option '--plan'", "(Did you mean plan?)"]);
  assert.deepEqual(await errorOf("plan", "--token=abc"), ["error: unknown option '--token'"]);
  const [first, suggestion] = await errorOf("validate", "--workspace=acme");
  assert.equal(first, "error: unknown option '--workspace'");
  assert.match(suggestion ?? "", /^\(--workspace is an option of apply, .*, plan, .* and sync\)$/);
});

test("an unexpected argument gets a suggestion, and is not repeated", async () => {
  const tooMany = (name: string): string => `error: too many arguments for '${name}'. Expected 0 arguments but got 1.`;
  assert.deepEqual(await errorOf("sync", "plan"), [tooMany("sync"), "(Did you mean buddy-integrations plan?)"]);
  assert.deepEqual(await errorOf("plan", "s3cr3t"), [tooMany("plan"), "(name the file with --file)"]);
});

test("with --format json, a wrong command is reported in JSON too, with its suggestion", async () => {
  const { exit, stdout } = await runCli(["plna", "--format", "json"], tmpdir());
  assert.equal(exit, 3);
  assert.deepEqual(JSON.parse(stdout).diagnostics, [
    { severity: "error", code: "bad-arguments", message: "unknown command 'plna'\n(Did you mean plan?)" },
  ]);
});
