import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { LOCKFILE } from "../support/desired-file.ts";
import { gitRepository, NO_GIT, REAL_GIT, type TestRepository } from "../support/git.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const IO = { io: REAL_GIT };
const BASE = ["--base", "main"];
const vultr = (key: string): string =>
  `${key}: { type: VULTR, name: ${key}, scope: WORKSPACE, token: $TOKEN, lifecycle: { protect: true } }`;

interface Branch extends SyncWorkbench {
  readonly repository: TestRepository;
  /** Edits the lockfile, like a pull request. */
  edit(from: string | RegExp, to: string): Promise<void>;
  base(...args: readonly string[]): ReturnType<SyncWorkbench["plan"]>;
}

/** Makes a branch from a `main` whose lockfile has `web` and `db`. */
async function branch(t: TestContext): Promise<Branch> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(vultr("web"), vultr("db"));
  await s.apply();
  const repository = await gitRepository(s.dir);
  await repository.commit();
  await repository.git("checkout", "-q", "-b", "feature");
  return {
    ...s,
    repository,
    edit: async (from, to) => {
      const text = (await s.read(LOCKFILE)) ?? "";
      assert.notEqual(text.replace(from, to), text);
      await s.write(LOCKFILE, text.replace(from, to));
    },
    base: (...args) => s.plan([...BASE, ...args], IO),
  };
}

const messages = (ran: Awaited<ReturnType<Branch["base"]>>): string[] =>
  ran.report.diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

test("a lockfile that equals the one at the merge base passes, whatever changed on main since", async (t) => {
  const s = await branch(t);
  await s.repository.git("checkout", "-q", "main");
  await s.edit("protect: true", "protect: false");
  await s.repository.commit();
  await s.repository.git("checkout", "-q", "feature");
  const ran = await s.base();
  assert.deepEqual([ran.exit, messages(ran), ran.changes], [0, [], []]);
});

for (const [what, from, to, path] of [
  ["a fingerprint", /fingerprint: "?hmac[^\n]*/, "fingerprint: null", /: last_sent\.token/],
  ["a variable", "variable: TOKEN", "variable: PROD", /: last_sent\.token\.variable$/],
  ["protection", "protect: true", "protect: false", /: lifecycle\.protect$/],
  ["a hash", /hash_id: \w+/, "hash_id: abcdef", /: hash_id$/],
  ["a former hash", /( +)type: VULTR/, "$1type: VULTR\n$1superseded: [fedcba]", /: superseded$/],
] as const) {
  test(`${what} that the branch edits is named, and the plan is refused`, async (t) => {
    const s = await branch(t);
    await s.edit(from, to);
    await s.repository.commit();
    const ran = await s.base();
    assert.equal(ran.exit, 7);
    const [head, ...edits] = messages(ran);
    assert.match(
      head ?? "",
      /^error lockfile-edited integrations\.lock\.yaml was edited since [0-9a-f]{12}, where this branch left main$/,
    );
    assert.deepEqual(edits.length, 1);
    assert.match(edits[0] ?? "", path);
    assert.match(edits[0] ?? "", /^error lockfile-edited (?:web|db): /);
    assert.ok(ran.report.plan !== undefined, "the plan is shown anyway");
    const allowed = await s.base("--allow-lockfile-edits");
    assert.deepEqual(
      messages(allowed).filter((each) => each.startsWith("error")),
      [],
    );
    assert.equal(allowed.codes.filter((code) => code === "lockfile-edited").length, 2);
    assert.equal(allowed.exit === 7, (allowed.report.plan?.summary.refused ?? 0) > 0);
  });
}

test("a pull request that edits the file and the lockfile together is refused, although the plan has nothing to do", async (t) => {
  const s = await branch(t);
  const swap = (text: string): string =>
    text.replace("token: $TOKEN", "token: $OTHER").replace("variable: TOKEN", "variable: OTHER");
  for (const name of ["integrations.yaml", LOCKFILE]) {
    const text = (await s.read(name)) ?? "";
    const at = text.indexOf("db:");
    await s.write(name, text.slice(0, at) + swap(text.slice(at)));
  }
  await s.repository.commit();
  const withoutValues = { ...IO, env: { TOKEN: undefined, OTHER: undefined } };
  assert.deepEqual((await s.plan([], withoutValues)).changes, []);
  const ran = await s.plan(BASE, withoutValues);
  assert.equal(ran.exit, 7);
  assert.deepEqual(messages(ran).slice(1), ["error lockfile-edited db: last_sent.token.variable"]);
});

test("an uncommitted edit is refused too, also offline and without a token", async (t) => {
  const s = await branch(t);
  await s.edit("protect: true", "protect: false");
  assert.equal((await s.base()).exit, 7);
  s.requests();
  const offline = await s.plan([...BASE, "--offline"], { ...IO, env: { BUDDY_TOKEN: undefined } });
  assert.deepEqual([offline.exit, s.requests()], [7, []]);
});

test("--expect doesn't accept a plan that was refused as a whole, and accepts one that was allowed", async (t) => {
  const s = await branch(t);
  await s.edit("protect: true", "protect: false");
  await s.base("--out", "plan.json");
  const refused = await s.apply(["--expect", "plan.json"]);
  const why = "its plan for integrations.yaml was refused as a whole: lockfile-edited";
  assert.deepEqual([refused.exit, refused.report.diagnostics[0]?.message], [3, `plan.json (--expect): ${why}`]);
  await s.base("--out", "plan.json", "--allow-lockfile-edits");
  assert.equal((await s.apply(["--expect", "plan.json"])).exit, 0);
});

test("every format shows the edits: ten for people, all of them in JSON", async (t) => {
  const s = await branch(t);
  const keys = Array.from(
    { length: 12 },
    (_, index) => `  k${index}:\n        hash_id: h${index}\n        type: VULTR\n`,
  );
  await s.edit(/( {6})db:/, `    ${keys.join("    ")}$1db:`);
  const json = await s.base();
  assert.equal(json.codes.filter((code) => code === "lockfile-edited").length, 13);
  for (const format of ["text", "markdown", "github"]) {
    const ran = await s.run(["sync", "--plan", ...BASE, "--format", format], IO);
    const text = format === "text" ? ran.stderr : ran.stdout;
    assert.equal(ran.exit, 7);
    assert.equal(text.match(/k\d+: added/g)?.length, 10, text);
    assert.match(text, /and 2 more; --format json has all of them/);
  }
});

test("a lockfile that is new, or was deleted or renamed, is an edit of every entry", async (t) => {
  const s = await branch(t);
  const text = (await s.read(LOCKFILE)) ?? "";
  await rm(join(s.dir, LOCKFILE));
  const deleted = await s.base();
  assert.equal(deleted.exit, 7);
  assert.match(messages(deleted)[0] ?? "", /was deleted since/);
  assert.deepEqual(messages(deleted).slice(1), [
    "error lockfile-edited db: taken out",
    "error lockfile-edited web: taken out",
  ]);
  await s.write("other.lock.yaml", text);
  const renamed = await s.base("--lockfile", "other.lock.yaml");
  assert.equal(renamed.exit, 7);
  assert.match(messages(renamed)[0] ?? "", /other\.lock\.yaml is new since/);
  // The base has no such file, so git can't restore it.
  assert.match(renamed.report.diagnostics[0]?.hint ?? "", /Undo the edits \(rm -- other\.lock\.yaml, or put it back/);
  assert.deepEqual(messages(renamed).slice(1), ["error lockfile-edited db: added", "error lockfile-edited web: added"]);
});

test("without a lockfile on either side there is nothing to compare", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(vultr("web"));
  await (await gitRepository(s.dir)).commit();
  assert.deepEqual((await s.plan(BASE, IO)).codes, []);
});

for (const [what, text, words] of [
  ["a later version", "lockfile_version: 999\nworkspaces: {}\n", /version 999/],
  ["an earlier version", "lockfile_version: 1\nworkspaces: {}\n", /version 1/],
  ["damage", "lockfile_version: [\n", /./],
] as const) {
  test(`a lockfile that can't be read at the base (${what}) can't be compared, so the plan is refused`, async (t) => {
    const s = await branch(t);
    const text0 = (await s.read(LOCKFILE)) ?? "";
    await s.repository.git("checkout", "-q", "main");
    await s.write(LOCKFILE, text);
    await s.repository.commit();
    await s.repository.git("checkout", "-q", "-B", "feature");
    await s.write(LOCKFILE, text0);
    const ran = await s.base();
    assert.equal(ran.exit, 7);
    assert.match(messages(ran)[1] ?? "", /it can't be compared: at [0-9a-f]{12} /);
    assert.match(messages(ran)[1] ?? "", words);
    assert.equal((await s.base("--allow-lockfile-edits")).exit, 0);
  });
}

test("a lockfile in a subfolder is compared with the one of that folder", async (t) => {
  const s = await branch(t);
  await s.repository.git("checkout", "-q", "main");
  await mkdir(join(s.dir, "prod"));
  for (const name of ["integrations.yaml", LOCKFILE]) await rename(join(s.dir, name), join(s.dir, "prod", name));
  await s.repository.commit();
  await s.repository.git("checkout", "-q", "-B", "feature");
  const file = ["--file", "prod/integrations.yaml"];
  assert.deepEqual((await s.base(...file)).codes, []);
  const text = (await s.read(`prod/${LOCKFILE}`)) ?? "";
  await s.write(`prod/${LOCKFILE}`, text.replace("protect: true", "protect: false"));
  assert.equal((await s.base(...file)).exit, 7);
});

test("a link in the path to the lockfile, now or at the base, stops the run: it may lead to another file after the merge", async (t) => {
  const s = await branch(t);
  await rename(join(s.dir, LOCKFILE), join(s.dir, "real.lock.yaml"));
  await symlink("real.lock.yaml", join(s.dir, LOCKFILE));
  const file = await s.base();
  assert.deepEqual([file.exit, file.codes], [3, ["no-base"]]);
  await s.repository.commit();
  await s.repository.git("branch", "-f", "main");
  await rm(join(s.dir, LOCKFILE));
  await s.write(LOCKFILE, (await s.read("real.lock.yaml")) ?? "");
  assert.deepEqual((await s.base()).codes, ["no-base"]);
  await mkdir(join(s.dir, "real"));
  for (const name of ["integrations.yaml", LOCKFILE]) await rename(join(s.dir, name), join(s.dir, "real", name));
  await symlink("real", join(s.dir, "prod"));
  const folder = await s.base("--file", "prod/integrations.yaml");
  assert.deepEqual([folder.exit, folder.codes], [3, ["no-base"]]);
});

test("a missing commit is reported with the command that fetches it", async (t) => {
  const s = await branch(t);
  await s.repository.git("remote", "add", "origin", "https://example.invalid/x.git");
  s.requests();
  for (const [ref, command] of [
    ["origin/main", "git fetch --no-tags origin +refs/heads/main:refs/remotes/origin/main"],
    ["release/1", "git fetch --no-tags origin +refs/heads/release/1:refs/remotes/origin/release/1"],
    ["0".repeat(40), `git fetch --no-tags origin ${"0".repeat(40)}`],
    ["--output=x", "git fetch --no-tags origin +refs/heads/--output=x:refs/remotes/origin/--output=x"],
  ] as const) {
    const ran = await s.plan([`--base=${ref}`], IO);
    assert.deepEqual(
      [ran.exit, ran.codes, ran.report.diagnostics[0]?.hint],
      [3, ["no-base"], `fetch it first: ${command}`],
    );
  }
  // A ref with such a name can't be fetched.
  for (const ref of ["HEAD~99", "a..b", "a b", ""]) {
    const [problem] = (await s.plan([`--base=${ref}`], IO)).report.diagnostics;
    assert.deepEqual(
      [problem?.code, problem?.hint],
      ["no-base", "name a branch or a commit, such as origin/main"],
      ref,
    );
  }
  assert.deepEqual(s.requests(), []);
});

test("a tag is not mistaken for the branch of the same name, nor for a remote one", async (t) => {
  const s = await branch(t);
  await s.repository.git("update-ref", "refs/remotes/origin/main", "main");
  for (const name of ["main", "origin/main"]) await s.repository.git("tag", name, "HEAD");
  for (const ref of ["main", "origin/main", "main~0"]) {
    const ran = await s.plan([`--base=${ref}`], IO);
    assert.deepEqual([ran.exit, ran.codes], [3, ["no-base"]], ref);
    assert.match(ran.report.diagnostics[0]?.hint ?? "", /refs\/remotes\/origin\/main/);
  }
  for (const ref of ["refs/heads/main", "refs/remotes/origin/main", "refs/tags/main"]) {
    assert.equal((await s.plan([`--base=${ref}`], IO)).exit, 0, ref);
  }
});

test("a lockfile in a submodule is refused: the pull request may point it to another repository with another main", async (t) => {
  const s = await branch(t);
  const around = await mkdtemp(join(tmpdir(), "buddy-integrations-"));
  t.after(() => rm(around, { recursive: true, force: true }));
  const { git } = await gitRepository(around);
  await git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", s.dir, "infra");
  const ran = await s.run(["sync", "--plan", "--base", "main", "--file", "infra/integrations.yaml"], {
    io: { ...REAL_GIT, cwd: around },
  });
  assert.equal(ran.exit, 3);
  assert.match(ran.stderr, /no-base.*submodule/);
});

test("in a shallow clone the command fetches the history as well, and then it works", async (t) => {
  const s = await branch(t);
  await s.repository.commit("second");
  const clone = await mkdtemp(join(tmpdir(), "buddy-integrations-"));
  t.after(() => rm(clone, { recursive: true, force: true }));
  const { git } = await gitRepository(clone);
  await git("remote", "add", "origin", `file://${s.dir}`);
  await git("fetch", "-q", "--depth=1", "origin", "feature");
  await git("checkout", "-q", "FETCH_HEAD");
  await git("fetch", "-q", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main");
  const args = ["sync", "--plan", "--base", "origin/main"];
  const at = { io: { ...REAL_GIT, cwd: clone } };
  const cut = await s.run(args, at);
  const command = "git fetch --no-tags --unshallow origin +refs/heads/main:refs/remotes/origin/main";
  assert.equal(cut.exit, 3);
  assert.ok(cut.stderr.includes(`fetch it first: ${command}`), cut.stderr);
  await git(...command.split(" ").slice(1));
  assert.equal((await s.run(args, at)).exit, 0);
});

test("without git, a repository or a common commit, the run says so and sends no request", async (t) => {
  const s = await branch(t);
  s.requests();
  assert.deepEqual((await s.plan(BASE, { io: NO_GIT })).codes, ["no-base"]);
  await s.repository.git("checkout", "-q", "--orphan", "alone");
  await s.repository.commit("another root");
  const unrelated = await s.base();
  assert.deepEqual([unrelated.exit, unrelated.codes], [3, ["no-base"]]);
  await rm(join(s.dir, ".git"), { recursive: true });
  const none = await s.base();
  assert.deepEqual([none.exit, none.codes], [3, ["no-base"]]);
  assert.deepEqual(s.requests(), []);
});

test("git runs no program that the repository configures", async (t) => {
  const s = await branch(t);
  await s.write("evil.sh", "#!/bin/sh\ntouch ran\n");
  for (const [name, value] of [
    ["core.fsmonitor", "sh evil.sh"],
    ["core.pager", "sh evil.sh"],
    ["diff.external", "sh evil.sh"],
    ["diff.x.textconv", "sh evil.sh"],
    ["filter.x.smudge", "sh evil.sh"],
    ["filter.x.clean", "sh evil.sh"],
    ["filter.x.required", "true"],
  ] as const)
    await s.repository.git("config", name, value);
  await s.write(".gitattributes", "* filter=x diff=x\n");
  assert.deepEqual((await s.base()).codes, []);
  await s.edit("protect: true", "protect: false");
  assert.equal((await s.base()).exit, 7);
  assert.equal(await s.read("ran"), undefined);
});

test("--base is an option of plan, and --allow-lockfile-edits needs it", async (t) => {
  const s = await branch(t);
  assert.equal((await s.run(["sync", "--apply", ...BASE])).exit, 3);
  assert.equal((await s.run(["sync", "--plan", "--allow-lockfile-edits"])).exit, 3);
});
