import assert from "node:assert/strict";
import { test } from "node:test";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  planFor,
  planInWords,
  UNPROTECTED,
} from "../../../test/support/builders.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { InterruptedCreate } from "../input.ts";

const a = desired("a");
const claim: InterruptedCreate = {
  hashId: "hx",
  identifier: "a",
  returnedIdentifier: "a",
  type: "VULTR",
  scope: "WORKSPACE",
  lifecycle: UNPROTECTED,
};
const made = live(a, { hashId: "hx" });

function plannedWithJournal(create: InterruptedCreate, view: LiveIntegration, wanted = [a], lock = {}): string[] {
  return planInWords(planFor(wanted, { made: { a: create }, live: [view], lock: lockSectionOf(lock) }));
}

test("the journal is believed if the live integration matches the request and the server's response", () => {
  assert.deepEqual(plannedWithJournal(claim, made), ["adopt a hx by journal"]);
  const named = { ...claim, returnedIdentifier: "a1" };
  assert.deepEqual(plannedWithJournal(named, { ...made, identifier: "a1" }), ["adopt a hx by journal"]);
});

for (const [what, create, view] of [
  ["another type", claim, { ...made, type: "SENTRY" }],
  ["another scope", claim, { ...made, scope: "PROJECT", projectName: "web" }],
  ["another identifier", claim, { ...made, identifier: "stranger" }],
  ["the requested identifier, though another was returned", { ...claim, returnedIdentifier: "a1" }, made],
] as const) {
  test(`a claim to a live integration with ${what} is refused, and nothing is created`, () => {
    assert.deepEqual(plannedWithJournal(create, view), ["conflict a REFUSED journal-claim"]);
  });
  test(`a claim to a live integration with ${what} does nothing for a key that the file no longer names`, () => {
    assert.deepEqual(plannedWithJournal(create, view, []), []);
    const { warnings } = planFor([], { made: { a: create }, live: [view] });
    assert.deepEqual(
      warnings.map(({ code, key }) => [code, key]),
      [["unresolved-creation", "a"]],
    );
  });
}

test("a hash that another key owns, now or formerly, isn't this key's", () => {
  const b = entry(desired("b"), live(desired("b")), { superseded: ["hx"] });
  const c = { ...entry(desired("c")), hashId: "hx" };
  assert.deepEqual(plannedWithJournal(claim, made, [a], { b }), [
    "orphan b hx superseded",
    "conflict a REFUSED journal-claim",
  ]);
  assert.deepEqual(plannedWithJournal(claim, made, [a], { c }), ["orphan c hx", "conflict a REFUSED journal-claim"]);
});

test("lifecycle.import decides, whatever the journal says", () => {
  const view = { ...made, identifier: "stranger" };
  const imported = desired("a", { lifecycle: { import: "hx" } });
  assert.deepEqual(plannedWithJournal(claim, view, [imported]), ["adopt a hx by import"]);
});

test("somebody else's integration doesn't become a predecessor because of the journal: it would be deleted later", () => {
  const stranger = live(desired("s"));
  const create = { ...claim, hashId: "ha", replaces: "hs" };
  const world = { made: { a: create }, live: [live(a), stranger] };
  const { changes } = planFor([a], world);
  assert.deepEqual(
    changes.map((change) => (change.action === "adopt" ? change.supersedes : change.action)),
    [[]],
  );
  assert.deepEqual(planInWords(planFor([], world)), ["record a ha hash_id", "orphan a ha"]);
});

test("a journal of unknown origin is used only to know what to look up", () => {
  const lookUp = { ...claim, isLookUpOnly: true } as const;
  assert.deepEqual(plannedWithJournal(lookUp, made), ["adopt a hx by identifier"]);
  assert.deepEqual(plannedWithJournal(lookUp, { ...made, name: "Other" }), [
    "adopt a hx by identifier REFUSED needs-adopt",
  ]);
  assert.deepEqual(plannedWithJournal(lookUp, { ...made, type: "SENTRY" }), ["conflict a REFUSED journal-claim"]);
  assert.deepEqual(plannedWithJournal(lookUp, made, []), []);
  const { hashId: _unknown, returnedIdentifier: _returned, ...begun } = { ...lookUp, identifier: "production" };
  const production = live(desired("production"), { name: "Production" });
  assert.deepEqual(plannedWithJournal(begun, production), ["conflict a REFUSED journal-claim"]);
  const ended = { ...begun, hashId: "hproduction" };
  assert.deepEqual(plannedWithJournal(ended, production), ["conflict a REFUSED journal-claim"]);
  const world = { made: { a: begun }, live: [production], flags: { adopt: true } };
  assert.deepEqual(planInWords(planFor([a], world)), ["conflict a REFUSED journal-claim"]);
});
