import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { block, fileOf } from "../support/desired-file.ts";
import { parsePlan, parseRuns } from "../support/report.ts";
import { syncWorkbench, TEST_VALUES, type SyncWorkbench } from "../support/sync-workbench.ts";

const WITHOUT_SECRETS = { env: { TOKEN: undefined, BUDDY_INTEGRATIONS_KEY: undefined } };

test("a plan that was reviewed without secrets is applied with them, by file and by hash", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const reviewed = await s.plan(["--out", "plan.json"], WITHOUT_SECRETS);
  const plan = parsePlan((await s.read("plan.json")) ?? "");
  assert.equal(plan.hash, reviewed.report.plan?.hash);
  assert.deepEqual((await s.apply(["--expect", "plan.json"])).outcomes, ["done create a"]);

  await s.writeIntegrations(block("a", { name: "A" }));
  const { report } = await s.plan([], WITHOUT_SECRETS);
  const apply = await s.apply(["--expect", report.plan?.hash ?? ""]);
  assert.deepEqual([apply.exit, apply.outcomes], [0, ["done update a"]]);
});

test("reviewed changes are applied; later ones are left out and listed, and the run exits with 6", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  await s.apply();
  await s.writeIntegrations(block("a", { name: "A" }), block("b", { name: "B" }), block("c"));
  await s.plan(["--out", "plan.json"]);
  await s.byHand("PATCH", `/integrations/${s.stored("b").hash_id}`, { name: "by hand" });
  await s.writeIntegrations(block("a", { name: "A" }), block("b", { name: "B", token: "$OTHER" }), block("d"));
  s.requests();
  const env = { env: { OTHER: "another-secret-value" } };
  const expected = [
    "update a name:edited",
    "update b name:edited",
    "update b token:edited REFUSED not-reviewed",
    "create d REFUSED not-reviewed",
  ];
  const planned = await s.plan(["--expect", "plan.json", "--out", "part.json"], env);
  assert.deepEqual([planned.exit, planned.codes, planned.changes], [6, [], expected]);
  assert.deepEqual(planned.report.plan?.not_reviewed, [
    { action: "update", key: "b", paths: ["token"] },
    { action: "create", key: "d" },
  ]);
  assert.equal(planned.report.plan?.hash, undefined);

  const part = await s.apply(["--expect", "plan.json"], env);
  assert.deepEqual([part.exit, part.changes], [6, expected]);
  assert.deepEqual(part.outcomes, ["done update a", "done update b", "refused update b", "refused create d"]);
  assert.deepEqual([s.stored("b").name, s.stored("b").token], ["B", TEST_VALUES.TOKEN]);
  // Changes that --expect left out of a plan aren't reviewed by that plan.
  assert.deepEqual((await s.apply(["--expect", "part.json"], env)).changes, expected.slice(2));
  const rest = await s.plan(["--out", "rest.json"], env);
  assert.deepEqual(rest.changes, ["update b token:edited", "create d"]);
  const done = await s.apply(["--expect", "plan.json", "--expect", "rest.json"], env);
  assert.deepEqual([done.exit, done.outcomes], [0, ["done update b", "done create d"]]);
  assert.deepEqual((await s.plan([], env)).changes, []);
});

test("a hash is all or nothing, and can't be combined with another plan", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const { report } = await s.plan(["--out", "plan.json"]);
  const hash = report.plan?.hash ?? "";
  for (const other of ["plan.json", `v2:sha256:${"0".repeat(64)}`]) {
    const mixed = await s.apply(["--expect", hash, "--expect", other]);
    assert.deepEqual([mixed.exit, mixed.codes], [3, ["wrong-plan"]]);
    assert.match(mixed.report.diagnostics[0]?.hint ?? "", /pass the files/);
  }
  await s.writeIntegrations(block("a"), block("b"));
  const stale = await s.apply(["--expect", hash]);
  assert.deepEqual([stale.exit, stale.codes, stale.changes], [6, ["stale-plan"], ["create a", "create b"]]);
  assert.deepEqual([s.emulator.stored().length, (await s.plan(["--expect", hash])).exit], [0, 6]);
  await s.writeIntegrations(block("a"));
  assert.deepEqual((await s.apply(["--expect", hash])).outcomes, ["done create a"]);
});

test("two merges in a row don't block each other: their plans were reviewed one by one", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  await s.apply();
  await s.writeIntegrations(block("a", { name: "A" }), block("b"));
  await s.plan(["--out", "first.json"]);
  await s.writeIntegrations(block("a"), block("b", { name: "B" }), block("c"));
  await s.plan(["--out", "second.json"]);
  await s.writeIntegrations(block("a", { name: "A" }), block("b", { name: "B" }), block("c"));
  const both = ["--expect", "first.json", "--expect", "second.json"];
  assert.deepEqual((await s.plan(both)).exit, 0);
  const apply = await s.apply(both);
  assert.deepEqual([apply.exit, apply.outcomes], [0, ["done update a", "done update b", "done create c"]]);
  // The job of the other merge is late and finds nothing to do.
  const late = await s.apply(["--expect", "second.json"]);
  assert.deepEqual([late.exit, late.outcomes], [0, []]);
});

test("drift between review and merge isn't reverted: the update sends the name that the workspace has", async (t) => {
  const s = await syncWorkbench(t);
  const registry = (username: string): string =>
    `a: { type: UPCLOUD, name: a, scope: WORKSPACE, username: ${username}, password: $TOKEN }`;
  await s.writeIntegrations(registry("me"));
  await s.apply();
  await s.writeIntegrations(registry("you"));
  await s.plan(["--out", "plan.json"]);
  await s.byHand("PATCH", `/integrations/${s.stored("a").hash_id}`, { name: "by hand" });
  const apply = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual(
    [apply.exit, apply.changes],
    [6, ["update a username:edited", "update a name:drift REFUSED not-reviewed"]],
  );
  assert.deepEqual([s.stored("a").name, s.stored("a").username], ["by hand", "you"]);
  assert.deepEqual((await s.plan()).changes, ["update a name:drift"]);
});

test("flags or a workspace other than the reviewed ones stop the run", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  await s.apply();
  await s.writeIntegrations(block("a", { name: "A" }));
  await s.plan(["--out", "plan.json"]);
  await s.plan(["--prune", "--out", "prune.json"]);
  const flags = await s.apply(["--prune", "--expect", "plan.json"]);
  assert.deepEqual(
    [flags.exit, flags.report.diagnostics.map(({ message }) => message)],
    [6, ["the reviewed plan has other flags: none instead of --prune"]],
  );
  const one = await s.apply(["--expect", "plan.json", "--expect", "prune.json"]);
  assert.deepEqual(
    [one.exit, one.report.diagnostics.map(({ message }) => message)],
    [6, ["prune.json: the reviewed plan has other flags: --prune instead of none"]],
  );
  const elsewhere = ((await s.read("plan.json")) ?? "").replaceAll("my-company", "other-company");
  await s.write("elsewhere.json", elsewhere);
  const wrong = await s.apply(["--expect", "elsewhere.json"]);
  const named = `holds no run of my-company at ${s.emulator.url} for integrations.yaml`;
  assert.deepEqual(
    [wrong.exit, wrong.report.diagnostics.map(({ code, message }) => `${code}: ${message}`), wrong.changes],
    [6, [`stale-plan: elsewhere.json (--expect) ${named}`], ["update a name:edited", "orphan b"]],
  );
  assert.equal(s.stored("a").name, "a");
  // A report of other files or workspaces is ignored for this file.
  const found = await s.apply(["--expect", "elsewhere.json", "--expect", "plan.json"]);
  assert.deepEqual([found.exit, found.outcomes], [0, ["done update a"]]);
});

test("the rest of a reviewed plan is accepted after an earlier attempt applied a part", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"), block("c"));
  await s.plan(["--out", "plan.json"]);
  s.emulator.addFault({ kind: "reject", message: "not now", times: 1, match: { method: "POST", identifier: "b" } });
  assert.equal((await s.apply(["--expect", "plan.json"])).exit, 5);
  const again = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual([again.exit, again.outcomes], [0, ["done create b"]]);
  const nothing = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual([nothing.exit, nothing.outcomes], [0, []]);
});

test("an integration that an earlier attempt created but didn't lock is adopted as reviewed", async (t) => {
  const s = await syncWorkbench(t);
  const registry = "a: { type: UPCLOUD, name: A, scope: WORKSPACE, username: me, password: $TOKEN }";
  await s.writeIntegrations(registry, block("b"));
  await s.plan(["--out", "plan.json"]);
  const fields = { type: "UPCLOUD", scope: "WORKSPACE", identifier: "a" };
  await s.byHand("POST", "/integrations", { ...fields, name: "A", username: "me", password: TEST_VALUES.TOKEN });
  const begin = {
    version: 1,
    kind: "begin",
    api: s.emulator.url,
    workspace: s.emulator.workspace,
    key: "a",
    ...fields,
    lifecycle: { protect: false, onRemove: "delete" },
  };
  const end = { ...begin, kind: "end", outcome: { hash: s.stored("a").hash_id } };
  await s.write("integrations.lock.yaml.journal", `${JSON.stringify(begin)}\n${JSON.stringify(end)}\n`);

  await s.writeIntegrations(registry.replace(": me,", ": somebody,"), block("b"));
  const edited = await s.plan(["--expect", "plan.json"]);
  assert.deepEqual(
    [edited.exit, edited.changes],
    [6, ["adopt a", "update a password:never-sent", "update a username:never-sent REFUSED not-reviewed", "create b"]],
  );
  await s.writeIntegrations(registry, block("b"));
  const apply = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual([apply.exit, apply.outcomes], [0, ["done adopt a", "done update a", "done create b"]]);
  assert.deepEqual((await s.plan()).changes, []);
});

test("a reviewed deletion of an integration that the file wants again isn't a difference", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  await s.apply();
  await s.writeIntegrations(block("b"));
  await s.plan(["--prune", "--out", "plan.json"]);
  await s.writeIntegrations(block("a"), block("b"));
  const apply = await s.apply(["--prune", "--expect", "plan.json"]);
  assert.deepEqual([apply.exit, apply.outcomes], [0, []]);
  await s.writeIntegrations(block("b"));
  assert.deepEqual((await s.apply(["--prune", "--expect", "plan.json"])).outcomes, ["done delete a"]);
  assert.equal((await s.apply(["--prune", "--expect", "plan.json"])).exit, 0);
});

test("a first plan can't be applied once the lockfile has entries", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  const first = await s.plan(["--out", "plan.json"]);
  await s.apply(["--expect", "plan.json"]);
  await s.byHand("DELETE", `/integrations/${s.stored("a").hash_id}`);
  const replayed = await s.apply(["--expect", "plan.json"]);
  assert.deepEqual([replayed.exit, replayed.changes], [7, ["create a REFUSED needs-recreate"]]);
  const allowed = ["--recreate", "a", "--max-deletions", "9", "--expect", "plan.json"];
  await s.write(
    "plan.json",
    ((await s.read("plan.json")) ?? "").replace('"resend": []', '"resend": [], "recreate": ["a"], "max_deletions": 9'),
  );
  const recreated = await s.apply(allowed);
  assert.deepEqual([recreated.exit, recreated.changes], [6, ["create a REFUSED not-reviewed"]]);
  assert.equal((await s.apply(["--expect", first.report.plan?.hash ?? ""])).exit, 6);
  assert.equal(s.emulator.stored().length, 1);
});

test("the hash doesn't depend on order, comments, secrets or the machine", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  const one = await s.plan();
  await s.writeIntegrations(`# a comment\n  ${block("b")}`, block("a"));
  const other = await s.plan([], {
    env: { TOKEN: "another value" },
    io: { hostname: "elsewhere", pid: 7, now: () => 5 },
  });
  assert.equal(one.report.plan?.hash, other.report.plan?.hash);
  assert.notEqual(one.report.plan?.hash, (await s.plan(["--prune"])).report.plan?.hash);
});

test("a file that isn't a plan is refused, and the message says why", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  for (const [text, message] of [
    ["nonsense", "it isn't JSON"],
    ["{}", "it isn't the report of a plan"],
    ['{"plan_format":"2.0"}', "planned by another version: its report_format isn't 2.x"],
    ['{"report_format":"1.0"}', "planned by another version: its report_format isn't 2.x"],
    ['{"report_format":"3.0","command":"plan"}', "planned by another version: its report_format isn't 2.x"],
    ['{"report_format":"2.0","command":"refs"}', "it isn't the report of a plan"],
    ['{"report_format":"2.0","command":"plan"}', "it isn't a complete report"],
    [reportOf(s, { plan_format: "1.0" }), "planned by another version: its plan_format isn't 2.x"],
    [reportOf(s, { plan_format: "2.0" }), "it isn't a complete plan"],
    [reportOf(s, {}, {}), `it holds two runs of my-company at ${s.emulator.url} for integrations.yaml`],
  ] as const) {
    await s.write("plan.json", text);
    const apply = await s.apply(["--expect", "plan.json"]);
    assert.deepEqual([apply.exit, apply.report.diagnostics[0]?.message], [3, `plan.json (--expect): ${message}`]);
    assert.equal(
      apply.report.diagnostics[0]?.hint,
      "plan again with this version and for this file, and have it reviewed",
    );
  }
  assert.deepEqual([(await s.apply(["--expect", "no.json"])).exit, s.emulator.stored().length], [3, 0]);
});

test("the report of an apply, and one without a plan of the file, aren't reviewed plans", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations("a: { typo: VULTR }");
  assert.equal((await s.plan(["--out", "failed.json"])).exit, 3);
  await s.writeIntegrations(block("a"));
  const failed = await s.apply(["--expect", "failed.json"]);
  const why = "failed.json (--expect) has no plan for integrations.yaml: planning ended with 3";
  assert.deepEqual([failed.exit, failed.report.diagnostics[0]?.message], [6, why]);
  const applied = await s.run(["apply", "--format", "json"]);
  await s.write("applied.json", applied.stdout);
  const again = await s.apply(["--expect", "applied.json"]);
  const message = "applied.json (--expect): it isn't the report of a plan";
  assert.deepEqual([again.exit, again.report.diagnostics[0]?.message], [3, message]);
});

test("--format json prints what --out writes, and either is a reviewed plan", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const { stdout } = await s.run(["plan", "--format", "json", "--out", "plan.json"]);
  assert.equal(await s.read("plan.json"), stdout);
  await s.write("printed.json", stdout);
  assert.deepEqual((await s.apply(["--expect", "printed.json"])).outcomes, ["done create a"]);
});

test("a report names its file relative to the top of the repository, so it matches from any folder", async (t) => {
  const s = await syncWorkbench(t);
  await mkdir(join(s.dir, ".git"));
  await mkdir(join(s.dir, "teams", "a"), { recursive: true });
  await s.write("teams/a/team.yaml", fileOf(block("a")));
  const below = { io: { cwd: join(s.dir, "teams") } };
  await s.run(["plan", "--file", "a/team.yaml", "--out", "plan.json"], below);
  const [run] = parseRuns((await s.read("teams/plan.json")) ?? "").runs ?? [];
  assert.equal(run?.file, "teams/a/team.yaml");
  const file = join(s.dir, "teams/a/team.yaml");
  assert.deepEqual((await s.apply(["--file", file, "--expect", "teams/plan.json"])).outcomes, ["done create a"]);
});

/** A report of plan with these plans, for the test's workspace and file. */
function reportOf({ emulator }: SyncWorkbench, ...plans: readonly object[]): string {
  const runs = plans.map((plan) => ({
    file: "integrations.yaml",
    exit_code: 0,
    diagnostics: [],
    plan: { api: emulator.url, workspace: emulator.workspace, ...plan },
  }));
  return JSON.stringify({ report_format: "2.0", command: "plan", exit_code: 0, diagnostics: [], runs });
}

test("every format lists what is left out: the log, the JSON, the comment and the annotations", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await s.apply();
  await s.writeIntegrations(block("a", { name: "A" }));
  await s.plan(["--out", "plan.json"]);
  await s.writeIntegrations(block("a", { name: "A", token: "$OTHER" }), block("b"));
  const env = { env: { OTHER: "another-secret-value" } };
  const show = async (format: string) =>
    (await s.run(["plan", "--expect", "plan.json", "--format", format], env)).stdout;
  const text = await show("text");
  assert.match(text, /update {2}a .*\n {6}NOT REVIEWED: no reviewed plan sends this\n.*\n {6}token {2}\$TOKEN/);
  assert.match(
    text,
    /Plan: 1 to update; 2 not reviewed\.\nLeaves out what isn't reviewed: a \(update\), b \(create\)\./,
  );
  const markdown = await show("markdown");
  assert.match(markdown, /> \*\*2 changes not reviewed, and left out:\*\*\n> - update `a`\n> - create `b`/);
  assert.match(markdown, /This plan leaves out changes, so it has no hash/);
  const annotations = await show("github");
  assert.match(annotations, /^::error [^\n]*title=not reviewed%3A update a::[^\n]*left out: token/m);
  assert.match(annotations, /^::error [^\n]*title=not reviewed%3A create b::/m);
  const applied = await s.run(["apply", "--expect", "plan.json", "--format", "markdown"], env);
  assert.match(applied.stdout, /! not reviewed: create {2}b/);
  assert.match(applied.stdout, /\*\*Apply: 1 done, 2 not reviewed\.\*\*/);
});
