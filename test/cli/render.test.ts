import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { fleet } from "../support/fleet.ts";
import { HOSTILE_TEXTS, hostilePlan } from "../support/hostile-plan.ts";
import { runOf } from "../support/report.ts";
import { runCli } from "../support/workbench.ts";
import { syncWorkbench } from "../support/sync-workbench.ts";
import { EVERY_CHANGE_PLAN } from "../support/every-change.ts";
import { renderRunsJson } from "../../src/render/report-json.ts";

const FORMATS = ["text", "markdown", "json"] as const;

test("render shows a saved plan as plan did, in every format, without a token", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("old"), block("prod", { lifecycle: "{ protect: true }" }), block("same"));
  await s.apply();
  await s.writeIntegrations(block("same", { name: "Renamed" }), block("new"));
  await s.run(["plan", "--prune", "--out", "plan.json"]);
  for (const format of FORMATS) {
    const plan = await s.run(["plan", "--prune", "--format", format]);
    const shown = await runCli(["render", "plan.json", "--format", format], s.dir);
    assert.deepEqual([shown.exit, shown.stdout], [0, plan.stdout], format);
  }
  const github = await runCli(["render", "plan.json", "--format", "github"], s.dir);
  assert.match(github.stdout, /^::error file=integrations\.yaml,line=1,col=1,title=refused%3A delete prod::/m);
});

test("render also shows a saved apply, a failed run and a run of several files", async (t) => {
  const f = await fleet(t, ["team-01", "team-02"]);
  await f.file("a.yaml", "team-01", block("a"), block("b"));
  await f.file("b.yaml", "team-02", block("c"));
  await f.file("gone.yaml", "no-such-team", block("d"));
  f.emulator.addFault({ kind: "reject", message: "not now", match: { method: "POST", identifier: "b" } });
  const files = ["--file", "a.yaml", "--file", "b.yaml", "--file", "gone.yaml"];
  await f.run(["apply", ...files, "--yes", "--report", "apply.json", "--report", "apply.md"]);
  for (const [format, name] of [
    ["json", "apply.json"],
    ["markdown", "apply.md"],
  ] as const) {
    const shown = await runCli(["render", "apply.json", "--format", format], f.dir);
    assert.deepEqual([shown.exit, shown.stdout], [0, await f.read(name)], format);
  }
  const text = await runCli(["render", "apply.json"], f.dir);
  assert.match(
    text.stdout,
    /== a\.yaml ==\n {2}failed +create {2}b [^]*not now[^]*\na\.yaml: Apply: 1 done, 1 failed\. \(exit 5\)\n/,
  );
  assert.match(text.stderr, /api-not-found/);
});

test("every kind of change is valid in a report, and render prints it unchanged as JSON", async (t) => {
  const s = await syncWorkbench(t);
  const text = renderRunsJson(runOf({ command: "plan", exit: 7, diagnostics: [], plan: EVERY_CHANGE_PLAN }));
  await s.write("every.json", text);
  assert.equal((await runCli(["render", "every.json", "--format", "json"], s.dir)).stdout, text);
});

test("no text in another person's report can command a terminal, a runner or a web page", async (t) => {
  const s = await syncWorkbench(t);
  for (const hostile of HOSTILE_TEXTS) {
    const run = runOf({ command: "plan", exit: 0, diagnostics: [], plan: hostilePlan(), file: hostile });
    await s.write("hostile.json", renderRunsJson({ ...run, runs: [...run.runs, ...run.runs] }));
    for (const format of [...FORMATS, "github"]) {
      const { stdout, stderr } = await runCli(["render", "hostile.json", "--format", format], s.dir);
      // Control and direction characters, except for our line ends.
      assert.doesNotMatch((stdout + stderr).replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u, format);
      if (format !== "github") assert.doesNotMatch(stdout + stderr, /^\s*::|##\[|##vso\[/m, format);
      else for (const line of stdout.trimEnd().split("\n")) assert.match(line, /^::(?:error|warning|notice) /);
    }
  }
});

test("an incomplete or edited report, or one of another version, is refused, and the refusal quotes none of it", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("a"));
  const { stdout } = await s.run(["plan", "--format", "json"]);
  const parsed: { runs: [{ plan: Record<string, unknown> }] } = JSON.parse(stdout);
  const edited = (change: (plan: Record<string, unknown>) => void): string => {
    const copy = structuredClone(parsed);
    change(copy.runs[0].plan);
    return JSON.stringify(copy);
  };
  // A code is printed unchanged, so it must be a known one.
  const withCode = (code: string): string =>
    JSON.stringify({ ...parsed, diagnostics: [{ code, severity: "error", message: "x" }] });
  const refs = JSON.stringify({ report_format: "2.0", command: "refs", exit_code: 0, diagnostics: [] });
  for (const [text, why] of [
    ["nonsense", "it isn't JSON"],
    ["[]", "it isn't a report"],
    ['{"report_format":"1.0"}', "another version wrote it: its report_format isn't 2.x"],
    ['{"report_format":"2.0"}', "it doesn't match schemas/report.schema.json"],
    [refs, "it isn't the report of a plan or an apply"],
    [edited((plan) => delete plan["changes"]), "it doesn't match schemas/report.schema.json"],
    [
      edited((plan) => (plan["workspace"] = "another")),
      "its hash doesn't match its plan: it was edited, or another version wrote it",
    ],
    [
      edited((plan) => delete plan["hash"]),
      "its hash doesn't match its plan: it was edited, or another version wrote it",
    ],
    [withCode("no-token]\nPlan: nothing to do"), "it doesn't match schemas/report.schema.json"],
    ["[".repeat(100), "it is nested too deeply"],
  ] as const) {
    await s.write("x.json", text);
    const { exit, stderr, stdout: shown } = await runCli(["render", "x.json"], s.dir);
    assert.deepEqual([exit, shown], [3, ""]);
    assert.ok(stderr.startsWith(`error [wrong-report]: x.json: ${why}\n`), stderr);
  }
  assert.equal((await runCli(["render", "none.json"], s.dir)).exit, 3);
});
