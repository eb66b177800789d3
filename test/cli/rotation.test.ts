import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { workbench, type CliResult, type Workbench } from "../support/workbench.ts";

const KEY = "ab".repeat(32);
const OTHER_KEY = Buffer.from("another key of 32 bytes or more!!").toString("base64");
const FILE = `version: 1
defaults: { scope: WORKSPACE }
integrations:
  aws:
    type: AMAZON
    name: AWS
    audience: $AWS_AUDIENCE
    access_key: $AWS_ACCESS
    secret_key: $AWS_SECRET
    role_assumptions: [{ arn: "arn:aws:iam::1:role/r", external_id: $AWS_EXTERNAL }]
  azure: { type: AZURE_CLOUD, name: Azure, app_id: $AZURE_APP, tenant_id: a-tenant, password: $AZURE_PASSWORD }
  docker: { type: DOCKER_HUB, name: Docker, username: a-user, password: $DOCKER_PASSWORD }
`;
const VALUES: Readonly<Record<string, string>> = {
  AWS_AUDIENCE: "the audience of AWS",
  AWS_ACCESS: "first access key",
  AWS_SECRET: "first secret key",
  AWS_EXTERNAL: "first external id",
  AZURE_APP: "first application",
  AZURE_PASSWORD: "first password",
  DOCKER_PASSWORD: "first docker password",
};
const NONE = Object.fromEntries(Object.keys(VALUES).map((name) => [name, undefined]));

interface Rotation extends Workbench {
  sync(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<CliResult>;
  /** The writes since the last call, as method and key. */
  writes(): string[];
}

async function appliedBench(t: TestContext, key: string | null = KEY): Promise<Rotation> {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", FILE);
  const keyed = key === null ? {} : { BUDDY_INTEGRATIONS_KEY: key };
  const sync: Rotation["sync"] = (args, env = {}) =>
    bench.run(["sync", ...args], { env: { ...VALUES, ...keyed, ...env } });
  const first = await sync(["--apply"]);
  assert.equal(first.exit, 0, first.stderr);
  bench.requests();
  const writes = (): string[] => {
    const keys = new Map(bench.emulator.stored().map(({ hash_id, identifier }) => [hash_id, identifier]));
    return bench.requests().flatMap((request) => {
      const [method = "", path = ""] = request.split(" ");
      return method === "GET" ? [] : [`${method} ${keys.get(path.split("/").at(-1) ?? "") ?? path}`];
    });
  };
  return { ...bench, sync, writes };
}

function storedField(bench: Workbench, key: string, field: string): unknown {
  const found = bench.emulator.stored().find(({ identifier }) => identifier === key);
  return found === undefined ? undefined : new Map<string, unknown>(Object.entries(found)).get(field);
}

test("a changed secret is planned as rotated, sent for exactly its integration, and then nothing is left to do", async (t) => {
  const bench = await appliedBench(t);
  const env = { DOCKER_PASSWORD: "second docker password" };
  const plan = await bench.sync(["--plan"], env);
  assert.match(plan.stdout, /update +docker/);
  assert.match(plan.stdout, /password  .*\(rotated/);
  assert.match(plan.stdout, /Plan: 1 to update; 2 unchanged\./);

  const apply = await bench.sync(["--apply"], env);
  assert.equal(apply.exit, 0, apply.stderr);
  assert.deepEqual(bench.writes(), ["PATCH docker"]);
  assert.equal((await bench.sync(["--plan", "--detailed-exitcode"], env)).exit, 0);
  assert.match((await bench.sync(["--plan"], env)).stdout, /Plan: nothing to do; 3 unchanged\./);
});

test("one rotated credential of AMAZON sends the whole set", async (t) => {
  const bench = await appliedBench(t);
  const env = { AWS_EXTERNAL: "second external id" };
  const { stdout } = await bench.sync(["--plan"], env);
  assert.match(stdout, /role_assumptions  \(rotated/);
  assert.match(stdout, /sent along unchanged: access_key, name, secret_key/);
  assert.equal((await bench.sync(["--apply"], env)).exit, 0);
  assert.deepEqual(bench.writes(), ["PATCH aws"]);
  assert.match((await bench.sync(["--plan"], env)).stdout, /nothing to do/);
});

test("a reference in a plain field rotates too, has a fingerprint, and is never shown; a literal stays readable", async (t) => {
  const bench = await appliedBench(t);
  const lock = (await bench.read("integrations.lock.yaml")) ?? "";
  assert.match(lock, /tenant_id: a-tenant/);
  assert.match(lock, /app_id:\n +fingerprint: hmac-sha256:[0-9a-f]{8}:[\w-]{43}\n/);
  for (const value of Object.values(VALUES)) assert.ok(!lock.includes(value), value);
  const env = { AWS_AUDIENCE: "another audience", AZURE_APP: "second application" };
  const { stdout } = await bench.sync(["--plan"], env);
  assert.match(stdout, /Plan: 2 to update; 1 unchanged\./);
  assert.doesNotMatch(stdout, /application"|the audience of AWS|another audience/);
  assert.equal((await bench.sync(["--apply"], env)).exit, 0);
  assert.deepEqual(bench.writes().toSorted(), ["PATCH aws", "PATCH azure"]);
  // A literal in place of the reference must not reveal the old value.
  await bench.write("integrations.yaml", FILE.replace("$AZURE_APP", "a-literal").replace("$AWS_AUDIENCE", "Literal"));
  assert.doesNotMatch((await bench.sync(["--plan"], env)).stdout, /second application|another audience/);
  await bench.write("integrations.yaml", "version: 1\nintegrations: {}\n");
  assert.doesNotMatch((await bench.sync(["--plan"], env)).stdout, /another audience/);
});

test("a pull request without secrets gets a full plan, and the merge computes the same hash with them", async (t) => {
  const bench = await appliedBench(t);
  await bench.write("integrations.yaml", FILE.replace("name: Docker", "name: Docker Hub"));
  const hashOf = ({ stdout }: CliResult): string | undefined => /v2:sha256:[0-9a-f]{64}/.exec(stdout)?.[0];
  const without = await bench.sync(["--plan"], { ...NONE, BUDDY_INTEGRATIONS_KEY: undefined });
  assert.equal(without.exit, 0, without.stderr);
  assert.match(without.stdout, /name  "Docker" → "Docker Hub"/);
  assert.match(without.stdout, /Plan: 1 to update; 2 unchanged; 7 values not compared\./);
  assert.doesNotMatch(without.stderr, /BUDDY_INTEGRATIONS_KEY/);

  const rotated = { AWS_SECRET: "second secret key", AZURE_APP: "second application" };
  const hash = hashOf(without);
  assert.ok(hash !== undefined);
  assert.equal(hashOf(await bench.sync(["--plan"])), hash);
  assert.equal(hashOf(await bench.sync(["--plan"], rotated)), hash);
  const apply = await bench.sync(["--apply", "--expect", hash], rotated);
  assert.equal(apply.exit, 0, apply.stderr);
  assert.deepEqual(bench.writes().toSorted(), ["PATCH aws", "PATCH azure", "PATCH docker"]);
});

test("a refusal that only values show doesn't change the hash", async (t) => {
  const bench = await appliedBench(t);
  await bench.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
  const env = { AZURE_APP: "another application" };
  const [without, withSecrets] = [await bench.sync(["--plan"], NONE), await bench.sync(["--plan"], env)];
  assert.deepEqual([without.exit, withSecrets.exit], [0, 7]);
  assert.equal(/sha256:\w+/.exec(without.stdout)?.[0], /sha256:\w+/.exec(withSecrets.stdout)?.[0]);
});

test("a fingerprint made with another key counts as unknown, not as a change, until --resend updates it", async (t) => {
  const bench = await appliedBench(t);
  const env = { BUDDY_INTEGRATIONS_KEY: OTHER_KEY };
  assert.match((await bench.sync(["--plan"], env)).stdout, /Plan: nothing to do; 3 unchanged; 5 values not compared\./);
  assert.equal((await bench.sync(["--apply", "--resend", "*"], env)).exit, 0);
  assert.deepEqual(bench.writes().toSorted(), ["PATCH aws", "PATCH azure", "PATCH docker"]);
  assert.match((await bench.sync(["--plan"], env)).stdout, /Plan: nothing to do; 3 unchanged\./);
  const rotated = await bench.sync(["--plan"], { ...env, DOCKER_PASSWORD: "second docker password" });
  assert.match(rotated.stdout, /\(rotated/);
});

test("without a key, one message says that rotation isn't noticed, and lifecycle.rotate resends values", async (t) => {
  const bench = await appliedBench(t, null);
  assert.match((await bench.read("integrations.lock.yaml")) ?? "", /fingerprint: null/);
  const env = { DOCKER_PASSWORD: "second docker password" };
  const { stdout, stderr } = await bench.sync(["--plan"], env);
  assert.match(stdout, /nothing to do/);
  assert.equal(stderr.split("BUDDY_INTEGRATIONS_KEY").length, 2);
  assert.doesNotMatch((await bench.sync(["--plan", "--quiet"], env)).stderr, /BUDDY_INTEGRATIONS_KEY/);

  const counted = (count: number): string =>
    FILE.replace("username: a-user", `lifecycle: { rotate: ${count} }, username: a-user`);
  for (const count of [1, 2]) {
    await bench.write("integrations.yaml", counted(count));
    assert.match((await bench.sync(["--plan"], env)).stdout, /password  .*\(sent again/);
    assert.equal((await bench.sync(["--apply"], env)).exit, 0);
    assert.deepEqual(bench.writes(), ["PATCH docker"]);
    assert.match((await bench.sync(["--plan"], env)).stdout, /nothing to do/);
  }
  assert.equal(storedField(bench, "docker", "password"), "second docker password");
});

test("a key that can't be used is an error that says how to make one, and doesn't show it", async (t) => {
  const bench = await appliedBench(t);
  for (const [key, message] of [
    ["", "BUDDY_INTEGRATIONS_KEY is set, but empty"],
    ["ab".repeat(31), "BUDDY_INTEGRATIONS_KEY has 31 bytes; it needs at least 32"],
    [Buffer.alloc(20, "k").toString("base64"), "BUDDY_INTEGRATIONS_KEY has 20 bytes; it needs at least 32"],
    ["not a key at all, but a sentence", "BUDDY_INTEGRATIONS_KEY is neither hex nor base64"],
  ] as const) {
    const { exit, stderr } = await bench.sync(["--plan"], { BUDDY_INTEGRATIONS_KEY: key });
    assert.equal(exit, 3);
    assert.ok(stderr.includes(message), stderr);
    assert.match(stderr, /openssl rand -base64 32/);
    assert.ok(key === "" || !stderr.includes(key));
  }
});
