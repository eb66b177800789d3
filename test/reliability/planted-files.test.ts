import assert from "node:assert/strict";
import { test } from "node:test";
import { JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { gitRepository, NO_GIT, REAL_GIT } from "../support/git.ts";
import { end, interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";

// Whoever may write files into a checkout writes a journal or a run lock: an apply with production credentials reads them.

const WORKSPACE = { scope: "WORKSPACE", list: "new" } as const;
const RUN_LOCK = `${LOCKFILE}.lock`;

/** The file has `web`. `production` belongs to somebody who doesn't use this tool. */
async function withStranger(t: Parameters<typeof interruptedRun>[0]): Promise<{ s: InterruptedRun; hash: string }> {
  const s = await interruptedRun(t, WORKSPACE);
  const hash = await s.made("production", { name: "Production", token: "production-token" });
  await s.writeIntegrations(s.sentry("web"));
  return { s, hash };
}

function assertUntouched(s: InterruptedRun, hash: string): void {
  const stranger = s.emulator.stored().find(({ hash_id }) => hash_id === hash);
  assert.deepEqual(
    [stranger?.name, stranger?.identifier, stranger?.["token"]],
    ["Production", "production", "production-token"],
  );
}

for (const file of [JOURNAL, RUN_LOCK]) {
  test(`${file} that git tracks is refused before any request, with the command that removes it`, async (t) => {
    const { s, hash } = await withStranger(t);
    const begun = s.begin("web", { identifier: "production" });
    if (file === JOURNAL) await s.journal(begun, end(begun, hash));
    else await s.write(RUN_LOCK, JSON.stringify({ pid: 1, hostname: "elsewhere" }));
    await (await gitRepository(s.dir)).commit();
    s.requests();
    for (const args of [[], ["--adopt"]]) {
      for (const ran of [await s.plan(args, { io: REAL_GIT }), await s.apply(args, { io: REAL_GIT })]) {
        assert.deepEqual([ran.exit, ran.codes], [3, ["tracked-file"]]);
        assert.ok(ran.report.diagnostics[0]?.hint?.includes(`git rm -f -- ${file}`));
      }
    }
    assert.deepEqual(s.requests(), []);
    assertUntouched(s, hash);
  });
}

test("a tracked journal whose name differs in case is refused too, since some file systems read it", async (t) => {
  const { s } = await withStranger(t);
  await s.write(JOURNAL.toUpperCase(), "");
  await (await gitRepository(s.dir)).commit();
  await s.journal(s.begin("web"));
  assert.deepEqual((await s.plan([], { io: REAL_GIT })).codes, ["tracked-file"]);
});

test("our own journal, which git doesn't track, recovers what was created", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("web"));
  await (await gitRepository(s.dir)).commit();
  const begun = s.begin("web");
  await s.journal(begun, end(begun, await s.made("web", { name: "Other" })));
  const ran = await s.apply([], { io: REAL_GIT });
  assert.deepEqual([ran.exit, s.emulator.stored().length], [0, 1]);
  assert.equal(await s.read(JOURNAL), undefined);
});

for (const [what, begin] of [
  ["its own identifier", { identifier: "production" }],
  ["the key's identifier", {}],
] as const) {
  test(`without git, a planted journal that claims somebody else's integration under ${what} has no effect`, async (t) => {
    const { s, hash } = await withStranger(t);
    const begun = s.begin("web", begin);
    await s.journal(begun, end(begun, hash));
    const ran = await s.apply(["--adopt"], { io: NO_GIT });
    assert.equal(ran.exit, 7);
    assert.deepEqual(
      ran.outcomes.filter((outcome) => !outcome.startsWith("refused")),
      [],
    );
    assert.ok(ran.codes.includes("journal-unverified"));
    assertUntouched(s, hash);
    assert.equal(s.emulator.stored().length, 1, "an unverified claim never leads to a creation");
  });
}

test("without git, no integration is locked or deleted because a journal names it", async (t) => {
  const { s, hash } = await withStranger(t);
  await s.apply();
  const begun = s.begin("old", { identifier: "production" });
  const replacing = s.begin("older", { replaces: hash });
  for (const records of [[begun], [begun, end(begun, hash)], [replacing]]) {
    await s.journal(...records);
    await s.apply(["--prune", "--max-deletions", "9"], { io: NO_GIT });
    await s.apply(["--prune", "--max-deletions", "9"], { io: NO_GIT });
    assertUntouched(s, hash);
    assert.ok(!((await s.read(LOCKFILE)) ?? "").includes(hash));
  }
});

test("a planted journal never makes somebody else's integration a former one, which --prune would delete", async (t) => {
  const { s, hash } = await withStranger(t);
  await s.journal(s.begin("web", { replaces: hash }));
  await s.apply(["--prune", "--max-deletions", "9"]);
  await s.apply(["--prune", "--max-deletions", "9"]);
  assertUntouched(s, hash);
  assert.ok(!((await s.read(LOCKFILE)) ?? "").includes(hash));
});

test("without git, a genuine journal still finds what was created, and nothing is created twice", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(s.sentry("web"));
  const begun = s.begin("web");
  for (const records of [[begun], [begun, end(begun, "")]]) {
    const hash = s.emulator.stored()[0]?.hash_id ?? (await s.made("web"));
    await s.journal(...records.map((record) => (record.kind === "end" ? end(begun, hash) : record)));
    const ran = await s.apply([], { io: NO_GIT });
    assert.deepEqual([ran.exit, s.emulator.stored().length], [0, 1]);
    await s.everyHashIsLocked();
  }
});

test("a journal with a key that no file can have is damaged", async (t) => {
  const { s } = await withStranger(t);
  for (const key of ["../web", "a b", "k".repeat(201), "::warning::x", ""]) {
    await s.journal(s.begin(key));
    const plan = await s.plan();
    assert.deepEqual([plan.exit, plan.codes], [0, ["journal-damaged"]], key);
  }
});

test("a lockfile with a key that no file can have is damaged", async (t) => {
  const { s, hash } = await withStranger(t);
  for (const key of ["../web", "k".repeat(201), "::warning::x", "constructor "]) {
    const entry = `      ${JSON.stringify(key)}: { hash_id: ${hash}, type: SENTRY }\n`;
    const name = `${s.emulator.url}/workspaces/${s.emulator.workspace}`;
    await s.write(LOCKFILE, `lockfile_version: 2\nworkspaces:\n  ${name}:\n    integrations:\n${entry}`);
    const plan = await s.plan();
    assert.deepEqual([plan.exit, plan.codes], [3, ["lock-damaged"]], key);
  }
});
