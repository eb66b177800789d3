import assert from "node:assert/strict";
import { test } from "node:test";
import type { DesiredIntegration, Scope } from "../model.ts";
import { desired, entry, live, locked, plan, secret, told, type World } from "../testing/builders.ts";
import { temporaryIdentifier } from "./superseded.ts";

/** What is planned for these, in a few words; see `told`. */
const planned = (wanted: readonly DesiredIntegration[], world: World = {}): string[] => told(plan(wanted, world));

const a = desired("a");
const inProject = (key: string, projectName: string): DesiredIntegration =>
  desired(key, { scope: "PROJECT", projectName });

test("create: wanted, and no live one is found", () => {
  assert.deepEqual(planned([a]), ["create a"]);
  const { changes } = plan([
    desired("b", { identifier: "given", scope: "PROJECT", projectName: "web", fields: { token: secret("T") } }),
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
        { path: "name", after: "b", reason: "edited", compared_with: "nothing", basis: "file" },
        { path: "token", after: { $secret: "T" }, reason: "edited", compared_with: "nothing", basis: "file" },
      ],
      supersedes: [],
      pending: [],
    },
  ]);
});

test("create: what can't be created is refused alone, with the way out", () => {
  const environment: Scope = "ENVIRONMENT";
  const unmanaged = desired("u", { lifecycle: { credentials: "unmanaged" } });
  const { changes } = plan([desired("e", { scope: environment }), unmanaged, a]);
  assert.deepEqual(told({ changes }), [
    "create a",
    "create e REFUSED environment-scope",
    "create u REFUSED unmanaged-credentials",
  ]);
  assert.equal(changes[1]?.refused?.hint, "create it in Buddy's web page, then adopt it with lifecycle.import");
});

test("create: a locked one that is gone is made anew, with the old hash superseded", () => {
  const { changes } = plan([a, desired("b")], {
    lock: locked({ a: entry(a, live(a), { superseded: ["h0"] }), b: entry(desired("b")) }),
    live: [live(desired("b"))],
    gone: ["ha", "h0"],
  });
  assert.deepEqual(told({ changes }), ["create a for ha"]);
  const [create] = changes;
  assert.deepEqual(create?.action === "create" && create.supersedes, ["h0", "ha"]);
  assert.equal(create?.action === "create" && create.identifier, "a");
});

test("adopt: by identifier, by key or by a former key, without a flag where nothing differs", () => {
  const view = live(a);
  assert.deepEqual(planned([a], { live: [view] }), ["adopt a ha by key"]);
  assert.deepEqual(planned([desired("k", { identifier: "a", fields: { name: "a" } })], { live: [view] }), [
    "adopt k ha by identifier",
  ]);
  const moved = desired("k", { fields: { name: "a" }, lifecycle: { movedFrom: ["x", "a"] } });
  assert.deepEqual(planned([moved], { live: [view] }), ["adopt k ha by moved_from"]);
});

test("adopt: one that differs needs --adopt, or an import that names it; then the difference is mended", () => {
  const view = live(a, { name: "other" });
  assert.deepEqual(planned([a], { live: [view] }), ["adopt a ha by key REFUSED needs-adopt"]);
  assert.deepEqual(planned([a], { live: [view], flags: { adopt: true } }), [
    "adopt a ha by key",
    "update a ha name:edited",
  ]);
  const imported = desired("a", { lifecycle: { import: "ha" } });
  assert.deepEqual(planned([imported], { live: [view] }), ["adopt a ha by import", "update a ha name:edited"]);
  const [refused] = plan([a], { live: [view] }).changes;
  assert.deepEqual(refused?.refused, {
    code: "needs-adopt",
    message: "an integration with this identifier exists and differs from the file in name",
    hint: "allow it with --adopt, or with lifecycle.import: ha",
  });
});

test("adopt: what we made ourselves needs no flag, by its hash or by what the journal asked for", () => {
  const view = live(a, { identifier: "a_1", name: "half-made" });
  const begun = { identifier: "a_1", type: "VULTR", scope: "WORKSPACE" };
  const expected = ["adopt a ha by journal", "update a ha name:edited"];
  assert.deepEqual(planned([a], { live: [view], made: { a: { ...begun, hashId: "ha" } } }), expected);
  assert.deepEqual(planned([a], { live: [view], made: { a: begun } }), expected);
});

test("adopt: never one that belongs to another key, whatever the journal says", () => {
  const b = desired("b");
  const made = { a: { hashId: "hb", identifier: "b", type: "VULTR", scope: "WORKSPACE" } };
  assert.deepEqual(planned([a, b], { lock: locked({ b: entry(b) }), live: [live(b)], made }), [
    "conflict a hb REFUSED conflict",
  ]);
});

test("adopt: a secret that can't be compared doesn't stand in the way; one that differs does, and the hash stays", () => {
  const app = (value?: string) =>
    desired("a", { type: "AZURE_CLOUD", fields: { app_id: secret("APP", value), tenant_id: "t" } });
  const view = live(app(), { fields: new Map([["app_id", "x"]]) });
  assert.deepEqual(planned([app()], { live: [view] }), ["adopt a ha by key", "update a ha tenant_id:never-sent"]);
  assert.deepEqual(planned([app("x")], { live: [view] }), ["adopt a ha by key", "update a ha tenant_id:never-sent"]);
  assert.deepEqual(planned([app("y")], { live: [view] }), [
    "adopt a ha by key REFUSED needs-adopt",
    "update a ha app_id:rotated tenant_id:never-sent REFUSED needs-adopt",
  ]);
});

test("conflict: several match, or the only match is of another type, scope or project", () => {
  const twin = live(a, { hashId: "h2" });
  assert.deepEqual(planned([a], { live: [twin, live(a)] }), ["conflict a h2 ha REFUSED conflict"]);
  for (const [view, field] of [
    [live(a, { type: "GITHUB" }), "type"],
    [live(a, { scope: "PROJECT" }), "scope"],
  ] as const) {
    const { changes } = plan([a], { live: [view] });
    assert.equal(changes[0]?.refused?.message, `the integration with the identifier a differs in ${field}`);
  }
  const { changes } = plan([inProject("a", "web")], { live: [live(inProject("a", "shop"))] });
  assert.equal(changes[0]?.refused?.message, "the integration with the identifier a differs in project_name");
});

test("conflict: of several with one identifier, the one of the same project is meant", () => {
  const [web, shop] = [inProject("a", "web"), inProject("a", "shop")];
  const lives = [live(web, { hashId: "hweb" }), live(shop, { hashId: "hshop" })];
  assert.deepEqual(planned([web], { live: lives }), ["adopt a hweb by key"]);
  assert.deepEqual(planned([inProject("a", "third")], { live: lives }), ["conflict a hshop hweb REFUSED conflict"]);
});

test("conflict: an integration that belongs to another key is no counterpart", () => {
  const other = desired("other", { identifier: "a", fields: { name: "a" } });
  const world = { lock: locked({ other: entry(other) }), live: [live(other)] };
  const { changes } = plan([a, other], world);
  assert.deepEqual(told({ changes }), ["conflict a hother REFUSED conflict"]);
  assert.equal(changes[0]?.refused?.message, "the integration with the identifier a belongs to the key other");
  // In another project it is another's altogether.
  assert.deepEqual(planned([inProject("a", "web"), other], world), ["create a"]);
});

test("conflict: two keys that would adopt the same one adopt nothing", () => {
  const b = desired("b", { fields: { name: "a" }, lifecycle: { movedFrom: ["a_old"] } });
  const c = desired("c", { fields: { name: "a" }, lifecycle: { import: "ha" } });
  const { changes } = plan([c, b], { live: [live(a, { identifier: "a_old" })] });
  assert.deepEqual(told({ changes }), ["conflict b ha REFUSED conflict", "conflict c ha REFUSED conflict"]);
  assert.equal(changes[0]?.refused?.message, "the integration ha would be adopted by c too");
});

test("import: a hash that is gone, is another's, or is unlike is a conflict, never a creation or replacement", () => {
  const b = desired("b");
  const messages = (wanted: DesiredIntegration, world: World): (string | undefined)[] =>
    plan([wanted, b], { ...world, lock: locked({ ...Object.fromEntries(world.lock ?? []), b: entry(b) }) })
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
    messages(importing("hx"), { lock: locked({ a: entry(a) }), live: [live(a), live(b), live(a, { hashId: "hx" })] }),
    ["locked as ha, but lifecycle.import names hx"],
  );
});

test("import: it names the one to take when the recorded one is gone, and is done with once adopted or replaced", () => {
  const importing = desired("a", { lifecycle: { import: "h2" } });
  const b = desired("b");
  const rest = { b: entry(b) };
  const second = live(a, { hashId: "h2", identifier: "elsewhere" });
  assert.deepEqual(
    planned([importing, b], { lock: locked({ a: entry(a), ...rest }), live: [second, live(b)], gone: ["ha"] }),
    ["adopt a h2 by import"],
  );
  assert.deepEqual(planned([importing], { lock: locked({ a: entry(a, second) }), live: [second] }), []);
  const replaced = entry(a, live(a), { superseded: ["h2"] });
  assert.deepEqual(planned([importing], { lock: locked({ a: replaced }), live: [live(a)], gone: ["h2"] }), []);
});

test("update: only fields that the file names, with what has to go along", () => {
  const before = desired("a", {
    type: "AMAZON",
    fields: { access_key: secret("K", "1"), secret_key: secret("S", "1") },
  });
  const now = desired("a", {
    type: "AMAZON",
    fields: { name: "New", access_key: secret("K", "2"), secret_key: secret("S", "1") },
  });
  const { changes } = plan([now], { lock: locked({ a: entry(before) }), live: [live(before)] });
  assert.deepEqual(told({ changes }), ["update a ha access_key:rotated name:edited"]);
  const [update] = changes;
  assert.deepEqual(update?.action === "update" && update.carried, ["secret_key"]);
});

test("replace: a field that can't change differs; refused without --allow-replace", () => {
  const world = { lock: locked({ a: entry(a), ...others(4) }), live: [live(a), ...otherLives(4)] };
  const now = inProject("a", "web");
  const wanted = [now, ...otherWanted(4)];
  assert.deepEqual(planned(wanted, world), ["replace a ha scope REFUSED needs-allow-replace"]);
  assert.deepEqual(planned(wanted, { ...world, flags: { allow_replace: true } }), ["replace a ha scope"]);
  const typed = [desired("a", { type: "SENTRY" }), ...otherWanted(4)];
  assert.deepEqual(planned(typed, { ...world, flags: { allow_replace: true } }), ["replace a ha type"]);
});

test("replace: what the file doesn't name is carried over; what the answer doesn't show can't be", () => {
  const world = (view: Parameters<typeof live>[1]): World => ({
    lock: locked({ a: entry(a), ...others(4) }),
    live: [live(a, view), ...otherLives(4)],
    flags: { allow_replace: true },
  });
  const now = [inProject("a", "web"), ...otherWanted(4)];
  const [replace] = plan(now, world({})).changes;
  assert.deepEqual(replace?.action === "replace" && replace.carried_over, [
    "all_pipelines_allowed",
    "allowed_pipelines",
    "permissions.admins",
    "permissions.groups",
    "permissions.others",
    "permissions.users",
  ]);
  const { permissions: _permissions, ...hidden } = live(a);
  const { changes } = plan(now, { ...world({}), live: [hidden, ...otherLives(4)] });
  assert.deepEqual(told({ changes }), ["replace a ha scope REFUSED unseen-limits"]);
});

test("replace: not what the lockfile knows under this hash is refused; the rest records what is live", () => {
  const locks = locked({ a: entry(a, live(a, { identifier: "old" })), ...others(4) });
  const world = { lock: locks, live: [live(a), ...otherLives(4)], flags: { allow_replace: true } };
  assert.deepEqual(planned([inProject("a", "web"), ...otherWanted(4)], world), [
    "record a ha former_identifiers identifier",
    "replace a ha scope REFUSED lock-mismatch",
  ]);
});

test("replace: lifecycle is recorded even if the replacement is refused, but never a rotation that wasn't sent", () => {
  const now = desired("a", { scope: "PROJECT", projectName: "web", lifecycle: { protect: true, rotate: 2 } });
  const world = { lock: locked({ a: entry(a), ...others(4) }), live: [live(a), ...otherLives(4)] };
  assert.deepEqual(planned([now, ...otherWanted(4)], world), [
    "record a ha lifecycle.protect",
    "replace a ha scope REFUSED protected",
  ]);
});

test("replace, interrupted: the new one that was made is adopted, the old one becomes superseded", () => {
  const now = inProject("a", "web");
  const old = live(a, { identifier: temporaryIdentifier("a", "ha") });
  const made = live(now, { hashId: "hnew" });
  for (const journal of [
    {},
    { a: { hashId: "hnew", identifier: "a", type: "VULTR", scope: "PROJECT", project: "web" } },
  ]) {
    const { changes } = plan([now], { lock: locked({ a: entry(a) }), live: [old, made], made: journal });
    assert.deepEqual(told({ changes }), ["adopt a hnew by journal"]);
    assert.deepEqual(changes[0]?.action === "adopt" && changes[0].supersedes, ["ha"]);
  }
  const twins = [old, made, live(now, { hashId: "htwin" })];
  assert.deepEqual(planned([now], { lock: locked({ a: entry(a) }), live: twins }), [
    "conflict a hnew htwin REFUSED conflict",
  ]);
});

test("replace, interrupted and given up: the old one gets its identifier back, with or without a lockfile", () => {
  const old = live(a, { identifier: temporaryIdentifier("a", "ha") });
  assert.deepEqual(planned([a], { lock: locked({ a: entry(a) }), live: [old] }), ["update a ha identifier:edited"]);
  assert.deepEqual(planned([a], { live: [old] }), ["adopt a ha by journal", "update a ha identifier:edited"]);
});

test("a lost lockfile after a replacement: the new one is adopted, the old one is known as superseded again", () => {
  const now = inProject("a", "web");
  const old = live(a, { hashId: "hold", identifier: temporaryIdentifier("a", "hold") });
  const { changes } = plan([now], { live: [live(now), old] });
  assert.deepEqual(told({ changes }), ["adopt a ha by key"]);
  assert.deepEqual(changes[0]?.action === "adopt" && changes[0].supersedes, ["hold"]);
});

test("rename: the lock's key changes, the integration doesn't", () => {
  const b = desired("b", { fields: { name: "a" }, lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(planned([b], { lock: locked({ a: entry(a) }), live: [live(a)] }), ["rename b ha from a"]);
  const edited = desired("b", { lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(planned([edited], { lock: locked({ a: entry(a) }), live: [live(a)] }), [
    "rename b ha from a",
    "update b ha name:edited",
  ]);
  // An entry moves once only, and not away from a key that is wanted.
  const c = desired("c", { fields: { name: "c" }, lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(planned([c, b], { lock: locked({ a: entry(a) }), live: [live(a)] }), [
    "rename b ha from a",
    "create c",
  ]);
  assert.deepEqual(planned([a, b], { lock: locked({ a: entry(a) }), live: [live(a)] }), ["create b"]);
});

test("record: only the lock's content changes, even beside an update that only a secret shows", () => {
  const before = desired("a", { fields: { token: secret("T", "1") } });
  const now = (value?: string) =>
    desired("a", { fields: { token: secret("T", value) }, lifecycle: { protect: true, onRemove: "retain" } });
  const world = { lock: locked({ a: entry(before) }), live: [live(before)] };
  const record = "record a ha lifecycle.on_remove lifecycle.protect";
  assert.deepEqual(planned([now()], world), [record]);
  assert.deepEqual(planned([now("1")], world), [record]);
  assert.deepEqual(planned([now("2")], world), [record, "update a ha token:rotated"]);
  assert.deepEqual(planned([now()], { ...world, live: [live(before, { identifier: "renamed" })] }), [
    "record a ha former_identifiers identifier lifecycle.on_remove lifecycle.protect",
  ]);
});

test("record: a literal that has become a reference doesn't stay in the lockfile", () => {
  const before = desired("a", { type: "NEW_RELIC", fields: { region: "EU" } });
  const now = desired("a", { type: "NEW_RELIC", fields: { region: secret("REGION", "EU") } });
  const { changes } = plan([now], { lock: locked({ a: entry(before) }), live: [live(before)] });
  assert.deepEqual(told({ changes }), ["record a ha last_sent.region"]);
  assert.equal(changes[0]?.action === "record" && changes[0].basis, "secret");
});

test("delete, orphan, forget: what is locked and no longer wanted", () => {
  const world = { lock: locked({ a: entry(a), ...others(4) }), live: [live(a), ...otherLives(4)] };
  const rest = otherWanted(4);
  assert.deepEqual(planned(rest, world), ["orphan a ha"]);
  assert.deepEqual(planned(rest, { ...world, flags: { prune: true } }), ["delete a ha"]);
  assert.deepEqual(planned(rest, { ...world, live: otherLives(4), gone: ["ha"] }), ["forget a ha gone"]);
  const retained = {
    ...world,
    lock: locked({ a: entry(desired("a", { lifecycle: { onRemove: "retain" } })), ...others(4) }),
  };
  assert.deepEqual(planned(rest, { ...retained, flags: { prune: true } }), ["forget a ha retain"]);
});

test("delete: not what the lockfile knows under this hash is refused", () => {
  const rest = otherWanted(4);
  for (const view of [live(a, { identifier: "other" }), live(a, { type: "OTHER" })]) {
    const world = { lock: locked({ a: entry(a), ...others(4) }), live: [view, ...otherLives(4)] };
    assert.deepEqual(planned(rest, world), ["orphan a ha"]);
    assert.deepEqual(planned(rest, { ...world, flags: { prune: true } }), ["delete a ha REFUSED lock-mismatch"]);
  }
});

test("superseded: left alone, deleted with --prune, never in the run that superseded them", () => {
  const old = live(a, { hashId: "h0", identifier: temporaryIdentifier("a", "h0") });
  const locks = locked({ a: entry(a, live(a), { superseded: ["h0", "hgone"] }) });
  const world = { lock: locks, live: [live(a), old], gone: ["hgone"] };
  assert.deepEqual(planned([a], world), ["orphan a h0 superseded"]);
  assert.deepEqual(planned([a], { ...world, flags: { prune: true } }), ["delete a h0 superseded"]);
  const flags = { prune: true, allow_replace: true, max_deletions: 1 };
  assert.deepEqual(planned([inProject("a", "web")], { ...world, flags }), [
    "replace a ha scope",
    "delete a h0 superseded",
  ]);
  assert.deepEqual(
    planned([a], { ...world, live: [old], gone: ["ha", "hgone"], flags: { prune: true, max_deletions: 1 } }),
    ["create a for ha", "delete a h0 superseded"],
  );
});

test("superseded: one that has become another's, or has another identifier now, isn't deleted", () => {
  const renamed = live(a, { hashId: "h0", identifier: "somebodys" });
  const locks = locked({ a: entry(a, live(a), { superseded: ["h0"] }) });
  const world = { lock: locks, live: [live(a), renamed], flags: { prune: true } };
  assert.deepEqual(planned([a], world), ["delete a h0 superseded REFUSED lock-mismatch"]);
  const b = desired("b", { lifecycle: { import: "h0" }, fields: { name: "a" } });
  assert.deepEqual(planned([a, b], world), ["adopt b h0 by import"]);
});

test("superseded: a key that the file no longer names goes with its former integrations", () => {
  const old = live(a, { hashId: "h0" });
  const locks = locked({ a: entry(a, live(a), { superseded: ["h0"] }), ...others(4) });
  const world = { lock: locks, live: [live(a), old, ...otherLives(4)], flags: { prune: true } };
  assert.deepEqual(planned(otherWanted(4), world), ["delete a h0 superseded", "delete a ha"]);
  // Gone itself, it is forgotten only once nothing of it is left.
  assert.deepEqual(planned(otherWanted(4), { ...world, live: [old, ...otherLives(4)], gone: ["ha"] }), [
    "delete a h0 superseded",
  ]);
});

test("--only restricts the plan to keys and globs, by the old key too, and counts what it leaves out", () => {
  const [b, c] = [desired("b_1"), desired("b_2")];
  const moved = desired("new", { fields: { name: "a" }, lifecycle: { movedFrom: ["a"] } });
  const world = { lock: locked({ a: entry(a), gone: entry(desired("gone")) }), live: [live(a), live(desired("gone"))] };
  const only = (...patterns: string[]): [string[], number] => {
    const made = plan([b, c, moved], { ...world, flags: { only: patterns } });
    return [told(made), made.left_out];
  };
  assert.deepEqual(only("b_*"), [["create b_1", "create b_2"], 2]);
  assert.deepEqual(only("b_?"), [["create b_1", "create b_2"], 2]);
  assert.deepEqual(only("a"), [["rename new ha from a"], 3]);
  assert.deepEqual(only("new", "gone"), [["rename new ha from a", "orphan gone hgone"], 2]);
  assert.deepEqual(only("b.1", "[b]_1", "(b_1|b_2)"), [[], 4]);
});

test("keep: nothing to do, with the paths that can't be compared", () => {
  const integration = desired("a", { fields: { token: secret("T") } });
  const known = desired("a", { fields: { token: secret("T", "1") } });
  assert.deepEqual(plan([integration], { lock: locked({ a: entry(known) }), live: [live(known)] }).changes, [
    {
      action: "keep",
      key: "a",
      type: "VULTR",
      name: "a",
      hash_id: "ha",
      unknown: [{ path: "token", why: "no-value" }],
    },
  ]);
});

/** Integrations that fill the lockfile, so that a threshold isn't met by one alone. */
function otherWanted(count: number): DesiredIntegration[] {
  return Array.from({ length: count }, (_, index) => desired(`other_${index}`));
}
function others(count: number) {
  return Object.fromEntries(otherWanted(count).map((integration) => [integration.key, entry(integration)]));
}
function otherLives(count: number) {
  return otherWanted(count).map((integration) => live(integration));
}
