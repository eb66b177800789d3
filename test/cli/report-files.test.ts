import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { parseCodeQuality, parseSarif } from "../support/published-formats.ts";
import { parseRuns } from "../support/report.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";
import type { CliOptions } from "../support/workbench.ts";

const REPORTS = ["plan.json", "plan.md", "plan.sarif", "plan.codequality.json"].flatMap((name) => ["--report", name]);

/** A plan that refuses a deletion and warns of an integration that is open to everyone. */
async function refusedDeletion(s: SyncWorkbench): Promise<void> {
  await s.writeIntegrations(block("prod", { lifecycle: "{ protect: true }" }), block("web"));
  await s.apply();
  await s.writeIntegrations(block("web"), block("new", { type: "SENTRY" }));
}

test("one run writes every report beside stdout, and keeps its exit code", async (t) => {
  const s = await syncWorkbench(t);
  await refusedDeletion(s);
  const plan = await s.run(["plan", "--prune", ...REPORTS]);
  assert.equal(plan.exit, 7);
  assert.match(plan.stdout, /\nPlan: 1 to create; 1 refused/);
  const report = parseRuns((await s.read("plan.json")) ?? "");
  assert.deepEqual([report.exit_code, report.runs?.[0]?.plan?.summary.refused], [7, 1]);
  assert.match((await s.read("plan.md")) ?? "", /^<!-- buddy-integrations plan my-company -->/);
  const { results, tool, invocations } = parseSarif((await s.read("plan.sarif")) ?? "");
  assert.deepEqual(
    results.map(({ ruleId, level, locations: [{ physicalLocation: at }] }) => [
      ruleId,
      level,
      at.artifactLocation.uri,
      at.region.startLine,
    ]),
    [
      ["protected", "error", "integrations.yaml", 1],
      ["open-to-everyone", "warning", "integrations.yaml", 4],
    ],
  );
  assert.ok(tool.driver.rules.every(({ help }) => help.text.length > 0));
  assert.deepEqual(
    invocations.map(({ exitCode, executionSuccessful }) => [exitCode, executionSuccessful]),
    [[7, false]],
  );
  assert.deepEqual(
    parseCodeQuality((await s.read("plan.codequality.json")) ?? "").map((issue) => [
      issue.check_name,
      issue.severity,
      issue.location.lines.begin,
    ]),
    [
      ["protected", "critical", 1],
      ["open-to-everyone", "minor", 4],
    ],
  );
  const applied = await s.run(["apply", "--prune", "--yes", "--expect", "plan.json", "--report", "apply.json"]);
  assert.deepEqual([applied.exit, parseRuns((await s.read("apply.json")) ?? "").command], [7, "apply"]);
});

test("a finding keeps its fingerprint when other parts of the file change, and fingerprints differ between findings", async (t) => {
  const s = await syncWorkbench(t);
  const prints = async () => {
    await s.run(["plan", "--report", "x.codequality.json"]);
    const found = parseCodeQuality((await s.read("x.codequality.json")) ?? "");
    return found.map(({ check_name, fingerprint, location }) => ({
      check_name,
      fingerprint,
      line: location.lines.begin,
    }));
  };
  await s.writeIntegrations(block("a"), block("b", { scope: "PROJECT", project_name: "no-such-project" }));
  const before = await prints();
  await s.writeIntegrations(
    "# a comment\n\n",
    block("a"),
    block("b", { scope: "PROJECT", project_name: "no-such-project" }),
  );
  const after = await prints();
  assert.deepEqual(
    before.map(({ fingerprint }) => fingerprint),
    after.map(({ fingerprint }) => fingerprint),
  );
  assert.notDeepEqual(
    before.map(({ line }) => line),
    after.map(({ line }) => line),
  );
});

test("reports are written when the run fails too, with places from the top of the repository", async (t) => {
  const s = await syncWorkbench(t);
  await mkdir(join(s.dir, ".git"));
  await mkdir(join(s.dir, "a b"));
  await s.write("a b/team.yaml", "version: 1\nintegrations:\n  a: { typo: VULTR }\n");
  const io = { cwd: join(s.dir, "a b") };
  const plan = await s.run(["plan", "--file", "team.yaml", ...REPORTS], { io });
  assert.equal(plan.exit, 3);
  const { results } = parseSarif((await s.read("a b/plan.sarif")) ?? "");
  const places = results.map(({ locations: [{ physicalLocation: at }] }) => [
    at.artifactLocation.uri,
    at.region.startLine,
  ]);
  assert.deepEqual(places[0], ["a%20b/team.yaml", 3]);
  assert.equal(parseCodeQuality((await s.read("a b/plan.codequality.json")) ?? "")[0]?.location.path, "a b/team.yaml");
  const report = parseRuns((await s.read("a b/plan.json")) ?? "");
  assert.deepEqual([report.exit_code, report.runs?.[0]?.diagnostics[0]?.file], [3, "a b/team.yaml"]);
  assert.match((await s.read("a b/plan.md")) ?? "", /plan failed \(exit 3\)/);

  await s.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  const noToken = await s.run(["plan", "--report", "t.sarif"], { env: { BUDDY_TOKEN: undefined } });
  assert.equal(noToken.exit, 3);
  assert.deepEqual(
    parseSarif((await s.read("t.sarif")) ?? "").results.map(({ ruleId }) => ruleId),
    ["no-token"],
  );
});

test("failed and unstarted changes of an apply are findings, with the code of the API's failure", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  s.emulator.addFault({ kind: "reject", message: "not now", match: { method: "POST", identifier: "a" } });
  assert.equal((await s.run(["apply", "--report", "x.sarif"])).exit, 5);
  const [first] = parseSarif((await s.read("x.sarif")) ?? "").results;
  assert.equal(first?.ruleId, "api-rejected");
  assert.match(first.message.text, /^create a: .*not now/);
});

test("an unknown ending, a file of the run itself and one name for two reports are errors before the first request", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  s.requests();
  const ending = await s.run(["plan", "--report", "plan.xml"]);
  assert.equal(ending.exit, 3);
  assert.match(ending.stderr, /Its ending must be \.json, \.md, \.sarif, \.codequality\.json or \.terraform\.json\./);
  await s.write("reviewed.json", "{}");
  await s.write(".env.json", "OTHER=x\n");
  for (const [args, why] of [
    [["--expect", "reviewed.json", "--report", "reviewed.json"], "it is the reviewed plan of --expect"],
    [["--secrets-file", ".env.json", "--report", ".env.json"], "it is a secrets file"],
    [["--out", "x.json", "--report", "./x.json"], "it is named twice"],
  ] as const) {
    const { exit, stderr } = await s.run(["plan", ...args]);
    assert.equal(exit, 3);
    assert.ok(stderr.includes(why), stderr);
  }
  assert.deepEqual(s.requests(), []);
});

test("a report that can't be written ends the run with 3, and the other reports are written", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await mkdir(join(s.dir, "reports"));
  const io: CliOptions["io"] = {
    fetch: async (input, init) => {
      await rm(join(s.dir, "reports"), { recursive: true, force: true });
      return fetch(input, init);
    },
  };
  const plan = await s.run(["plan", "--report", "reports/x.json", "--report", "y.md", "--format", "json"], { io });
  const report = parseRuns(plan.stdout);
  assert.deepEqual([plan.exit, report.exit_code, report.diagnostics.map(({ code }) => code)], [3, 3, ["unwritable"]]);
  assert.ok((await s.read("y.md")) !== undefined);
});

test("a report into a folder that doesn't exist is an error before anything is sent, also for an apply", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await s.write("file", "");
  for (const [name, why] of [
    ["no/such/x.md", "its folder doesn't exist"],
    ["file/x.md", "it is a file|what is above it isn't a folder|not a directory"],
  ] as const) {
    const { exit, stderr } = await s.run(["apply", "--yes", "--report", name]);
    assert.equal(exit, 3);
    assert.match(stderr, new RegExp(`\\[unwritable\\]: ${name} can't be written: (?:${why})`));
  }
  assert.deepEqual(s.requests(), []);
});

test("messages from before the question are also in the report, and on stderr only once", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  await s.write("integrations.lock.yaml.journal", "nonsense\n");
  const apply = await s.run(["apply", "--report", "x.json"], { answers: ["y"] });
  assert.equal(apply.exit, 0);
  assert.equal(apply.stderr.match(/journal-damaged/g)?.length, 1);
  const [run] = parseRuns((await s.read("x.json")) ?? "").runs ?? [];
  assert.deepEqual(
    run?.diagnostics.map(({ code }) => code),
    ["journal-damaged"],
  );
});

test("GitLab's report has the numbers of the plan, and a run without a plan says so", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"), block("b"));
  const numbers = async (): Promise<unknown> => JSON.parse((await s.read("x.terraform.json")) ?? "");
  await s.run(["plan", "--report", "x.terraform.json"]);
  assert.deepEqual(await numbers(), { create: 2, update: 0, delete: 0 });
  await s.run(["plan", "--report", "x.terraform.json"], { env: { BUDDY_TOKEN: "wrong" } });
  assert.deepEqual(await numbers(), {});
});
