import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds, Lifecycle } from "../../model/integration.ts";
import { desired, entry, LIFECYCLE, live, planFor, planInWords } from "../../../test/support/builders.ts";
import type { Plan, PlanFlags } from "../change.ts";

const key = (index: number): string => `k${String(index).padStart(2, "0")}`;
const some = (count: number, lifecycle: Partial<Lifecycle> = {}): IntegrationWithIds[] =>
  Array.from({ length: count }, (_, index) => desired(key(index), { lifecycle }));

/** The plan for `count` locked integrations, of which the file no longer names the first `removed`. */
function removing(removed: number, count: number, flags: Partial<PlanFlags> = {}): Plan {
  const all = some(count);
  return planFor(all.slice(removed), {
    lock: new Map(all.map((integration) => [integration.key, entry(integration)])),
    live: all.map((integration) => live(integration)),
    flags: { prune: true, ...flags },
  });
}

const refusals = ({ changes }: Plan): number => changes.filter(({ refused }) => refused?.code === "threshold").length;

test("more than 30 % and at least 3 deletions, or all of them, are refused as a whole", () => {
  const allowed: [number, number][] = [
    [1, 2],
    [2, 3],
    [3, 10],
    [30, 100],
    [21, 70],
  ];
  const refused: [number, number][] = [
    [1, 1],
    [2, 2],
    [3, 3],
    [3, 9],
    [4, 13],
    [31, 100],
    [22, 70],
  ];
  for (const [removed, count] of allowed) assert.equal(refusals(removing(removed, count)), 0, `${removed} of ${count}`);
  for (const [removed, count] of refused) {
    assert.equal(refusals(removing(removed, count)), removed, `${removed} of ${count}`);
  }
});

test("the refusal names the numbers and what would allow it", () => {
  assert.deepEqual(removing(4, 10).changes[0]?.refused, {
    code: "threshold",
    message:
      "4 of 10 locked integrations (40 %) would be deleted or replaced; the default limit is 30 % (at least 2, never all)",
    hint: "if that is meant, allow it with --max-deletions 4",
  });
  assert.equal(
    removing(4, 10, { max_deletions: 3 }).changes[0]?.refused?.message,
    "4 of 10 locked integrations (40 %) would be deleted or replaced; the limit is 3",
  );
});

test("--max-deletions replaces the threshold, with a higher or a lower limit", () => {
  assert.equal(refusals(removing(4, 10, { max_deletions: 4 })), 0);
  assert.equal(refusals(removing(10, 10, { max_deletions: 10 })), 0);
  assert.equal(refusals(removing(1, 100, { max_deletions: 0 })), 1);
});

test("replacements and recreations count as deletions; what is refused already doesn't", () => {
  const all = some(9);
  const lock = new Map(all.map((integration) => [integration.key, entry(integration)]));
  const lives = all.map((integration) => live(integration));
  const [, replaced = desired("x"), ...kept] = all;
  const wanted = [{ ...replaced, type: "SENTRY" }, ...kept];
  const recreate = ["k02"];
  const flags = { prune: true, allow_replace: true, recreate };
  // The first is deleted, the second replaced, the third gone.
  const world = { lock, live: lives.filter(({ hashId }) => hashId !== "hk02"), gone: ["hk02"] };
  assert.deepEqual(planInWords(planFor(wanted, { ...world, flags })), [
    "create k02 for hk02 REFUSED threshold",
    "replace k01 hk01 type REFUSED threshold",
    "delete k00 hk00 REFUSED threshold",
  ]);
  assert.deepEqual(planInWords(planFor(wanted, { ...world, flags: { prune: true, recreate } })), [
    "create k02 for hk02",
    "replace k01 hk01 type REFUSED needs-allow-replace",
    "delete k00 hk00",
  ]);
});

test("an integration that a replacement set aside may always be deleted; any other former one counts, can be protected, and has its live name", () => {
  const wanted = (protect: boolean) => [...some(9), desired("a", { lifecycle: { protect } })];
  const planned = (identifier: string, { protect = false, former = 1 } = {}): Plan => {
    const a = desired("a", { lifecycle: { protect } });
    const superseded = Array.from({ length: former }, (_, index) => `h${index}`);
    const lock = new Map(wanted(protect).map((integration) => [integration.key, entry(integration)]));
    lock.set("a", entry(a, live(a), { superseded }));
    const old = superseded.map((hashId) =>
      live(a, { hashId, name: "Live name", identifier: identifier.replace("HASH", hashId) }),
    );
    const lives = wanted(protect).map((integration) => live(integration));
    return planFor(wanted(protect), { lock, live: [...lives, ...old], flags: { prune: true } });
  };
  const setAside = "a_superseded_HASH";
  assert.deepEqual(planInWords(planned(setAside, { protect: true, former: 9 })).length, 9);
  assert.equal(refusals(planned(setAside, { protect: true, former: 9 })), 0);
  assert.deepEqual(planInWords(planned("a")), ["delete a h0 superseded"]);
  assert.equal(planned("a").changes.find(({ action }) => action === "delete")?.name, "Live name");
  assert.deepEqual(planInWords(planned("a", { protect: true })), ["delete a h0 superseded REFUSED protected"]);
  assert.equal(refusals(planned("a", { former: 4 })), 4);
  assert.equal(refusals(removing(10, 10, { prune: false })), 0);
});

test("lock entries of integrations that don't exist don't make the share of a deletion smaller", () => {
  const [all, fakes] = [some(9), Array.from({ length: 90 }, (_, index) => desired(`fake${index}`))];
  const lock = new Map([...all, ...fakes].map((integration) => [integration.key, entry(integration)]));
  const world = { lock, live: all.map((integration) => live(integration)), gone: fakes.map((fake) => `h${fake.key}`) };
  const made = planFor(all.slice(4), { ...world, flags: { prune: true } });
  assert.equal(refusals(made), 4);
  assert.match(made.changes.find(({ refused }) => refused)?.refused?.message ?? "", /^4 of 9 /);
});

test("the run that removes a protection only records that; a later one may delete or replace", () => {
  const [before, ...others] = some(9, { protect: true });
  const now = { ...before!, type: "SENTRY", lifecycle: LIFECYCLE };
  const wanted = [now, ...others];
  const lives = [before!, ...others].map((integration) => live(integration));
  const flags = { allow_replace: true };
  const lock = new Map([before!, ...others].map((integration) => [integration.key, entry(integration)]));
  assert.deepEqual(planInWords(planFor(wanted, { lock, live: lives, flags })), [
    "record k00 hk00 lifecycle.protect",
    "replace k00 hk00 type REFUSED protected",
  ]);
  lock.set("k00", entry({ ...before!, lifecycle: LIFECYCLE }));
  assert.deepEqual(planInWords(planFor(wanted, { lock, live: lives, flags })), ["replace k00 hk00 type"]);
});

test("a protected integration is never deleted, replaced or recreated, even with --max-deletions; others are", () => {
  const all = some(8);
  const isProtected = { protect: true };
  const shielded = some(3, isProtected);
  const lock = new Map(all.map((integration) => [integration.key, entry(integration)]));
  for (const { key: each } of shielded) {
    const integration = desired(each, { lifecycle: isProtected });
    lock.set(each, entry(integration));
  }
  // k00 is no longer in the file: the lockfile remembers. k01 is gone. k02 would be replaced. k03 isn't protected.
  const wanted = [
    ...shielded.slice(1).map((each) => (each.key === "k02" ? { ...each, type: "SENTRY" } : each)),
    ...all.slice(4),
  ];
  const made = planFor(wanted, {
    lock,
    live: all.filter(({ key: each }) => each !== "k01").map((each) => live(each)),
    gone: ["hk01"],
    flags: { prune: true, allow_replace: true, max_deletions: 100 },
  });
  assert.deepEqual(planInWords(made), [
    "create k01 for hk01 REFUSED protected",
    "replace k02 hk02 type REFUSED protected",
    "delete k00 hk00 REFUSED protected",
    "delete k03 hk03",
  ]);
  assert.deepEqual(
    made.changes.flatMap(({ refused }) => refused?.message ?? []),
    [
      "it is protected (lifecycle.protect) and would be recreated",
      "it is protected (lifecycle.protect) and would be replaced",
      "it is protected (lifecycle.protect) and would be deleted",
    ],
  );
});

test("an empty file with --prune is refused because of the threshold too", () => {
  assert.equal(refusals(removing(5, 5)), 5);
});
