import assert from "node:assert/strict";
import { test } from "node:test";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

// Integrations of projects, by `import` and `refs --check`, under both kinds of list.

const MODES = ["new", "old"] as const;
const NO_HASH = "abcdef0123456789abcdef01";

/**
 * Creates integrations that nobody manages, all with one identifier: one in the workspace, and one in each project.
 * @returns their hashes
 */
async function shared(s: SyncWorkbench): Promise<{ own: string; website: string; project: string }> {
  const made = async (more: object): Promise<string> => {
    const before = new Set(s.emulator.stored().map(({ hash_id }) => hash_id));
    await s.byHand("POST", "/integrations", { type: "VULTR", identifier: "web", token: "theirs", ...more });
    return s.emulator.stored().find(({ hash_id }) => !before.has(hash_id))?.hash_id ?? assert.fail();
  };
  return {
    own: await made({ name: "Web", scope: "WORKSPACE" }),
    website: await made({ name: "Web", scope: "PROJECT", project_name: "company-website" }),
    project: await made({ name: "Web", scope: "PROJECT", project_name: "my-project" }),
  };
}

const wanted = (project: string): string =>
  `web: { type: VULTR, name: Web, scope: PROJECT, project_name: ${project}, token: $TOKEN }`;

/** Makes the list of a project unreadable. */
function hide(s: SyncWorkbench, project: string): void {
  const match = { path: `project_name=${project}` };
  s.emulator.addFault({ kind: "reject", status: 403, message: "Access denied", match });
}

for (const list of MODES) {
  test(`import adopts a project's integration by its hash, and no other with its identifier (${list} list)`, async (t) => {
    const s = await syncWorkbench(t, { list });
    const { website, ...others } = await shared(s);
    await s.writeIntegrations(wanted("company-website"));
    s.requests();
    const ran = await s.run(["import", "web", website]);
    assert.equal(ran.exit, 0, ran.stderr);
    assert.equal((await s.lockedEntry("web"))?.hashId, website);
    assert.ok(s.requests().every((request) => request.startsWith("GET ")));
    assert.deepEqual((await s.plan()).changes, ["update web token:never-sent"]);
    for (const hash of Object.values(others)) {
      const refused = await s.run(["import", "web", hash]);
      assert.equal(refused.exit, 7, refused.stderr);
      assert.match(
        refused.stderr,
        new RegExp(`the lockfile has ${website} for this key, but lifecycle\\.import names ${hash}`),
      );
    }
  });

  test(`importing an integration of another place is a conflict that says what differs (${list} list)`, async (t) => {
    const s = await syncWorkbench(t, { list });
    const { own, project } = await shared(s);
    await s.writeIntegrations(wanted("company-website"));
    const outside = await s.run(["import", "web", own]);
    assert.equal(outside.exit, 7, outside.stderr);
    assert.match(outside.stderr, new RegExp(`names ${own}, which differs in scope`));
    const elsewhere = await s.run(["import", "web", project]);
    assert.equal(elsewhere.exit, 7, elsewhere.stderr);
    assert.match(elsewhere.stderr, new RegExp(`names ${project}, which differs in project_name`));
    assert.equal(await s.read("integrations.lock.yaml"), undefined);
  });

  test(`import needs no list of the project, and adds a block that names it (${list} list)`, async (t) => {
    const s = await syncWorkbench(t, { list });
    const { website } = await shared(s);
    hide(s, "company-website");
    await s.writeIntegrations("other: { type: VULTR, name: Other, scope: WORKSPACE, token: $TOKEN }");
    const ran = await s.run(["import", "web", website], { env: { WEB_TOKEN: "x" } });
    assert.equal(ran.exit, 0, ran.stderr);
    const text = (await s.read("integrations.yaml")) ?? "";
    assert.match(text, /^ {4}scope: PROJECT\n {4}project_name: company-website$/m);
    assert.equal((await s.lockedEntry("web"))?.hashId, website);
  });

  test(`refs --check knows identifiers and hashes of the projects that the file or the lockfile names (${list} list)`, async (t) => {
    const s = await syncWorkbench(t, { list });
    await s.byHand("POST", "/integrations", {
      type: "VULTR",
      name: "Theirs",
      identifier: "theirs",
      scope: "PROJECT",
      project_name: "my-project",
      token: "x",
    });
    await s.writeIntegrations(wanted("my-project"));
    await s.apply();
    const theirs = s.stored("theirs").hash_id;
    for (const file of [wanted("my-project"), ""]) {
      await (file === "" ? s.write("integrations.yaml", "version: 1\nintegrations: {}\n") : s.writeIntegrations(file));
      assert.deepEqual(await checked(s, "web"), { exit: 0, codes: [] });
      assert.deepEqual(await checked(s, "theirs"), { exit: 0, codes: ["warning unmanaged-identifier"] });
      assert.deepEqual(await checked(s, theirs), { exit: 0, codes: ["warning unmanaged-hash"] });
      // The name may belong to a project that isn't read, unless that is the project of the pipelines.
      assert.deepEqual(await checked(s, "nobodys"), { exit: 0, codes: ["warning unknown-name"] });
      const own = await checked(s, "nobodys", { BUDDY_PROJECT_NAME_ID: "my-project" });
      assert.deepEqual(own, { exit: 3, codes: ["error unknown-name"] });
      assert.deepEqual(await checked(s, NO_HASH), { exit: 3, codes: ["error gone-hash"] });
    }
  });
}

test("refs --check looks up a hash from a project that neither file names, and says that it isn't managed", async (t) => {
  const s = await syncWorkbench(t);
  const { project } = await shared(s);
  assert.deepEqual(await checked(s, project), { exit: 0, codes: ["warning unmanaged-hash"] });
});

test("refs --check warns of a project that can't be read, and doesn't claim that a name isn't there", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(wanted("company-website"));
  await s.apply();
  hide(s, "company-website");
  const unread = "warning unreadable-project";
  // The lockfile still has its identifiers, and a hash is looked up by itself.
  assert.deepEqual(await checked(s, "web"), { exit: 0, codes: [unread] });
  assert.deepEqual(await checked(s, NO_HASH), { exit: 3, codes: [unread, "error gone-hash"] });
  assert.deepEqual(await checked(s, "nobodys"), { exit: 0, codes: [unread, "warning unknown-name"] });
  const own = await checked(s, "nobodys", { BUDDY_PROJECT_NAME_ID: "company-website" });
  assert.deepEqual(own, { exit: 0, codes: [unread, "warning unknown-name"] });
  const { stdout } = await s.run(["refs", "--check"]);
  assert.match(stdout, /the list of the project company-website could not be read: .*Access denied/);
  assert.match(
    stdout,
    /`nobodys` is neither a key of the desired state nor in the lockfile nor an identifier in what was read of the workspace/,
  );
});

test("refs --check warns of a project that doesn't exist", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(wanted("no-such-project"));
  assert.deepEqual(await checked(s, "web"), { exit: 0, codes: ["warning unreadable-project"] });
});

/** The exit code and the findings of a check of a pipeline with this reference. */
async function checked(
  s: SyncWorkbench,
  integration: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ exit: number; codes: string[] }> {
  const action = `- action: "Upload"\n      type: "AMAZON_S3"\n      integration: "${integration}"\n`;
  await s.write("buddy.yml", `- pipeline: "Deploy"\n  actions:\n    ${action}`);
  const { exit, stdout } = await s.run(["refs", "--check"], { env });
  return {
    exit,
    codes: [...stdout.matchAll(/(error|warning) \[([a-z-]+)\]/g)].map(([, level, code]) => `${level} ${code}`),
  };
}
