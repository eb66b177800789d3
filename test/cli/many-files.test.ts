import assert from "node:assert/strict";
import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { parseRuns } from "../support/report.ts";
import { withoutRoot } from "../support/unreadable.ts";
import { changesByFile, endsByFile, fleet, workspaceNames } from "../support/fleet.ts";

const OPEN = { all_pipelines_allowed: "false" };
const quiet = (key: string, fields: Readonly<Record<string, string>> = {}): string =>
  block(key, { ...OPEN, ...fields });

test("50 files of 20 workspaces are one run: the list of each workspace is read once, and each file has its part of the report", async (t) => {
  const workspaces = workspaceNames(20);
  const f = await fleet(t, workspaces);
  const names = Array.from({ length: 50 }, (_, index) => `teams/${String(index).padStart(2, "0")}.yaml`);
  for (const [index, name] of names.entries()) {
    await f.file(name, workspaces[index % 20] ?? "", quiet(`web_${index}`), quiet(`db_${index}`));
  }
  const plan = await f.report(["plan", "--file", "teams/*.yaml"]);
  assert.equal(plan.exit_code, 0);
  assert.deepEqual(
    plan.runs?.map(({ file }) => file),
    names,
  );
  assert.ok(plan.runs.every(({ plan: made }) => made?.summary.create === 2));
  const lists = f.requests().filter((request) => request.endsWith("/integrations"));
  assert.equal(lists.length, 20);

  const apply = await f.report(["apply", "--file", "teams/*.yaml", "--yes"]);
  assert.equal(apply.exit_code, 0);
  assert.equal(workspaces.flatMap((name) => f.emulator.stored(name)).length, 100);
  for (const [index, name] of names.entries()) {
    const locked = await f.section(name.replace(".yaml", ".lock.yaml"), workspaces[index % 20] ?? "");
    assert.deepEqual([...locked.keys()].toSorted(), [`db_${index}`, `web_${index}`]);
  }
  f.requests();
  assert.equal((await f.run(["plan", "--file", "teams/*.yaml", "--detailed-exitcode"])).exit, 0);
  // Each hash is read, and no list.
  assert.equal(f.requests().length, 100);
});

test("a broken file, an unreachable workspace and a stale plan don't hide the others; the most important exit code wins", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await f.file("a.yaml", "team-01", quiet("a"));
  await f.file("b.yaml", "team-02", quiet("b"));
  const files = ["--file", "a.yaml", "--file", "b.yaml", "--file", "gone.yaml", "--file", "typo.yaml"];
  await f.file("gone.yaml", "no-such-team", quiet("x"));
  await f.write("typo.yaml", "version: 1\nworkspace: team-01\nintegrations:\n  t: { typo: VULTR }\n");
  const plan = await f.report(["plan", ...files]);
  assert.equal(plan.exit_code, 3);
  const ends = endsByFile(plan);
  assert.deepEqual(
    [ends["a.yaml"], ends["b.yaml"], ends["gone.yaml"], ends["typo.yaml"]?.[0]],
    [[0], [0], [5, "api-not-found"], 3],
  );
  assert.deepEqual(changesByFile(plan)["b.yaml"], ["create b"]);

  const both = ["--file", "a.yaml", "--file", "b.yaml"];
  await f.run(["plan", ...both, "--out", "plan.json"]);
  await f.file("b.yaml", "team-02", quiet("b", { name: "Another" }));
  const apply = await f.report(["apply", ...both, "--yes", "--expect", "plan.json"]);
  assert.deepEqual([apply.exit_code, endsByFile(apply)["a.yaml"]], [6, [0]]);
  assert.deepEqual(endsByFile(apply)["b.yaml"], [6]);
  assert.deepEqual(changesByFile(apply)["b.yaml"], ["create b REFUSED not-reviewed"]);
  assert.deepEqual([f.emulator.stored("team-01").length, f.emulator.stored("team-02").length], [1, 0]);
});

test("a hash that another file adopts is forgotten in the first, never deleted, also with --prune", async (t) => {
  const f = await fleet(t, ["team-01"]);
  const files = ["--file", "a.yaml", "--file", "b.yaml"];
  await f.file("a.yaml", "team-01", quiet("web"), quiet("stays"));
  await f.file("b.yaml", "team-01", quiet("other"));
  await f.run(["apply", ...files, "--yes"]);
  const hash = (await f.section("a.lock.yaml", "team-01")).get("web")?.hashId;
  await f.file("a.yaml", "team-01", quiet("stays"));
  await f.file("b.yaml", "team-01", quiet("other"), quiet("site", { identifier: "web", name: "web" }));
  const plan = await f.report(["plan", ...files, "--prune"]);
  assert.deepEqual(changesByFile(plan), { "a.yaml": ["forget web moved"], "b.yaml": ["adopt site", "update site"] });
  f.requests();
  const apply = await f.report(["apply", ...files, "--prune", "--yes"]);
  assert.equal(apply.exit_code, 0);
  assert.deepEqual(
    f.requests().filter((request) => /^(?:DELETE|POST)/.test(request)),
    [],
  );
  assert.equal((await f.section("b.lock.yaml", "team-01")).get("site")?.hashId, hash);
  assert.deepEqual([...(await f.section("a.lock.yaml", "team-01")).keys()], ["stays"]);
});

test("a move is done in both files or in neither: an error or an unreviewed change in one file also holds back the other", async (t) => {
  const f = await fleet(t, ["team-01"]);
  const files = ["--file", "a.yaml", "--file", "b.yaml"];
  await f.file("a.yaml", "team-01", quiet("web"), quiet("stays"));
  await f.file("b.yaml", "team-01", quiet("other"));
  await f.run(["apply", ...files, "--yes"]);
  const hash = (await f.section("a.lock.yaml", "team-01")).get("web")?.hashId;
  const holders = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const name of ["a", "b"]) {
      const section = await f.section(`${name}.lock.yaml`, "team-01");
      if ([...section.values()].some(({ hashId }) => hashId === hash)) found.push(name);
    }
    return found;
  };
  await f.file("a.yaml", "team-01", quiet("stays"));

  // The other file can't be applied: a value isn't set.
  await f.file("b.yaml", "team-01", quiet("other"), quiet("web"), quiet("new", { token: "$NOT_HERE" }));
  const stopped = await f.report(["apply", ...files, "--yes"]);
  assert.deepEqual(changesByFile(stopped)["a.yaml"], ["forget web moved REFUSED wanted-elsewhere"]);
  assert.deepEqual([stopped.exit_code, await holders()], [3, ["a"]]);

  // The reviewed plans have no such adoption, with or without another adoption of the file.
  await f.file("b.yaml", "team-01", quiet("other"), quiet("web"));
  await f.run(["plan", ...files, "--out", "plan.json"]);
  await f.file("b.yaml", "team-01", quiet("other"), quiet("site", { identifier: "web", name: "web" }));
  const unreviewed = ["--expect", "plan.json"];
  for (const command of ["plan", "apply"]) {
    const left = await f.report([command, ...files, ...unreviewed]);
    assert.deepEqual([left.exit_code, changesByFile(left)["a.yaml"]], [6, ["forget web moved REFUSED not-reviewed"]]);
    assert.deepEqual(await holders(), ["a"]);
  }
  await f.run(["plan", ...files, "--file", "b.yaml", "--out", "both.json"]);
  const both = parseRuns((await f.read("both.json")) ?? "");
  const only = (file: string) => JSON.stringify({ ...both, runs: both.runs?.filter((run) => run.file === file) });
  await f.write("a.json", only("a.yaml"));
  await f.write("b.json", only("b.yaml"));
  const withoutB = await f.report(["apply", ...files, "--expect", "a.json"]);
  assert.deepEqual(changesByFile(withoutB)["a.yaml"], ["forget web moved REFUSED wanted-elsewhere"]);
  const withoutA = await f.report(["apply", ...files, "--expect", "b.json"]);
  assert.deepEqual(changesByFile(withoutA)["b.yaml"], [
    "adopt site REFUSED wanted-elsewhere",
    "update site REFUSED wanted-elsewhere",
  ]);
  assert.deepEqual([withoutB.exit_code, withoutA.exit_code, await holders()], [6, 6, ["a"]]);

  const whole = await f.report(["apply", ...files, "--expect", "both.json"]);
  assert.deepEqual([whole.exit_code, await holders()], [0, ["b"]]);
});

test("an integration isn't deleted if another file may adopt it: the adoption is refused, or that file can't be planned", async (t) => {
  const f = await fleet(t, ["team-01"]);
  const files = ["--file", "a.yaml", "--file", "b.yaml"];
  await f.file("a.yaml", "team-01", quiet("web"), quiet("stays"), quiet("third"));
  await f.run(["apply", "--file", "a.yaml", "--yes"]);
  await f.file("a.yaml", "team-01", quiet("stays"), quiet("third"));
  await f.file("b.yaml", "team-01", quiet("site", { identifier: "web", name: "Different" }));
  const refused = await f.report(["plan", ...files, "--prune"]);
  assert.deepEqual(changesByFile(refused), {
    "a.yaml": ["delete web REFUSED wanted-elsewhere"],
    "b.yaml": ["adopt site REFUSED needs-adopt"],
  });
  await f.write("b.yaml", "version: 1\nintegrations: { site: { typo: x } }\n");
  const broken = await f.report(["apply", ...files, "--prune", "--yes"]);
  assert.deepEqual(changesByFile(broken)["a.yaml"], ["delete web REFUSED wanted-elsewhere"]);
  assert.equal(f.emulator.stored("team-01").length, 3);
  // Without the other file, this is an ordinary deletion.
  assert.deepEqual(changesByFile(await f.report(["plan", "--file", "a.yaml", "--prune"]))["a.yaml"], ["delete web"]);
});

test("an integration that another file manages can't be adopted", async (t) => {
  const f = await fleet(t, ["team-01"]);
  await f.file("a.yaml", "team-01", quiet("web"));
  await f.run(["apply", "--file", "a.yaml", "--yes"]);
  const hash = (await f.section("a.lock.yaml", "team-01")).get("web")?.hashId ?? "";
  await f.file("b.yaml", "team-01", quiet("mine", { lifecycle: `{ import: ${hash} }` }));
  const plan = await f.report(["plan", "--file", "a.yaml", "--file", "b.yaml"]);
  assert.deepEqual(changesByFile(plan)["b.yaml"], ["conflict mine REFUSED conflict"]);
  const conflict = plan.runs?.[1]?.plan?.changes[0];
  assert.equal(conflict?.refused?.message, `lifecycle.import names ${hash}, which belongs to the key web of a.yaml`);
  assert.equal(
    conflict?.refused?.hint,
    "to move it here, take out the block of web of a.yaml; otherwise name another one",
  );
});

test("one integration in two files, one lockfile of two files, and several hosts are errors before the first request", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await f.file("a.yaml", "team-01", quiet("web"));
  await f.file("b.yaml", "team-01", quiet("site", { identifier: "web" }));
  await f.file("c.yaml", "team-02", quiet("web"));
  const twice = await f.report(["plan", "--file", "a.yaml", "--file", "b.yaml", "--file", "c.yaml"]);
  assert.deepEqual(endsByFile(twice), {
    "a.yaml": [3, "identifier-in-two-files"],
    "b.yaml": [3, "identifier-in-two-files"],
    "c.yaml": [0],
  });
  await f.file("a.yml", "team-02", quiet("other"));
  const shared = await f.report(["plan", "--file", "a.yaml", "--file", "a.yml"]);
  assert.deepEqual(endsByFile(shared), { "a.yaml": [3, "shared-lockfile"], "a.yml": [3, "shared-lockfile"] });

  f.requests();
  await f.write("d.yaml", "version: 1\nworkspace: team-01\napi: https://api.eu.buddy.works\nintegrations: {}\n");
  const hosts = await f.report(["plan", "--file", "a.yaml", "--file", "d.yaml"], {
    env: { BUDDY_BASE_URL: undefined },
  });
  assert.deepEqual([hosts.exit_code, hosts.diagnostics.map(({ code }) => code)], [3, ["several-hosts"]]);
  assert.deepEqual(f.requests(), []);
});

test("with several files, --workspace is only compared, --lockfile and a plan hash are errors, and a pattern must match", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await f.file("a.yaml", "team-01", quiet("a"));
  await f.file("b.yaml", "team-02", quiet("b"));
  const checked = await f.report(["plan", "--file", "*.yaml", "--workspace", "team-01"]);
  assert.deepEqual(endsByFile(checked), { "a.yaml": [0], "b.yaml": [3, "target-disagrees"] });
  for (const [args, code] of [
    [["--file", "*.yaml", "--lockfile", "x.lock.yaml"], "bad-arguments"],
    [["--file", "*.yaml", "--expect", `v2:sha256:${"0".repeat(64)}`], "bad-arguments"],
    [["--file", "teams/*.yaml"], "missing-file"],
  ] as const) {
    const refused = await f.report(["plan", ...args]);
    assert.deepEqual([refused.exit_code, refused.diagnostics.map((each) => each.code), refused.runs], [3, [code], []]);
  }
});

test("patterns match names and folders, except for lockfiles and hidden files; a file that is named twice is read once", async (t) => {
  const f = await fleet(t, ["team-01"]);
  for (const name of ["a.yaml", "x/b.yaml", "x/y/c.yaml", ".hidden/d.yaml", "node_modules/e.yaml"]) {
    await f.file(name, "team-01", quiet(name.replaceAll(/\W/g, "_")));
  }
  await f.write("x/b.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  const filesOf = async (...patterns: readonly string[]) =>
    (await f.report(["plan", "--offline", ...patterns.flatMap((each) => ["--file", each])])).runs?.map(
      ({ file }) => file,
    );
  assert.deepEqual(await filesOf("**/*.yaml"), ["a.yaml", "x/b.yaml", "x/y/c.yaml"]);
  assert.deepEqual(await filesOf("x/*.yaml", "./x/b.yaml", "?.yaml"), ["x/b.yaml", "a.yaml"]);
  assert.deepEqual(await filesOf("*/*/c.yaml"), ["x/y/c.yaml"]);
  // If both a file and a link to it match, the file is read: the lockfile is next to the file.
  await symlink("b.yaml", join(f.dir, "x/a-link.yaml"));
  assert.deepEqual(await filesOf("x/*.yaml"), ["x/b.yaml"]);
});

test(
  "a pattern with a folder that can't be read is an error, since a file may be missed",
  { skip: process.platform === "win32" },
  async (t) => {
    const f = await fleet(t, ["team-01"]);
    await f.file("a.yaml", "team-01", quiet("a"));
    await f.file("closed/b.yaml", "team-01", quiet("b"));
    await chmod(f.dir, 0o755);
    await chmod(join(f.dir, "closed"), 0o000);
    const refused = await withoutRoot(() => f.report(["plan", "--offline", "--file", "**/*.yaml"]));
    await chmod(join(f.dir, "closed"), 0o700);
    assert.deepEqual([refused.exit_code, refused.runs], [3, []]);
    const [problem] = refused.diagnostics;
    assert.equal(problem?.code, "unreadable-file");
    assert.match(problem.message, /\(closed: permission denied\)$/);
  },
);

test("BUDDY_INTEGRATIONS_WORKSPACES lists the allowed workspaces: another one gets no request", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await f.file("a.yaml", "team-01", quiet("a"));
  await f.file("b.yaml", "team-02", quiet("b"));
  const env = { BUDDY_INTEGRATIONS_WORKSPACES: "team-01, prod-*" };
  const ran = await f.report(["apply", "--file", "a.yaml", "--file", "b.yaml", "--yes"], { env });
  assert.deepEqual(endsByFile(ran), { "a.yaml": [0], "b.yaml": [3, "workspace-not-allowed"] });
  assert.ok(f.requests().every((request) => request.includes("/workspaces/team-01")));
  const one = await f.report(["plan", "--file", "b.yaml"], { env });
  assert.deepEqual([one.exit_code, f.requests()], [3, []]);
});

test("a flag with a key applies to the file that has the key; a key that no file has is an error", async (t) => {
  const f = await fleet(t, ["team-01"]);
  await f.file("a.yaml", "team-01", quiet("a"));
  await f.file("b.yaml", "team-01", quiet("b"));
  const files = ["--file", "a.yaml", "--file", "b.yaml"];
  assert.deepEqual(changesByFile(await f.report(["plan", ...files, "--only", "a"])), {
    "a.yaml": ["create a"],
    "b.yaml": [],
  });
  const slip = await f.report(["plan", ...files, "--only", "c"]);
  assert.deepEqual([slip.exit_code, slip.diagnostics.map(({ code }) => code)], [3, ["no-match"]]);
});

test("a person sees every plan and gets one question; the answer no changes nothing", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await f.file("a.yaml", "team-01", quiet("a"));
  await f.file("b.yaml", "team-02", quiet("b"));
  const files = ["--file", "a.yaml", "--file", "b.yaml"];
  const no = await f.run(["apply", ...files], { answers: ["n"] });
  assert.equal(no.exit, 7);
  assert.equal(no.stderr.match(/\[y\/N\]/g)?.length, 1);
  assert.match(no.stderr, /Apply these changes of 2 files to team-01, team-02\? \[y\/N\]/);
  assert.match(no.stdout, /== a\.yaml ==\n[^]*create {2}a [^]*== b\.yaml ==\n[^]*create {2}b /);
  assert.deepEqual(
    [await f.read("a.lock.yaml"), f.requests().filter((each) => !each.startsWith("GET"))],
    [undefined, []],
  );
  const yes = await f.run(["apply", ...files], { answers: ["y"] });
  assert.deepEqual([yes.exit, f.emulator.stored("team-01").length, f.emulator.stored("team-02").length], [0, 1, 1]);
  assert.match(yes.stdout, /a\.yaml: Apply: 1 done\.\nb\.yaml: Apply: 1 done\.\n$/);
});

test("a token that is refused in the first file is not tried in the others", async (t) => {
  const f = await fleet(t, ["team-01"]);
  await f.file("a.yaml", "team-01", quiet("a"), quiet("a2"));
  await f.file("b.yaml", "team-01", quiet("b"));
  f.emulator.addFault({ kind: "error", status: 401, match: { method: "POST" }, times: 1 });
  const ran = await f.report(["apply", "--file", "a.yaml", "--file", "b.yaml", "--yes", "--concurrency", "1"]);
  assert.equal(ran.exit_code, 4);
  assert.deepEqual(
    ran.runs?.map(({ outcomes }) => outcomes?.map(({ outcome }) => outcome)),
    [["failed", "not-started"], ["not-started"]],
  );
  assert.equal(f.requests().filter((each) => each.startsWith("POST")).length, 1);
  const again = await f.report(["apply", "--file", "a.yaml", "--file", "b.yaml", "--yes"]);
  assert.deepEqual([again.exit_code, f.emulator.stored("team-01").length], [0, 3]);
});

test("one comment has a table and a section for each file with changes, below GitHub's limit", async (t) => {
  const workspaces = workspaceNames(3);
  const f = await fleet(t, workspaces);
  for (const name of workspaces) {
    await f.file(
      `${name}.yaml`,
      name,
      ...Array.from({ length: 150 }, (_, index) => quiet(`web_${index}`, { name: `"${"x".repeat(100)} ${index}"` })),
    );
  }
  await f.write("small.yaml", "version: 1\nworkspace: team-01\nintegrations: {}\n");
  const { stdout } = await f.run(["plan", "--file", "*.yaml", "--format", "markdown"]);
  assert.ok(stdout.length < 65_536, `${stdout.length}`);
  assert.ok(stdout.length > 50_000, `${stdout.length}`);
  assert.match(stdout, /^<!-- buddy-integrations plan -->\n\n### Buddy integrations: plan for 4 files\n/);
  assert.match(stdout, /\| `small\.yaml` \| `team-01` \| Plan: nothing to do\. \|\n/);
  for (const name of workspaces) assert.ok(stdout.includes(`#### \`${name}.yaml\` (\`${name}\`)`));
  assert.equal(stdout.match(/Plan hash: `v2:sha256:/g)?.length, 3);
});

test("the notices of several files of a workspace have different titles, with the files in them", async (t) => {
  const f = await fleet(t, ["team-01"]);
  for (const name of ["a", "b"]) await f.file(`${name}.yaml`, "team-01", quiet(name));
  const both = await f.run(["plan", "--format", "github", "--file", "a.yaml", "--file", "b.yaml"]);
  const titles = (text: string): string[] => [...text.matchAll(/^::notice title=([^:]*)::/gm)].map(([, of = ""]) => of);
  assert.deepEqual(titles(both.stdout), ["team-01%2C a.yaml", "team-01%2C b.yaml"]);
  const one = await f.run(["plan", "--format", "github", "--file", "a.yaml"]);
  assert.deepEqual(titles(one.stdout), ["team-01"]);
});

test("after an apply of several files, the next step is what is due: to commit, to fill in new hashes, or nothing", async (t) => {
  const f = await fleet(t, ["team-01"]);
  for (const name of ["a", "b"]) await f.file(`${name}.yaml`, "team-01", quiet(name));
  const apply = async (): Promise<string> =>
    (await f.run(["apply", "--yes", "--file", "a.yaml", "--file", "b.yaml"])).stderr.split("Next: ")[1]?.trim() ?? "";
  assert.equal(
    await apply(),
    "commit the lockfiles that changed. `buddy-integrations refs --write --file a.yaml` and `buddy-integrations refs --write --file b.yaml` put new hashes into pipeline files.",
  );
  assert.equal(await apply(), "change a file and plan again.");
});
