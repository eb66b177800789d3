import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds } from "../../model/integration.ts";
import {
  desired,
  entry,
  everythingEverywhere,
  live,
  lockSectionOf,
  otherEntries,
  otherLives,
  otherWanted,
  planFor,
  planInput,
  planInWords,
  planned,
  UNPROTECTED,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import { withoutKeys } from "../../model/lockfile.ts";
import { planIntegrations } from "../plan.ts";
import { temporaryIdentifier } from "./temporary-identifier.ts";

const warned = (wanted: readonly IntegrationWithIds[], world: PlanWorld): string[] =>
  planFor(wanted, world).warnings.flatMap(({ code, key, message }) =>
    code === "adopts-forgotten" ? [`${key} ${message}`] : [],
  );

const old = desired("old", { identifier: "x" });
const retained = entry(desired("old", { identifier: "x", lifecycle: { onRemove: "retain" } }));
/** The key `old` leaves in each of these. */
const LEAVING: readonly [why: string, world: PlanWorld][] = [
  ["removed", { lock: lockSectionOf({ old: entry(old) }), live: [live(old)], removed: ["old"] }],
  ["retain", { lock: lockSectionOf({ old: retained }), live: [live(old)] }],
];

for (const [why, world] of LEAVING) {
  const forget = `forget old hold ${why}`;

  test(`an integration that leaves is adopted under another key like one that nobody manages (${why})`, () => {
    const named = { name: "old" };
    for (const [via, wanted] of [
      ["identifier", desired("new", { identifier: "x", fields: named })],
      ["key", desired("x", { fields: named })],
      ["moved_from", desired("new", { fields: named, lifecycle: { movedFrom: ["y", "x"] } })],
      ["import", desired("new", { fields: { name: "New" }, lifecycle: { import: "hold" } })],
    ] as const) {
      const update = via === "import" ? ["update new hold name:edited"] : [];
      assert.deepEqual(planned([wanted], world), [`adopt ${wanted.key} hold by ${via}`, ...update, forget]);
      const warning = `${wanted.key} finds hold, which this plan drops from the lockfile as old`;
      assert.deepEqual(warned([wanted], world), via === "import" ? [] : [warning]);
      // The next plan, if this one only forgets.
      const { lock: _lock, removed: _removed, ...next } = world;
      assert.deepEqual(planned([wanted], next), [`adopt ${wanted.key} hold by ${via}`, ...update]);
    }
  });

  test(`an integration that leaves is edited under another key only with --adopt or lifecycle.import (${why})`, () => {
    const wanted = desired("new", { identifier: "x", fields: { name: "New" } });
    assert.deepEqual(planned([wanted], world), ["adopt new hold by identifier REFUSED needs-adopt", forget]);
    assert.deepEqual(planned([wanted], { ...world, flags: { adopt: true } }), [
      "adopt new hold by identifier",
      "update new hold name:edited",
      forget,
    ]);
  });

  test(`an integration that leaves keeps its identifier, so another type with it is a conflict (${why})`, () => {
    const wanted = desired("new", { identifier: "x", type: "SENTRY" });
    assert.deepEqual(planned([wanted], world), [forget, "conflict new hold REFUSED conflict"]);
    assert.equal(
      planFor([wanted], world).changes[1]?.refused?.message,
      "the integration with the identifier x differs in type",
    );
  });

  test(`an integration that leaves is in the way of a replacement, and --prune isn't the way out (${why})`, () => {
    const a = desired("a", { identifier: "x", scope: "PROJECT", projectName: "web" });
    const lock = lockSectionOf({ ...Object.fromEntries(world.lock ?? []), a: entry(a) });
    const moved = { ...world, lock, live: [live(a), ...(world.live ?? [])], flags: { allow_replace: true } };
    const { changes } = planFor([desired("a", { identifier: "x" })], { ...moved, lock });
    assert.deepEqual(planInWords({ changes }), [forget, "conflict a hold REFUSED conflict"]);
    assert.match(changes[1]?.refused?.hint ?? "", /^delete that one or change its identifier/);
  });
}

test("a key that --only leaves out, or that is refused, doesn't leave", () => {
  const wanted = desired("new", { identifier: "x", fields: { name: "old" } });
  const [, world] = LEAVING[0] ?? ["", {}];
  assert.deepEqual(planned([wanted], { ...world, flags: { only: ["new"] } }), ["conflict new hold REFUSED conflict"]);
  const strange = { hashId: "hs", identifier: "s", type: "OTHER", scope: "WORKSPACE" as const, lifecycle: UNPROTECTED };
  const made = { ...world, live: [...(world.live ?? []), live(desired("s"))], made: { old: strange } };
  assert.deepEqual(planned([wanted], made), [
    "forget old hold removed REFUSED journal-claim",
    "conflict new hold REFUSED conflict",
  ]);
});

test("the journal doesn't lead a key to an integration that had another key until this plan", () => {
  const [, world] = LEAVING[0] ?? ["", {}];
  const begun = { identifier: "x", type: "VULTR", scope: "WORKSPACE" as const, lifecycle: UNPROTECTED };
  const wanted = desired("new", { fields: { name: "New" } });
  assert.deepEqual(planned([wanted], { ...world, made: { new: begun } }), ["create new", "forget old hold removed"]);
  assert.deepEqual(planned([{ ...wanted, identifier: "x" }], { ...world, made: { new: begun } }), [
    "adopt new hold by identifier REFUSED needs-adopt",
    "forget old hold removed",
  ]);
  assert.deepEqual(planned([wanted], { ...world, made: { new: { ...begun, hashId: "hold" } } }), [
    "forget old hold removed",
    "conflict new REFUSED journal-claim",
  ]);
});

test("a former integration of a key that leaves is found under the identifier that it had, and is edited only with --adopt", () => {
  const former = live(old, { hashId: "h0", identifier: temporaryIdentifier("x", "h0") });
  const now = desired("old", { identifier: "x", scope: "PROJECT", projectName: "web" });
  const world: PlanWorld = {
    lock: lockSectionOf({ old: entry(now, live(now), { superseded: ["h0"] }) }),
    live: [live(now), former],
    removed: ["old"],
  };
  const [equal, other] = [desired("x", { fields: { name: "old" } }), desired("x", { fields: { name: "New" } })];
  assert.deepEqual(planned([equal], world), [
    "adopt x h0 by key",
    "update x h0 identifier:edited",
    "forget old hold removed",
  ]);
  assert.deepEqual(warned([equal], world), ["x finds h0, which this plan drops from the lockfile as old"]);
  assert.deepEqual(planned([other], world), ["adopt x h0 by key REFUSED needs-adopt", "forget old hold removed"]);
});

test("a key that takes over the identifier of a key that leaves takes its former integration too, and the plan warns", () => {
  const former = live(old, { hashId: "h0", identifier: temporaryIdentifier("x", "h0") });
  const world: PlanWorld = {
    lock: lockSectionOf({ old: entry(old, live(old), { superseded: ["h0"] }) }),
    live: [live(old), former],
    removed: ["old"],
  };
  const wanted = desired("new", { identifier: "x", fields: { name: "old" } });
  const { changes } = planFor([wanted], world);
  assert.deepEqual(changes[0]?.action === "adopt" && changes[0].supersedes, ["h0"]);
  assert.deepEqual(warned([wanted], world), [
    "new finds hold, which this plan drops from the lockfile as old",
    "new replaces h0, which this plan drops from the lockfile as old; a later run with --prune would delete it",
  ]);
});

test("an integration that a replacement set aside in another place isn't taken over, even if the list shows it", () => {
  const here = desired("x", { scope: "PROJECT", projectName: "shop" });
  const elsewhere = desired("x", { scope: "PROJECT", projectName: "web" });
  const former = live(elsewhere, { hashId: "h0", identifier: temporaryIdentifier("x", "h0") });
  const { changes } = planFor([here], { live: [live(here), former], parts: everythingEverywhere });
  assert.deepEqual(planInWords({ changes }), ["adopt x hx by key"]);
  assert.deepEqual(changes[0]?.action === "adopt" && changes[0].supersedes, []);
});

test("what one key forgets isn't deleted as the former integration of another key, in this run or later", () => {
  const a = desired("a");
  const b = desired("b", { identifier: "before" });
  const lock = lockSectionOf({ a: entry(a, live(a), { superseded: ["hb"] }), b: entry(b), ...otherEntries(4) });
  const world = { lock, live: [live(a), live(b), ...otherLives(4)], removed: ["b"], flags: { prune: true } };
  const rest = [a, ...otherWanted(4)];
  assert.deepEqual(planned(rest, world), ["forget b hb removed"]);
  const kept = withoutKeys(lock, new Set(["b"]));
  assert.deepEqual(kept.get("a")?.superseded, []);
  assert.deepEqual(planned(rest, { ...world, lock: kept }), []);
  // As long as it has its own key, it isn't deleted either.
  assert.deepEqual(planned([...rest, b], { ...world, removed: [] }), []);
});

test("an integration that leaves doesn't count as locked, so a plan can't delete all others", () => {
  const a = desired("a");
  const world = { lock: lockSectionOf({ a: entry(a), old: entry(old) }), live: [live(a), live(old)], removed: ["old"] };
  assert.deepEqual(planned([], { ...world, flags: { prune: true } }), [
    "delete a ha REFUSED threshold",
    "forget old hold removed",
  ]);
});

test("an integration that moves to another file belongs to that file, and no key of this one gets it", () => {
  const input = planInput([desired("new", { identifier: "x", fields: { name: "old" } })], {
    lock: lockSectionOf({ old: entry(old) }),
    live: [live(old)],
  });
  const others = { ...input.others, movedTo: new Map([["hold", "site of b.yaml"]]) };
  const { changes } = planIntegrations({ ...input, others });
  assert.deepEqual(planInWords({ changes }), ["forget old hold moved", "conflict new hold REFUSED conflict"]);
  assert.equal(changes[1]?.refused?.message, "the integration with the identifier x belongs to the key site of b.yaml");
});

test("with --assume-sent nothing leaves, so nothing is forgotten or adopted", () => {
  const [, world] = LEAVING[0] ?? ["", {}];
  const wanted = desired("new", { identifier: "x", fields: { name: "old" } });
  assert.deepEqual(planned([wanted], { ...world, flags: { assume_sent: "*" } }), []);
});
