import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block, JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { gitRepository, NO_GIT, REAL_GIT } from "../support/git.ts";
import { effort, sampleOf } from "../support/effort.ts";
import { runProgram, type ProgramResult } from "../support/kill/program.ts";
import type { SystemFaults } from "../support/kill/system-faults.ts";
import { seededRandom, testSeed } from "../support/random.ts";
import { syncWorkbench, TEST_VALUES, type SyncRun, type SyncWorkbench } from "../support/sync-workbench.ts";

const FORMER = { A: "former-value-of-a", B: "value-of-b", PASSWORD: "former-password" };
const ROTATED = { ...FORMER, A: "rotated-value-of-a" };
const seed = testSeed();
/** The run lock of the killed run is that of a dead process. */
const LATER = { env: FORMER, io: { isAlive: () => false } };

/** Two references and a literal, in fields that the API never returns. */
const write = (s: SyncWorkbench, variable: "A" | "B", username: string, name = "edited"): Promise<void> =>
  s.writeIntegrations(
    block("rotated", { token: "$A" }),
    block(name, { name: "edited", identifier: "edited", token: `$${variable}` }),
    `literal: { type: UPCLOUD, name: literal, scope: WORKSPACE, username: ${username}, password: $PASSWORD }`,
  );
const before = (s: SyncWorkbench): Promise<void> => write(s, "A", "me");
const after = (s: SyncWorkbench): Promise<void> => write(s, "B", "you");

const ALL_UPDATES = [
  "update edited token:rotated",
  "update literal username:never-sent",
  "update rotated token:rotated",
];
const PUT_BACK = [FORMER.A, FORMER.A, "me"];
const SENT = [ROTATED.A, FORMER.B, "you"];

function liveValues(s: SyncWorkbench): unknown[] {
  return [s.stored("rotated")["token"], s.stored("edited")["token"], s.stored("literal")["username"]];
}

/** A workbench with the former state on the server, and the new one in the file. */
async function readyToUpdate(t: TestContext): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t);
  await gitRepository(s.dir);
  await before(s);
  assert.equal((await s.apply([], { env: FORMER })).exit, 0);
  await after(s);
  return s;
}

function program(
  s: SyncWorkbench,
  faults: SystemFaults,
  env: Readonly<Record<string, string>>,
): Promise<ProgramResult> {
  const { url, token, workspace } = s.emulator;
  return runProgram(["apply", "--yes"], {
    cwd: s.dir,
    env: { BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace, ...TEST_VALUES, ...env },
    faults,
  });
}

/** @param done how many files are renamed first: the run lock, the journal and the lockfile */
function killAtRename(done: number): SystemFaults {
  return { fail: [{ operation: "rename", path: LOCKFILE, code: "EIO", kill: true, after: done }] };
}

/** After all updates, before the lockfile is replaced. */
const AFTER_ALL = killAtRename(0);

async function killed(s: SyncWorkbench, faults = AFTER_ALL, env = ROTATED): Promise<void> {
  const ended = await program(s, faults, env);
  assert.equal(ended.signal, "SIGKILL", ended.stderr);
}

async function withKilledUpdates(t: TestContext): Promise<SyncWorkbench> {
  const s = await readyToUpdate(t);
  await killed(s);
  assert.deepEqual(liveValues(s), SENT);
  return s;
}

async function assertDone(s: SyncWorkbench, ran: SyncRun, env = FORMER): Promise<void> {
  assert.equal(ran.exit, 0, ran.stderr);
  assert.equal(await s.read(JOURNAL), undefined);
  const next = await s.plan([], { ...LATER, env });
  assert.deepEqual([next.exit, next.changes, next.codes], [0, [], []]);
}

test("after an apply that was killed at any boundary of its updates, an apply of the former state puts it back", async (t) => {
  const first = await readyToUpdate(t);
  const log = join(first.dir, "boundaries");
  assert.equal((await program(first, { log }, ROTATED)).exit, 0);
  const labels = ((await first.read("boundaries")) ?? "").trimEnd().split("\n");
  const patches = labels.flatMap((label, index) => (label.includes("PATCH") ? [index + 1] : []));
  assert.ok(patches.length >= 6, labels.join("\n"));
  const last = Math.max(...patches);
  const lockfileWritten = labels.findIndex((label, index) => index >= last && label.includes(LOCKFILE)) + 1;
  for (const killAt of [...sampleOf(patches), last, lockfileWritten, labels.length]) {
    const s = await readyToUpdate(t);
    await killed(s, { killAt });
    const label = labels[killAt - 1] ?? "";
    await before(s);
    assert.equal((await s.apply([], LATER)).exit, 0, label);
    assert.deepEqual(liveValues(s), PUT_BACK, label);
    assert.equal(await s.read(JOURNAL), undefined, label);
    assert.deepEqual((await s.plan([], LATER)).changes, [], label);
  }
});

test("a plan of the former state shows what is sent again and why, also offline", async (t) => {
  const s = await withKilledUpdates(t);
  await before(s);
  for (const args of [[], ["--offline"]]) {
    const plan = await s.plan(args, LATER);
    assert.deepEqual([plan.changes, plan.codes], [ALL_UPDATES, ["interrupted-update"]]);
    assert.match(
      plan.report.diagnostics[0]?.message ?? "",
      /interrupted while it sent values that the API never returns.*: edited, literal, rotated$/,
    );
  }
  await assertDone(s, await s.apply([], LATER));
});

test("an apply of the same file sends the same values again", async (t) => {
  const s = await readyToUpdate(t);
  assert.equal((await s.plan(["--out", "plan.json"], { env: FORMER })).exit, 0);
  await killed(s);
  const again = await s.apply(["--expect", "plan.json"], { ...LATER, env: ROTATED });
  assert.deepEqual(again.outcomes, ["done update edited", "done update literal", "done update rotated"]);
  assert.deepEqual(liveValues(s), SENT);
  await assertDone(s, again, ROTATED);
});

test("no value, literal or name of a variable is in the journal", async (t) => {
  const s = await withKilledUpdates(t);
  const journal = (await s.read(JOURNAL)) ?? "";
  assert.match(journal, /"kind":"updates"/);
  for (const text of [...Object.values(ROTATED), ...Object.values(FORMER), '"A"', '"B"', "PASSWORD", "you", '"me"'])
    assert.ok(!journal.includes(text), `${text} in ${journal}`);
});

test("what --only leaves out is still in doubt afterwards, also on another machine", async (t) => {
  const s = await withKilledUpdates(t);
  await before(s);
  const only = await s.apply(["--only", "edited"], LATER);
  assert.deepEqual(only.outcomes, ["done update edited"]);
  assert.deepEqual(liveValues(s), [ROTATED.A, FORMER.A, "you"]);
  // The lockfile has it now, and the lockfile is committed.
  assert.equal(await s.read(JOURNAL), undefined);
  const rest = await s.apply([], LATER);
  assert.deepEqual(rest.outcomes, ["done update literal", "done update rotated"]);
  assert.deepEqual(liveValues(s), PUT_BACK);
  await assertDone(s, rest);
});

test("what a reviewed plan doesn't have isn't sent, and is in the next plan", async (t) => {
  const s = await withKilledUpdates(t);
  await before(s);
  const journal = (await s.read(JOURNAL)) ?? "";
  // The plan of another machine, without the journal.
  await rm(join(s.dir, JOURNAL));
  assert.equal((await s.plan(["--out", "plan.json"], LATER)).exit, 0);
  await s.write(JOURNAL, journal);
  const ran = await s.apply(["--expect", "plan.json"], LATER);
  // A rotated value needs no review. A literal does.
  assert.deepEqual(ran.outcomes, ["done update edited", "refused update literal", "done update rotated"]);
  assert.deepEqual(liveValues(s), [FORMER.A, FORMER.A, "you"]);
  assert.deepEqual((await s.plan([], LATER)).changes, ["update literal username:never-sent"]);
  await assertDone(s, await s.apply([], LATER));
  assert.deepEqual(liveValues(s), PUT_BACK);
});

test("after several killed applies in a row, the former state is put back", async (t) => {
  const s = await withKilledUpdates(t);
  await before(s);
  // At each renaming: of the old run lock, the journal, the lockfile with what is in doubt, and the last lockfile.
  for (const done of [0, 1, 2, 3]) await killed(s, killAtRename(done), FORMER);
  assert.deepEqual(liveValues(s), PUT_BACK);
  await after(s);
  const again = await s.apply([], { ...LATER, env: ROTATED });
  assert.deepEqual(liveValues(s), SENT);
  await assertDone(s, again, ROTATED);
});

test("an integration that is renamed by the killed apply, or after it, is put back under its new key", async (t) => {
  const s = await readyToUpdate(t);
  const renamed = (variable: "A" | "B"): Promise<void> =>
    s.writeIntegrations(
      `now: { type: VULTR, name: edited, identifier: edited, scope: WORKSPACE, token: $${variable}, lifecycle: { moved_from: [edited] } }`,
    );
  await renamed("B");
  await killed(s, AFTER_ALL, FORMER);
  assert.equal(s.stored("edited")["token"], FORMER.B);
  await renamed("A");
  const back = await s.apply([], LATER);
  assert.deepEqual(
    back.changes.filter((change) => change.startsWith("update")),
    ["update now token:rotated"],
  );
  assert.equal(s.stored("edited")["token"], FORMER.A);
});

test("a journal that isn't trusted changes no plan, and stays until what it says is sent", async (t) => {
  const s = await withKilledUpdates(t);
  const untrusted = { ...LATER, io: { ...LATER.io, ...NO_GIT } };
  await before(s);
  const plan = await s.plan([], untrusted);
  assert.deepEqual([plan.changes, plan.codes], [[], ["journal-unverified"]]);
  assert.equal((await s.apply([], untrusted)).exit, 0);
  assert.deepEqual(liveValues(s), SENT);
  const trusted = await s.plan([], LATER);
  assert.deepEqual(trusted.changes, ALL_UPDATES);
  await after(s);
  assert.equal((await s.apply([], { ...untrusted, env: ROTATED })).exit, 0);
  await s.apply([], { ...untrusted, env: ROTATED });
  assert.equal(await s.read(JOURNAL), undefined);
});

test("a journal that git tracks is refused", async (t) => {
  const s = await withKilledUpdates(t);
  await rm(join(s.dir, `${LOCKFILE}.lock`));
  await (await gitRepository(s.dir)).commit();
  assert.deepEqual((await s.plan([], { ...LATER, io: { ...LATER.io, ...REAL_GIT } })).codes, ["tracked-file"]);
});

test("recover writes to the lockfile that the values are in doubt, so that another machine knows it", async (t) => {
  const s = await withKilledUpdates(t);
  await before(s);
  s.requests();
  const recovered = await s.run(["recover"], LATER);
  assert.equal(recovered.exit, 0, recovered.stderr);
  assert.match(recovered.stderr, /Next: commit integrations\.lock\.yaml/);
  assert.deepEqual(
    s.requests().filter((request) => !request.startsWith("GET ")),
    [],
  );
  assert.equal(await s.read(JOURNAL), undefined);
  assert.deepEqual((await s.plan([], LATER)).changes, ALL_UPDATES);
  await assertDone(s, await s.apply([], LATER));
  assert.deepEqual(liveValues(s), PUT_BACK);
});

test("without a key for fingerprints, another variable and another literal are put back too", async (t) => {
  const s = await syncWorkbench(t);
  await gitRepository(s.dir);
  const keyless = { ...LATER, env: { ...FORMER, BUDDY_INTEGRATIONS_KEY: undefined } };
  await before(s);
  assert.equal((await s.apply([], keyless)).exit, 0);
  await after(s);
  await killed(s, AFTER_ALL, FORMER);
  await before(s);
  assert.equal((await s.apply([], keyless)).exit, 0);
  assert.deepEqual(liveValues(s), [FORMER.A, FORMER.A, "me"]);
});

test("an apply that sends only what the API returns, or nothing, writes no journal", async (t) => {
  const s = await syncWorkbench(t);
  await gitRepository(s.dir);
  await s.writeIntegrations(block("web"));
  assert.equal((await s.apply()).exit, 0);
  await s.writeIntegrations(block("web", { name: "Other", identifier: "web" }));
  await killed(s, AFTER_ALL, FORMER);
  assert.equal(s.stored("web").name, "Other");
  assert.equal(await s.read(JOURNAL), undefined);
});

test("if the journal can't be written, the updates are made all the same", async (t) => {
  const s = await readyToUpdate(t);
  const ended = await program(s, { fail: [{ operation: "open", path: JOURNAL, code: "EROFS" }] }, ROTATED);
  assert.equal(ended.exit, 0, ended.stderr);
  assert.deepEqual(liveValues(s), SENT);
});

test("a limit: if the journal is lost too, a plan of the former state shows nothing, and --resend puts it back", async (t) => {
  const s = await withKilledUpdates(t);
  await before(s);
  await rm(join(s.dir, JOURNAL));
  assert.deepEqual((await s.plan([], LATER)).changes, []);
  assert.equal((await s.apply(["--resend", "edited", "--resend", "literal", "--resend", "rotated"], LATER)).exit, 0);
  assert.deepEqual(liveValues(s), PUT_BACK);
});

test(`after random kills and rollbacks, the server has what the file wants when an apply has ended (seed ${seed})`, async (t) => {
  const random = seededRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  for (let life = 0; life < effort(2); life += 1) {
    const s = await readyToUpdate(t);
    const steps: string[] = [];
    let isNew = true;
    for (let step = upTo(4); step > 0; step -= 1) {
      isNew = random() < 0.5;
      await (isNew ? after(s) : before(s));
      // Half of them at a renaming: the last one is that of the lockfile, after all updates.
      const faults = random() < 0.5 ? killAtRename(upTo(4) - 1) : { killAt: upTo(80) };
      const ended = await program(s, faults, isNew ? ROTATED : FORMER);
      steps.push(`${isNew ? "new" : "former"}, ${JSON.stringify(faults)}, ${ended.signal ?? "ended"}`);
    }
    if (random() < 0.7) isNew = !isNew;
    await (isNew ? after(s) : before(s));
    const now = { ...LATER, env: isNew ? ROTATED : FORMER };
    const story = [...steps, isNew ? "new" : "former"].join("; ");
    if (random() < 0.3) await s.apply(["--only", "literal"], now);
    assert.equal((await s.apply([], now)).exit, 0, story);
    assert.deepEqual(liveValues(s), isNew ? SENT : PUT_BACK, story);
    assert.deepEqual((await s.plan([], now)).changes, [], story);
    assert.equal(await s.read(JOURNAL), undefined, story);
  }
});
