import assert from "node:assert/strict";
import { test } from "node:test";
import { JOURNAL } from "../support/desired-file.ts";
import { end, interruptedRun, type InterruptedRun } from "../support/interrupted-run.ts";

// An integration that belongs, or may belong, to somebody else is never adopted, overwritten, deleted or forgotten.

const WORKSPACE = { scope: "WORKSPACE", list: "new" } as const;
const WEBSITE = { scope: "PROJECT", project_name: "company-website" };
const BEGUN_IN_WEBSITE = { scope: "PROJECT", project: "company-website" } as const;

const ofWorkspace = (key: string, more = ""): string =>
  `${key}: { type: SENTRY, name: ${key}, scope: WORKSPACE, token: $TOKEN${more} }`;
const ofProject = (key: string, project: string, more = ""): string =>
  `${key}: { type: SENTRY, name: ${key}, scope: PROJECT, project_name: ${project}, token: $TOKEN${more} }`;

const strangers = (s: InterruptedRun): Promise<string> =>
  s.made("web", { scope: "PROJECT", project_name: "my-project", name: "Stranger", token: "strangers-token" });

function assertUntouched(s: InterruptedRun, hash: string): void {
  const stranger = s.emulator.stored().find(({ hash_id }) => hash_id === hash);
  assert.deepEqual([stranger?.name, stranger?.["token"]], ["Stranger", "strangers-token"]);
}

for (const [isReadable, also] of [
  [true, ""],
  [false, ", also while that project can't be read"],
] as const) {
  test(`a journal record of another project doesn't take somebody else's integration${also}`, async (t) => {
    const s = await interruptedRun(t, WORKSPACE);
    const hash = await strangers(s);
    await s.writeIntegrations(ofProject("web", "my-project"));
    await s.journal(s.begin("web", BEGUN_IN_WEBSITE));
    if (!isReadable)
      s.emulator.addFault({
        kind: "reject",
        status: 403,
        message: "No",
        match: { path: "project_name=company-website" },
      });
    const ran = await s.apply();
    assert.equal(ran.exit, 7);
    assert.ok(ran.outcomes.every((outcome) => outcome.startsWith("refused")));
    assertUntouched(s, hash);
  });
}

test("without the journal, an integration in the new place of a replacement is somebody else's unless it equals the file", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(ofWorkspace("web"), ofWorkspace("other"));
  await s.apply();
  const old = s.stored("web").hash_id;
  await s.byHand("PATCH", `/integrations/${old}`, { name: "web", identifier: `web_superseded_${old}` });
  const hash = await strangers(s);
  await s.writeIntegrations(ofProject("web", "my-project"), ofWorkspace("other"));
  assert.equal((await s.apply()).exit, 7);
  assertUntouched(s, hash);
  assert.equal((await s.lockedEntry("web"))?.hashId, old);
});

test("after a killed rename with a replacement that is given up, the old integration is used again, and the new one is a former hash", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  const others = [ofWorkspace("x"), ofWorkspace("y"), ofWorkspace("z")];
  await s.writeIntegrations(ofWorkspace("web"), ...others);
  await s.apply();
  const old = s.stored("web").hash_id;
  await s.byHand("PATCH", `/integrations/${old}`, { name: "web", identifier: `web_superseded_${old}` });
  const made = await s.made("web", { ...WEBSITE, name: "site" });
  const begun = s.begin("site", { ...BEGUN_IN_WEBSITE, identifier: "web", replaces: old });
  await s.journal(begun, end(begun, made));
  await s.writeIntegrations(ofWorkspace("site", ", lifecycle: { moved_from: [web] }"), ...others);
  const ran = await s.apply(["--allow-replace"]);
  assert.equal(ran.exit, 0, ran.stderr);
  const entry = await s.lockedEntry("site");
  assert.deepEqual([entry?.hashId, entry?.superseded], [old, [made]]);
  assert.equal(s.emulator.stored().find(({ hash_id }) => hash_id === old)?.identifier, "web");
  assert.equal(await s.read(JOURNAL), undefined);
});

for (const [what, wanted, current] of [
  ["wanted again as it was", ofWorkspace("web"), "old"],
  ["no longer in the file", ofWorkspace("x"), "made"],
] as const) {
  test(`a replacement that only the journal knows keeps both hashes, ${what}`, async (t) => {
    const s = await interruptedRun(t, WORKSPACE);
    const old = await s.made("web");
    await s.byHand("PATCH", `/integrations/${old}`, { name: "web", identifier: `web_superseded_${old}` });
    const made = await s.made("web", WEBSITE);
    const begun = s.begin("web", { ...BEGUN_IN_WEBSITE, replaces: old });
    await s.journal(begun, end(begun, made));
    await s.writeIntegrations(wanted);
    const ran = await s.apply();
    assert.equal(ran.exit, 0, ran.stderr);
    const entry = await s.lockedEntry("web");
    const [first, second] = current === "old" ? [old, made] : [made, old];
    assert.deepEqual([entry?.hashId, entry?.superseded], [first, [second]]);
    assert.equal(s.emulator.stored().filter(({ name }) => name === "web").length, 2);
  });
}

test("an interrupted creation with two possible results stays in the journal, and both are named", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  const hashes = [
    await s.byHand("POST", "/integrations", website()),
    await s.byHand("POST", "/integrations", website()),
  ];
  assert.equal(hashes.length, 2);
  await s.journal(s.begin("web", BEGUN_IN_WEBSITE));
  await s.writeIntegrations(ofWorkspace("x"));
  const ran = await s.apply();
  assert.equal(ran.exit, 0);
  const warning = ran.report.plan?.warnings.find(({ code }) => code === "unresolved-creation");
  for (const { hash_id } of s.emulator.stored().filter(({ identifier }) => identifier === "web"))
    assert.ok(warning?.message.includes(hash_id));
  assert.match((await s.read(JOURNAL)) ?? "", /"key":"web"/);
});

test("when the file says which integration an interrupted creation made, its record is removed from the journal", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.byHand("POST", "/integrations", website());
  await s.byHand("POST", "/integrations", website());
  const hash = s.emulator.stored().find(({ identifier }) => identifier === "web")?.hash_id;
  assert.ok(hash !== undefined);
  await s.journal(s.begin("web", BEGUN_IN_WEBSITE));
  await s.writeIntegrations(ofWorkspace("x"));
  await s.apply();
  assert.match((await s.read(JOURNAL)) ?? "", /"key":"web"/);
  await s.writeIntegrations(ofWorkspace("x"), ofProject("web", "company-website", `, lifecycle: { import: ${hash} }`));
  const ran = await s.apply();
  assert.equal(ran.exit, 0, JSON.stringify(ran.report));
  assert.equal(await s.read(JOURNAL), undefined);
});

function website(): object {
  return { type: "SENTRY", name: "web", identifier: "web", token: "t", ...WEBSITE };
}

test("a journal record is removed together with its integration", async (t) => {
  for (const lifecycle of [
    { protect: false, onRemove: "delete" },
    { protect: false, onRemove: "retain" },
  ] as const) {
    const s = await interruptedRun(t, WORKSPACE);
    await s.writeIntegrations(ofWorkspace("x"));
    await s.apply();
    const begun = s.begin("web", { lifecycle });
    await s.journal(begun, end(begun, await s.made("web")));
    await s.apply(["--prune", "--max-deletions", "1"]);
    assert.equal(await s.read(JOURNAL), undefined, lifecycle.onRemove);
    assert.equal(s.emulator.stored().length, 2, "what only the journal knows isn't deleted in the same run");
    await s.apply(["--prune", "--max-deletions", "1"]);
    assert.deepEqual((await s.apply()).changes, []);
  }
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(ofWorkspace("x"));
  await s.apply();
  const begun = s.begin("web");
  const hash = await s.made("web");
  await s.journal(begun, end(begun, hash));
  await s.byHand("DELETE", `/integrations/${hash}`);
  await s.apply();
  assert.equal(await s.read(JOURNAL), undefined);
});

for (const [what, fault, exit] of [
  ["a token without the scope", { status: 403, message: "cannot receive data" }, 4],
  ["a workspace that isn't there", { status: 404, message: "Not found" }, 5],
] as const) {
  test(`${what} isn't reported as an unreadable project, even if all keys are in one project`, async (t) => {
    const s = await interruptedRun(t, WORKSPACE);
    await s.writeIntegrations(ofProject("web", "company-website"));
    s.emulator.addFault({ kind: "reject", ...fault, match: { path: "/integrations" } });
    assert.equal((await s.plan()).exit, exit);
    s.emulator.clearFaults();
    s.emulator.addFault({ kind: "reject", ...fault, match: { path: "project_name=company-website" } });
    assert.equal((await s.plan()).exit, 7);
  });
}

test("an unreadable integration that only a warning needs doesn't stop the plan", async (t) => {
  const s = await interruptedRun(t, { scope: "WORKSPACE", list: "old" });
  const hash = await s.made("other", { ...WEBSITE, name: "web" });
  await s.writeIntegrations(ofWorkspace("web"));
  s.emulator.addFault({ kind: "reject", status: 403, message: "No", match: { path: hash } });
  assert.deepEqual((await s.plan()).changes, ["create web"]);
});

test("moving a key doesn't bypass an interrupted creation in a project that can't be read", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.journal(s.begin("web", BEGUN_IN_WEBSITE));
  s.emulator.addFault({ kind: "reject", status: 403, message: "No", match: { path: "project_name=company-website" } });
  await s.writeIntegrations(ofProject("site", "my-project", ", lifecycle: { moved_from: [web] }"));
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.changes], [7, ["create site REFUSED unreadable-project"]]);
});

test("refs --check stops at an invalid token, and sends no request if no pipeline has a reference", async (t) => {
  const s = await interruptedRun(t, WORKSPACE);
  await s.writeIntegrations(ofProject("web", "company-website"));
  const action = (more: string): string => `- pipeline: "x"\n  actions:\n  - action: "a"\n    type: "X"\n${more}`;
  await s.write("buddy.yml", action(`    integration: "nix"\n`));
  s.emulator.addFault({ kind: "reject", status: 401, message: "Token expired", match: { path: "project_name" } });
  assert.equal((await s.run(["refs", "--check"])).exit, 4);
  s.emulator.clearFaults();
  await s.write("buddy.yml", action(""));
  s.requests();
  assert.equal((await s.run(["refs", "--check"])).exit, 0);
  assert.deepEqual(s.requests(), []);
});
