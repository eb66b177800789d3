import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Fault } from "../../src/emulator/index.ts";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncRun, type SyncWorkbench } from "../support/sync-workbench.ts";

const FORMER = { A: "former-value-of-a", B: "value-of-b", PASSWORD: "former-password" };
const ROTATED = { ...FORMER, A: "rotated-value-of-a" };

/** Two references and a literal, in fields that the API never returns. */
const write = (s: SyncWorkbench, variable: "A" | "B", username: string): Promise<void> =>
  s.writeIntegrations(
    block("rotated", { token: "$A" }),
    block("edited", { token: `$${variable}` }),
    `literal: { type: UPCLOUD, name: literal, scope: WORKSPACE, username: ${username}, password: $PASSWORD }`,
  );
const before = (s: SyncWorkbench): Promise<void> => write(s, "A", "me");
const after = (s: SyncWorkbench): Promise<void> => write(s, "B", "you");

/** Applies the former state, and then the new one, whose updates take effect, while each response is lost. @param next what further attempts meet */
async function withLostUpdates(t: TestContext, fault: Fault, next?: Fault): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await before(s);
  assert.equal((await s.apply([], { env: FORMER })).exit, 0);
  await after(s);
  assert.equal((await s.plan(["--out", "plan.json"], { env: FORMER })).exit, 0);
  if (next === undefined) s.emulator.addFault({ ...fault, match: { method: "PATCH" } });
  else {
    for (const { hash_id: hash } of s.emulator.stored())
      s.emulator.addFault({ ...fault, match: { method: "PATCH", path: hash }, times: 1 });
    s.emulator.addFault({ ...next, match: { method: "PATCH" } });
  }
  const lost = await s.apply([], { env: ROTATED });
  assert.deepEqual(lost.outcomes, ["failed update edited", "failed update literal", "failed update rotated"]);
  s.emulator.clearFaults();
  return s;
}

function liveValues(s: SyncWorkbench): unknown[] {
  return [s.stored("rotated")["token"], s.stored("edited")["token"], s.stored("literal")["username"]];
}

async function assertDone(s: SyncWorkbench, ran: SyncRun, env: typeof FORMER): Promise<void> {
  assert.equal(ran.exit, 0, ran.stderr);
  const next = await s.plan([], { env });
  assert.deepEqual([next.exit, next.changes], [0, []]);
}

const LOST: readonly Fault[] = [
  { kind: "reset", when: "after" },
  { kind: "error", when: "after" },
  { kind: "truncate" },
  { kind: "html", when: "after" },
];

for (const fault of LOST) {
  test(`after updates whose responses were lost (${fault.kind}), a plan of the former state puts it back`, async (t) => {
    const s = await withLostUpdates(t, fault);
    assert.deepEqual(liveValues(s), [ROTATED.A, FORMER.B, "you"]);
    await before(s);
    const back = await s.apply([], { env: FORMER });
    assert.deepEqual(liveValues(s), [FORMER.A, FORMER.A, "me"]);
    await assertDone(s, back, FORMER);
  });
}

test("after lost updates whose second attempt was refused, a plan of the former state puts it back", async (t) => {
  const refused: Fault = { kind: "reject", status: 403, message: "Access denied" };
  const s = await withLostUpdates(t, { kind: "reset", when: "after" }, refused);
  assert.deepEqual(liveValues(s), [ROTATED.A, FORMER.B, "you"]);
  await before(s);
  const back = await s.apply([], { env: FORMER });
  assert.deepEqual(liveValues(s), [FORMER.A, FORMER.A, "me"]);
  await assertDone(s, back, FORMER);
});

test("an apply of the same state sends it again, also what was reviewed before the responses were lost", async (t) => {
  const s = await withLostUpdates(t, { kind: "reset", when: "after" });
  const again = await s.apply(["--expect", "plan.json"], { env: ROTATED });
  assert.deepEqual(again.outcomes, ["done update edited", "done update literal", "done update rotated"]);
  await assertDone(s, again, ROTATED);
});

test("without a key for fingerprints, another variable and another literal are put back too", async (t) => {
  const s = await syncWorkbench(t);
  const keyless = { BUDDY_INTEGRATIONS_KEY: undefined };
  await before(s);
  assert.equal((await s.apply([], { env: { ...FORMER, ...keyless } })).exit, 0);
  await after(s);
  s.emulator.addFault({ kind: "reset", when: "after", match: { method: "PATCH" } });
  assert.equal((await s.apply([], { env: { ...FORMER, ...keyless } })).exit, 5);
  s.emulator.clearFaults();
  await before(s);
  assert.equal((await s.apply([], { env: { ...FORMER, ...keyless } })).exit, 0);
  assert.deepEqual(liveValues(s), [FORMER.A, FORMER.A, "me"]);
});

test("after updates that the server refused, the lockfile is as it was, and the former state has nothing to do", async (t) => {
  const s = await syncWorkbench(t);
  await before(s);
  assert.equal((await s.apply([], { env: FORMER })).exit, 0);
  const lockfile = await s.read(LOCKFILE);
  await after(s);
  s.emulator.addFault({ kind: "reject", message: "Not now", match: { method: "PATCH" } });
  assert.equal((await s.apply([], { env: ROTATED })).exit, 5);
  assert.equal(await s.read(LOCKFILE), lockfile);
  await before(s);
  assert.deepEqual((await s.plan([], { env: FORMER })).changes, []);
});

test("after an update whose response was lost, the next step is to commit the lockfile and to apply again", async (t) => {
  const s = await syncWorkbench(t);
  await before(s);
  await s.apply([], { env: FORMER });
  await after(s);
  s.emulator.addFault({ kind: "reset", when: "after", match: { method: "PATCH" } });
  const lost = await s.run(["apply", "--yes"], { env: ROTATED });
  assert.match(lost.stderr, /Next: commit integrations\.lock\.yaml, correct what failed, then apply again/);
});

test("a plan doesn't say that a value was never sent if the response to sending it was lost", async (t) => {
  const s = await withLostUpdates(t, { kind: "reset", when: "after" });
  const { stdout } = await s.run(["plan"], { env: ROTATED });
  assert.match(stdout, /username {2}"you" {2}\(not known to be sent\)/);
});

test("after a lost update that sent the first roles of an AWS integration, keys aren't sent without roles", async (t) => {
  const s = await syncWorkbench(t);
  const aws = (secret: string, roles = ""): string =>
    `aws: { type: AMAZON, name: aws, scope: WORKSPACE, access_key: $ID, secret_key: ${secret}${roles} }`;
  const env = { ID: "id-of-the-key", KEY_A: "first-secret-key", KEY_B: "second-secret-key" };
  await s.writeIntegrations(aws("$KEY_A"));
  assert.equal((await s.apply([], { env })).exit, 0);
  await s.writeIntegrations(aws("$KEY_A", ', role_assumptions: [{ arn: "arn:aws:iam::123456789012:role/deploy" }]'));
  s.emulator.addFault({ kind: "reset", when: "after", match: { method: "PATCH" } });
  assert.equal((await s.apply([], { env })).exit, 5);
  s.emulator.clearFaults();
  const { role_assumptions: roles } = s.stored("aws");
  assert.ok(Array.isArray(roles) && roles.length === 1);
  await s.writeIntegrations(aws("$KEY_B"));
  const next = await s.apply([], { env });
  assert.deepEqual([next.exit, next.changes], [7, ["update aws secret_key:edited REFUSED roles-unseen"]]);
  assert.deepEqual(s.stored("aws")["role_assumptions"], roles);
});
