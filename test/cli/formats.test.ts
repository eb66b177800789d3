import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";
import { parseReport } from "../support/report.ts";

const ESCAPE = String.fromCodePoint(27);

/**
 * Prepares a plan that creates `good` and deletes `old`. `prod` is protected and no longer in the file. The server
 * rejects `bad`.
 */
async function prepareMixedPlan(s: SyncWorkbench): Promise<void> {
  await s.writeIntegrations(block("old"), block("prod", { lifecycle: "{ protect: true }" }), block("same"));
  await s.apply();
  await s.writeIntegrations(block("same"), block("good"), block("bad"));
  s.emulator.addFault({
    kind: "reject",
    message: "No more ##[error]of these\n::error::x",
    match: { identifier: "bad" },
  });
}

test("text: the plan and the result are on stdout, progress on stderr", async (t) => {
  const s = await syncWorkbench(t);
  await prepareMixedPlan(s);
  const plan = await s.run(["sync", "--plan", "--prune"]);
  const next = "Next: `buddy-integrations apply --prune` makes these changes; what is refused stays as it is.\n";
  assert.deepEqual([plan.exit, plan.stderr], [7, next]);
  const apply = await s.run(["sync", "--apply", "--prune"]);
  assert.equal(apply.exit, 5);
  assert.ok(apply.stdout.startsWith(plan.stdout));
  assert.match(apply.stdout, /\n\nApply: 2 done, 1 failed, 1 refused\.\n$/);
  assert.match(apply.stderr, /^failed: create bad: [^\n]+\n|\ncreated good \w+\n/);
  assert.match(apply.stderr, /\ndeleted old \w+\n/);
});

test("markdown: a comment on stdout, for a plan, an apply and a failure; problems on stderr as well", async (t) => {
  const s = await syncWorkbench(t);
  await prepareMixedPlan(s);
  const plan = await s.run(["sync", "--plan", "--prune", "--format", "markdown"]);
  assert.match(
    plan.stdout,
    /^<!-- buddy-integrations plan my-company -->\n\n### Buddy integrations: plan for `my-company`\n/,
  );
  assert.match(
    plan.stdout,
    /> \[!CAUTION\]\n> \*\*1 integration deleted or replaced:\*\*\n> - \*\*deletes\*\* `old` \(`\w+`\)\n/,
  );
  assert.match(plan.stdout, /> \[!WARNING\]\n> \*\*1 change refused:\*\*\n> - delete `prod`: protected\n/);
  assert.match(plan.stdout, /\nPlan hash: `v2:sha256:[0-9a-f]{64}`\n$/);

  const apply = await s.run(["sync", "--apply", "--prune", "--format", "markdown"]);
  assert.equal(apply.exit, 5);
  assert.match(apply.stdout, /\n\*\*Apply: 2 done, 1 failed, 1 refused\.\*\*\n\n```diff\n! failed: create {2}bad /);
  assert.match(
    apply.stdout,
    /<details><summary>2 done<\/summary>\n\n```text\ncreated good \w+\ndeleted old \w+\n```\n/,
  );

  const failure = await s.run(["sync", "--plan", "--format", "markdown", "--file", "no.yaml"]);
  assert.match(
    failure.stdout,
    /### Buddy integrations: plan failed \(exit 3\)\n\n```text\nerror \[missing-file\]: no\.yaml /,
  );
  assert.match(failure.stderr, /^error \[missing-file\]: no\.yaml /);
});

test("github: annotations on stdout at their lines, the log for people on stderr", async (t) => {
  const s = await syncWorkbench(t);
  await prepareMixedPlan(s);
  const plan = await s.run(["sync", "--plan", "--prune", "--format", "github"]);
  assert.deepEqual(
    plan.stdout.split("\n").map((line) => line.slice(0, line.indexOf("::", 2))),
    [
      "::error title=refused%3A delete prod",
      "::warning title=deletes old",
      "::warning file=integrations.yaml,line=5,col=3,endColumn=6,title=open-to-everyone",
      "::notice title=my-company",
      "",
    ],
  );
  assert.match(plan.stderr, /\nPlan: 2 to create, 1 to delete; 1 refused; 1 unchanged\.\n/);
  const apply = await s.run(["sync", "--apply", "--prune", "--format", "github"]);
  assert.match(
    apply.stdout,
    /^::error file=integrations\.yaml,line=5,col=3,endColumn=6,title=failed%3A create bad::POST [^\n]*No more # #\[error\]of these/,
  );
  assert.doesNotMatch(apply.stderr, /^\s*::|##\[/m);
  const quiet = await s.run(["sync", "--plan", "--format", "github", "--quiet"]);
  assert.equal(quiet.stderr, "");

  await s.write("integrations.yaml", "version: 1\nintegrations:\n  a: { typo: VULTR }\n");
  const invalid = await s.run(["sync", "--plan", "--format", "github"]);
  assert.match(invalid.stdout, /^::error file=integrations\.yaml,line=3,col=8,endColumn=12,title=unknown-field::/m);
});

test("stdout holds only JSON, even if arguments are wrong, the run fails, or a person says no", async (t) => {
  const s = await syncWorkbench(t);
  await prepareMixedPlan(s);
  const runs: readonly (readonly [readonly string[], number])[] = [
    [["--plan"], 0],
    [["--plan", "--prune"], 7],
    [["--plan", "--bogus"], 3],
    [["--plan", "--out"], 3],
    [["--plan", "--apply"], 3],
    [["--plan", "--file", "no.yaml"], 3],
    [["--plan", "--out", "no/such/folder.json"], 3],
    [["--plan", "--expect", `v2:sha256:${"0".repeat(64)}`], 6],
    [["--apply", "--prune", "--verbose"], 5],
    [["--plan", "--api", "http://127.0.0.1:1"], 5],
    [["--plan", "--api", "http://buddy.example"], 3],
  ];
  for (const [args, exit] of runs) {
    for (const format of [["--format", "json"], ["--format=json"]]) {
      const run = await s.run(["sync", ...format, ...args]);
      assert.deepEqual([run.exit, parseReport(run.stdout).exit_code], [exit, exit], args.join(" "));
    }
  }
});

test("colours are used only on terminals, or with FORCE_COLOR", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>, boolean, boolean])[] = [
    [[], {}, false, false],
    [[], {}, true, true],
    [[], { FORCE_COLOR: "1" }, false, true],
    [[], { FORCE_COLOR: "0" }, true, false],
    [[], { NO_COLOR: "1" }, true, false],
    [[], { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    [["--no-color"], { FORCE_COLOR: "1" }, true, false],
    [[], { TERM: "dumb" }, true, false],
  ];
  const plain = (await s.run(["sync", "--plan"])).stdout;
  const escapes = new RegExp(`${ESCAPE}\\[\\d+m`, "g");
  for (const [args, env, isTTY, coloured] of cases) {
    let stdout = "";
    const io = { stdout: { isTTY, write: (text: string) => void (stdout += text) } };
    await s.run(["sync", "--plan", ...args], { env, io });
    assert.equal(stdout.includes(ESCAPE), coloured, JSON.stringify([args, env, isTTY]));
    assert.equal(stdout.replaceAll(escapes, ""), plain);
  }
});

test("text is wrapped to the width of a terminal, and not wrapped in a log", async (t) => {
  const s = await syncWorkbench(t);
  await prepareMixedPlan(s);
  let stdout = "";
  const io = { stdout: { isTTY: true, columns: 50, write: (text: string) => void (stdout += text) } };
  await s.run(["sync", "--plan", "--prune", "--no-color"], { io });
  assert.ok(
    stdout.includes("      REFUSED: it is protected (lifecycle.protect)\n      and would be deleted\n"),
    stdout,
  );
  const log = await s.run(["sync", "--plan", "--prune"]);
  assert.ok(log.stdout.includes("      REFUSED: it is protected (lifecycle.protect) and would be deleted\n"));
});
