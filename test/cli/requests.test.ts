import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

// Asserts every request. They are sent one at a time, so that their order is fixed. The clock moves only when a test
// moves it.

const ONE_BY_ONE = ["--concurrency", "1"];
const still = { io: { now: () => 1_800_000_000_000 } };
const MODES = ["new", "old"] as const;

type Mode = (typeof MODES)[number];

/** A block; by default all blocks have one identifier. */
function shared(key: string, site = "WORKSPACE", identifier = "shared"): string {
  const place = site === "WORKSPACE" ? {} : { scope: "PROJECT", project_name: site };
  return block(key, { identifier, ...place });
}

const projectNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index + 1}`);

/**
 * One integration `own` of the workspace, and one in each of `count` projects with the project's name as key. All
 * have one identifier.
 */
const oneEach = (count: number): string[] => [shared("own"), ...projectNames(count).map((name) => shared(name, name))];

async function stage(t: TestContext, list: Mode, projects: number, blocks = oneEach(projects)): Promise<SyncWorkbench> {
  const s = await syncWorkbench(t, { list });
  for (const name of projectNames(projects)) await s.byHand("POST", "/projects", { name, display_name: name });
  await s.writeIntegrations(...blocks);
  return s;
}

/**
 * The requests while `run` runs, by the names of the integrations: `list`, `list p1`, `GET own`, `POST own`…, and
 * `project p1` for the Git link of a project.
 */
async function asked(s: SyncWorkbench, run: () => Promise<unknown>): Promise<string[]> {
  const before = s.emulator.stored().map(({ hash_id, name }) => [hash_id, name] as const);
  const from = s.emulator.requests.length;
  await run();
  const now = s.emulator.stored().map(({ hash_id, name }) => [hash_id, name] as const);
  const names = new Map([...before, ...now]);
  const made = now.slice(before.length).map(([, name]) => name);
  return s.emulator.requests.slice(from).map(({ method, path, query, fault }) => {
    const [, what, hash] =
      /^\/workspaces\/my-company\/(integrations|projects)(?:\/(\w+))?$/.exec(path) ?? assert.fail(path);
    if (what === "projects") return `project ${hash}`;
    if (method === "POST") return fault?.endsWith("before") ? `POST ${fault}` : `POST ${made.shift()}`;
    if (hash !== undefined) return `${method} ${names.get(hash) ?? "one that is gone"}`;
    return query === undefined ? "list" : query.replace("project_name=", "list ");
  });
}

const plan =
  (s: SyncWorkbench, flags: readonly string[] = []) =>
  () =>
    s.plan([...ONE_BY_ONE, ...flags], still);
const apply =
  (s: SyncWorkbench, options: Parameters<SyncWorkbench["apply"]>[1] = still, flags: readonly string[] = []) =>
  async (): Promise<void> => {
    const { exit, stderr } = await s.apply([...ONE_BY_ONE, "--allow-replace", ...flags], options);
    assert.equal(exit, 0, stderr);
  };

for (const list of MODES) {
  for (const projects of [0, 1, 5]) {
    const keys = ["own", ...projectNames(projects)];
    const parts = ["list", ...projectNames(projects).map((name) => `list ${name}`)];
    const [last = "", lastPart = ""] = [keys.at(-1), parts.at(-1)];
    const world = `projects: ${projects}, ${list} list`;

    test(`a first plan reads each part once, creations within 2 s of that read nothing more, and later runs read no list (${world})`, async (t) => {
      const s = await stage(t, list, projects);
      assert.deepEqual(await asked(s, plan(s)), parts);
      assert.deepEqual(await asked(s, apply(s)), [...parts, ...keys.map((key) => `POST ${key}`)]);
      const hashes = keys.map((key) => `GET ${key}`);
      assert.deepEqual(await asked(s, plan(s)), hashes);
      assert.deepEqual(await asked(s, apply(s)), hashes);
    });

    test(`without a lockfile each part and each integration is read once, and nothing is created (${world})`, async (t) => {
      const s = await stage(t, list, projects);
      await s.apply();
      await rm(join(s.dir, "integrations.lock.yaml"));
      const reads = [...parts, ...keys.map((key) => `GET ${key}`)];
      // A plan reads them in parallel, in any order.
      assert.deepEqual((await asked(s, plan(s))).toSorted(), reads.toSorted());
      // The API doesn't show the token, so it is sent.
      assert.deepEqual(await asked(s, apply(s)), [...reads, ...keys.map((key) => `PATCH ${key}`)]);
    });

    test(`if an integration is gone, it is read again, and its list and the Git links are read (${world})`, async (t) => {
      const s = await stage(t, list, projects, [...oneEach(projects), shared("kept", "WORKSPACE", "kept")]);
      await s.apply();
      const hash = (await s.lockedEntry(last))?.hashId;
      await s.byHand("DELETE", `/integrations/${hash}`);
      const rest = keys.slice(0, -1).map((key) => `GET ${key}`);
      const links = projectNames(projects).map((name) => `project ${name}`);
      const reads = ["GET kept", ...rest, "GET one that is gone", "GET one that is gone", lastPart, ...links];
      assert.deepEqual(await asked(s, plan(s, ["--recreate", last])), reads);
      assert.deepEqual(await asked(s, apply(s, still, ["--recreate", last])), [...reads, `POST ${last}`]);
    });

    test(`refs --check reads each list once, also after a key was removed from the file (${world})`, async (t) => {
      const s = await stage(t, list, projects);
      await s.apply();
      const action = '- action: "Upload"\n      type: "AMAZON_S3"\n      integration: "shared"\n';
      await s.write("buddy.yml", `- pipeline: "Deploy"\n  actions:\n    ${action}`);
      const check = async (): Promise<void> => {
        const { exit, stdout, stderr } = await s.run(["refs", "--check", ...ONE_BY_ONE]);
        assert.equal(exit, 0, stdout + stderr);
      };
      assert.deepEqual(await asked(s, check), parts);
      await s.writeIntegrations(...oneEach(projects).slice(0, 1));
      assert.deepEqual(await asked(s, check), parts);
    });
  }

  test(`creations in one place share one read of its list for 2 s, also the plan's read (${list} list)`, async (t) => {
    const s = await stage(t, list, 1, [shared("a", "p1", "one"), shared("b", "p1", "two"), shared("c")]);
    assert.deepEqual(await asked(s, apply(s)), ["list p1", "list", "POST a", "POST b", "POST c"]);
    const later = await stage(t, list, 1, [shared("a", "p1", "one"), shared("b", "p1", "two")]);
    let time = 0;
    const slow = { io: { now: () => (time += 3_000) } };
    assert.deepEqual(await asked(later, apply(later, slow)), ["list p1", "list p1", "POST a", "list p1", "POST b"]);
  });

  test(`after a lost response, only the list of the new integration's place is read (${list} list)`, async (t) => {
    const s = await stage(t, list, 1, [shared("a", "p1")]);
    s.emulator.addFault({ kind: "reset", when: "before", times: 1, match: { method: "POST" } });
    const looks = ["list p1", "list p1"];
    assert.deepEqual(await asked(s, () => s.apply(ONE_BY_ONE, still)), ["list p1", "POST reset before", ...looks]);
    const made = await stage(t, list, 1, [shared("a", "p1")]);
    made.emulator.addFault({ kind: "reset", when: "after", times: 1, match: { method: "POST" } });
    assert.deepEqual(await asked(made, apply(made)), ["list p1", "POST a", "list p1", "GET a"]);
  });

  test(`a move to another project reads only the list of that project (${list} list)`, async (t) => {
    const s = await stage(t, list, 2, [shared("a"), shared("b", "p1")]);
    await s.apply();
    await s.writeIntegrations(shared("a", "p2"), shared("b", "p1"));
    const reads = ["GET a", "GET b", "list p2", "project p1", "project p2"];
    assert.deepEqual(await asked(s, plan(s)), reads);
    assert.deepEqual(await asked(s, apply(s)), [...reads, "PATCH a", "POST a"]);
  });
}
