import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { parseReport, type ReportDocument } from "../support/report.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const PROJECT = "/projects/company-website";

interface Live {
  readonly exit: number;
  readonly report: ReportDocument;
  readonly used: readonly string[];
  readonly requests: readonly string[];
}

async function liveReport(s: SyncWorkbench, env: Readonly<Record<string, string | undefined>> = {}): Promise<Live> {
  s.requests();
  const { exit, stdout } = await s.run(["refs", "--usages", "--live", "--format", "json"], { env });
  const report = parseReport(stdout);
  const used = (report.usages ?? []).map(({ key, seen_in, file, line, project, pipeline, action, outdated }) =>
    [
      key,
      seen_in,
      file === undefined ? project : `${file}:${line}`,
      pipeline,
      action,
      outdated ? "outdated" : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(" "),
  );
  return { exit, report, used, requests: s.requests() };
}

async function addAction(s: SyncWorkbench, pipeline: number, action: object, project = PROJECT): Promise<void> {
  await s.byHand("POST", `${project}/pipelines/${pipeline}/actions`, { type: "CUSTOM", ...action });
}

async function benchWithKeys(t: Parameters<typeof syncWorkbench>[0], ...keys: string[]): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...keys.map((key) => block(key)));
  await s.apply();
  await s.write("buddy.yml", "- pipeline: In a file\n  actions: [{ action: x, integration: a }]\n");
  return s;
}

test("--live adds Git links and uses in pipelines of the web page, in every form of an action", async (t) => {
  const s = await benchWithKeys(t, "a", "b", "c", "d", "e", "unused");
  await addAction(s, 1, { name: "By hash", integration_hash: s.stored("b").hash_id });
  await addAction(s, 1, { name: "As an object", integration: { hash_id: s.stored("c").hash_id, name: "C" } });
  await addAction(s, 2, { name: "By identifier", integration: "d" });
  await addAction(s, 2, { name: "In an input", inputs: { anything: s.stored("b").hash_id } });
  await s.byHand("POST", "/projects", { display_name: "Linked", integration: { hash_id: s.stored("e").hash_id } });
  const { exit, report, used } = await liveReport(s);
  assert.deepEqual([exit, report.diagnostics], [0, []]);
  assert.deepEqual(used, [
    "a file buddy.yml:2 In a file x",
    "b web-page company-website deploy By hash",
    "b web-page company-website tests In an input",
    "c web-page company-website deploy As an object",
    "d web-page company-website tests By identifier",
    "e git-link linked",
  ]);
  assert.deepEqual(report.unused, ["unused"]);
  const table = await s.run(["refs", "--usages", "--live"]);
  assert.match(table.stdout, /^e +linked \(Git link\)$/m);
  assert.match(table.stdout, /^b +company-website \(web page\) +deploy \/ By hash$/m);
  assert.match(table.stdout, /^unused \(VULTR\) isn't used in the files that were read or in what the API returned$/m);
  // Without the flag, no request is sent.
  s.requests();
  assert.equal((await s.run(["refs", "--usages"], { env: { BUDDY_TOKEN: undefined } })).exit, 0);
  assert.deepEqual(s.requests(), []);
});

test("uses of a superseded hash or a former name are outdated", async (t) => {
  const s = await benchWithKeys(t, "a", "b", "c");
  await addAction(s, 1, { name: "Old hash", integration_hash: s.stored("a").hash_id });
  await addAction(s, 1, { name: "Old name", integration: "b" });
  const project = { scope: "PROJECT", project_name: "my-project" };
  await s.writeIntegrations(block("a", project), block("b", { identifier: "bb" }), block("c"));
  await s.apply(["--allow-replace", "--max-deletions", "2"]);
  await s.write("buddy.yml", "- x: 1\n");
  const { used } = await liveReport(s);
  assert.deepEqual(used, [
    "a web-page company-website deploy Old hash outdated",
    "b web-page company-website deploy Old name outdated",
  ]);
  assert.match((await s.run(["refs", "--usages", "--live"])).stdout, /\(outdated: fix it in the web page\)/);
});

test("--live doesn't read pipelines that are in files, and counts them", async (t) => {
  const s = await benchWithKeys(t, "a", "b");
  await addAction(s, 1, { name: "Not what runs", integration: "b" });
  await s.byHand("PATCH", `${PROJECT}/pipelines/1`, { git_config_ref: "FIXED", git_config: { project: "x" } });
  await s.byHand("PATCH", `${PROJECT}/pipelines/2`, { definition_source: "REMOTE" });
  const { used, report, requests } = await liveReport(s);
  assert.deepEqual(used, ["a file buddy.yml:2 In a file x"]);
  assert.deepEqual(
    report.diagnostics.map(({ code, severity, message }) => [code, severity, message.slice(0, 33)]),
    [["pipelines-in-files", "warning", "2 pipelines of the workspace are "]],
  );
  assert.ok(requests.every((request) => !request.includes("company-website/pipelines/")));
});

test("without the scopes, --live says what it couldn't read and which scope it needs, once for each cause", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "buddy-live-"));
  t.after(() => rm(dir, { recursive: true }));
  const seed = [
    "users: [{ id: 1, name: Owner, email: owner@example.com }]",
    "tokens:",
    "  - { name: full, token: full, user: 1, scopes: all }",
    "  - { name: none, token: none, user: 1, scopes: [INTEGRATION_READ] }",
    "  - { name: projects, token: projects, user: 1, scopes: [PROJECT_READ] }",
    "  - { name: pipelines, token: pipelines, user: 1, scopes: [PIPELINE_READ] }",
    "workspaces:",
    "  my-company:",
    "    id: 1",
    "    members: [{ id: 1, name: Owner, email: owner@example.com, owner: true }]",
    "    projects:",
    "      one: { integration_hash: abcdefabcdefabcdefabcdef, pipelines: [{ id: 1, name: deploy, actions: [{ name: x, integration: a }] }] }",
    "      two: { pipelines: [{ id: 2, name: deploy }] }",
    "    integrations: [{ hash_id: abcdefabcdefabcdefabcdef, type: VULTR, name: a, identifier: a }]",
  ];
  await writeFile(join(dir, "seed.yaml"), seed.join("\n"));
  const s = await syncWorkbench(t, { seed: join(dir, "seed.yaml") });
  await s.writeIntegrations(block("a"), block("p", { scope: "PROJECT", project_name: "one" }));
  assert.equal((await s.apply(["--adopt"])).exit, 0);
  await s.write("buddy.yml", "- x: 1\n");
  const unseen = async (token: string) => {
    const { exit, used, report } = await liveReport(s, { BUDDY_TOKEN: token });
    assert.equal(exit, 0);
    return { used, said: report.diagnostics.map(({ code, message, hint }) => `${code}: ${message} ${hint}`) };
  };
  const all = await unseen("full");
  assert.deepEqual(all, { used: ["a git-link one", "a web-page one deploy x"].toReversed(), said: [] });

  const none = await unseen("none");
  assert.deepEqual(none.used, []);
  assert.equal(none.said.length, 2);
  assert.match(
    none.said[0] ?? "",
    /^unseen-usages: not seen: the Git link of one, the projects of the workspace \(.*PROJECT_READ \(WORKSPACE before/,
  );
  assert.match(
    none.said[1] ?? "",
    /^unseen-usages: not seen: the pipelines of one \(.*PIPELINE_READ \(EXECUTION_INFO before/,
  );

  const projects = await unseen("projects");
  assert.deepEqual(projects.used, ["a git-link one"]);
  assert.equal(projects.said.length, 1);
  assert.match(projects.said[0] ?? "", /not seen: the pipelines of one, the pipelines of two .*PIPELINE_READ/);

  // The projects in the file can be read by name.
  const pipelines = await unseen("pipelines");
  assert.deepEqual(pipelines.used, ["a web-page one deploy x"]);
  assert.match(pipelines.said[0] ?? "", /not seen: the Git link of one, the projects of the workspace .*PROJECT_READ/);

  const invalid = await s.run(["refs", "--usages", "--live", "--format", "json"], { env: { BUDDY_TOKEN: "wrong" } });
  assert.equal(invalid.exit, 4);
  assert.equal(parseReport(invalid.stdout).exit_code, 4);
  const missing = await s.run(["refs", "--usages", "--live"], { env: { BUDDY_TOKEN: undefined } });
  assert.equal(missing.exit, 3);
  assert.match(missing.stderr, /no-token/);
});

test("500 pipelines take one request each, at the pace that the API allows", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "buddy-live-"));
  t.after(() => rm(dir, { recursive: true }));
  const pipelines = Array.from(
    { length: 500 },
    (_, at) => `        - { id: ${1000 + at}, name: p${at}, actions: [{ name: use, integration: a }] }`,
  );
  const seed = [
    "users: [{ id: 1, name: Owner, email: owner@example.com }]",
    "tokens: [{ name: full, token: full, user: 1, scopes: all }]",
    "workspaces:",
    "  my-company:",
    "    id: 1",
    "    members: [{ id: 1, name: Owner, email: owner@example.com, owner: true }]",
    `    projects:\n      big:\n        pipelines:\n${pipelines.join("\n")}`,
  ];
  await writeFile(join(dir, "seed.yaml"), seed.join("\n"));
  const big = await syncWorkbench(t, { seed: join(dir, "seed.yaml"), rateLimit: { limit: 200, windowSeconds: 1 } });
  await big.writeIntegrations(block("a"));
  await big.apply();
  await big.write("buddy.yml", "- x: 1\n");
  big.requests();
  const sleep = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));
  const { exit, stdout, stderr } = await big.run(["refs", "--usages", "--live", "--format", "json"], { io: { sleep } });
  assert.equal(exit, 0, stderr);
  assert.equal(parseReport(stdout).usages?.length, 500);
  // No request exceeded the limit of the API.
  assert.deepEqual(new Set(big.emulator.requests.map(({ status }) => status)), new Set([200, 201]));
  const requests = big.requests();
  const count = (pattern: RegExp): number => requests.filter((request) => pattern.test(request)).length;
  assert.deepEqual(
    {
      actions: count(/\/actions$/),
      projects: count(/\/projects$/),
      project: count(/\/projects\/big$/),
      pipelines: count(/\/pipelines$/),
      others: count(/integrations/),
    },
    // Pages of 100 up to an empty one. Each project and its link once.
    { actions: 500, projects: 2, project: 1, pipelines: 6, others: 0 },
  );
});
