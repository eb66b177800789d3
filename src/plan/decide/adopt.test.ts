import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds, Scope } from "../../model/integration.ts";
import {
  desired,
  entry,
  everythingEverywhere,
  inProject,
  live,
  lockSectionOf,
  otherEntries,
  otherLives,
  otherWanted,
  partsOf,
  planFor,
  planInWords,
  planned,
  type PlanWorld,
  secretOf,
  UNPROTECTED,
} from "../../../test/support/builders.ts";

const a = desired("a");

test("create: a wanted integration without a live one is created", () => {
  assert.deepEqual(planned([a]), ["create a"]);
  const { changes } = planFor([
    desired("b", {
      identifier: "given",
      scope: "PROJECT" as const,
      projectName: "web",
      fields: { token: secretOf("T") },
    }),
  ]);
  assert.deepEqual(changes, [
    {
      action: "create",
      key: "b",
      type: "VULTR",
      name: "b",
      identifier: "given",
      scope: "PROJECT",
      project_name: "web",
      fields: [
        { path: "identifier", after: "given", reason: "edited", compared_with: "nothing", basis: "file" },
        { path: "name", after: "b", reason: "edited", compared_with: "nothing", basis: "file" },
        { path: "token", after: { $secret: "T" }, reason: "edited", compared_with: "nothing", basis: "file" },
      ],
      lifecycle: [],
      supersedes: [],
      pending: [],
    },
  ]);
});

test("create: an integration that can't be created is refused with a hint, and others aren't affected", () => {
  const environment: Scope = "ENVIRONMENT";
  const unmanaged = desired("u", { lifecycle: { credentials: "unmanaged" } });
  const { changes } = planFor([desired("e", { scope: environment }), unmanaged, a]);
  assert.deepEqual(planInWords({ changes }), [
    "create a",
    "create e REFUSED environment-scope",
    "create u REFUSED unmanaged-credentials",
  ]);
  assert.equal(changes[1]?.refused?.hint, "create it in Buddy's web page, then adopt it with lifecycle.import");
});

test("create: a locked integration that can't be found is recreated only with --recreate or lifecycle.recreate, with the old hash superseded", () => {
  const world = {
    lock: lockSectionOf({ a: entry(a, live(a), { superseded: ["h0"] }), b: entry(desired("b")) }),
    live: [live(desired("b"))],
    gone: ["ha", "h0"],
  };
  const refused = planFor([a, desired("b")], { ...world, flags: { allow_replace: true, max_deletions: 9 } });
  assert.deepEqual(planInWords(refused), ["create a for ha REFUSED needs-recreate"]);
  assert.equal(
    refused.changes[0]?.refused?.message,
    "its integration ha can't be found (404): it was deleted, or this token can't see it",
  );
  assert.deepEqual(planned([a, desired("b")], { ...world, flags: { recreate: ["b"] } }), [
    "create a for ha REFUSED needs-recreate",
  ]);
  const named = (hash: string) => desired("a", { lifecycle: { recreate: hash } });
  assert.deepEqual(planned([named("h0"), desired("b")], world), ["create a for ha REFUSED needs-recreate"]);
  assert.deepEqual(planned([named("ha"), desired("b")], world), ["create a for ha"]);
  // Once another hash is locked, it has no effect.
  const later = { ...world, lock: lockSectionOf({ a: entry(a, live(a, { hashId: "hnew" })), b: entry(desired("b")) }) };
  assert.deepEqual(planned([named("ha"), desired("b")], { ...later, gone: ["hnew"] }), [
    "create a for hnew REFUSED needs-recreate",
  ]);
  const { changes } = planFor([a, desired("b")], { ...world, flags: { recreate: ["a"] } });
  assert.deepEqual(planInWords({ changes }), ["create a for ha"]);
  const [create] = changes;
  assert.deepEqual(create?.action === "create" && create.supersedes, ["h0", "ha"]);
  assert.equal(create?.action === "create" && create.identifier, "a");
});

test("adopt: an equal integration is adopted by identifier, key or former key, without a flag", () => {
  const view = live(a);
  assert.deepEqual(planned([a], { live: [view] }), ["adopt a ha by key"]);
  assert.deepEqual(planned([desired("k", { identifier: "a", fields: { name: "a" } })], { live: [view] }), [
    "adopt k ha by identifier",
  ]);
  const moved = desired("k", { fields: { name: "a" }, lifecycle: { movedFrom: ["x", "a"] } });
  assert.deepEqual(planned([moved], { live: [view] }), ["adopt k ha by moved_from"]);
});

test("adopt: an integration that differs needs --adopt, or an import that names it; then it is updated", () => {
  const view = live(a, { name: "other" });
  assert.deepEqual(planned([a], { live: [view] }), ["adopt a ha by key REFUSED needs-adopt"]);
  assert.deepEqual(planned([a], { live: [view], flags: { adopt: true } }), [
    "adopt a ha by key",
    "update a ha name:edited",
  ]);
  const imported = desired("a", { lifecycle: { import: "ha" } });
  assert.deepEqual(planned([imported], { live: [view] }), ["adopt a ha by import", "update a ha name:edited"]);
  const [refused] = planFor([a], { live: [view] }).changes;
  assert.deepEqual(refused?.refused, {
    code: "needs-adopt",
    message: "an integration with this identifier exists and differs from the file in name",
    hint: "allow it with --adopt, or with lifecycle.import: ha",
  });
});

test("adopt: an integration that this tool created needs no flag, if its hash or the journal shows that", () => {
  const view = live(a, { identifier: "a_1", name: "half-made" });
  const begun = { identifier: "a_1", type: "VULTR", scope: "WORKSPACE" as const, lifecycle: UNPROTECTED };
  const expected = ["adopt a ha by journal", "update a ha name:edited"];
  assert.deepEqual(planned([a], { live: [view], made: { a: { ...begun, hashId: "ha" } } }), expected);
  assert.deepEqual(planned([a], { live: [view], made: { a: begun } }), expected);
});

test("adopt: an integration of another key is never adopted, whatever the journal says", () => {
  const b = desired("b");
  const made = {
    a: { hashId: "hb", identifier: "b", type: "VULTR", scope: "WORKSPACE" as const, lifecycle: UNPROTECTED },
  };
  assert.deepEqual(planned([a, b], { lock: lockSectionOf({ b: entry(b) }), live: [live(b)], made }), [
    "conflict a REFUSED journal-claim",
  ]);
});

test("adopt: a secret that can't be compared doesn't prevent it; one that differs does, without changing the plan's hash", () => {
  const app = (value?: string) =>
    desired("a", { type: "AZURE_CLOUD", fields: { app_id: secretOf("APP", value), tenant_id: "t" } });
  const view = live(app(), { fields: new Map([["app_id", "x"]]) });
  assert.deepEqual(planned([app()], { live: [view] }), ["adopt a ha by key", "update a ha tenant_id:never-sent"]);
  assert.deepEqual(planned([app("x")], { live: [view] }), ["adopt a ha by key", "update a ha tenant_id:never-sent"]);
  assert.deepEqual(planned([app("y")], { live: [view] }), [
    "adopt a ha by key REFUSED needs-adopt",
    "update a ha app_id:never-sent tenant_id:never-sent REFUSED needs-adopt",
  ]);
});

test("conflict: an integration that leaves the lockfile keeps its identifier, so nothing is created with it", () => {
  const other = desired("old", { type: "GIT_HUB", identifier: "a" });
  for (const [why, locked, removed] of [
    ["removed", entry(other), ["old"]],
    ["retain", { ...entry(other), lifecycle: { ...entry(other).lifecycle, onRemove: "retain" as const } }, []],
  ] as const) {
    const world = { lock: lockSectionOf({ old: locked }), live: [live(other, { hashId: locked.hashId })], removed };
    assert.deepEqual(planned([a], world), [`forget old hold ${why}`, "conflict a hold REFUSED conflict"]);
  }
});

test("conflict: an integration that the file no longer names keeps its identifier until it is deleted, whatever its type", () => {
  for (const type of ["VULTR", "SENTRY"]) {
    const other = desired("old", { type, identifier: "a" });
    const lock = lockSectionOf({ old: entry(other), ...otherEntries(4) });
    const world = { lock, live: [live(other), ...otherLives(4)] };
    const { changes } = planFor([a, ...otherWanted(4)], world);
    assert.deepEqual(planInWords({ changes }), ["orphan old hold", "conflict a hold REFUSED conflict"]);
    assert.match(changes.at(1)?.refused?.hint ?? "", /; otherwise delete that one with --prune and apply again, or /);
    // A deletion comes last in a run, so the identifier is free only after it.
    assert.deepEqual(planned([a, ...otherWanted(4)], { ...world, flags: { prune: true } }), [
      "delete old hold",
      "conflict a hold REFUSED conflict",
    ]);
  }
});

test("conflict: several match, or the only match is of another type", () => {
  const twin = live(a, { hashId: "h2" });
  assert.deepEqual(planned([a], { live: [twin, live(a)] }), ["conflict a h2 ha REFUSED conflict"]);
  const { changes } = planFor([a], { live: [live(a, { type: "GITHUB" })] });
  assert.equal(changes[0]?.refused?.message, "the integration with the identifier a differs in type");
});

for (const parts of [partsOf, everythingEverywhere]) {
  test(`an integration of another scope or project is neither a match nor a conflict (${parts.name})`, () => {
    const [web, shop, third] = [inProject("a", "web"), inProject("a", "shop"), inProject("a", "third")];
    const lives = [live(web, { hashId: "hweb" }), live(shop, { hashId: "hshop" })];
    assert.deepEqual(planned([web], { live: lives, parts }), ["adopt a hweb by key"]);
    assert.deepEqual(planned([third], { live: lives, parts }), ["create a"]);
    assert.deepEqual(planned([a], { live: lives, parts }), ["create a"]);
    assert.deepEqual(planned([third], { live: [live(a)], parts }), ["create a"]);
  });
}

test("a project that can't be read blocks only its own keys that have to be looked up", () => {
  const [locked_, gone, fresh, shop] = [
    inProject("locked", "web"),
    inProject("gone", "web"),
    inProject("fresh", "web"),
    inProject("shop", "shop"),
  ];
  const parts: PlanWorld["parts"] = () =>
    new Map([
      ["PROJECT web", { why: "the server returned 403" }] as const,
      ["PROJECT shop", []] as const,
      ["WORKSPACE", []] as const,
    ]);
  const world: PlanWorld = {
    lock: lockSectionOf({ locked: entry(locked_), gone: entry(gone), ...otherEntries(3) }),
    live: [live(locked_), ...otherLives(3)],
    gone: ["hgone"],
    parts,
  };
  const { changes } = planFor([a, locked_, gone, fresh, shop, ...otherWanted(3)], world);
  assert.deepEqual(planInWords({ changes }), [
    "create a",
    "create shop",
    "conflict fresh REFUSED unreadable-project",
    "conflict gone REFUSED unreadable-project",
  ]);
  const fieldsOf = (key: string) => changes.find((change) => change.key === key)?.refused?.message;
  assert.equal(
    fieldsOf("fresh"),
    "the integrations of the project web can't be read (the server returned 403), so it isn't known whether this one exists already",
  );
});

test("lifecycle.import and the journal find an integration by its hash, even if its project can't be read", () => {
  const parts: PlanWorld["parts"] = () => new Map([["PROJECT web", { why: "404" }] as const]);
  const imported = inProject("a", "web");
  const wanted = { ...imported, lifecycle: { ...imported.lifecycle, import: "ha" } };
  assert.deepEqual(planned([wanted], { live: [live(imported)], parts }), ["adopt a ha by import"]);
  const made = {
    a: {
      hashId: "ha",
      identifier: "a",
      type: "VULTR",
      scope: "PROJECT" as const,
      projectName: "web",
      lifecycle: UNPROTECTED,
    },
  };
  assert.deepEqual(planned([imported], { live: [live(imported)], parts, made }), ["adopt a ha by journal"]);
});

test("conflict: an integration that belongs to another key isn't a match", () => {
  const other = desired("other", { identifier: "a", fields: { name: "a" } });
  const world = { lock: lockSectionOf({ other: entry(other) }), live: [live(other)] };
  const { changes } = planFor([a, other], world);
  assert.deepEqual(planInWords({ changes }), ["conflict a hother REFUSED conflict"]);
  assert.equal(changes[0]?.refused?.message, "the integration with the identifier a belongs to the key other");
  // In another project it is a different integration.
  assert.deepEqual(planned([inProject("a", "web"), other], world), ["create a"]);
});

test("conflict: two keys that would adopt the same integration adopt nothing", () => {
  const b = desired("b", { fields: { name: "a" }, lifecycle: { movedFrom: ["a_old"] } });
  const c = desired("c", { fields: { name: "a" }, lifecycle: { import: "ha" } });
  const { changes } = planFor([c, b], { live: [live(a, { identifier: "a_old" })] });
  assert.deepEqual(planInWords({ changes }), ["conflict b ha REFUSED conflict", "conflict c ha REFUSED conflict"]);
  assert.equal(changes[0]?.refused?.message, "the integration ha would be adopted by c too");
});

test("import: a hash that doesn't exist, belongs to another key or has another type is a conflict, never a creation or replacement", () => {
  const b = desired("b");
  const messages = (wanted: IntegrationWithIds, world: PlanWorld): (string | undefined)[] =>
    planFor([wanted, b], { ...world, lock: lockSectionOf({ ...Object.fromEntries(world.lock ?? []), b: entry(b) }) })
      .changes.filter(({ key }) => key === "a")
      .map(({ refused }) => refused?.message);
  const importing = (hash: string) => desired("a", { lifecycle: { import: hash } });
  assert.deepEqual(messages(importing("hx"), { live: [live(b)], gone: ["hx"] }), [
    "lifecycle.import names hx, and there is no such integration",
  ]);
  assert.deepEqual(messages(importing("hb"), { live: [live(b)] }), [
    "lifecycle.import names hb, which belongs to the key b",
  ]);
  assert.deepEqual(messages(importing("hx"), { live: [live(b), live(a, { hashId: "hx", type: "OTHER" })] }), [
    "lifecycle.import names hx, which differs in type",
  ]);
  assert.deepEqual(
    messages(importing("hx"), {
      lock: lockSectionOf({ a: entry(a) }),
      live: [live(a), live(b), live(a, { hashId: "hx" })],
    }),
    ["the lockfile has ha for this key, but lifecycle.import names hx"],
  );
});

test("import: it names the integration to adopt when the locked one is gone, and has no effect after the adoption or a replacement", () => {
  const importing = desired("a", { lifecycle: { import: "h2" } });
  const b = desired("b");
  const rest = { b: entry(b) };
  const second = live(a, { hashId: "h2", identifier: "elsewhere" });
  assert.deepEqual(
    planned([importing, b], { lock: lockSectionOf({ a: entry(a), ...rest }), live: [second, live(b)], gone: ["ha"] }),
    ["adopt a h2 by import"],
  );
  assert.deepEqual(planned([importing], { lock: lockSectionOf({ a: entry(a, second) }), live: [second] }), []);
  const replaced = entry(a, live(a), { superseded: ["h2"] });
  assert.deepEqual(planned([importing], { lock: lockSectionOf({ a: replaced }), live: [live(a)], gone: ["h2"] }), []);
});
