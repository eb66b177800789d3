import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";
import type { CliResult } from "../support/workbench.ts";

const FILE = "teams/my file.yaml";
const LOCKFILE = "teams/my file.lock.yaml";
const LOCK = "integrations.lock.yaml";
const NAMED = `--file 'teams/my file.yaml'`;

interface TeamBench extends Pick<SyncWorkbench, "emulator" | "write" | "byHand"> {
  /** Runs the command for the file of the team, or for another one. */
  run(args: readonly string[], file?: string): Promise<CliResult>;
}

/** A workspace whose only file isn't called integrations.yaml. */
async function teamBench(t: TestContext): Promise<TeamBench> {
  const bench = await syncWorkbench(t);
  await mkdir(join(bench.dir, "teams"));
  await mkdir(join(bench.dir, ".buddy"));
  return {
    ...bench,
    run: (args, file = FILE) => bench.run([...args, "--file", file]),
  };
}

/** The commands of this program that an output names, with their options. */
function commandsIn({ stdout, stderr }: CliResult): string[] {
  const printed = (stdout + stderr).replaceAll(/\s+/g, " ");
  return [
    ...printed.matchAll(/(?<!\/)buddy-integrations ((?:plan|apply|refs|import|doctor|recover|init)\b[^`,;|]*)/g),
  ].map(([, command = ""]) => command.trim());
}

function assertNamesFile(ran: CliResult, command: string): void {
  const commands = commandsIn(ran);
  assert.ok(
    commands.some((each) => each.startsWith(command)),
    `${command}\n${ran.stdout}${ran.stderr}`,
  );
  for (const each of commands) assert.ok(each.includes(NAMED), `${each}\n${ran.stdout}${ran.stderr}`);
}

const INTERRUPTED = { version: 1, kind: "begin", key: "web", identifier: "web", type: "VULTR", scope: "WORKSPACE" };

test("a command in a message names the file that the run was about, so that it can be typed as it is", async (t) => {
  const s = await teamBench(t);
  await s.write(FILE, fileOf(block("web", { name: "Web" }), block("db", { name: "Database" })));
  assertNamesFile(await s.run(["doctor"]), "plan");
  assertNamesFile(await s.run(["refs", "--key", "web"]), "apply");
  assertNamesFile(await s.run(["plan"]), "apply");
  assertNamesFile(await s.run(["apply", "--yes", "--only", "web"]), "refs --write");
  await s.byHand("POST", "/integrations", {
    type: "VULTR",
    name: "Other",
    identifier: "other",
    scope: "WORKSPACE",
    token: "x",
  });
  await s.write(".buddy/deploy.yml", "- action: a\n  integration_hash: web\n- action: b\n  integration: other\n");
  const checked = await s.run(["refs", "--check"]);
  assertNamesFile(checked, "refs --write");
  assertNamesFile(checked, "import other");
  assertNamesFile(await s.run(["doctor"]), "refs --check");
  assertNamesFile(await s.run(["import", "other", "other"]), "plan --only other");
});

test("commands that finish an interrupted apply name the file too", async (t) => {
  const s = await teamBench(t);
  await s.write(FILE, fileOf(block("web", { name: "Web" })));
  const begun = { ...INTERRUPTED, api: s.emulator.url, workspace: s.emulator.workspace, at: Date.now() - 60_000 };
  const lifecycle = { protect: false, onRemove: "delete" };
  await s.write(`${LOCKFILE}.journal`, `${JSON.stringify({ ...begun, lifecycle, name: "Web", alike: [] })}\n`);
  assertNamesFile(await s.run(["plan"]), "apply");
  assertNamesFile(await s.run(["doctor"]), "apply");
  assertNamesFile(await s.run(["recover", "--settle", "0"]), "apply");
});

test("after an apply of several files, refs --write is named for each file with a new hash", async (t) => {
  const s = await teamBench(t);
  await s.write(FILE, fileOf(block("web", { name: "Web" })));
  await s.write("b.yaml", fileOf(block("db", { name: "Database" })));
  await s.write("c.yaml", "version: 1\nintegrations: {}\n");
  const ran = await s.run(["apply", "--yes", "--file", "b.yaml", "--file", "c.yaml"]);
  assert.deepEqual(commandsIn(ran), ["refs --write --file b.yaml", `refs --write ${NAMED}`], ran.stderr);
});

test("a command that takes one file refuses a second one, and validate says how it takes them", async (t) => {
  const s = await teamBench(t);
  for (const command of [
    ["refs", "--check"],
    ["list"],
    ["show", "web"],
    ["doctor"],
    ["import", "a", "b"],
    ["recover"],
  ]) {
    const ran = await s.run([...command, "--file", "b.yaml"]);
    assert.equal(ran.exit, 3);
    assert.match(ran.stderr, /This command takes one --file: run it once for each file\./);
  }
  const validate = await s.run(["validate"]);
  assert.equal(validate.exit, 3);
  assert.match(validate.stderr, /name the file without --file/);
});

test("without a file, the message names the command that makes one; for a folder, it says how to name files", async (t) => {
  const s = await syncWorkbench(t);
  const plan = await s.run(["plan", "--file", "a b.yaml"]);
  assert.deepEqual(
    [plan.exit, plan.stderr],
    [
      3,
      "error [missing-file]: a b.yaml can't be read: no such file or directory\n" +
        "  hint: name it with --file; `buddy-integrations init --file 'a b.yaml'` makes a first one\n",
    ],
  );
  assert.equal((await s.run(["init", "--file", "a b.yaml"], { env: { BUDDY_TOKEN: undefined } })).exit, 0);
  assert.equal((await s.run(["plan", "--file", "a b.yaml"])).exit, 0);
  await mkdir(join(s.dir, "teams"));
  const folder = await s.run(["plan", "--file", "teams"]);
  assert.match(
    folder.stderr,
    /teams can't be read: it is a folder\n {2}hint: name a file, or a pattern such as --file/,
  );
});

test("no message says to delete a file that is needed: a damaged lockfile is restored, and a desired state is not taken for one", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"));
  const own = await s.run(["apply", "--yes", "--lockfile", "integrations.yaml"]);
  assert.equal(own.exit, 3);
  assert.match(
    own.stderr,
    /integrations\.yaml is the file with the desired state, and not a lockfile\n {2}hint: name another/,
  );
  await s.write(LOCK, "lockfile_version: 2\nworkspaces: []\n");
  const damaged = await s.run(["apply", "--yes"]);
  assert.equal(damaged.exit, 3);
  assert.match(damaged.stderr, /\[lock-damaged\][^]*hint: restore it from version control, and don't delete it/);
});
