import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { INTEGRATIONS_TOKEN } from "../../src/emulator/index.ts";
import { syncWorkbench, type SyncRun, type SyncWorkbench } from "../support/sync-workbench.ts";

const PROJECT = "scope: PROJECT, project_name: company-website";
const aws = (scope: string): string =>
  `aws: { type: AMAZON, name: AWS, ${scope}, auth_type: OIDC, audience: sts, role_assumptions: [{ arn: "arn:aws:iam::1:role/x" }] }`;
const other = (key: string): string => `${key}: { type: VULTR, name: ${key}, scope: WORKSPACE, token: $TOKEN }`;

const warnings = ({ report }: SyncRun): string[] =>
  (report.plan?.warnings ?? [])
    .filter(({ code }) => code !== "open-to-everyone")
    .map(({ code, key }) => `${code} ${key}`);

/** Every read of a project so far. */
const projectReads = (s: SyncWorkbench): string[] =>
  s.emulator.requests.map(({ path }) => path).filter((path) => path.startsWith("/workspaces/my-company/projects"));

/** An OIDC integration whose file moves it to another project. A project's Git link uses it. */
async function moving(t: TestContext): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(aws("scope: WORKSPACE"), other("b"));
  assert.equal((await s.apply()).exit, 0);
  linkedTo(s, s.stored("aws").hash_id);
  await s.writeIntegrations(aws(PROJECT), other("b"));
  s.requests();
  return s;
}

function linkedTo(s: SyncWorkbench, hashId: string): void {
  const body = JSON.stringify({ name: "company-website", display_name: "Website", integration: { hash_id: hashId } });
  s.emulator.addFault({ kind: "answer", status: 200, body, match: { pathPattern: "/projects/company-website$" } });
}

test("a replacement that breaks something outside pipelines gives a warning in every format, with what to do", async (t) => {
  const s = await moving(t);
  const hash = s.stored("aws").hash_id;
  const plan = await s.plan(["--allow-replace"]);
  assert.deepEqual([plan.exit, warnings(plan)], [0, ["breaks-git-link aws", "new-oidc-subject aws"]]);
  for (const format of ["text", "markdown", "github"]) {
    const { stdout } = await s.run(["sync", "--plan", "--allow-replace", "--format", format]);
    assert.match(stdout, /aws: gets a new OIDC subject/, format);
    assert.match(stdout, /update the trust policy with the new subject/, format);
    assert.ok(
      stdout.includes(`aws: the Git link of the project company-website uses ${hash}, which is replaced`),
      format,
    );
    assert.match(stdout, /choose the new integration in the project's settings/, format);
  }
  const applied = await s.apply(["--allow-replace"]);
  assert.deepEqual([applied.exit, warnings(applied)], [0, ["breaks-git-link aws", "new-oidc-subject aws"]]);
});

test("warnings aren't part of the plan's hash: a token that can't read projects gives the same hash", async (t) => {
  const s = await moving(t);
  const seeing = await s.plan(["--allow-replace"]);
  assert.deepEqual(projectReads(s), ["/workspaces/my-company/projects/company-website"]);
  s.emulator.clearFaults();
  const blind = await s.plan(["--allow-replace"], { env: { BUDDY_TOKEN: INTEGRATIONS_TOKEN } });
  assert.deepEqual([blind.exit, warnings(blind)], [0, ["new-oidc-subject aws"]]);
  assert.equal(blind.report.plan?.hash, seeing.report.plan?.hash);
});

test("a project that can't be read doesn't stop the plan", async (t) => {
  for (const fault of [
    { kind: "error", status: 401 },
    { kind: "error", status: 403 },
    { kind: "error", status: 404 },
    { kind: "error", status: 500 },
    { kind: "html" },
    { kind: "reset" },
    { kind: "answer", status: 200, body: '{"name":"company-website","integration":{"hash_id":"no hash"}}' },
  ] as const) {
    const s = await moving(t);
    s.emulator.clearFaults();
    s.emulator.addFault({ ...fault, match: { path: "/projects/" } });
    const applied = await s.apply(["--allow-replace"]);
    assert.deepEqual([applied.exit, applied.codes, warnings(applied)], [0, [], ["new-oidc-subject aws"]]);
  }
});

test("projects are read, each once, only if the plan removes an integration", async (t) => {
  const s = await moving(t);
  await s.writeIntegrations(
    aws("scope: WORKSPACE"),
    other("b"),
    other("c").replace("WORKSPACE", "PROJECT, project_name: company-website"),
  );
  await s.plan(["--prune"]);
  assert.deepEqual(projectReads(s), []);
  await s.writeIntegrations(other("b"), other("c").replace("WORKSPACE", "PROJECT, project_name: company-website"));
  const deletion = await s.plan(["--prune"]);
  assert.deepEqual(warnings(deletion), ["breaks-git-link aws"]);
  assert.deepEqual(projectReads(s), ["/workspaces/my-company/projects/company-website"]);
  await s.plan(["--prune", "--offline"]);
  assert.equal(projectReads(s).length, 1);
});

test("recreating an integration warns of its OIDC subject and its Git link", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(aws(PROJECT), other("b"));
  await s.apply();
  const hash = s.stored("aws").hash_id;
  await s.byHand("DELETE", `/integrations/${hash}`);
  linkedTo(s, hash);
  assert.deepEqual(warnings(await s.plan()), ["breaks-git-link aws", "new-oidc-subject aws"]);
});
