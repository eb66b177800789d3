import assert from "node:assert/strict";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { parseReport } from "../support/report.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";
import { workbench } from "../support/workbench.ts";

const DEAD = "- pipeline: p\n  actions:\n  - action: a\n    integration_hash: deadbeefdeadbeefdeadbeef\n";
const INVALID = "version: 1\nintegrations:\n  a: { type: VULTR, name: A, nmae: x, scope: WORKSPACE, token: $T }\n";

for (const [what, files, codes] of [
  ["an invalid desired state", { "integrations.yaml": INVALID }, ["unknown-field"]],
  [
    "a merge conflict in it",
    { "integrations.yaml": `<<<<<<< HEAD\n${INVALID}=======\n>>>>>>> x\n` },
    ["merge-conflict"],
  ],
  [
    "a damaged lockfile",
    { "integrations.yaml": "version: 1\nintegrations: {}\n", [LOCKFILE]: "lockfile_version: 2\nx: 1\n" },
    ["lock-damaged"],
  ],
] as const) {
  test(`refs prints JSON that matches the report's schema, and annotations, also with ${what}`, async (t) => {
    const bench = await workbench(t);
    await bench.write("buddy.yml", DEAD);
    for (const [name, text] of Object.entries(files)) await bench.write(name, text);
    for (const mode of ["--check", "--usages"] as const) {
      const { exit, stdout, stderr } = await bench.run(["refs", mode, "--format", "json", "buddy.yml"]);
      const report = parseReport(stdout);
      assert.deepEqual([exit, report.exit_code, report.command], [3, 3, `refs ${mode}`]);
      assert.ok(
        report.diagnostics.some(({ code }) => codes.some((each) => each === code)),
        stdout,
      );
      assert.notEqual(stderr, "");
    }
    const list = await bench.run(["refs", "--format", "json"]);
    if (list.exit !== 0) assert.equal(parseReport(list.stdout).command, "refs");
    const github = await bench.run(["refs", "--check", "--format", "github", "buddy.yml"]);
    assert.match(github.stdout, /^::error (?:file=|title=)/m);
  });
}

test("refs --check and --usages print a report that matches its schema, with the exit code", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  await s.apply();
  await s.write("buddy.yml", `${DEAD}  - action: n\n    integration_id: 41296\n  - { action: o, integration: a }\n`);
  const check = await s.run(["refs", "--check", "--format", "json"]);
  const report = parseReport(check.stdout);
  assert.deepEqual(
    [report.command, report.exit_code, report.files, report.references, report.diagnostics.map(({ code }) => code)],
    ["refs --check", 3, 1, 3, ["gone-hash", "numbered-integration"]],
  );
  const usages = parseReport((await s.run(["refs", "--usages", "--format", "json"])).stdout);
  assert.deepEqual(usages.usages, [
    {
      key: "a",
      seen_in: "file",
      file: "buddy.yml",
      line: 7,
      column: 31,
      value: "a",
      outdated: false,
      pipeline: "p",
      action: "o",
    },
  ]);
  assert.deepEqual([usages.unused, usages.by_number, usages.exit_code], [["b"], 1, 0]);
  const table = await s.run(["refs", "--usages"]);
  assert.match(table.stdout, /^b \(VULTR\) isn't used in the files that were read, except perhaps by number$/m);
  const yaml = await s.run(["refs", "--usages", "--format", "yaml"]);
  const document: unknown = parse(yaml.stdout);
  assert.ok(typeof document === "object" && document !== null && "unused" in document);
  assert.deepEqual(document.unused, ["b"]);
});

test("YAML output quotes keys that YAML 1.1 would read as another value", async (t) => {
  const s = await syncWorkbench(t);
  const keys = ["no", "on", "y", "N", "yes", "off", "true", "null", "plain", "nope"];
  await s.writeIntegrations(...keys.map((key) => block(`"${key}"`, { name: "X" })));
  assert.equal((await s.apply()).exit, 0);
  const { stdout } = await s.run(["refs", "--format", "yaml"]);
  const written = stdout.split("\n").map((line) => line.split(":")[0] ?? "");
  assert.deepEqual(written.filter((key) => key.startsWith('"')).toSorted(), [
    '"N"',
    '"no"',
    '"null"',
    '"off"',
    '"on"',
    '"true"',
    '"y"',
    '"yes"',
  ]);
  for (const version of ["1.1", "1.2"] as const) {
    const read: unknown = parse(stdout, { version });
    assert.ok(typeof read === "object" && read !== null);
    assert.deepEqual(Object.keys(read).toSorted(), keys.toSorted());
  }
  await s.write("buddy.yml", "- { integration: 'no' }\n");
  const usages = await s.run(["refs", "--usages", "--format", "yaml"]);
  assert.match(usages.stdout, /key: "no"\n/);
  const hash = s.stored("on").hash_id;
  await s.writeIntegrations(block("plain"));
  await s.write(LOCKFILE, "lockfile_version: 2\nworkspaces: {}\n");
  const imported = await s.run(["import", "on", hash, "--print"]);
  assert.match(imported.stdout, /^ {2}"on":$/m);
});

test("annotations name files from the top of the repository, wherever the program runs", async (t) => {
  const bench = await workbench(t);
  const top = await realpath(bench.dir);
  await mkdir(join(top, "infra/deep"), { recursive: true });
  await bench.write("infra/integrations.yaml", INVALID);
  await bench.write("infra/buddy.yml", DEAD);
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    (await bench.run(args, { io: { cwd: join(top, "infra") }, env })).stdout;
  const validate = ["validate", "--format", "github"];
  // Without git and GitHub, paths start at the working directory.
  assert.match(await run(validate), /^::error file=integrations\.yaml,/m);
  assert.match(await run(validate, { GITHUB_WORKSPACE: top }), /^::error file=infra\/integrations\.yaml,/m);
  assert.match(await run(validate, { GITHUB_WORKSPACE: ".." }), /^::error file=infra\/integrations\.yaml,/m);
  await mkdir(join(top, ".git"));
  for (const env of [{}, { GITHUB_WORKSPACE: join(top, "infra/deep") }]) {
    assert.match(await run(validate, env), /^::error file=infra\/integrations\.yaml,/m);
    assert.match(await run(["sync", "--plan", "--format", "github"], env), /^::error file=infra\/integrations\.yaml,/m);
  }
  const absolute = await run([...validate, join(top, "infra/integrations.yaml")]);
  assert.match(absolute, /^::error file=infra\/integrations\.yaml,/m);
  await bench.write("infra/integrations.yaml", "version: 1\nintegrations: {}\n");
  assert.match(await run(["refs", "--check", "--format", "github"]), /^::error file=infra\/buddy\.yml,line=4,col=23/m);
});

test("options that don't apply to the chosen mode are refused", async (t) => {
  const bench = await workbench(t);
  for (const args of [
    ["buddy.yml"],
    ["--key", "a", "buddy.yml"],
    ["--key", "a", "--format", "json"],
    ["--write", "--format", "json"],
    ["--check", "--style", "hash"],
    ["--check", "--dry-run"],
    ["--check", "--live"],
    ["--write", "--allow-none"],
    ["--usages", "--allow-none"],
    ["--usages", "--format", "env"],
    ["--project", "web"],
    ["--key", "a", "--project", "web"],
    ["--check", "--secrets-file", "x.env"],
    ["--as-is", "X"],
    ["--timeout", "5"],
    ["--write", "--concurrency", "2"],
    ["--usages", "--max-wait", "2"],
  ]) {
    const { exit, stdout, stderr } = await bench.run(["refs", ...args]);
    assert.deepEqual([exit, stdout.replace(/^\{[^]*/, "")], [3, ""], args.join(" "));
    assert.match(stderr, /^error: /, args.join(" "));
  }
  const offline = await bench.run(["sync", "--plan", "--offline", "--timeout", "5"]);
  assert.equal(offline.exit, 3);
  assert.match(offline.stderr, /--timeout can't be used with --offline, which sends no request/);
});
