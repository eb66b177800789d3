import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds } from "../../model/integration.ts";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  planFor,
  planInput,
  secretOf,
  planInWords,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import { planIntegrations } from "../plan.ts";

const offline = (wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): string[] =>
  planInWords(planFor(wanted, { ...world, offline: true }));

const a = desired("a", { type: "NEW_RELIC", fields: { token: secretOf("T", "1"), region: "EU" } });
const locks = { lock: lockSectionOf({ a: entry(a) }) };

test("what was last sent is taken as what is live", () => {
  assert.deepEqual(offline([a], locks), []);
  const edited = desired("a", { type: "NEW_RELIC", fields: { name: "New", token: secretOf("T", "2"), region: "US" } });
  assert.deepEqual(offline([edited], locks), ["update a ha name:edited region:edited token:rotated"]);
});

test("without values and without a token, the plan says nothing about a secret", () => {
  const unset = desired("a", { type: "NEW_RELIC", fields: { token: secretOf("T"), region: "EU" } });
  const [keep] = planFor([unset], { ...locks, offline: true }).changes;
  assert.deepEqual(keep?.action === "keep" && keep.unknown, [{ path: "token", why: "no-value" }]);
});

test("type, scope and project are known from the lockfile: a change of them is a replacement", () => {
  assert.deepEqual(offline([{ ...a, type: "SENTRY" }], locks), ["replace a ha type REFUSED needs-allow-replace"]);
  const moved = { ...a, scope: "PROJECT", projectName: "web" } as const;
  const flags = { allow_replace: true, max_deletions: 1 };
  assert.deepEqual(offline([moved], { ...locks, flags }), ["replace a ha scope"]);
  const inShop = { ...moved, projectName: "shop" };
  assert.deepEqual(offline([moved], { lock: lockSectionOf({ a: entry(inShop) }), flags }), [
    "replace a ha project_name",
  ]);
});

test("scope and project are unknown if the lockfile doesn't have them", () => {
  const lock = lockSectionOf({ a: entry(a, live(a), { lastSent: new Map([["name", "a"]]) }) });
  const [change] = planFor([desired("a", { type: "NEW_RELIC" })], { lock, offline: true }).changes;
  assert.deepEqual(change?.action === "keep" && change.unknown, [{ path: "scope", why: "offline" }]);
});

test("a change of only the lockfile is shown offline too", () => {
  const kept = { ...a, lifecycle: { ...a.lifecycle, protect: true } };
  assert.deepEqual(offline([kept], locks), ["record a ha lifecycle.protect"]);
});

test("what isn't locked would be created, or adopted by an import; nothing is refused because of unknown live values", () => {
  assert.deepEqual(offline([desired("n", { lifecycle: { credentials: "unmanaged" } })]), ["create n"]);
  assert.deepEqual(offline([desired("n", { lifecycle: { import: "hx" } })]), ["adopt n hx by import"]);
});

test("renames, removals and retained integrations are planned from the lockfile", () => {
  const b = desired("b", { type: "NEW_RELIC", fields: { name: "a" }, lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(offline([b], locks), ["rename b ha from a"]);
  assert.deepEqual(offline([], locks), ["orphan a ha"]);
  assert.deepEqual(offline([], { ...locks, flags: { prune: true, max_deletions: 1 } }), ["delete a ha"]);
  const retained = lockSectionOf({ a: entry(a, live(a), { lifecycle: { protect: false, onRemove: "retain" } }) });
  assert.deepEqual(offline([], { lock: retained }), ["forget a ha retain"]);
});

test("lists with names that can't be resolved offline are unknown", () => {
  const input = planInput([a], { ...locks, offline: true });
  const [change] = planIntegrations({ ...input, unresolved: new Map([["a", ["permissions.users"]]]) }).changes;
  assert.deepEqual(change?.action === "keep" && change.unknown, [{ path: "permissions.users", why: "offline" }]);
});
