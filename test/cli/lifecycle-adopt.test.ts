import assert from "node:assert/strict";
import { test } from "node:test";
import { everywhere, inBody, inYaml, type Where } from "../support/places.ts";
import { changeOf, syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const web = (where: Pick<Where, "scope" | "project">): string =>
  `web: { type: VULTR, name: Web, ${inYaml(where)}, token: $TOKEN }`;
const WEB = web({ scope: "WORKSPACE" });

/** Creates an integration, like a person in the web page. */
async function createByHand(s: SyncWorkbench, more: object = {}): Promise<string> {
  const body = { type: "VULTR", name: "Web", identifier: "web", scope: "WORKSPACE", token: "theirs", ...more };
  const made = await s.byHand("POST", "/integrations", body);
  assert.ok(typeof made === "object" && made !== null && "hash_id" in made && typeof made.hash_id === "string");
  return made.hash_id;
}

everywhere.test(
  "an integration that equals the file in all readable fields is adopted without a flag, and its secret is sent",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    const hash = await createByHand(s, inBody(where));
    await s.writeIntegrations(web(where));
    const plan = await s.plan();
    assert.deepEqual([plan.exit, plan.changes], [0, ["adopt web", "update web token:never-sent"]]);
    assert.equal(changeOf(plan, "adopt", "web").via, "key");

    const apply = await s.apply();
    assert.deepEqual([apply.exit, apply.outcomes], [0, ["done adopt web", "done update web"]]);
    assert.equal((await s.lockedEntry("web"))?.hashId, hash);
    assert.deepEqual([s.stored("web").token, s.emulator.stored().length], ["token-1f9d", 1]);
    assert.deepEqual((await s.plan()).changes, []);
  },
);

everywhere.test("an integration that differs is refused without --adopt, and updated with it", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  const hash = await createByHand(s, { ...inBody(where), name: "Their web" });
  await s.writeIntegrations(web(where), `db: { type: VULTR, name: Db, ${inYaml(where)}, token: $TOKEN }`);
  const plan = await s.plan();
  assert.deepEqual([plan.exit, plan.changes], [7, ["adopt web REFUSED needs-adopt", "create db"]]);
  const { refused, differences } = changeOf(plan, "adopt", "web");
  assert.deepEqual(
    [refused?.message, refused?.hint, differences.map(({ path, before, after }) => [path, before, after])],
    [
      "an integration with this identifier exists and differs from the file in name",
      `allow it with --adopt, or with lifecycle.import: ${hash}`,
      [["name", "Their web", "Web"]],
    ],
  );
  const partly = await s.apply();
  assert.deepEqual([partly.exit, partly.outcomes], [7, ["refused adopt web", "done create db"]]);
  assert.equal(await s.lockedEntry("web"), undefined);

  const all = await s.apply(["--adopt"]);
  assert.deepEqual([all.exit, all.outcomes], [0, ["done adopt web", "done update web"]]);
  assert.deepEqual([s.stored("web").name, s.emulator.stored().length], ["Web", 2]);
});

everywhere.test(
  "lifecycle.import adopts the integration that it names, whatever its identifier, and doesn't change the identifier",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    const hash = await createByHand(s, { ...inBody(where), identifier: "made_in_the_web_page", name: "Their web" });
    await s.writeIntegrations(web(where).replace(" }", `, lifecycle: { import: ${hash} } }`));
    const apply = await s.apply();
    assert.deepEqual([apply.exit, apply.outcomes], [0, ["done adopt web", "done update web"]]);
    const entry = await s.lockedEntry("web");
    assert.deepEqual(
      [entry?.hashId, entry?.identifier, s.stored("made_in_the_web_page").name],
      [hash, "made_in_the_web_page", "Web"],
    );
  },
);

everywhere.test("a former key finds an integration that was never locked", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  const hash = await createByHand(s, { ...inBody(where), identifier: "website" });
  await s.writeIntegrations(web(where).replace(" }", ", lifecycle: { moved_from: [website] } }"));
  const plan = await s.plan();
  assert.equal(changeOf(plan, "adopt", "web").via, "moved_from");
  await s.apply();
  assert.deepEqual([(await s.lockedEntry("web"))?.hashId, s.emulator.stored().length], [hash, 1]);
});

everywhere.test(
  "without the lockfile, everything is adopted without a flag, and nothing is created",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    await s.writeIntegrations(
      web(where),
      `db: { type: VULTR, name: Db, identifier: a_db, ${inYaml(where)}, token: $OTHER }`,
    );
    await s.apply();
    const lock = await s.read("integrations.lock.yaml");
    await s.write("integrations.lock.yaml", "lockfile_version: 2\nworkspaces: {}\n");
    s.requests();
    const apply = await s.apply();
    assert.equal(apply.exit, 0);
    assert.ok(!s.requests().some((request) => request.startsWith("POST")));
    assert.equal(await s.read("integrations.lock.yaml"), lock);
  },
);

everywhere.test("several integrations with the same identifier are a conflict that names them", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  const hashes = [await createByHand(s, inBody(where)), await createByHand(s, inBody(where))];
  await s.writeIntegrations(web(where));
  const plan = await s.plan(["--adopt"]);
  assert.deepEqual([plan.exit, plan.changes], [7, ["conflict web REFUSED conflict"]]);
  const { refused, candidates } = changeOf(plan, "conflict", "web");
  assert.equal(refused.message, "2 integrations have the identifier web");
  assert.deepEqual(candidates.map(({ hash_id }) => hash_id).toSorted(), hashes.toSorted());
  const text = await s.run(["sync", "--plan"]);
  const shown = where.project === undefined ? "WORKSPACE" : `project ${where.project}`;
  for (const hash of hashes) {
    assert.ok(text.stdout.includes(`candidate ${hash}  VULTR "Web"  (${shown}, identifier web)`));
  }
  assert.equal((await s.apply(["--adopt"])).exit, 7);
  assert.equal(s.emulator.stored().length, 2);
});

everywhere.test("an integration of another type is a conflict, not an adoption", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  await createByHand(s, { ...inBody(where), type: "SENTRY" });
  await s.writeIntegrations(web(where));
  const plan = await s.plan(["--adopt"]);
  assert.deepEqual(plan.changes, ["conflict web REFUSED conflict"]);
  assert.match(changeOf(plan, "conflict", "web").refused.message, /differs in type/);
});

for (const list of ["new", "old"] as const) {
  test(`a project's integration isn't adopted for a key of the workspace with the same identifier (${list} list)`, async (t) => {
    const s = await syncWorkbench(t, { list });
    await createByHand(s, { scope: "PROJECT", project_name: "my-project" });
    await s.writeIntegrations(WEB);
    assert.deepEqual((await s.plan()).changes, ["create web"]);
    assert.equal((await s.apply()).exit, 0);
    assert.equal(s.emulator.stored().length, 2);
    assert.deepEqual((await s.plan()).changes, []);
  });
}

test("an integration of another key, and an import of a hash that is gone, are conflicts", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  await s.apply();
  const hash = s.stored("web").hash_id;
  await s.writeIntegrations(
    WEB,
    `theft: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN, lifecycle: { import: ${hash} } }`,
    "gone: { type: VULTR, name: Gone, scope: WORKSPACE, token: $TOKEN, lifecycle: { import: abcdef0123456789abcdef01 } }",
  );
  const plan = await s.plan(["--adopt"]);
  assert.deepEqual(
    [plan.exit, plan.changes],
    [7, ["conflict gone REFUSED conflict", "conflict theft REFUSED conflict"]],
  );
  assert.equal(
    changeOf(plan, "conflict", "theft").refused.message,
    `lifecycle.import names ${hash}, which belongs to the key web`,
  );
  assert.equal(
    changeOf(plan, "conflict", "gone").refused.message,
    "lifecycle.import names abcdef0123456789abcdef01, and there is no such integration",
  );
});

test("two keys that would adopt the same integration are both refused", async (t) => {
  const s = await syncWorkbench(t);
  await createByHand(s);
  await s.writeIntegrations(
    "one: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN, lifecycle: { moved_from: [web] } }",
    "two: { type: VULTR, name: Web, identifier: web, scope: WORKSPACE, token: $TOKEN }",
  );
  const plan = await s.plan(["--adopt"]);
  assert.deepEqual(plan.changes, ["conflict one REFUSED conflict", "conflict two REFUSED conflict"]);
});
