import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { READ_ONLY_TOKEN } from "../../src/emulator/default-seed.ts";
import { block, JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";
import type { CliOptions } from "../support/workbench.ts";

interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "error";
  readonly message: string;
  readonly next?: string;
}

/** The checks that aren't ok, in a few words each. */
async function complaints(bench: SyncWorkbench, given: CliOptions = {}): Promise<{ exit: number; found: string[] }> {
  bench.requests();
  const { exit, stdout } = await bench.run(["doctor", "--format", "json"], given);
  assert.deepEqual(
    bench.requests().filter((request) => !request.startsWith("GET ")),
    [],
  );
  const { checks }: { readonly checks: readonly Finding[] } = JSON.parse(stdout);
  for (const { status, next } of checks) assert.equal(next === undefined || next === "", status === "ok");
  return {
    exit,
    found: checks
      .filter(({ status }) => status !== "ok")
      .map((each) => `${each.status} ${each.check}: ${each.message}`),
  };
}

async function applied(bench: SyncWorkbench): Promise<void> {
  await bench.writeIntegrations(block("web"));
  assert.equal((await bench.apply()).exit, 0);
}

test("doctor reports success when everything is right, and names what it checked", async (t) => {
  const bench = await syncWorkbench(t);
  await applied(bench);
  const { exit, stdout, stderr } = await bench.run(["doctor"]);
  assert.equal(exit, 0, stderr);
  assert.match(stdout, /^ok {7}versions {6}buddy-integrations \S+, Node\.js \S+$/m);
  assert.match(stdout, /^ok {7}token {9}the token may read, create, change and delete integrations$/m);
  assert.match(stdout, /^ok {7}integrations {2}1 managed, 0 unmanaged in the workspace and 2 projects$/m);
  assert.match(stderr, /^\d+ checks: \d+ ok$/m);
});

test("doctor reports success after an export", async (t) => {
  const bench = await syncWorkbench(t);
  const body = { type: "VULTR", name: "Web", identifier: "web", scope: "WORKSPACE", token: "theirs" };
  await bench.byHand("POST", "/integrations", body);
  await bench.run(["export"]);
  assert.deepEqual(await complaints(bench, { env: { BUDDY_INTEGRATIONS_KEY: undefined } }), { exit: 0, found: [] });
});

test("doctor reports each thing that is wrong, with what to do", async (t) => {
  const bench = await syncWorkbench(t);
  assert.deepEqual(await complaints(bench), { exit: 3, found: ["error file: there is no integrations.yaml"] });
  await bench.write("integrations.yaml", "version: 1\nintegrations:\n  web: { type: VULTR }\n");
  assert.match((await complaints(bench)).found.join(), /error file: integrations\.yaml has \d errors?/);
  await bench.writeIntegrations(block("web"));
  assert.deepEqual(await complaints(bench, { env: { BUDDY_INTEGRATIONS_KEY: undefined } }), {
    exit: 0,
    found: [
      "warning lockfile: there is no integrations.lock.yaml yet",
      "warning key: BUDDY_INTEGRATIONS_KEY isn't set, so a rotated secret isn't noticed",
    ],
  });
  await applied(bench);
  await bench.write(JOURNAL, "garbage\n");
  assert.deepEqual((await complaints(bench)).found, [
    `warning journal: ${JOURNAL} holds what an interrupted apply did`,
  ]);
  await bench.write(JOURNAL, "");
  await bench.write(LOCKFILE, "lockfile_version: 2\nworkspaces: [\n");
  assert.equal((await complaints(bench)).exit, 3);
});

test("doctor says what is wrong with the token and the workspace, with the exit code of a plan", async (t) => {
  const bench = await syncWorkbench(t);
  await applied(bench);
  assert.match(
    (await complaints(bench, { env: { BUDDY_TOKEN: undefined } })).found.join(),
    /error token: BUDDY_TOKEN is not set/,
  );
  const wrong = await complaints(bench, { env: { BUDDY_TOKEN: "wrong" } });
  assert.equal(wrong.exit, 4);
  assert.match(wrong.found.join(), /error token: .*error api: /);
  assert.match((await complaints(bench, { env: { BUDDY_TOKEN: READ_ONLY_TOKEN } })).found.join(), /^$/);
  const elsewhere = await complaints(bench, { env: { BUDDY_WORKSPACE: "elsewhere" } });
  assert.equal(elsewhere.exit, 5);
  assert.match(
    (await complaints(bench, { env: { BUDDY_WORKSPACE: undefined } })).found.join(),
    /error workspace: no workspace is named/,
  );
});

test("doctor finds integrations that are gone or exist twice", async (t) => {
  const bench = await syncWorkbench(t);
  await applied(bench);
  await bench.byHand("DELETE", `/integrations/${bench.stored("web").hash_id}`);
  const body = { type: "VULTR", name: "Web", identifier: "twin", scope: "WORKSPACE", token: "theirs" };
  for (let count = 0; count < 2; count++) await bench.byHand("POST", "/integrations", body);
  const { exit, found } = await complaints(bench);
  assert.equal(exit, 0);
  assert.match(
    found.join("\n"),
    /^warning integrations: 1 locked integration can't be found: web\nwarning duplicates: 2 integrations of the type VULTR have the identifier twin: \w+, \w+$/,
  );
});

test("doctor says who holds the run lock, and whether that run has died", async (t) => {
  const bench = await syncWorkbench(t);
  await applied(bench);
  const lock = `${LOCKFILE}.lock`;
  await bench.write(lock, `${JSON.stringify({ pid: 4711, hostname: hostname(), run: "ab" })}\n`);
  const alive = await complaints(bench, { io: { isAlive: () => true } });
  assert.match(alive.found.join(), /^warning run lock: process 4711 on \S+ holds \S+: an apply is running here$/);
  const dead = await complaints(bench, { io: { isAlive: () => false } });
  assert.match(dead.found.join(), /^warning run lock: \S+ was left by process 4711 on \S+, which has ended$/);
  assert.equal(dead.exit, 0);
  const { stdout } = await bench.run(["doctor"], { io: { isAlive: () => false } });
  assert.match(stdout, /warning {2}run lock .*\n\s+Next: buddy-integrations apply, which replaces it\n/);
  await rm(join(bench.dir, lock));
  await mkdir(join(bench.dir, lock));
  const inTheWay = await complaints(bench);
  assert.deepEqual(
    [inTheWay.exit, inTheWay.found],
    [3, [`error run lock: ${lock} isn't a file, so the lock can't be created`]],
  );
});

test("doctor counts the references of pipelines, and those that are broken", async (t) => {
  const bench = await syncWorkbench(t);
  await applied(bench);
  const pipeline = (...hashes: readonly string[]): string =>
    [
      '- pipeline: "Deploy"',
      "  actions:",
      ...hashes.map((hash) => `  - { action: "a", integration_hash: "${hash}" }`),
    ].join("\n");
  const message = async (given: CliOptions = {}): Promise<string> => {
    const { stdout } = await bench.run(["doctor", "--format", "json"], given);
    const { checks }: { readonly checks: readonly Finding[] } = JSON.parse(stdout);
    const { status, message: text, next = "" } = checks.find(({ check }) => check === "pipelines") ?? {};
    return `${status}: ${text} ${next}`.trim();
  };
  assert.equal(await message(), "ok: there are no pipeline files here");
  const { hash_id: known } = bench.stored("web");
  await bench.write("buddy.yml", pipeline(known, known));
  assert.equal(await message(), "ok: 1 pipeline file with 2 references to integrations, all known");
  await bench.write("buddy.yml", pipeline(known, "5e391f5aae784b7208de0d0a", "web"));
  const next = "buddy-integrations refs --check, which shows where and what to do";
  assert.equal(await message(), `warning: 1 pipeline file with 3 references to integrations, 2 broken ${next}`);
  // Without a token the hash can't be looked up, so it is a warning and not an error.
  await bench.write("buddy.yml", pipeline("5e391f5aae784b7208de0d0a"));
  assert.equal(
    await message({ env: { BUDDY_TOKEN: undefined } }),
    `warning: 1 pipeline file with 1 reference to integrations, 1 to look at ${next}`,
  );
});
