import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds } from "../../model/integration.ts";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  planFor,
  secretOf,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import type { Plan } from "../change.ts";
import { comparePlans } from "./compare-plans.ts";

const [a, b, c] = [desired("a"), desired("b"), desired("c")];
const edited = (key: string): IntegrationWithIds => desired(key, { fields: { name: `new ${key}` } });
const lockedAll = (...wanted: IntegrationWithIds[]): PlanWorld => ({
  lock: lockSectionOf(Object.fromEntries(wanted.map((each) => [each.key, entry(each)]))),
  live: wanted.map((each) => live(each)),
});

const differences = (reviewed: Plan, now: Plan): string[] => comparePlans(reviewed, now).map(({ message }) => message);

test("the same plan is as reviewed", () => {
  const reviewed = planFor([edited("a"), b], lockedAll(a, b));
  assert.deepEqual(differences(reviewed, planFor([b, edited("a")], lockedAll(b, a))), []);
});

test("a remainder is accepted: what an earlier try did is no longer due", () => {
  const reviewed = planFor([edited("a"), edited("b"), c], lockedAll(a, b));
  const half = planFor([edited("a"), edited("b"), c], lockedAll(edited("a"), b));
  assert.deepEqual(differences(reviewed, half), []);
  assert.deepEqual(
    differences(reviewed, planFor([edited("a"), edited("b"), c], lockedAll(edited("a"), edited("b"), c))),
    [],
  );
  assert.deepEqual(differences(half, reviewed), ['not reviewed: update a (VULTR "new a")']);
});

test("the first plan: its remainder may be applied, but when it is over nothing is left to be replayed", () => {
  const first = planFor([a, b]);
  assert.equal(first.empty_lock, true);
  assert.deepEqual(differences(first, planFor([a, b], lockedAll(a))), []);
  assert.deepEqual(
    planFor([a, b], lockedAll(a, b)).changes.map(({ action }) => action),
    ["keep", "keep"],
  );
  // Deleted since: making it anew is another change than making it first.
  const world = { ...lockedAll(a, b), live: [live(a)], gone: ["hb"] };
  assert.deepEqual(differences(first, planFor([a, b], world)), ['reviewed otherwise: create b (VULTR "b")']);
  // The lockfile lost: they are adopted, which nobody reviewed.
  assert.deepEqual(differences(first, planFor([a, b], { live: [live(a), live(b)] })), [
    'not reviewed: adopt a (VULTR "a")',
    'not reviewed: adopt b (VULTR "b")',
  ]);
});

test("a lockfile that has become empty is told", () => {
  assert.deepEqual(differences(planFor([a, b], lockedAll(a)), planFor([a, b])), [
    "the lockfile is empty now, and wasn't when the plan was reviewed",
    'not reviewed: create a (VULTR "a")',
  ]);
});

test("another workspace, other flags, and offline plans are told in words", () => {
  const reviewed = planFor([edited("a")], { ...lockedAll(a), flags: { prune: true, only: ["a", "b*"] } });
  const now = { ...planFor([edited("a")], lockedAll(a)), workspace: "other" };
  assert.deepEqual(differences(reviewed, now), [
    "reviewed was my-company at https://api.buddy.works, and this is other at https://api.buddy.works",
    "reviewed was with other flags: --prune --only a,b* instead of none",
  ]);
  assert.deepEqual(differences(planFor([a], { offline: true }), planFor([a])), ["an offline plan can't be expected"]);
});

test("a change that is another than the reviewed one, and one that is no longer planned, are told", () => {
  const reviewed = planFor([edited("a"), c], lockedAll(a));
  const now = planFor([desired("a", { fields: { name: "newer" } })], lockedAll(a));
  assert.deepEqual(differences(reviewed, now), [
    'reviewed otherwise: update a (VULTR "newer")',
    'no longer planned: create c (VULTR "c")',
  ]);
});

test("a deletion that is done is no difference; one that was taken back is", () => {
  const four = [a, b, c, desired("d")];
  const reviewed = planFor(four.slice(1), { ...lockedAll(...four), flags: { prune: true } });
  assert.deepEqual(
    differences(reviewed, planFor(four.slice(1), { ...lockedAll(...four.slice(1)), flags: { prune: true } })),
    [],
  );
  assert.deepEqual(differences(reviewed, planFor(four, { ...lockedAll(...four), flags: { prune: true } })), [
    'no longer planned: delete a (VULTR "a")',
  ]);
});

test("a replacement that was taken back is no longer planned", () => {
  const world: PlanWorld = { ...lockedAll(a, b), flags: { allow_replace: true } };
  const replaced = desired("a", { scope: "PROJECT", projectName: "web" });
  const reviewed = planFor([replaced, b], world);
  assert.deepEqual(differences(reviewed, planFor([a, b], world)), ['no longer planned: replace a (VULTR "a")']);
  const done = { ...lockedAll(b), flags: { allow_replace: true } };
  const lock = new Map([
    ...(done.lock ?? []),
    ["a", entry(replaced, live(replaced, { hashId: "hnew" }), { superseded: ["ha"] })],
  ]);
  const lives = [live(b), live(replaced, { hashId: "hnew" }), live(a, { identifier: "a_superseded_ha" })];
  assert.deepEqual(differences(reviewed, planFor([replaced, b], { ...done, lock, live: lives })), []);
});

test("what is seen only with the values of secrets is no difference", () => {
  const token = (value?: string) => desired("a", { fields: { token: secretOf("T", value) } });
  const world = lockedAll(token("1"));
  assert.deepEqual(differences(planFor([token(), c], world), planFor([token("2"), c], world)), []);
});

test("what was refused and no longer is, or the other way round, is told", () => {
  const world = lockedAll(a, b);
  const refused = planFor([b], { ...world, flags: { prune: true } });
  assert.deepEqual(differences(refused, planFor([desired("c"), b], { ...world, flags: { prune: true } })), [
    'not reviewed: create c (VULTR "c")',
  ]);
  const isProtected = lockedAll(desired("a", { lifecycle: { protect: true } }), b, c);
  const free = planFor([b, c], { ...lockedAll(a, b, c), flags: { prune: true } });
  assert.deepEqual(differences(free, planFor([b, c], { ...isProtected, flags: { prune: true } })), [
    'reviewed otherwise: delete a (VULTR "a")',
  ]);
});
