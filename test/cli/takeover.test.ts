import assert from "node:assert/strict";
import { test } from "node:test";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncRun, type SyncWorkbench } from "../support/sync-workbench.ts";

const ROLES = [{ arn: "arn:aws:iam::1:role/deploy" }];
const WORKSPACE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  aws: { type: "AMAZON", access_key: "web-page-key", secret_key: "web-page-secret", role_assumptions: ROLES },
  docker: { type: "DOCKER_HUB", username: "web-page-user", password: "web-page-password" },
  relic: { type: "NEW_RELIC", token: "web-page-token", region: "EU" },
};
const FILE = [
  block("aws", { type: "AMAZON", access_key: "$AWS_KEY", secret_key: "$AWS_SECRET" }).replace(", token: $TOKEN", ""),
  block("docker", { type: "DOCKER_HUB", username: "$DOCKER_USER", password: "$DOCKER_PASSWORD" }).replace(
    ", token: $TOKEN",
    "",
  ),
  block("relic", { type: "NEW_RELIC", token: "$RELIC_TOKEN", region: "EU" }),
];
const VALUES = {
  AWS_KEY: "here-key",
  AWS_SECRET: "here-secret",
  DOCKER_USER: "here-user",
  DOCKER_PASSWORD: "here-password",
  RELIC_TOKEN: "here-token",
};

/** A workspace that was filled in the web page, and a file with all its integrations. */
async function existingWorkspace(t: Parameters<typeof syncWorkbench>[0]): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  for (const [identifier, fields] of Object.entries(WORKSPACE)) {
    await s.byHand("POST", "/integrations", { name: identifier, identifier, scope: "WORKSPACE", ...fields });
  }
  await s.writeIntegrations(...FILE);
  return s;
}

const announced = ({ report }: SyncRun): string[] =>
  (report.plan?.unsent ?? []).map(({ key, path, variable }) => `${key}.${path} ← ${variable}`);

/** The fields of each integration that changed since the start. */
function changedFields(s: SyncWorkbench): string[] {
  return Object.entries(WORKSPACE).flatMap(([identifier, fields]) => {
    const now = s.stored(identifier);
    return Object.entries(fields).flatMap(([name, before]) =>
      JSON.stringify(now[name]) === JSON.stringify(before) ? [] : [`${identifier}.${name}`],
    );
  });
}

test("a workspace is adopted with all values: exactly the announced values are sent, and no AWS role is lost", async (t) => {
  const s = await existingWorkspace(t);
  const plan = await s.plan(["--out", "plan.json"]);
  assert.deepEqual(announced(plan), [
    "aws.access_key ← AWS_KEY",
    "aws.secret_key ← AWS_SECRET",
    "docker.password ← DOCKER_PASSWORD",
    "docker.username ← DOCKER_USER",
    "relic.token ← RELIC_TOKEN",
  ]);
  const apply = await s.apply(["--expect", "plan.json"], { env: VALUES });
  assert.deepEqual(
    [apply.exit, apply.outcomes.filter((outcome) => !outcome.startsWith("done adopt"))],
    [7, ["refused update aws", "done update docker", "done update relic"]],
  );
  // The API doesn't return the region either, so the first apply sends it.
  assert.deepEqual(changedFields(s), ["docker.username", "docker.password", "relic.token"]);
  assert.deepEqual(s.stored("aws")["role_assumptions"], ROLES);
  const again = await s.plan([], { env: VALUES });
  assert.deepEqual(again.changes, ["update aws access_key:never-sent secret_key:never-sent REFUSED roles-unseen"]);
});

test("with --assume-sent nothing is sent, and then there is nothing to do", async (t) => {
  const s = await existingWorkspace(t);
  assert.equal((await s.apply([])).exit, 0);
  s.requests();
  const assumed = await s.apply(["--assume-sent"], { env: VALUES });
  assert.deepEqual(
    [assumed.exit, assumed.outcomes],
    [0, ["done record aws", "done record docker", "done record relic"]],
  );
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
  assert.deepEqual(changedFields(s), []);
  assert.match((await s.read(LOCKFILE)) ?? "", /password:\n +assumed: true\n +fingerprint: hmac-sha256:/);
  assert.deepEqual((await s.plan([], { env: VALUES })).changes, []);
  // From now on, a rotation is noticed.
  const rotated = await s.plan([], { env: { ...VALUES, RELIC_TOKEN: "another" } });
  assert.deepEqual(rotated.changes, ["update relic token:rotated"]);
});

test("--assume-sent with a key or a glob affects only these keys, and applies no other part of the plan", async (t) => {
  const s = await existingWorkspace(t);
  await s.apply([]);
  await s.writeIntegrations(...FILE.map((line) => line.replace("name: docker", "name: Renamed")), block("web"));
  const assumed = await s.apply(["--assume-sent", "d*"], { env: VALUES });
  assert.deepEqual(assumed.outcomes, ["done record docker"]);
  assert.deepEqual([s.stored("docker").name, s.emulator.stored().length], ["docker", 3]);
  assert.equal((await s.apply(["--assume-sent", "relik"], { env: VALUES })).codes[0], "no-match");
  // The plan's hash includes the flag and not what it records, so a plan without values has the same hash.
  const blind = await s.plan(["--assume-sent", "relic", "--out", "plan.json"]);
  assert.deepEqual(blind.changes, []);
  assert.equal((await s.apply(["--assume-sent", "--expect", "plan.json"], { env: VALUES })).exit, 6);
  const expected = await s.apply(["--assume-sent", "relic", "--expect", "plan.json"], { env: VALUES });
  assert.deepEqual([expected.exit, expected.outcomes], [0, ["done record relic"]]);
});

test("a value that differs from the one that was sent is assumed only for an exact key", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"));
  await s.apply();
  const env = { TOKEN: "another" };
  assert.deepEqual((await s.apply(["--assume-sent"], { env })).outcomes, []);
  assert.deepEqual((await s.apply(["--assume-sent", "w*"], { env })).outcomes, []);
  assert.deepEqual((await s.apply(["--assume-sent", "web"], { env })).outcomes, ["done record web"]);
  assert.deepEqual((await s.plan([], { env })).changes, []);
});

test("without a fingerprint key, --assume-sent records that values were sent, whether they are set or not; with one, it adds fingerprints", async (t) => {
  const s = await existingWorkspace(t);
  const noKey = { BUDDY_INTEGRATIONS_KEY: undefined };
  await s.apply([], { env: noKey });
  await s.apply(["--assume-sent", "relic"], { env: noKey });
  assert.match((await s.read(LOCKFILE)) ?? "", /token:\n +assumed: true\n +fingerprint: null\n/);
  assert.deepEqual(
    announced(await s.plan()).filter((value) => value.startsWith("relic")),
    [],
  );
  await s.apply(["--assume-sent", "relic"], { env: VALUES });
  assert.match((await s.read(LOCKFILE)) ?? "", /token:\n +assumed: true\n +fingerprint: hmac-sha256:/);
});

test("once the file names the roles of AWS keys, a first apply with values and a later one without agree", async (t) => {
  const s = await existingWorkspace(t);
  await s.apply([]);
  await s.writeIntegrations(
    ...FILE.map((line) => line.replace("access_key", `role_assumptions: ${JSON.stringify(ROLES)}, access_key`)),
  );
  const apply = await s.apply([], { env: VALUES });
  assert.equal(apply.exit, 0);
  assert.deepEqual(s.stored("aws")["role_assumptions"], ROLES);
  assert.equal(s.stored("aws")["access_key"], VALUES.AWS_KEY);
  assert.deepEqual((await s.plan([], { env: VALUES })).changes, []);
});
