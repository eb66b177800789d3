import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import * as fc from "fast-check";
import { withoutRoot } from "../../test/support/unreadable.ts";
import { findPipelineFiles, folderWithPipelines } from "./pipeline-files.ts";

async function folderOf(t: TestContext, ...files: readonly string[]): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "buddy-pipelines-")));
  t.after(async () => {
    execFileSync("chmod", ["-R", "u+rwx", folder]);
    await rm(folder, { recursive: true, force: true });
  });
  await chmod(folder, 0o755);
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    if (!file.endsWith("/")) await writeFile(join(folder, file), "");
    else await mkdir(join(folder, file), { recursive: true });
  }
  return folder;
}

/** The files that were found and the paths that could not be read, in words. */
async function found(folder: string): Promise<string[]> {
  const { files, rootAction, unread } = await findPipelineFiles(folder);
  return [
    ...files,
    ...(rootAction === undefined ? [] : [`action ${rootAction}`]),
    ...unread.map(({ path, problem }) => `${path} ${problem}`),
  ];
}

test("pipeline files are buddy.yml and all YAML files below .buddy, sorted; other files are ignored", async (t) => {
  const folder = await folderOf(
    t,
    "buddy.yaml",
    "buddy.yml",
    "other.yml",
    "action.yml",
    ".buddy/b.yml",
    ".buddy/deep/er/a.YAML",
    ".buddy/deep.yml/c.yml",
    ".buddy/README.md",
    ".buddy/actions/x/action.yml",
  );
  assert.deepEqual(await found(folder), [
    ".buddy/actions/x/action.yml",
    ".buddy/b.yml",
    ".buddy/deep.yml/c.yml",
    ".buddy/deep/er/a.YAML",
    "buddy.yaml",
    "buddy.yml",
    "action action.yml",
  ]);
});

test("without .buddy nothing is found and nothing is reported", async (t) => {
  assert.deepEqual(await found(await folderOf(t)), []);
});

test("links to files and folders in the repository are followed, and each file is read once", async (t) => {
  const folder = await folderOf(t, ".git/", "app/.buddy/own.yml", "shared/deep/p.yml", "shared/q.yml", "one.yml");
  const app = join(folder, "app");
  await symlink("../../shared", join(app, ".buddy/shared"));
  await symlink("../../shared/deep", join(app, ".buddy/again"));
  await symlink("../../one.yml", join(app, ".buddy/one.yml"));
  await symlink("own.yml", join(app, ".buddy/twin.yml"));
  assert.deepEqual(await found(app), [".buddy/again/p.yml", ".buddy/one.yml", ".buddy/own.yml", ".buddy/shared/q.yml"]);
});

test(".buddy itself may be a link", async (t) => {
  const folder = await folderOf(t, "ci/p.yml");
  await symlink("ci", join(folder, ".buddy"));
  assert.deepEqual(await found(folder), [".buddy/p.yml"]);
});

test("a link that leads out of the repository isn't followed, and is reported", async (t) => {
  const folder = await folderOf(t, "repo/.git/", "repo/.buddy/own.yml", "foreign/p.yml");
  const repo = join(folder, "repo");
  await symlink("../../foreign", join(repo, ".buddy/foreign"));
  await symlink("../../foreign/p.yml", join(repo, ".buddy/p.yml"));
  await symlink("../foreign/p.yml", join(repo, "buddy.yml"));
  assert.deepEqual(await found(repo), [
    ".buddy/own.yml",
    "buddy.yml is a link that leads out of the repository",
    ".buddy/foreign is a link that leads out of the repository",
    ".buddy/p.yml is a link that leads out of the repository",
  ]);
});

test("broken and circular links are reported, and hide no other file", async (t) => {
  const folder = await folderOf(t, ".buddy/own.yml", ".buddy/sub/p.yml");
  const below = join(folder, ".buddy");
  await symlink("nowhere", join(below, "a"));
  await symlink("nowhere.yml", join(below, "b.yml"));
  await symlink("c", join(below, "c"));
  await symlink("..", join(below, "sub/up"));
  await symlink("../..", join(below, "sub/top"));
  await symlink(".", join(below, "sub/self"));
  await symlink("buddy.yml", join(folder, "buddy.yml"));
  assert.deepEqual(await found(folder), [
    ".buddy/own.yml",
    ".buddy/sub/p.yml",
    "buddy.yml is a link that leads in a circle",
    ".buddy/a is a link that leads nowhere",
    ".buddy/b.yml is a link that leads nowhere",
    ".buddy/c is a link that leads in a circle",
    ".buddy/sub/self is a link that leads in a circle",
    ".buddy/sub/top is a link that leads in a circle",
    ".buddy/sub/up is a link that leads in a circle",
  ]);
});

test("a .buddy that isn't a folder, and a buddy.yml that is one, are reported", async (t) => {
  const folder = await folderOf(t, ".buddy", "buddy.yml/");
  assert.deepEqual(await found(folder), ["buddy.yml is a folder", ".buddy isn't a folder"]);
  const linked = await folderOf(t);
  await symlink("nowhere", join(linked, ".buddy"));
  assert.deepEqual(await found(linked), [".buddy is a link that leads nowhere"]);
  const circle = await folderOf(t);
  await symlink(".", join(circle, ".buddy"));
  assert.deepEqual(await found(circle), [".buddy is a link that leads in a circle"]);
});

test("a pipe doesn't block the search", { skip: process.platform === "win32" }, async (t) => {
  const folder = await folderOf(t, ".buddy/own.yml");
  execFileSync("sh", ["-c", "mkfifo .buddy/pipe.yml .buddy/pipe buddy.yml"], { cwd: folder });
  assert.deepEqual(await found(folder), [
    ".buddy/own.yml",
    "buddy.yml is neither a file nor a folder",
    ".buddy/pipe.yml is neither a file nor a folder",
  ]);
});

test(
  "a folder that may not be read or entered is reported, and the rest is found",
  { skip: !hasModes() },
  async (t) => {
    const folder = await folderOf(t, "buddy.yml", ".buddy/own.yml", ".buddy/private/p.yml", ".buddy/closed/p.yml");
    await chmod(join(folder, ".buddy/private"), 0o700);
    await chmod(join(folder, ".buddy/closed"), 0o000);
    const what = await withoutRoot(() => found(folder));
    const closed = ".buddy/closed can't be read: permission denied";
    // Without root, the test owns the other folder and may read it.
    const rest = isRoot() ? [closed, ".buddy/private can't be read: permission denied"] : [closed];
    const files = isRoot() ? [".buddy/own.yml"] : [".buddy/own.yml", ".buddy/private/p.yml"];
    assert.deepEqual(what, [...files, "buddy.yml", ...rest]);
    await chmod(join(folder, ".buddy"), 0o000);
    assert.deepEqual(await withoutRoot(() => found(folder)), ["buddy.yml", ".buddy can't be read: permission denied"]);
  },
);

test(
  "a working directory that can't be listed is reported; files in .buddy are still found",
  { skip: !hasModes() },
  async (t) => {
    const folder = await folderOf(t, "buddy.yml", ".buddy/own.yml");
    await chmod(folder, 0o711);
    const what = await withoutRoot(() => found(folder));
    assert.deepEqual(
      what,
      isRoot() ? [".buddy/own.yml", ". can't be read: permission denied"] : [".buddy/own.yml", "buddy.yml"],
    );
  },
);

test("with any links, the search ends; each file that they lead to is found, or a problem is reported", async (t) => {
  const names = ["a", "b", "c.yml", "d"];
  const targets = [...names, ".", "..", "../real", "real.yml", "../..", "nowhere", "a/b", "b/a/d"];
  const link = fc.record({ name: fc.constantFrom(...names), target: fc.constantFrom(...targets) });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(link, { selector: ({ name }) => name, maxLength: 4 }), async (links) => {
      const folder = await folderOf(t, "real/deep/p.yml", ".buddy/real.yml");
      for (const { name, target } of links) await symlink(target, join(folder, ".buddy", name));
      const { files, unread } = await findPipelineFiles(folder);
      assert.ok(files.includes(".buddy/real.yml") || files.some((file) => file.endsWith("c.yml")));
      const real = await Promise.all(files.map((file) => realpath(join(folder, file))));
      assert.equal(new Set(real).size, real.length);
      for (const { name, target } of links) {
        const end = await realpath(join(folder, ".buddy", name)).catch(() => undefined);
        const isSaid = unread.some(({ path }) => path === `.buddy/${name}` || path.startsWith(`.buddy/${name}/`));
        if (end === undefined) assert.ok(isSaid, `${name} → ${target}`);
        else if (end.endsWith("/real")) assert.ok(isSaid || real.some((path) => path.endsWith("p.yml")));
      }
    }),
    { numRuns: 60 },
  );
});

test("pipelines above the working directory are noticed, up to the top of the repository", async (t) => {
  const folder = await folderOf(t, "buddy.yml", "repo/.git/", "repo/infra/deep/x", "app/.buddy/", "app/infra/x");
  assert.equal(await folderWithPipelines(join(folder, "app/infra")), join(folder, "app"));
  assert.equal(await folderWithPipelines(join(folder, "repo/infra/deep")), undefined);
  await writeFile(join(folder, "repo/buddy.yml"), "");
  assert.equal(await folderWithPipelines(join(folder, "repo/infra/deep")), join(folder, "repo"));
});

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function hasModes(): boolean {
  return process.platform !== "win32";
}
