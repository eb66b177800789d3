import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldValue, IntegrationWithIds } from "../../model/integration.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  OTHER_FINGERPRINT_KEY,
  planFor,
  planInWords,
  secretOf,
} from "../../../test/support/builders.ts";
import { withInterruptedUpdates } from "./interrupted-updates.ts";

const a = (fields: Readonly<Record<string, FieldValue>> = {}): IntegrationWithIds =>
  desired("a", { fields: { token: secretOf("T", "value"), username: "me", ...fields } });
const locked = a();

/** The entry of `a` after an update that sent these paths was interrupted. */
function doubted(paths: readonly string[], from = entry(locked)): LockEntry | undefined {
  return withInterruptedUpdates(lockSectionOf({ a: from }), new Map([["ha", new Set(paths)]])).get("a");
}

function planAfter(paths: readonly string[], wanted: IntegrationWithIds, offline = false): string[] {
  const from = doubted(paths);
  assert.ok(from);
  const { changes } = planFor([wanted], {
    lock: lockSectionOf({ a: from }),
    live: [live(locked)],
    ...(offline ? { offline } : {}),
  });
  return planInWords({ changes });
}

test("the value that was sent last before the interrupted update is sent again, and nothing else", () => {
  for (const offline of [false, true]) {
    assert.deepEqual(planAfter([], locked, offline), []);
    assert.deepEqual(planAfter(["token"], locked, offline), ["update a ha token:rotated"]);
    assert.deepEqual(planAfter(["username"], locked, offline), ["update a ha username:never-sent"]);
  }
});

test("another variable, or a literal instead of a reference, is still shown as an edit, which is reviewed", () => {
  assert.deepEqual(planAfter(["token"], a({ token: secretOf("U", "value") })), ["update a ha token:edited"]);
  assert.deepEqual(planAfter(["token"], a({ token: "literal" })), ["update a ha token:edited"]);
});

test("without the value, the plan says that it can't compare it", () => {
  assert.deepEqual(planAfter(["token"], a({ token: secretOf("T") })), []);
  const { changes } = planFor([a({ token: secretOf("T") })], {
    lock: lockSectionOf({ a: doubted(["token"]) ?? entry(locked) }),
    live: [live(locked)],
  });
  assert.deepEqual(changes[0]?.action === "keep" && changes[0].unknown, [{ path: "token", why: "no-value" }]);
});

test("an integration that the interrupted run didn't name, and one that has another hash now, keep their entries", () => {
  const section = lockSectionOf({ a: entry(locked), b: entry(desired("b")) });
  const found = withInterruptedUpdates(section, new Map([["hb2", new Set(["token"])]]));
  assert.equal(found.get("a"), section.get("a"));
  assert.equal(found.get("b"), section.get("b"));
  assert.equal(withInterruptedUpdates(section, new Map()), section);
});

test("where nothing was stored, nothing changes", () => {
  const from = entry(locked);
  assert.equal(doubted(["password", "region"], from), from);
});

test("a reference whose value was never sent stays one", () => {
  const state = { variable: "T", sent: false } as const;
  const from = { ...entry(locked), lastSent: new Map([["token", state]]) };
  assert.deepEqual(doubted(["token"], from)?.lastSent.get("token"), state);
});

test("without a fingerprint, the reference counts as never sent", () => {
  assert.equal(doubted(["token"], entry(locked, live(locked), {}, "none"))?.lastSent.has("token"), false);
});

test("under another key, or without one, the variable is kept, and the plan says that it can't compare the value", () => {
  const lock = lockSectionOf({ a: doubted(["token"]) ?? entry(locked) });
  for (const [key, why] of [
    [OTHER_FINGERPRINT_KEY, "other-key"],
    ["none", "no-key"],
  ] as const) {
    const [change] = planFor([locked], { lock, live: [live(locked)], key }).changes;
    assert.deepEqual(change?.action === "keep" && change.unknown, [{ path: "token", why }]);
  }
});

test("a map with a reference keeps its literals, and counts as rotated", () => {
  const withMap = (value: string): IntegrationWithIds =>
    desired("a", { extra: { options: { header: { name: "x", variable: "y", values: [secretOf("S", value)] } } } });
  const wanted = withMap("value");
  const kept = doubted(["extra.options"], entry(wanted));
  assert.ok(kept);
  for (const value of ["value", "other"]) {
    const plan = planFor([withMap(value)], { lock: lockSectionOf({ a: kept }), live: [live(wanted)] });
    assert.deepEqual(planInWords(plan), ["update a ha extra.options:rotated"]);
  }
});
