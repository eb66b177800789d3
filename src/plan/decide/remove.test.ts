import assert from "node:assert/strict";
import { test } from "node:test";
import {
  desired,
  entry,
  inProject,
  live,
  lockSectionOf,
  otherEntries,
  otherLives,
  otherWanted,
  planFor,
  planned,
} from "../../../test/support/builders.ts";
import { temporaryIdentifier } from "../match/temporary-identifier.ts";

const a = desired("a");

test("a locked integration that is no longer wanted is deleted, left as an orphan, or forgotten", () => {
  const world = { lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }), live: [live(a), ...otherLives(4)] };
  const rest = otherWanted(4);
  assert.deepEqual(planned(rest, world), ["orphan a ha"]);
  assert.deepEqual(planned(rest, { ...world, flags: { prune: true } }), ["delete a ha"]);
  assert.deepEqual(planned(rest, { ...world, live: otherLives(4), gone: ["ha"] }), ["forget a ha gone"]);
  const retained = {
    ...world,
    lock: lockSectionOf({ a: entry(desired("a", { lifecycle: { onRemove: "retain" } })), ...otherEntries(4) }),
  };
  assert.deepEqual(planned(rest, { ...retained, flags: { prune: true } }), ["forget a ha retain"]);
});

test("delete: refused if the live integration isn't the one that the lockfile describes", () => {
  const rest = otherWanted(4);
  for (const view of [live(a, { identifier: "other" }), live(a, { type: "OTHER" })]) {
    const world = { lock: lockSectionOf({ a: entry(a), ...otherEntries(4) }), live: [view, ...otherLives(4)] };
    assert.deepEqual(planned(rest, world), ["orphan a ha"]);
    assert.deepEqual(planned(rest, { ...world, flags: { prune: true } }), ["delete a ha REFUSED lock-mismatch"]);
  }
});

test("superseded integrations are left alone; --prune deletes them, but never in the run that superseded them", () => {
  const old = live(a, { hashId: "h0", identifier: temporaryIdentifier("a", "h0") });
  const locks = lockSectionOf({ a: entry(a, live(a), { superseded: ["h0", "hgone"] }) });
  const world = { lock: locks, live: [live(a), old], gone: ["hgone"] };
  assert.deepEqual(planned([a], world), ["orphan a h0 set-aside"]);
  assert.deepEqual(planned([a], { ...world, flags: { prune: true } }), ["delete a h0 set-aside"]);
  const flags = { prune: true, allow_replace: true, max_deletions: 1 };
  assert.deepEqual(planned([inProject("a", "web")], { ...world, flags }), [
    "replace a ha scope",
    "delete a h0 set-aside",
  ]);
  assert.deepEqual(
    planned([a], {
      ...world,
      live: [old],
      gone: ["ha", "hgone"],
      flags: { prune: true, max_deletions: 1, recreate: ["a"] },
    }),
    ["create a for ha", "delete a h0 set-aside"],
  );
});

test("a superseded integration isn't deleted if another key adopts it, or if it has another identifier now", () => {
  const renamed = live(a, { hashId: "h0", identifier: "somebodys" });
  const locks = lockSectionOf({ a: entry(a, live(a), { superseded: ["h0"] }) });
  const world = { lock: locks, live: [live(a), renamed], flags: { prune: true } };
  assert.deepEqual(planned([a], world), ["delete a h0 superseded REFUSED lock-mismatch"]);
  const b = desired("b", { lifecycle: { import: "h0" }, fields: { name: "a" } });
  assert.deepEqual(planned([a, b], world), ["adopt b h0 by import"]);
});

test("superseded integrations are deleted together with a key that the file no longer names", () => {
  const old = live(a, { hashId: "h0" });
  const locks = lockSectionOf({ a: entry(a, live(a), { superseded: ["h0"] }), ...otherEntries(4) });
  const world = { lock: locks, live: [live(a), old, ...otherLives(4)], flags: { prune: true } };
  assert.deepEqual(planned(otherWanted(4), world), ["delete a h0 superseded", "delete a ha"]);
  // A key whose integration is gone is forgotten only once its former ones are gone too.
  assert.deepEqual(planned(otherWanted(4), { ...world, live: [old, ...otherLives(4)], gone: ["ha"] }), [
    "delete a h0 superseded",
  ]);
});

test("a deletion shows the integration's name in the workspace, whatever the lockfile says", () => {
  const rest = otherWanted(4);
  const named = live(a, { name: "Production" });
  const claims = [entry(a, live(a, { name: "Harmless" })), { ...entry(a), lastSent: new Map() }];
  for (const claim of claims) {
    const world = { lock: lockSectionOf({ a: claim, ...otherEntries(4) }), live: [named, ...otherLives(4)] };
    const { changes } = planFor(rest, { ...world, flags: { prune: true } });
    assert.equal(changes.find(({ action }) => action === "delete")?.name, "Production");
  }
});
