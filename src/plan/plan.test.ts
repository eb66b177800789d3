import assert from "node:assert/strict";
import { test } from "node:test";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  planFor,
  planInWords,
  planned,
  secretOf,
} from "../../test/support/builders.ts";

const a = desired("a");

test("update: only fields that the file names are sent, with the fields that the API wants with them", () => {
  const before = desired("a", {
    type: "AMAZON",
    fields: { access_key: secretOf("K", "1"), secret_key: secretOf("S", "1") },
  });
  const now = desired("a", {
    type: "AMAZON",
    fields: { name: "New", access_key: secretOf("K", "2"), secret_key: secretOf("S", "1") },
  });
  const { changes } = planFor([now], { lock: lockSectionOf({ a: entry(before) }), live: [live(before)] });
  assert.deepEqual(planInWords({ changes }), ["update a ha access_key:rotated name:edited"]);
  const [update] = changes;
  assert.deepEqual(update?.action === "update" && update.carried, [{ name: "secret_key", compared: "unchanged" }]);
});

test("rename: the key in the lockfile changes, the integration doesn't", () => {
  const b = desired("b", { fields: { name: "a" }, lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(planned([b], { lock: lockSectionOf({ a: entry(a) }), live: [live(a)] }), ["rename b ha from a"]);
  const edited = desired("b", { lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(planned([edited], { lock: lockSectionOf({ a: entry(a) }), live: [live(a)] }), [
    "rename b ha from a",
    "update b ha name:edited",
  ]);
  // An entry moves once only, and not away from a key that is wanted.
  const c = desired("c", { fields: { name: "c" }, lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(planned([c, b], { lock: lockSectionOf({ a: entry(a) }), live: [live(a)] }), [
    "rename b ha from a",
    "create c",
  ]);
  assert.deepEqual(planned([a, b], { lock: lockSectionOf({ a: entry(a) }), live: [live(a)] }), ["create b"]);
});

test("record: only the lockfile changes, even beside an update that only a secret shows", () => {
  const before = desired("a", { fields: { token: secretOf("T", "1") } });
  const now = (value?: string) =>
    desired("a", { fields: { token: secretOf("T", value) }, lifecycle: { protect: true, onRemove: "retain" } });
  const world = { lock: lockSectionOf({ a: entry(before) }), live: [live(before)] };
  const record = "record a ha lifecycle.on_remove lifecycle.protect";
  assert.deepEqual(planned([now()], world), [record]);
  assert.deepEqual(planned([now("1")], world), [record]);
  assert.deepEqual(planned([now("2")], world), [record, "update a ha token:rotated"]);
  assert.deepEqual(planned([now()], { ...world, live: [live(before, { identifier: "renamed" })] }), [
    "record a ha former_identifiers identifier lifecycle.on_remove lifecycle.protect",
  ]);
});

test("record: the lifecycle of an integration that is gone can change, so that its protection can be removed before it is recreated", () => {
  const before = desired("a", { lifecycle: { protect: true } });
  const world = {
    lock: lockSectionOf({ a: entry(before), b: entry(desired("b")) }),
    live: [live(desired("b"))],
    gone: ["ha"],
  };
  assert.deepEqual(planned([desired("a"), desired("b")], world), [
    "record a ha lifecycle.protect",
    "create a for ha REFUSED protected",
  ]);
});

test("a rotation is recorded with the update that sends the values, not beside it", () => {
  const before = desired("a", { fields: { token: secretOf("T", "1") } });
  const now = { ...before, lifecycle: { ...before.lifecycle, rotate: 2, protect: true } };
  const { changes } = planFor([now], { lock: lockSectionOf({ a: entry(before) }), live: [live(before)] });
  assert.deepEqual(planInWords({ changes }), ["record a ha lifecycle.protect", "update a ha token:resend"]);
  assert.deepEqual(changes[1]?.action === "update" && changes[1].lifecycle, [{ path: "lifecycle.rotate", after: 2 }]);
});

test("--only restricts the plan to keys and globs, by the old key too, and counts what it leaves out", () => {
  const [b, c] = [desired("b_1"), desired("b_2")];
  const moved = desired("new", { fields: { name: "a" }, lifecycle: { movedFrom: ["a"] } });
  const world = {
    lock: lockSectionOf({ a: entry(a), gone: entry(desired("gone")) }),
    live: [live(a), live(desired("gone"))],
  };
  const only = (...patterns: string[]): [string[], number] => {
    const made = planFor([b, c, moved], { ...world, flags: { only: patterns } });
    return [planInWords(made), made.left_out];
  };
  assert.deepEqual(only("b_*"), [["create b_1", "create b_2"], 2]);
  assert.deepEqual(only("b_?"), [["create b_1", "create b_2"], 2]);
  assert.deepEqual(only("a"), [["rename new ha from a"], 3]);
  assert.deepEqual(only("new", "gone"), [["rename new ha from a", "orphan gone hgone"], 2]);
  assert.deepEqual(only("b.1", "[b]_1", "(b_1|b_2)"), [[], 4]);
});

test("keep: there is nothing to do, and the paths that can't be compared are listed", () => {
  const integration = desired("a", { fields: { token: secretOf("T") } });
  const known = desired("a", { fields: { token: secretOf("T", "1") } });
  assert.deepEqual(planFor([integration], { lock: lockSectionOf({ a: entry(known) }), live: [live(known)] }).changes, [
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
