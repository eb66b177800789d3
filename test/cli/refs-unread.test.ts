import assert from "node:assert/strict";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";
import { withoutRoot } from "../support/unreadable.ts";

const DEAD = "- pipeline: p\n  actions:\n  - action: a\n    integration_hash: deadbeefdeadbeefdeadbeef\n";

interface RefsCheck {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly codes: readonly string[];
}

async function check(s: SyncWorkbench, args: readonly string[] = [], dir?: string): Promise<RefsCheck> {
  const ran = await s.run(["refs", "--check", ...args], dir === undefined ? {} : { io: { cwd: dir } });
  const codes = [...ran.stdout.matchAll(/(error|warning) \[([a-z-]+)\]/g)].map(([, level, code]) => `${level} ${code}`);
  return { ...ran, codes };
}

/** Two locked integrations. One is no longer in the file. */
async function benchWithOrphan(t: TestContext): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"), block("c"), block("d"));
  await s.apply();
  await s.writeIntegrations(block("b"), block("c"), block("d"));
  return s;
}

for (const [what, spoil] of Object.entries<(dir: string) => Promise<void>>({
  "a link that leads nowhere": (dir) => symlink("nowhere", join(dir, ".buddy/gone")),
  "a link in a circle": (dir) => symlink(".", join(dir, ".buddy/self")),
  "a link out of the repository": (dir) => symlink("../..", join(dir, ".buddy/out")),
})) {
  test(`${what} is an error in refs, and a warning in plans that could break pipelines`, async (t) => {
    const s = await benchWithOrphan(t);
    await mkdir(join(s.dir, ".buddy"));
    await s.write(".buddy/p.yml", DEAD);
    await spoil(s.dir);
    const { exit, codes, stdout } = await check(s);
    assert.deepEqual([exit, codes], [3, ["error unreadable-file", "error gone-hash"]]);
    assert.match(stdout, /^ {2}hint: make it readable, or remove it$/m);
    assert.match(stdout, /^\.buddy\/p\.yml:4:23: error \[gone-hash\]/m);
    assert.equal((await s.run(["refs", "--usages"])).exit, 3);
    assert.equal((await s.run(["refs", "--write"])).exit, 3);

    const plan = await s.plan(["--prune"]);
    assert.deepEqual([plan.exit, plan.codes], [0, ["unreadable-file"]]);
    assert.deepEqual(
      plan.report.diagnostics.map(({ severity, message }) => [
        severity,
        /breakage of pipelines may be missed/.test(message),
      ]),
      [["warning", true]],
    );
    const offline = await s.plan(["--prune", "--offline"], { env: { BUDDY_TOKEN: undefined } });
    assert.deepEqual(offline.codes, ["unreadable-file"]);
    // The plan removes nothing, so no breakage can be missed.
    assert.deepEqual((await s.plan()).codes, []);
    const applied = await s.apply(["--prune"]);
    assert.deepEqual([applied.exit, applied.codes], [0, ["unreadable-file"]]);
  });
}

test(
  "a folder that can't be entered is an error, and the rest is checked",
  { skip: process.platform === "win32" },
  async (t) => {
    const s = await benchWithOrphan(t);
    await mkdir(join(s.dir, ".buddy/private"), { recursive: true });
    await s.write(".buddy/p.yml", DEAD);
    for (const path of [s.dir, join(s.dir, LOCKFILE)]) await chmod(path, 0o755);
    await check(s);
    await chmod(join(s.dir, ".buddy/private"), 0o000);
    const { exit, codes, stdout } = await withoutRoot(() => check(s));
    await chmod(join(s.dir, ".buddy/private"), 0o700);
    assert.deepEqual([exit, codes], [3, ["error unreadable-file", "error gone-hash"]]);
    assert.match(stdout, /^error \[unreadable-file\]: \.buddy\/private can't be read: permission denied/m);
  },
);

test("a check that finds no pipeline file fails, and says where it looked and where some are", async (t) => {
  const s = await benchWithOrphan(t);
  const none = await check(s);
  assert.deepEqual([none.exit, none.codes], [3, ["error no-pipeline-files"]]);
  assert.ok(none.stdout.includes(`neither buddy.yml nor a YAML file below .buddy/ in ${s.dir}`), none.stdout);
  assert.match(none.stdout, /0 references in 0 files, 1 error/);
  const allowed = await check(s, ["--allow-none"]);
  assert.deepEqual([allowed.exit, allowed.stdout], [0, "0 references in 0 files, no errors\n"]);

  // The opposite case: the pipelines are one folder up.
  await s.write("buddy.yml", DEAD);
  await mkdir(join(s.dir, "infra"));
  for (const file of ["integrations.yaml", LOCKFILE]) await s.write(`infra/${file}`, (await s.read(file)) ?? "");
  const infra = join(s.dir, "infra");
  const above = await check(s, [], infra);
  assert.equal(above.exit, 3);
  assert.ok(above.stdout.includes(`there are some in ${s.dir}: run this there`), above.stdout);
  const plan = await s.run(["sync", "--plan", "--prune", "--format", "json"], { io: { cwd: infra } });
  assert.match(plan.stdout, /"code": "no-pipeline-files",\s*"severity": "warning"/);
  assert.match(plan.stdout, /breakage of pipelines may be missed/);
});

test("files of this tool are never read or changed as pipelines, whatever their folder and name", async (t) => {
  const s = await benchWithOrphan(t);
  const hash = (await s.lockedEntry("a"))?.hashId ?? assert.fail();
  await mkdir(join(s.dir, ".buddy"));
  const lock = (await s.read(LOCKFILE)) ?? "";
  const desired = `version: 1\nintegrations:\n  x: { type: VULTR, name: X, integration_hash: a, note: ${hash} }\n`;
  const files = {
    ".buddy/other.lock.yml": lock,
    ".buddy/conflict.yml": `<<<<<<< HEAD\n${lock}=======\n${lock}>>>>>>> other\n`,
    ".buddy/desired.yml": desired,
    ".buddy/flow.yml": `{ "version": 1, "integrations": { "x": { "integration_hash": "a" } } }`,
  };
  for (const [name, text] of Object.entries(files)) await s.write(name, text);
  const none = await check(s);
  assert.deepEqual([none.exit, none.codes], [3, ["error no-pipeline-files"]]);
  const before = await Promise.all(["integrations.yaml", LOCKFILE].map((name) => s.read(name)));
  const named = ["integrations.yaml", LOCKFILE, ...Object.keys(files)];
  const written = await s.run(["refs", "--write", ...named]);
  assert.equal(written.exit, 0, written.stderr);
  assert.equal(written.stderr.match(/warning \[own-file\]/g)?.length, named.length);
  for (const [name, text] of Object.entries(files)) assert.equal(await s.read(name), text);
  assert.deepEqual(await Promise.all(["integrations.yaml", LOCKFILE].map((name) => s.read(name))), before);
  // A pipeline with such keys is still checked.
  await s.write(".buddy/p.yml", `- integration_hash: a\n  lockfile_version: 1\n  version: 1\n  integrations: {}\n`);
  await s.write(".buddy/q.yml", `version: 1\nintegrations: {}\n---\n- integration_hash: a\n`);
  assert.deepEqual((await check(s)).codes, ["error unfilled-key", "error unfilled-key"]);
});

test("a named file must exist; a file that is named in several ways is read once", async (t) => {
  const s = await benchWithOrphan(t);
  await s.write("buddy.yml", DEAD);
  await symlink("buddy.yml", join(s.dir, "linked.yml"));
  const { exit, stdout } = await check(s, ["buddy.yml", "./buddy.yml", join(s.dir, "buddy.yml"), "linked.yml"]);
  assert.deepEqual([exit, stdout.match(/gone-hash/g)?.length], [3, 1]);
  assert.deepEqual((await check(s, ["nowhere.yml"])).codes, ["error unreadable-file"]);
  assert.deepEqual((await check(s, [".buddy-folder"])).exit, 3);
  const file = await s.run(["refs", "--check", "--file", "nowhere.yaml"]);
  assert.equal(file.exit, 3, file.stdout);
  assert.match(file.stderr, /nowhere\.yaml can't be read/);
});

test("a hash that could not be looked up is a failed check, not a finding", async (t) => {
  const s = await benchWithOrphan(t);
  await s.write("buddy.yml", DEAD);
  s.emulator.addFault({ kind: "error", match: { path: "/integrations/deadbeef" } });
  const { exit, stderr } = await check(s);
  assert.equal(exit, 5, stderr);
  assert.match(stderr, /deadbeefdeadbeefdeadbeef could not be looked up/);
});

test("an interrupted run says so, wherever it is interrupted", async (t) => {
  const s = await benchWithOrphan(t);
  await s.write("buddy.yml", "- integration_hash: b\n");
  for (const [signal, exit] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const aborted = AbortSignal.abort(signal);
    for (const args of [
      ["refs"],
      ["refs", "--check"],
      ["refs", "--write"],
      ["refs", "--usages"],
      ["refs", "--usages", "--live"],
      ["refs", "--key", "b"],
      ["validate"],
      ["sync", "--plan"],
      ["import", "b", "x1"],
    ]) {
      const ran = await s.run(args, { signal: aborted });
      assert.equal(ran.exit, exit, args.join(" "));
      assert.doesNotMatch(ran.stdout, /no errors/, args.join(" "));
    }
    assert.equal(await s.read("buddy.yml"), "- integration_hash: b\n");
  }
});
