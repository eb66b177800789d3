import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { elsewhere, everywhere, inYaml, type Where } from "../support/places.ts";
import { changeOf, syncWorkbench } from "../support/sync-workbench.ts";

const ATTIC = "attic: { type: VULTR, name: Attic, scope: WORKSPACE, token: $TOKEN }";
const CELLAR = "cellar: { type: VULTR, name: Cellar, scope: WORKSPACE, token: $TOKEN }";
const WEB = block("web", { name: "Web" });
const at = (place: Pick<Where, "scope" | "project">): string => WEB.replace("scope: WORKSPACE", inYaml(place));
const IN_PROJECT = WEB.replace("WORKSPACE", "PROJECT, project_name: my-project");

test("changing an immutable field is refused without --allow-replace, and the rest is done", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB, ATTIC);
  await s.apply();
  await s.writeIntegrations(IN_PROJECT, ATTIC.replace("name: Attic", "name: Loft"));
  const plan = await s.plan();
  assert.deepEqual(
    [plan.exit, plan.changes],
    [7, ["update attic name:edited", "replace web REFUSED needs-allow-replace"]],
  );
  assert.deepEqual(
    changeOf(plan, "replace", "web").forces.map(({ path, before, after }) => [path, before, after]),
    [["scope", "WORKSPACE", "PROJECT"]],
  );
  const apply = await s.apply();
  assert.deepEqual([apply.exit, apply.outcomes], [7, ["done update attic", "refused replace web"]]);
  assert.equal(s.stored("web").scope, "WORKSPACE");
});

for (const unique of ["none", "project", "workspace"] as const) {
  everywhere.test(
    `a replacement gets the identifier, and the old integration stays, with identifiers unique per ${unique}`,
    async (t, where) => {
      const s = await syncWorkbench(t, { unique, list: where.list });
      await s.writeIntegrations(at(where), ATTIC, CELLAR);
      await s.apply();
      const old = s.stored("web").hash_id;
      await s.writeIntegrations(at(where).replace("VULTR", "DIGITAL_OCEAN"), ATTIC, CELLAR);
      const apply = await s.apply(["--allow-replace"]);
      assert.deepEqual([apply.exit, apply.outcomes], [0, ["done replace web"]]);
      const now = s.stored("web");
      assert.deepEqual([now.type, now.token], ["DIGITAL_OCEAN", "token-1f9d"]);
      assert.notEqual(now.hash_id, old);
      assert.equal(s.stored(`web_superseded_${old}`).hash_id, old);
      const entry = await s.lockedEntry("web");
      assert.deepEqual([entry?.hashId, entry?.superseded, entry?.type], [now.hash_id, [old], "DIGITAL_OCEAN"]);

      const later = await s.plan(["--prune"]);
      assert.deepEqual([later.changes, changeOf(later, "delete", "web").which], [["delete web"], "set-aside"]);
      assert.deepEqual((await s.plan()).changes, ["orphan web"]);
      assert.deepEqual((await s.apply(["--prune"])).outcomes, ["done delete web"]);
      assert.deepEqual(s.emulator.stored().length, 3);
      assert.deepEqual(
        (await s.lockedEntry("web"))?.superseded,
        [old],
        "kept so that other branches' pipelines can be fixed",
      );
      assert.deepEqual((await s.plan(["--prune"])).changes, []);
    },
  );
}

everywhere.test(
  "an integration that moves to another scope or project is created there, and the old one stays",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    await s.writeIntegrations(at(where), ATTIC, CELLAR);
    await s.apply();
    const old = s.stored("web").hash_id;
    await s.writeIntegrations(at(elsewhere(where)), ATTIC, CELLAR);
    const plan = await s.plan();
    assert.deepEqual(
      changeOf(plan, "replace", "web").forces.map(({ path }) => path),
      where.scope === "WORKSPACE" ? ["scope"] : ["project_name"],
    );
    const apply = await s.apply(["--allow-replace"]);
    assert.deepEqual([apply.exit, apply.outcomes], [0, ["done replace web"]]);
    assert.equal(s.stored("web").project_name, elsewhere(where).project);
    assert.equal(s.stored(`web_superseded_${old}`).project_name, where.project);
    assert.deepEqual((await s.lockedEntry("web"))?.superseded, [old]);
    assert.deepEqual((await s.plan()).changes, ["orphan web"]);
    assert.deepEqual((await s.apply(["--prune"])).outcomes, ["done delete web"]);
  },
);

test("a replacement copies permissions and limits that the file doesn't name", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB, ATTIC, CELLAR);
  await s.apply();
  const theirs = {
    permissions: { admins: "MANAGE", others: "DENIED", users: [{ id: 1, access_level: "USE_ONLY" }], groups: [] },
    all_pipelines_allowed: false,
    allowed_pipelines: [{ id: 123 }],
  };
  await s.byHand("PATCH", `/integrations/${s.stored("web").hash_id}`, { name: "Web", ...theirs });
  await s.writeIntegrations(IN_PROJECT, ATTIC, CELLAR);
  const plan = await s.plan(["--allow-replace"]);
  assert.deepEqual(changeOf(plan, "replace", "web").carried_over, [
    "all_pipelines_allowed",
    "allowed_pipelines",
    "permissions.admins",
    "permissions.groups",
    "permissions.others",
    "permissions.users",
  ]);
  assert.equal((await s.apply(["--allow-replace"])).exit, 0);
  const { permissions, all_pipelines_allowed, allowed_pipelines, project_name } = s.stored("web");
  assert.deepEqual(
    [permissions, all_pipelines_allowed, allowed_pipelines, project_name],
    [theirs.permissions, false, [{ id: 123 }], "my-project"],
  );
});

everywhere.test(
  "when the server rejects the new one, the old one gets its identifier back and stays locked",
  async (t, where) => {
    const s = await syncWorkbench(t, { list: where.list });
    await s.writeIntegrations(at(where), ATTIC, CELLAR);
    await s.apply();
    const lock = await s.read("integrations.lock.yaml");
    const old = s.stored("web").hash_id;
    s.emulator.addFault({ kind: "reject", message: "Plan limit reached", match: { method: "POST" } });
    await s.writeIntegrations(at(elsewhere(where)), ATTIC, CELLAR);
    const apply = await s.apply(["--allow-replace"]);
    assert.deepEqual([apply.exit, apply.outcomes], [5, ["failed replace web"]]);
    assert.match(apply.report.outcomes?.[0]?.message ?? "", /the server returned 400: Plan limit reached/);
    assert.deepEqual([s.stored("web").hash_id, s.emulator.stored().length], [old, 3]);
    assert.equal(await s.read("integrations.lock.yaml"), lock);
  },
);

everywhere.test("protected integrations are never replaced, with any flags", async (t, where) => {
  const s = await syncWorkbench(t, { list: where.list });
  const kept = (text: string): string => text.replace(" }", ", lifecycle: { protect: true } }");
  await s.writeIntegrations(kept(at(where)), ATTIC, CELLAR);
  await s.apply();
  await s.writeIntegrations(kept(at(elsewhere(where))), ATTIC, CELLAR);
  const plan = await s.plan(["--allow-replace", "--max-deletions", "9"]);
  assert.deepEqual([plan.exit, plan.changes], [7, ["replace web REFUSED protected"]]);
});

test("the hints for an integration that this tool can't create work: a new key imports the replacement, `removed` drops the old one", async (t) => {
  const s = await syncWorkbench(t);
  const made = { type: "VULTR", name: "web", token: "x" };
  await s.byHand("POST", "/integrations", { ...made, identifier: "web", scope: "WORKSPACE" });
  const line = (key: string, more: string, end = "") =>
    `${key}: { type: VULTR, name: web, ${more}, lifecycle: { credentials: unmanaged${end} } }`;
  await s.writeIntegrations(line("web", "scope: WORKSPACE"));
  assert.equal((await s.apply()).exit, 0);

  const inProject = "scope: PROJECT, project_name: company-website";
  await s.writeIntegrations(line("web", inProject));
  const refused = await s.plan(["--allow-replace"]);
  assert.deepEqual([refused.exit, refused.changes], [7, ["replace web REFUSED unmanaged-credentials"]]);
  const way = "import that one under a new key, and drop this one with `removed: [web]`";
  assert.equal(
    changeOf(refused, "replace", "web").refused?.hint,
    `write its credentials into the file instead of credentials: unmanaged; or create the new one in Buddy's web page, then ${way}`,
  );

  const place = { scope: "PROJECT", project_name: "company-website" };
  await s.byHand("POST", "/integrations", { ...made, identifier: "web_2", ...place });
  const hash = s.stored("web_2").hash_id;
  await s.writeIntegrations(line("web", "scope: WORKSPACE", `, import: ${hash}`));
  const conflict = await s.plan();
  assert.equal(changeOf(conflict, "conflict", "web").refused?.hint, `remove lifecycle.import; or ${way}`);

  await s.write(
    "integrations.yaml",
    `version: 1\nremoved: [web]\nintegrations:\n  ${line("web_new", inProject, `, import: ${hash}`)}\n`,
  );
  const done = await s.apply();
  assert.deepEqual([done.exit, done.outcomes], [0, ["done adopt web_new", "done forget web"]]);
  assert.deepEqual((await s.plan()).changes, []);
  assert.equal(s.emulator.stored().length, 2);
});
