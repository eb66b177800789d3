import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench, type SyncRun, type SyncWorkbench } from "../support/sync-workbench.ts";

const KEYS = ["a", "b", "c", "d", "e"];
const LIMIT = ["--max-deletions", "9"];

async function benchWith(t: TestContext, pipeline: (hash: (key: string) => string) => string): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...KEYS.map((key) => block(key)));
  await s.apply();
  await s.write(
    "buddy.yml",
    pipeline((key) => s.stored(key).hash_id),
  );
  return s;
}

/** Each reference that breaks, as `KEY:LINE what (advice)`. */
function broken({ report }: SyncRun): string[] {
  return (report.plan?.warnings ?? []).flatMap(({ code, key, message, hint, place }) => {
    if (code !== "breaks-pipeline") return [];
    const what = /refers to (.*)$/.exec(message)?.[1];
    assert.equal(place?.file, "buddy.yml");
    return [`${key}:${place.line}:${place.column} ${what} | ${hint}`];
  });
}

const ELSEWHERE = "point it to another integration first";
const AFTER = "after the apply, refs --write points it to the new one";

test("a plan shows the references that deletions and new identifiers break", async (t) => {
  const s = await benchWith(
    t,
    (hash) => `- pipeline: p
  actions:
  - { action: 1, integration: a }
  - { action: 2, integration_hash: ${hash("b")} }
  - { action: 3, integration: c }
  - { action: 4, integration: "!{which:c}" }
  - { action: 5, helm_integration: c, backend: { integration: c } }
  - { action: 6, integration: d, note: c, inputs: { any: ${hash("a")} } }
`,
  );
  await s.writeIntegrations(block("c", { identifier: "cc" }), block("d"), block("e"));
  const expected = [
    `a:3:31 the identifier a, which is deleted | ${ELSEWHERE}`,
    `b:4:36 a hash that is deleted | ${ELSEWHERE}`,
    `c:5:31 the identifier c, which becomes cc | ${AFTER}`,
    `c:6:40 the identifier c, which becomes cc | ${AFTER}`,
    `c:7:36 the identifier c, which becomes cc | ${AFTER}`,
    `c:7:63 the identifier c, which becomes cc | ${AFTER}`,
    `a:8:58 a hash that is deleted | ${ELSEWHERE}`,
  ].toSorted();
  const plan = await s.plan(["--prune", ...LIMIT]);
  assert.deepEqual(broken(plan).toSorted(), expected);
  const offline = await s.plan(["--prune", "--offline", ...LIMIT], { env: { BUDDY_TOKEN: undefined } });
  assert.deepEqual(broken(offline).toSorted(), expected);

  // The plan shows it before the question, in every format; the apply reports it too.
  for (const format of ["text", "json", "markdown", "github"]) {
    for (const mode of ["--plan", "--apply"]) {
      const answers = mode === "--apply" ? { answers: ["n"] } : {};
      const { stdout, stderr } = await s.run(["sync", mode, "--prune", ...LIMIT, "--format", format], answers);
      const all = stdout + stderr;
      assert.match(all, /refers to the identifier a, which is deleted/, `${mode} ${format}`);
      if (mode !== "--apply") continue;
      const asked = stderr.indexOf("Apply these changes");
      assert.ok(asked >= 0, format);
      const shown = format === "text" ? stdout : stderr.slice(0, asked);
      assert.match(shown, /refers to the identifier a, which is deleted/, format);
    }
  }
  const github = await s.run(["sync", "--plan", "--prune", ...LIMIT, "--format", "github"]);
  assert.match(github.stdout, /^::warning file=buddy\.yml,line=3,col=31,title=breaks-pipeline::/m);

  const applied = await s.apply(["--prune", ...LIMIT]);
  assert.deepEqual(broken(applied).toSorted(), expected);
  // The advice works: `refs --write` changes nothing else. The lockfile forgets what it deletes.
  assert.equal((await s.run(["refs", "--write"])).exit, 0);
  const { stdout } = await s.run(["refs", "--check"], { env: { BUDDY_PROJECT_NAME_ID: "company-website" } });
  assert.deepEqual(
    [...stdout.matchAll(/^buddy\.yml:(\d+):\d+: error/gm)].map(([, line]) => line),
    ["3", "4"],
  );
});

test("an apply without a question shows in every format what it breaks", async (t) => {
  for (const format of ["text", "json", "markdown", "github"]) {
    const s = await benchWith(t, () => "- integration: a\n");
    await s.writeIntegrations(...KEYS.slice(1).map((key) => block(key)));
    const { exit, stdout } = await s.run(["sync", "--apply", "--yes", "--prune", "--format", format]);
    assert.equal(exit, 0);
    assert.match(stdout, /buddy\.yml:1 refers to the identifier a, which is deleted/, format);
  }
});

test("a replacement breaks references by hash; with a new identifier it also breaks those by identifier", async (t) => {
  const s = await benchWith(
    t,
    (hash) => `- integration_hash: ${hash("a")}\n- integration: a\n- integration: b\n- x: ${hash("b")}\n`,
  );
  const project = { scope: "PROJECT", project_name: "company-website" };
  await s.writeIntegrations(
    block("a", project),
    block("b", { ...project, identifier: "bb" }),
    block("c"),
    block("d"),
    block("e"),
  );
  const plan = await s.plan(["--allow-replace", ...LIMIT]);
  assert.deepEqual(broken(plan), [
    `a:1:21 a hash that is superseded | ${AFTER}`,
    `b:3:16 the identifier b, which becomes bb | ${AFTER}`,
    `b:4:6 a hash that is superseded | ${AFTER}`,
  ]);
  await s.apply(["--allow-replace", ...LIMIT]);
  await s.run(["refs", "--write"]);
  const check = await s.run(["refs", "--check"]);
  assert.equal(check.exit, 0, check.stdout);

  // Another branch still has the old hash, and its deletion is planned.
  const [old] = s.emulator.stored().filter(({ name, scope }) => name === "a" && scope === "WORKSPACE");
  await s.write(
    "buddy.yml",
    `- note: ${old?.hash_id}\n- integration: a\n- x: ${old?.hash_id} # buddy-integrations: ignore\n`,
  );
  assert.deepEqual(broken(await s.plan(["--prune", ...LIMIT])), [
    "a:1:9 a hash that is deleted | run refs --write before the apply: it writes the current hash there",
    "a:3:6 a hash that is deleted | edit this line before the apply, to name the current one: refs --write skips ignored lines",
  ]);
});

test("a re-creation breaks references by hash, and those by identifier if it changes", async (t) => {
  const s = await benchWith(t, (hash) => `- integration_hash: ${hash("a")}\n- integration: a\n- integration: b\n`);
  for (const key of ["a", "b"]) await s.byHand("DELETE", `/integrations/${s.stored(key).hash_id}`);
  await s.writeIntegrations(block("a"), block("b", { identifier: "bb" }), ...KEYS.slice(2).map((key) => block(key)));
  assert.deepEqual(broken(await s.plan(LIMIT)), [
    `a:1:21 a hash that is superseded | ${AFTER}`,
    `b:3:16 the identifier b, which becomes bb | ${AFTER}`,
  ]);
});

test("restoring an identifier that was changed in the web page breaks references to the changed one", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a", { identifier: "aa" }));
  await s.apply();
  await s.byHand("PATCH", `/integrations/${s.stored("aa").hash_id}`, { name: "a", identifier: "by_hand" });
  await s.write("buddy.yml", "- integration: by_hand\n- integration: aa\n");
  assert.deepEqual(broken(await s.plan()), [`a:1:16 the identifier by_hand, which becomes aa | ${AFTER}`]);
});

test("references in a file that isn't YAML are found too, and the plan says that some may be missed", async (t) => {
  const s = await benchWith(t, () => "- a: 1\n  text\n  integration: a\n");
  await mkdir(join(s.dir, ".buddy"));
  await s.writeIntegrations(...KEYS.slice(1).map((key) => block(key)));
  const plan = await s.plan(["--prune"]);
  assert.deepEqual(broken(plan), [`a:3:16 the identifier a, which is deleted | ${ELSEWHERE}`]);
  assert.deepEqual(plan.codes, ["not-yaml"]);
});
