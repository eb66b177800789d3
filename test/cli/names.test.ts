import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { INTEGRATIONS_TOKEN } from "../../src/emulator/index.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

/**
 * A workspace with two projects, two pipelines with one name, two people with one name, and more of each than one
 * page.
 */
async function crowdedWorkspace(context: TestContext): Promise<SyncWorkbench> {
  const people = Array.from({ length: 130 }, (_, index) => index + 10);
  const seed = [
    "users:",
    "  - { id: 1, name: Owner, email: owner@example.com }",
    "tokens:",
    "  - { name: full, token: full, user: 1, scopes: all }",
    "workspaces:",
    "  my-company:",
    "    id: 1",
    "    members:",
    "      - { id: 1, name: Owner, email: owner@example.com, owner: true }",
    ...people.map((id) => `      - { id: ${id}, name: Person ${id}, email: person${id}@example.com }`),
    "      - { id: 900, name: Twin, email: twin@example.com }",
    "      - { id: 901, name: Twin, email: twin2@example.com }",
    "    groups: [{ id: 7, name: backend }, { id: 8, name: both }, { id: 9, name: both }]",
    "    projects:",
    "      company-website:",
    "        pipelines:",
    ...people.map((id) => `          - { id: ${id + 1000}, name: "pipeline ${id}", identifier: p${id} }`),
    "          - { id: 2, name: deploy, identifier: deploy }",
    "          - { id: 3, name: same, identifier: same_one }",
    "          - { id: 4, name: same, identifier: same_two }",
    "      my-project: { pipelines: [{ id: 5, name: deploy }] }",
    "",
  ];
  const dir = await mkdtemp(join(tmpdir(), "buddy-seed-"));
  context.after(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "seed.yaml"), seed.join("\n"));
  return syncWorkbench(context, { seed: join(dir, "seed.yaml") });
}

function webBlock(pipelines: string, users = "[]", groups = "[]"): string {
  const limits = `all_pipelines_allowed: false, allowed_pipelines: ${pipelines}`;
  const permissions = `permissions: { admins: MANAGE, others: DENIED, users: ${users}, groups: ${groups} }`;
  return `web: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN, ${limits}, ${permissions} }`;
}

const NAMED = webBlock(
  "[{ project: company-website, pipeline: p120 }, { project: company-website, pipeline: same_two }, { project: my-project, pipeline: deploy }]",
  "[{ email: PERSON139@example.com, access_level: USE_ONLY }, { name: Owner, access_level: MANAGE }]",
  "[{ name: backend, access_level: USE_ONLY }]",
);

test("pipelines, people and groups are found by name on any page", async (t) => {
  const s = await crowdedWorkspace(t);
  await s.writeIntegrations(NAMED);
  const apply = await s.apply();
  assert.equal(apply.exit, 0, apply.stderr);
  const { allowed_pipelines, permissions } = s.stored("web");
  assert.deepEqual(
    [
      allowed_pipelines.map(({ id }) => id).toSorted((a, b) => a - b),
      permissions.users.map(({ id }) => id),
      permissions.groups,
    ],
    [[4, 5, 1120], [1, 139], [{ id: 7, access_level: "USE_ONLY" }]],
  );
  assert.deepEqual((await s.plan()).changes, []);
});

test("the plan shows names, also for live values that the file doesn't name", async (t) => {
  const s = await crowdedWorkspace(t);
  await s.writeIntegrations(NAMED);
  await s.apply();
  const { hash_id: hash, permissions } = s.stored("web");
  const users = [...permissions.users, { id: 900, access_level: "MANAGE" }];
  await s.byHand("PATCH", `/integrations/${hash}`, {
    name: "Web",
    allowed_pipelines: [{ id: 3 }, { id: 5 }],
    permissions: { ...permissions, users },
  });
  const { stdout } = await s.run(["sync", "--plan"]);
  const shown = [
    "      allowed_pipelines  (changed in the workspace; put back)",
    "        - same (3)",
    "        + company-website/same_two (4)",
    "          my-project/deploy (5)",
    "        + company-website/p120 (1120)",
    "      permissions.users  (changed in the workspace; put back)",
    "          Owner (1): MANAGE",
    "          PERSON139@example.com (139): USE_ONLY",
    "        - Twin (900): MANAGE",
    "",
  ];
  assert.ok(stdout.includes(shown.join("\n")), stdout);
});

test("names that match nothing or several things refuse their integration, each with its place; the rest is done", async (t) => {
  const s = await crowdedWorkspace(t);
  await s.writeIntegrations(
    webBlock(
      "[{ project: company-websit, pipeline: deploy }, { project: company-website, pipeline: same }]",
      "[{ email: person1139@example.com, access_level: MANAGE }, { name: Twin, access_level: MANAGE }]",
      "[{ name: backnd, access_level: MANAGE }, { name: both, access_level: MANAGE }]",
    ),
    "db: { type: VULTR, name: Db, scope: WORKSPACE, token: $TOKEN }",
  );
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.changes], [7, ["create db", "conflict web REFUSED unknown-name"]]);
  const refused = plan.report.plan?.changes.find(({ key }) => key === "web")?.refused;
  assert.deepEqual(
    refused?.message.split("; ").map((each) => each.replace(/^integrations.yaml:3:\d+: /, "")),
    [
      "there is no project company-websit in the workspace",
      "several pipelines of company-website are called same",
      "no member of the workspace has the email person1139@example.com",
      "several members have the name Twin",
      "there is no group backnd in the workspace",
      "several groups are called both",
    ],
  );
  assert.deepEqual(refused?.hint?.split("; "), [
    "did you mean company-website, my-project?",
    "use the number of the one that is meant: 3 (same), 4 (same)",
    "did you mean person113@example.com, person119@example.com, person139@example.com, person103@example.com, person109@example.com?",
    "use the number of the one that is meant: 900 (Twin), 901 (Twin)",
    "did you mean backend, both?",
    "use the number of the one that is meant: 8 (both), 9 (both)",
  ]);
  const applied = await s.apply();
  assert.deepEqual([applied.exit, applied.outcomes], [7, ["done create db", "refused conflict web"]]);
});

test("an integration with an unresolved name is left unchanged, even if other fields changed", async (t) => {
  const s = await crowdedWorkspace(t);
  await s.writeIntegrations(webBlock("[{ id: 1 }]"));
  await s.apply();
  const before = s.emulator.stored();
  await s.writeIntegrations(
    webBlock("[{ id: 1 }]", "[{ name: Nobody, access_level: MANAGE }]").replace("name: web", "name: Renamed"),
  );
  for (const args of [[], ["--prune"]]) {
    const applied = await s.apply(args);
    assert.deepEqual([applied.exit, applied.changes], [7, ["conflict web REFUSED unknown-name"]]);
  }
  assert.deepEqual(s.emulator.stored(), before);
});

test("a pipeline that doesn't exist yet is a warning in the plan; in the apply its integration fails", async (t) => {
  const s = await crowdedWorkspace(t);
  await s.writeIntegrations(
    webBlock("[{ project: company-website, pipeline: tomorrow }]"),
    "db: { type: VULTR, name: Db, scope: WORKSPACE, token: $TOKEN }",
  );
  const plan = await s.plan();
  assert.equal(plan.exit, 0);
  assert.deepEqual(
    plan.report.plan?.warnings.filter(({ key }) => key === "web").map(({ code, path }) => [code, path]),
    [["pending-pipeline", "allowed_pipelines"]],
  );
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes], [5, ["done create db", "failed create web"]]);
  assert.equal(apply.report.outcomes?.[1]?.message, "it names a pipeline that doesn't exist: company-website/tomorrow");
});

test("numbers never need the extra scopes of the token; names say which one is missing", async (t) => {
  const s = await syncWorkbench(t);
  const env = { BUDDY_TOKEN: INTEGRATIONS_TOKEN };
  await s.writeIntegrations(
    webBlock("[{ id: 1 }]", "[{ id: 1, access_level: USE_ONLY }]", "[{ id: 1, access_level: USE_ONLY }]"),
  );
  assert.equal((await s.apply([], { env })).exit, 0);
  await s.writeIntegrations(
    webBlock("[{ project: company-website, pipeline: deploy }]", "[{ email: dev@example.com, access_level: MANAGE }]"),
  );
  const plan = await s.plan([], { env });
  assert.deepEqual([plan.exit, plan.codes], [4, ["api-forbidden", "api-forbidden"]]);
  const hints = plan.report.diagnostics.map(({ hint }) => hint).join("\n");
  assert.match(hints, /probably MEMBER_READ \(WORKSPACE before August 2026\),/);
  assert.match(hints, /probably PIPELINE_READ \(EXECUTION_INFO before August 2026\),/);
});
