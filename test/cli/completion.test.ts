import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { programShape } from "../../src/cli/completion.ts";
import { ARGUMENT_VALUES, OPTION_CHOICES, OPTION_VALUES } from "../../src/completion/value-kinds.ts";
import { buildProgram } from "../../src/main.ts";
import { typeNames } from "../../src/model/catalog.ts";
import { block } from "../support/desired-file.ts";
import { NOWHERE } from "../support/nowhere.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";
import { runCli } from "../support/workbench.ts";

const FILE = `version: 1
integrations:
  aws_prod: { type: AMAZON, name: "AWS: \\u001b[31mred", access_key: $AWS_KEY, secret_key: $AWS_SECRET }
  web: { type: GIT_HUB, name: Web, scope: PROJECT, project_name: company-website, token: $TOKEN }
  "$(touch pwned)": { type: GIT_HUB, name: hostile }
`;

async function folder(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-complete-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, "integrations.yaml"), FILE);
  await writeFile(join(dir, "other.yaml"), "version: 1\nintegrations:\n  other: {}\n");
  return dir;
}

/** The candidates with their descriptions. @param words the words up to the cursor */
async function complete(dir: string, ...words: readonly string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await runCli(["__complete", "--", ...words], dir);
  assert.deepEqual([exit, stderr], [0, ""], words.join(" "));
  return stdout.split("\n").filter(Boolean);
}

const values = async (dir: string, ...words: readonly string[]): Promise<string[]> =>
  (await complete(dir, ...words)).map((line) => line.split("\t")[0] ?? "");

test("commands, options, and the values of options are completed", async (t) => {
  const dir = await folder(t);
  assert.deepEqual(await values(dir, "pl"), ["plan"]);
  assert.ok((await values(dir, "")).includes("completion"));
  assert.ok(!(await values(dir, "_")).includes("__complete"));
  assert.deepEqual(await values(dir, "plan", "--det"), ["--detailed-exitcode"]);
  assert.deepEqual(await values(dir, "plan", "--y"), []);
  assert.deepEqual(await values(dir, "plan", "--format", ""), ["text", "json", "markdown", "github"]);
  assert.deepEqual(await values(dir, "plan", "--format=m"), ["--format=markdown"]);
  // Bash splits words at `=`.
  assert.deepEqual(await values(dir, "plan", "--format", "=", "m"), ["markdown"]);
  assert.deepEqual(await values(dir, "plan", "--format", "="), ["text", "json", "markdown", "github"]);
  assert.deepEqual(await values(dir, "refs", "--format", "e"), ["env"]);
  assert.deepEqual(await values(dir, "completion", ""), ["bash", "zsh", "fish"]);
  assert.deepEqual(await values(dir, "help", "va"), ["validate"]);
  assert.deepEqual(await values(dir, "list", "--type", "AMA"), ["AMAZON"]);
  assert.deepEqual(await values(dir, "list", "--type", ""), typeNames);
  assert.deepEqual(await values(dir, "explain", "needs-"), ["needs-adopt", "needs-allow-replace", "needs-recreate"]);
  assert.deepEqual(await values(dir, "explain", "GIT_HUB_A"), ["GIT_HUB_APP", "GIT_HUB_APP_ENTERPRISE", "GIT_HUB_API"]);
});

test("keys come from the file that the line names, and from the lockfile, each with its type and name", async (t) => {
  const dir = await folder(t);
  const keys = ["aws_prod\tAMAZON AWS: \uFFFD[31mred", "web\tGIT_HUB Web"];
  assert.deepEqual(await complete(dir, "plan", "--only", ""), keys);
  assert.deepEqual(await values(dir, "plan", "--only", "aws_prod", "w"), ["web"]);
  assert.deepEqual(await values(dir, "refs", "--key", "w"), ["web"]);
  assert.deepEqual(await values(dir, "show", ""), ["aws_prod", "web"]);
  assert.deepEqual(await values(dir, "apply", "--resend", "we"), ["web"]);
  assert.deepEqual(await values(dir, "apply", "--resend", "aws_prod."), [
    "aws_prod.name",
    "aws_prod.access_key",
    "aws_prod.secret_key",
  ]);
  assert.deepEqual(await values(dir, "plan", "--file", "other.yaml", "--only", ""), ["other"]);
  assert.deepEqual(await values(dir, "plan", "--file=other.yaml", "--only=o"), ["--only=other"]);
  assert.deepEqual(await values(dir, "plan", "--file", "=", "other.yaml", "--only", ""), ["other"]);
  assert.deepEqual(await values(dir, "list", "--project", ""), ["company-website"]);
  assert.deepEqual(await values(dir, "plan", "--as-is", "AWS"), ["AWS_KEY", "AWS_SECRET"]);
});

test("keys that only the lockfile has are completed too", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"), block("old"));
  await s.apply();
  await s.writeIntegrations(block("web"), block("fresh"));
  assert.deepEqual(await complete(s.dir, "plan", "--only", ""), ["old\tVULTR", "web\tVULTR web", "fresh\tVULTR fresh"]);
});

test("the shell completes file names", async (t) => {
  const dir = await folder(t);
  for (const words of [
    ["plan", "--file", ""],
    ["plan", "--out=x"],
    ["validate", "a.yaml", ""],
    ["refs", "b"],
  ]) {
    assert.deepEqual(await complete(dir, ...words), [":files"], words.join(" "));
  }
});

test("for any command line and any files, completion prints only candidates and doesn't fail", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "broken.yaml"), "{{{\n\t: - \u0000");
  for (const words of [
    ["nonsense", ""],
    ["plan", "--nonsense=", ""],
    ["plan", "--nonsense=x"],
    ["plan", "--workspace", ""],
    ["plan", "--file", "broken.yaml", "--only", ""],
    ["plan", "--file", "missing.yaml", "--only", ""],
    ["plan", "--file", ".", "--only", ""],
    ["plan", "="],
    ["plan", "--", "--fo"],
    ["plan", "--resend", "..."],
    ["plan", "constructor"],
    ["explain", "constructor"],
    ["import", "a", "b", "c"],
  ]) {
    assert.deepEqual(await complete(dir, ...words), [], words.join(" "));
  }
  const { exit, stdout } = await runCli(["__complete"], dir);
  assert.equal(exit, 0);
  assert.match(stdout, /^plan\t/m);
});

test("completion refuses an unknown shell", async () => {
  const none = await runCli(["completion"], tmpdir());
  assert.equal(none.exit, 3);
  assert.match(none.stderr, /missing required argument 'shell'/);
  const other = await runCli(["completion", "tcsh"], tmpdir());
  assert.match(other.stderr, /Allowed choices are bash, zsh, fish/);
});

test("completion has a rule for every option and argument with a value, and for no other", () => {
  const { commands } = programShape(buildProgram(NOWHERE, "0", () => undefined));
  const options = commands.flatMap((command) =>
    command.options
      .filter(({ values: taken, choices }) => taken !== "none" && choices.length === 0)
      .filter(({ name }) => OPTION_CHOICES[`${command.name} ${name}`] === undefined)
      .map(({ name }) => name),
  );
  assertSameNames(options, Object.keys(OPTION_VALUES), "OPTION_VALUES");
  const taken = commands.flatMap((command) =>
    command.arguments.filter(({ choices }) => choices.length === 0).map(({ name }) => `${command.name} ${name}`),
  );
  assertSameNames(taken, Object.keys(ARGUMENT_VALUES), "ARGUMENT_VALUES");
});

/** @param table where `src/completion/value-kinds.ts` lists them */
function assertSameNames(defined: readonly string[], listed: readonly string[], table: string): void {
  const missing = [...new Set(defined)].filter((name) => !listed.includes(name));
  assert.equal(missing.join(", "), "", `add a line for each of these to ${table} in src/completion/value-kinds.ts`);
  const former = listed.filter((name) => !defined.includes(name));
  assert.equal(former.join(", "), "", `no command has these: take their lines out of ${table}`);
}
