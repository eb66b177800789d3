import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveIntegration } from "../../model/integration.ts";
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
  planFor,
  planInWords,
  planned,
  type PlanWorld,
  UNPROTECTED,
} from "../../../test/support/builders.ts";
import { replacementPayload } from "./payload.ts";
import { temporaryIdentifier } from "../match/temporary-identifier.ts";

const a = desired("a");

test("replace: a field that can't change differs; refused without --allow-replace", () => {
  const world = { lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }), live: [live(a), ...otherLives(4)] };
  const now = inProject("a", "web");
  const wanted = [now, ...otherWanted(4)];
  assert.deepEqual(planned(wanted, world), ["replace a ha scope REFUSED needs-allow-replace"]);
  assert.deepEqual(planned(wanted, { ...world, flags: { allow_replace: true } }), ["replace a ha scope"]);
  const typed = [desired("a", { type: "SENTRY" }), ...otherWanted(4)];
  assert.deepEqual(planned(typed, { ...world, flags: { allow_replace: true } }), ["replace a ha type"]);
});

test("replace: limits that the file doesn't name are copied from the old one; if the response doesn't show them, it is refused", () => {
  const world = (view: Parameters<typeof live>[1]): PlanWorld => ({
    lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }),
    live: [live(a, view), ...otherLives(4)],
    flags: { allow_replace: true },
  });
  const now = [inProject("a", "web"), ...otherWanted(4)];
  const [replace] = planFor(now, world({})).changes;
  assert.deepEqual(replace?.action === "replace" && replace.carried_over, [
    "all_pipelines_allowed",
    "allowed_pipelines",
    "permissions.admins",
    "permissions.groups",
    "permissions.others",
    "permissions.users",
  ]);
  const { permissions: _permissions, ...hidden } = live(a);
  const { changes } = planFor(now, { ...world({}), live: [hidden, ...otherLives(4)] });
  assert.deepEqual(planInWords({ changes }), ["replace a ha scope REFUSED unseen-limits"]);
});

test("replace: notes that the file doesn't name are copied from the old one, and other fields aren't", () => {
  const noted = live(a, {
    fields: new Map([
      ["note", "ask Ann"],
      ["agent_note", "theirs"],
      ["host_url", "https://one"],
    ]),
  });
  const wanted = desired("a", { scope: "PROJECT", projectName: "web", fields: { agent_note: "ours" } });
  const world = { lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }), live: [noted, ...otherLives(4)] };
  const [replace] = planFor([wanted, ...otherWanted(4)], { ...world, flags: { allow_replace: true } }).changes;
  assert.ok(replace?.action === "replace" && replace.carried_over.includes("note"));
  assert.ok(!replace.carried_over.includes("agent_note"));
  const payload = replacementPayload(wanted, noted, "a");
  assert.deepEqual(
    ["note", "agent_note", "host_url"].map((name) => payload.get(name)),
    ["ask Ann", "ours", undefined],
  );
});

test("replace: refused if the live integration isn't the one that the lockfile describes; other changes are recorded", () => {
  const locks = lockSectionOf({ a: entry(a, live(a, { identifier: "old" })), ...otherEntries(4) });
  const world = { lock: locks, live: [live(a), ...otherLives(4)], flags: { allow_replace: true } };
  assert.deepEqual(planned([inProject("a", "web"), ...otherWanted(4)], world), [
    "record a ha former_identifiers identifier",
    "replace a ha scope REFUSED lock-mismatch",
  ]);
});

test("replace: lifecycle is recorded even if the replacement is refused, but never a rotation that wasn't sent", () => {
  const now = desired("a", { scope: "PROJECT" as const, projectName: "web", lifecycle: { protect: true, rotate: 2 } });
  const world = { lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }), live: [live(a), ...otherLives(4)] };
  assert.deepEqual(planned([now, ...otherWanted(4)], world), [
    "record a ha lifecycle.protect",
    "replace a ha scope REFUSED protected",
  ]);
});

test("replace: an integration that already has the identifier in the new place is a conflict, and no second one is created", () => {
  const now = inProject("a", "web");
  const there = live(now, { hashId: "hthere" });
  const world = (...more: LiveIntegration[]): PlanWorld => ({
    lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }),
    live: [live(a), ...otherLives(4), ...more],
    flags: { allow_replace: true },
  });
  const wanted = [now, ...otherWanted(4)];
  for (const parts of [undefined, everythingEverywhere]) {
    const beside = (...more: LiveIntegration[]): string[] =>
      planned(wanted, { ...world(...more), ...(parts === undefined ? {} : { parts }) });
    assert.deepEqual(beside(there), ["conflict a hthere REFUSED conflict"]);
    assert.deepEqual(beside(live(now, { hashId: "h2" }), there), ["conflict a h2 hthere REFUSED conflict"]);
    assert.deepEqual(beside(live(inProject("a", "shop"), { hashId: "hthere" })), ["replace a ha scope"]);
  }
  const renamed = { ...now, lifecycle: { ...now.lifecycle, movedFrom: ["former"] } };
  const left = live(now, { hashId: "hleft", identifier: "former" });
  assert.deepEqual(planned([renamed, ...otherWanted(4)], world(left)), ["conflict a hleft REFUSED conflict"]);
  // If there are two, both are named, in a fixed order.
  const other = live(now, { hashId: "hthat" });
  for (const two of [
    [there, other],
    [other, there],
  ]) {
    const both = world(...two);
    assert.deepEqual(planned(wanted, both), ["conflict a hthat hthere REFUSED conflict"]);
  }
  // If it belongs to a removed or renamed key, --prune deletes it.
  const former = {
    ...world(there),
    lock: lockSectionOf({ a: entry(a, live(a), { superseded: ["hthere"] }), ...otherEntries(4) }),
  };
  assert.deepEqual(planned(wanted, former), ["orphan a hthere superseded", "conflict a hthere REFUSED conflict"]);
  const orphan = lockSectionOf({ a: entry(a), b: entry(inProject("b", "web"), there), ...otherEntries(4) });
  assert.deepEqual(planned(wanted, { ...world(there), lock: orphan }), [
    "orphan b hthere",
    "conflict a hthere REFUSED conflict",
  ]);
  // If its key gets another identifier in the same plan, it isn't a conflict.
  const leaving = desired("b", { identifier: "b_new", scope: "PROJECT", projectName: "web" });
  assert.deepEqual(planned([...wanted, leaving], { ...world(there), lock: orphan }), [
    "update b hthere identifier:edited name:drift",
    "replace a ha scope",
  ]);
});

test("after an interrupted replacement, the new integration is adopted and the old one becomes superseded", () => {
  const now = inProject("a", "web");
  const old = live(a, { identifier: temporaryIdentifier("a", "ha") });
  const made = live(now, { hashId: "hnew" });
  const begun = {
    hashId: "hnew",
    identifier: "a",
    type: "VULTR",
    scope: "PROJECT" as const,
    projectName: "web",
    lifecycle: UNPROTECTED,
  };
  for (const [journal, via] of [
    [{}, "identifier"],
    [{ a: begun }, "journal"],
  ] as const) {
    const { changes } = planFor([now], { lock: lockSectionOf({ a: entry(a) }), live: [old, made], made: journal });
    assert.deepEqual(planInWords({ changes }), [`adopt a hnew by ${via}`]);
    assert.deepEqual(changes[0]?.action === "adopt" && changes[0].supersedes, ["ha"]);
  }
  // Without the journal, an integration that differs may be somebody else's.
  const stranger = { ...made, name: "Stranger" };
  assert.deepEqual(planned([now], { lock: lockSectionOf({ a: entry(a) }), live: [old, stranger] }), [
    "adopt a hnew by identifier REFUSED needs-adopt",
  ]);
  const twins = [old, made, live(now, { hashId: "htwin" })];
  assert.deepEqual(planned([now], { lock: lockSectionOf({ a: entry(a) }), live: twins }), [
    "conflict a hnew htwin REFUSED conflict",
  ]);
});

test("when an interrupted replacement is given up, the old integration gets its identifier back, with or without a lockfile", () => {
  const old = live(a, { identifier: temporaryIdentifier("a", "ha") });
  assert.deepEqual(planned([a], { lock: lockSectionOf({ a: entry(a) }), live: [old] }), [
    "update a ha identifier:edited",
  ]);
  assert.deepEqual(planned([a], { live: [old] }), ["adopt a ha by key", "update a ha identifier:edited"]);
});

test("after a replacement and a lost lockfile, the new integration is adopted, and the old one is superseded again", () => {
  const old = live(desired("a", { type: "SENTRY" }), { hashId: "hold", identifier: temporaryIdentifier("a", "hold") });
  const { changes } = planFor([a], { live: [live(a), old] });
  assert.deepEqual(planInWords({ changes }), ["adopt a ha by key"]);
  assert.deepEqual(changes[0]?.action === "adopt" && changes[0].supersedes, ["hold"]);
});

test("after a replacement in another project and a lost lockfile, only the journal leads to the old integration", () => {
  const now = inProject("a", "web");
  const old = live(a, { hashId: "hold", identifier: temporaryIdentifier("a", "hold") });
  const made = {
    a: {
      hashId: "ha",
      identifier: "a",
      type: "VULTR",
      scope: "PROJECT" as const,
      projectName: "web",
      replaces: "hold",
      lifecycle: UNPROTECTED,
    },
  };
  for (const [journal, superseded] of [
    [made, ["hold"]],
    [{}, []],
  ] as const) {
    const { changes } = planFor([now], { live: [live(now), old], made: journal });
    assert.equal(changes[0]?.action, "adopt");
    assert.deepEqual(changes[0].supersedes, superseded);
  }
});
