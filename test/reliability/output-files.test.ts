import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { link, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { gitRepository } from "../support/git.ts";
import { workbench, type CliResult, type Workbench } from "../support/workbench.ts";

const FILE = fileOf(block("a", { name: "A" }));
const env = { TOKEN: "a value" };

/** Things that may be at the path of an output. All are in the test's own folder. */
const OBSTACLES: Readonly<Record<string, (path: string, t: TestContext) => Promise<boolean>>> = {
  link: async (path) => {
    await writeFile(`${path}.target`, "somebody's");
    await symlink(`${path}.target`, path);
    return true;
  },
  "dangling link": async (path) => {
    await symlink(`${path}.nowhere`, path);
    return true;
  },
  folder: async (path) => {
    await mkdir(path);
    return true;
  },
  FIFO: (path) => made("mkfifo", path),
  // Only root can do this.
  device: (path) => made("mknod", path, "c", "1", "3"),
  socket: async (path, t) => {
    const server = createServer();
    // A socket's path must be short.
    await new Promise<void>((resolve) => server.listen(path, resolve));
    t.after(() => server.close());
    return true;
  },
};

function made(command: string, ...args: readonly string[]): Promise<boolean> {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return Promise.resolve(true);
  } catch {
    return Promise.resolve(false);
  }
}

/** Every option that names a file to write, with a run that writes the file. */
const OUTPUTS: Readonly<Record<string, (bench: Workbench, name: string) => Promise<CliResult>>> = {
  "--out": (bench, name) => bench.run(["sync", "--plan", "--out", name], { env }),
  "--lockfile": (bench, name) => bench.run(["sync", "--apply", "--lockfile", name], { env }),
  "emulate --data": (bench, name) => bench.run(["emulate", "--port", "0", "--data", name], { signal: soon() }),
  "emulate --log": (bench, name) => bench.run(["emulate", "--port", "0", "--log", name], { signal: soon() }),
};

/** Ends a command that should have refused to start. */
function soon(): AbortSignal {
  return AbortSignal.timeout(5_000);
}

for (const [output, run] of Object.entries(OUTPUTS)) {
  for (const [kind, make] of Object.entries(OBSTACLES)) {
    // Another test is about lockfiles that are links.
    if (output === "--lockfile" && kind.endsWith("link")) continue;
    test(`${output} never writes to or replaces a ${kind}`, async (t) => {
      const bench = await workbench(t);
      await bench.write("integrations.yaml", FILE);
      const path = join(bench.dir, "out");
      if (!(await make(path, t))) return t.skip(`a ${kind} can't be made here`);
      const [before, names] = [await lstat(path), await readdir(bench.dir)];
      const { exit, stderr } = await run(bench, "out");
      assert.equal(exit, 3, stderr);
      const named = kind === "dangling link" ? "link" : kind;
      assert.match(stderr, new RegExp(`out (?:can't be written|is not a lockfile): it is a ${named}`));
      const after = await lstat(path);
      assert.deepEqual([after.ino, after.mode, after.size], [before.ino, before.mode, before.size]);
      assert.deepEqual(await readdir(bench.dir), names);
      assert.deepEqual(
        bench.requests().filter((request) => !request.startsWith("GET")),
        [],
      );
      if (kind === "link") assert.equal(await readFile(`${path}.target`, "utf8"), "somebody's");
    });
  }
}

test("--out creates a new file, or replaces a regular file and keeps its mode", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  assert.equal((await bench.run(["sync", "--plan", "--out", "plan.json"], { env })).exit, 0);
  const first = await bench.read("plan.json");
  await writeFile(join(bench.dir, "old.json"), "x".repeat(100_000), { mode: 0o640 });
  assert.equal((await bench.run(["sync", "--plan", "--out", "old.json"], { env })).exit, 0);
  assert.equal(await bench.read("old.json"), first);
  assert.equal((await stat(join(bench.dir, "old.json"))).mode & 0o777, 0o640);
});

test("a plan never overwrites a file that the run needs, under any name", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  await bench.write("buddy.yml", "- pipeline: P\n");
  await bench.write(".env", "OTHER=x\n");
  await bench.write("token.txt", bench.emulator.token);
  await bench.write("value.txt", "a value");
  await bench.write("reviewed.json", "{}");
  await link(join(bench.dir, ".env"), join(bench.dir, "hard"));
  await symlink(".", join(bench.dir, "here"));
  const texts = async (): Promise<readonly (string | undefined)[]> =>
    Promise.all((await readdir(bench.dir)).map((name) => bench.read(name === "here" ? "here/.env" : name)));
  const before = [...(await texts())];
  const files = {
    "integrations.yaml": "the file with the desired state",
    "here/integrations.yaml": "the file with the desired state",
    "./x/../integrations.lock.yaml": "the lockfile",
    "integrations.lock.yaml.journal": "the journal",
    "here/integrations.lock.yaml.lock": "the lock of a run",
    "token.txt": "the file with the token",
    "value.txt": "the file with a variable's value",
    hard: "a secrets file",
    "buddy.yml": "a pipeline file",
    "reviewed.json": "the reviewed plan of --expect",
  };
  for (const [name, what] of Object.entries(files)) {
    const args = ["sync", "--plan", "--secrets-file", ".env", "--expect", "reviewed.json", "--out", name];
    const { exit, stderr } = await bench.run(args, {
      env: { BUDDY_TOKEN: undefined, BUDDY_TOKEN_FILE: "token.txt", TOKEN_FILE: "value.txt" },
    });
    assert.equal(exit, 3, stderr);
    assert.ok(stderr.includes(`${name} can't be written: it is ${what}`), stderr);
  }
  // The same for files that only an invalid integrations.yaml refers to.
  await bench.write("integrations.yaml", `${FILE}  b: { typo: $OTHER }\n`);
  before[(await readdir(bench.dir)).indexOf("integrations.yaml")] = await bench.read("integrations.yaml");
  for (const name of ["token.txt", "value.txt"]) {
    const given = { BUDDY_TOKEN_FILE: "token.txt", OTHER_FILE: "value.txt" };
    const { exit, stderr } = await bench.run(["plan", "--out", name], { env: given });
    assert.equal(exit, 3, stderr);
    assert.match(stderr, /unwritable[^]*unknown-field/);
  }
  assert.deepEqual(await texts(), before);
});

test("/dev/stdout can be an output, and is not replaced", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const before = await lstat("/dev/stdout");
  const { exit, stdout } = await bench.run(["sync", "--plan", "--out", "/dev/stdout", "--format", "github"], { env });
  assert.equal(exit, 0);
  assert.equal(JSON.parse(stdout.slice(0, stdout.indexOf("\n::"))).runs[0].plan.workspace, bench.emulator.workspace);
  assert.equal((await lstat("/dev/stdout")).ino, before.ino);
});

test("refs --write changes neither a link nor its target", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  assert.equal((await bench.run(["sync", "--apply"], { env })).exit, 0);
  const text = "- pipeline: P\n  actions:\n    - action: A\n      integration_hash: a\n";
  await bench.write("elsewhere.yml", text);
  await symlink("elsewhere.yml", join(bench.dir, "buddy.yml"));
  const { exit, stderr } = await bench.run(["refs", "--write"]);
  assert.equal(exit, 3, stderr);
  assert.match(stderr, /buddy\.yml can't be written: it is a link/);
  assert.equal(await bench.read("elsewhere.yml"), text);
});

test("a lockfile that is a link must point into the checkout", async (t) => {
  const outside = await workbench(t);
  await outside.write("shared.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  const bench = await workbench(t);
  const folder = join(bench.dir, "envs", "prod");
  await mkdir(folder, { recursive: true });
  await bench.write("envs/prod/integrations.yaml", FILE);
  const lockfile = join(folder, "integrations.lock.yaml");
  const apply = (...args: readonly string[]): Promise<CliResult> =>
    bench.run(["sync", "--apply", "--file", "envs/prod/integrations.yaml", ...args], { env });
  const refused = async (target: string, ...args: readonly string[]): Promise<void> => {
    await rm(lockfile, { force: true });
    await symlink(target, lockfile);
    const { exit, stderr } = await apply(...args);
    assert.equal(exit, 3, stderr);
    assert.match(stderr, /leads out of the checkout, to /);
    assert.deepEqual(await readdir(outside.dir), ["shared.yaml"]);
    assert.equal(await outside.read("shared.yaml"), "lockfile_version: 2\nworkspaces: {}\n");
  };
  await refused(join(outside.dir, "shared.yaml"));
  await refused(join(outside.dir, "new.yaml"));
  // Without git, the file's folder is the checkout.
  await refused("../shared.yaml");
  await gitRepository(bench.dir);
  await refused(join(outside.dir, "shared.yaml"));
  // The folder above it may be a link as well.
  await symlink(outside.dir, join(bench.dir, "linked"));
  await refused(join(outside.dir, "shared.yaml"), "--lockfile", "linked/shared.yaml");
  await rm(lockfile);
  await symlink("../shared.yaml", lockfile);
  assert.equal((await apply()).exit, 0);
  assert.match((await bench.read("envs/shared.yaml")) ?? "", /hash_id/);
  assert.ok((await lstat(lockfile)).isSymbolicLink());
  assert.deepEqual((await readdir(dirname(lockfile))).toSorted(), ["integrations.lock.yaml", "integrations.yaml"]);
  // The person who starts the run may name any lockfile.
  assert.equal((await apply("--adopt", "--lockfile", join(outside.dir, "shared.yaml"))).exit, 0);
  assert.match((await outside.read("shared.yaml")) ?? "", /hash_id/);
});

test("a journal that is a link or a FIFO is moved aside, and nothing is written to its target", async (t) => {
  for (const kind of ["link", "dangling link", "FIFO"]) {
    const bench = await workbench(t);
    await bench.write("integrations.yaml", FILE);
    const journal = join(bench.dir, "integrations.lock.yaml.journal");
    if (!(await OBSTACLES[kind]?.(journal, t))) continue;
    const { exit, stderr } = await bench.run(["sync", "--apply"], { env });
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /warning \[journal-damaged\]: .*can't be read; it was set aside as/);
    if (kind === "link") assert.equal(await bench.read("integrations.lock.yaml.journal.target"), "somebody's");
    if (kind === "dangling link") assert.equal(await bench.read("integrations.lock.yaml.journal.nowhere"), undefined);
  }
});
