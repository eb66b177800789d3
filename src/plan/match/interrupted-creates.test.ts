import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds } from "../../model/integration.ts";
import {
  planWithInputs,
  desired,
  entry,
  live,
  lockSectionOf,
  observed,
  planFor,
  planInWords,
  UNPROTECTED,
} from "../../../test/support/builders.ts";
import type { InterruptedCreate } from "../input.ts";
import { reviewedPart } from "../review/reviewed-part.ts";
import { planHash } from "../review/plan-hash.ts";
import { withInterruptedCreates } from "./interrupted-creates.ts";
import { temporaryIdentifier } from "./temporary-identifier.ts";

const a = desired("a");
const web = desired("a", { scope: "PROJECT", projectName: "web" });
const begun: InterruptedCreate = { identifier: "a", type: "VULTR", scope: "WORKSPACE", lifecycle: UNPROTECTED };
const made = (record: InterruptedCreate) => new Map([["a", record]]);
const view = live(a);

/** The hash and former hashes of `a`, with interrupted creations. */
function hashes(
  wanted: readonly IntegrationWithIds[],
  lock: Parameters<typeof lockSectionOf>[0],
  record: InterruptedCreate,
  lives = [view],
) {
  const found = withInterruptedCreates(lockSectionOf(lock), made(record), wanted, observed(lives)).get("a");
  return found && [found.hashId, ...found.superseded];
}

test("an interrupted creation that is still wanted is adopted by the plan", () => {
  assert.equal(hashes([a], {}, begun), undefined);
});

test("an interrupted creation of a key that the file no longer names gets a lock entry", () => {
  assert.deepEqual(hashes([], {}, begun), ["ha"]);
  assert.deepEqual(hashes([], {}, { ...begun, hashId: "ha" }), ["ha"]);
  assert.deepEqual(planInWords(planFor([], { made: { a: begun }, live: [view] })), [
    "record a ha hash_id",
    "orphan a ha",
  ]);
  const pruned = { made: { a: begun }, live: [view], flags: { prune: true, max_deletions: 1 } };
  // A deletion never relies on the journal alone: the integration is locked first.
  assert.deepEqual(planInWords(planFor([], pruned)), ["record a ha hash_id", "orphan a ha"]);
});

test("an integration of another type, scope or project isn't taken for the created one, and neither is one of two candidates", () => {
  assert.equal(hashes([], {}, { ...begun, scope: "PROJECT", projectName: "web" }), undefined);
  assert.equal(hashes([], {}, { ...begun, type: "SENTRY" }), undefined);
  assert.equal(hashes([], {}, begun, [view, live(a, { hashId: "h2" })]), undefined);
});

test("an interrupted creation that is now wanted with another scope is locked, and the plan replaces it", () => {
  const lock = withInterruptedCreates(lockSectionOf({}), made({ ...begun, hashId: "ha" }), [web], observed([view]));
  assert.deepEqual(
    [...lock].map(([key, { hashId }]) => [key, hashId]),
    [["a", "ha"]],
  );
  assert.deepEqual(
    planInWords(planFor([web], { lock, live: [view], flags: { allow_replace: true, max_deletions: 1 } })),
    ["record a ha last_sent.name", "replace a ha scope"],
  );
});

test("an interrupted replacement of a removed key replaces the old one in the lockfile; one that was given up becomes a former hash", () => {
  const replacing: InterruptedCreate = {
    ...begun,
    scope: "PROJECT",
    projectName: "web",
    replaces: "ha",
    hashId: "hnew",
  };
  const lives = [live(a, { identifier: temporaryIdentifier("a", "ha") }), live(web, { hashId: "hnew" })];
  const lock = { a: entry(a) };
  assert.deepEqual(hashes([], lock, replacing, lives), ["hnew", "ha"]);
  assert.deepEqual(hashes([a], lock, replacing, lives), ["ha", "hnew"]);
  assert.deepEqual(hashes([web], lock, replacing, lives), ["ha"]);
  const world = { lock: lockSectionOf(lock), made: { a: replacing }, live: lives };
  assert.deepEqual(planInWords(planFor([], world)).slice(0, 1), ["record a hnew hash_id"]);
});

test("what only the journal of this checkout says doesn't change the plan's hash", () => {
  const known = { lock: lockSectionOf({ a: entry(a) }), live: [view, live(desired("b"))] };
  const b: InterruptedCreate = { ...begun, identifier: "b" };
  const [without, withJournal] = [planFor([a], known), planFor([a], { ...known, made: { b } })];
  assert.deepEqual(planInWords(withJournal), ["record b hb hash_id", "orphan b hb"]);
  assert.equal(planHash(withJournal), planHash(without));
  const prepared = planWithInputs([a], { ...known, made: { b } });
  assert.deepEqual(reviewedPart(prepared, [without]), prepared.plan);
});

test("an integration that is the current or a former one of any key isn't locked again", () => {
  const b = entry(desired("b"), view);
  const found = withInterruptedCreates(lockSectionOf({ b }), made(begun), [], observed([view]));
  assert.deepEqual([...found.keys()], ["b"]);
  const former = withInterruptedCreates(
    lockSectionOf({ b: entry(desired("b"), live(desired("b")), { superseded: ["ha"] }) }),
    made(begun),
    [],
    observed([view]),
  );
  assert.deepEqual([...former.keys()], ["b"]);
});

test("without interrupted creations the lock section is unchanged", () => {
  const section = lockSectionOf({ a: entry(a) });
  assert.deepEqual(withInterruptedCreates(section, new Map(), [], observed([view])), section);
});
