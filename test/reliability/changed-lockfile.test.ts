import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { block, JOURNAL, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

interface PulledBench extends SyncWorkbench {
  /** The lockfile of another checkout, which has `web` and `db`. */
  readonly pulled: string;
}

/** A checkout whose lockfile has `web` alone. Another one has applied `db` too, and its lockfile isn't pulled yet. */
async function pulledBench(t: TestContext): Promise<PulledBench> {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"));
  await s.apply();
  const own = (await s.read(LOCKFILE)) ?? "";
  await s.writeIntegrations(block("web"), block("db"));
  await s.apply();
  const pulled = (await s.read(LOCKFILE)) ?? "";
  await s.write(LOCKFILE, own);
  await s.writeIntegrations(block("web"), block("new"));
  s.requests();
  return { ...s, pulled };
}

const writesOf = (s: SyncWorkbench): string[] => s.requests().filter((request) => !request.startsWith("GET "));

test("a lockfile that is pulled while a person reads the plan isn't overwritten, and nothing is done", async (t) => {
  const s = await pulledBench(t);
  const ask = async (): Promise<string> => {
    await s.write(LOCKFILE, s.pulled);
    return "y";
  };
  const ran = await s.run(["apply"], { io: { interactive: true, ask } });
  assert.equal(ran.exit, 6, ran.stderr);
  assert.match(ran.stderr, /\[lock-unwritten\]: integrations\.lock\.yaml was changed by somebody else after the plan/);
  assert.deepEqual(writesOf(s), []);
  assert.equal(await s.read(LOCKFILE), s.pulled);
  assert.equal((await s.apply()).exit, 0);
  assert.ok((await s.lockedEntry("db")) !== undefined && (await s.lockedEntry("new")) !== undefined);
});

test("a lockfile that is pulled during an apply isn't overwritten, and the next apply locks what this one created", async (t) => {
  const s = await pulledBench(t);
  const pull: typeof fetch = async (input, init) => {
    if (init?.method === "POST") await s.write(LOCKFILE, s.pulled);
    return fetch(input, init);
  };
  const ran = await s.apply([], { io: { fetch: pull } });
  assert.equal(ran.exit, 5, ran.stderr);
  assert.deepEqual(ran.codes, ["lock-unwritten", "unrecorded"]);
  assert.equal(await s.read(LOCKFILE), s.pulled);
  assert.ok((await s.read(JOURNAL)) !== undefined);
  const created = s.stored("new").hash_id;
  assert.equal((await s.apply()).exit, 0);
  assert.equal((await s.lockedEntry("new"))?.hashId, created);
  assert.ok((await s.lockedEntry("db")) !== undefined);
  assert.deepEqual(
    writesOf(s).filter((request) => request.startsWith("POST ")),
    ["POST /workspaces/my-company/integrations"],
  );
});

test("export --append doesn't overwrite a lockfile that is written while it reads the workspace", async (t) => {
  const s = await pulledBench(t);
  const file = await s.read("integrations.yaml");
  const pull: typeof fetch = async (input, init) => {
    await s.write(LOCKFILE, s.pulled);
    return fetch(input, init);
  };
  const ran = await s.run(["export", "--append"], { io: { fetch: pull } });
  assert.equal(ran.exit, 6, ran.stderr);
  assert.match(ran.stderr, /\[lock-unwritten\]: .* was changed by somebody else while the workspace was read/);
  assert.deepEqual([await s.read(LOCKFILE), await s.read("integrations.yaml")], [s.pulled, file]);
});

test("if a lockfile is pulled during an import, the message doesn't say that nothing was done, since the block was added", async (t) => {
  const s = await pulledBench(t);
  await s.byHand("POST", "/integrations", {
    type: "VULTR",
    name: "hand",
    scope: "WORKSPACE",
    identifier: "hand",
    token: "t",
  });
  const pull: typeof fetch = async (input, init) => {
    if ((await s.read("integrations.yaml"))?.includes("hand:")) await s.write(LOCKFILE, s.pulled);
    return fetch(input, init);
  };
  const ran = await s.run(["import", "hand", s.stored("hand").hash_id], { io: { fetch: pull } });
  assert.equal(ran.exit, 6, ran.stderr);
  assert.match(ran.stderr, /added hand to integrations\.yaml.*so neither it nor the workspace was changed/s);
  assert.equal(await s.read(LOCKFILE), s.pulled);
});
