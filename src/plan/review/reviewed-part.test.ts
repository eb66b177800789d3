import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds } from "../../model/integration.ts";
import {
  desired,
  entry,
  planWithInputs,
  live,
  lockSectionOf,
  planFor,
  planInWords,
  secretOf,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import type { Plan } from "../change.ts";
import { neverSentValue } from "../compare/stored-references.ts";
import { planHash } from "./plan-hash.ts";
import { reviewedPart } from "./reviewed-part.ts";

const [a, b, c] = [desired("a"), desired("b"), desired("c")];
const edited = (key: string, name = `new ${key}`): IntegrationWithIds => desired(key, { fields: { name } });
const lockedAll = (...wanted: IntegrationWithIds[]): PlanWorld => ({
  lock: lockSectionOf(Object.fromEntries(wanted.map((each) => [each.key, entry(each)]))),
  live: wanted.map((each) => live(each)),
});
/** The plan of this run after the comparison, in words. */
const part = (reviewed: readonly Plan[], wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): string[] =>
  planInWords(reviewedPart(planWithInputs(wanted, world), reviewed));
const NOT_REVIEWED = "REFUSED not-reviewed";

test("the plan that was reviewed is applied as it is", () => {
  const now = planWithInputs([b, edited("a")], lockedAll(b, a));
  assert.deepEqual(reviewedPart(now, [planFor([edited("a"), b], lockedAll(a, b))]), now.plan);
});

test("a reviewed change that is already done, or no longer wanted, isn't a difference", () => {
  const reviewed = planFor([edited("a"), edited("b"), c], lockedAll(a, b));
  assert.deepEqual(part([reviewed], [edited("a"), edited("b"), c], lockedAll(edited("a"), b)), [
    "update b hb name:edited",
    "create c",
  ]);
  assert.deepEqual(part([reviewed], [a, b], lockedAll(a, b)), []);
});

test("what no reviewed plan shows is left out, and then the plan has no hash", () => {
  const reviewed = planFor([edited("a"), b], lockedAll(a, b));
  const now = reviewedPart(planWithInputs([edited("a"), edited("b"), c], lockedAll(a, b)), [reviewed]);
  assert.deepEqual(planInWords(now), [
    "update a ha name:edited",
    `update b hb name:edited ${NOT_REVIEWED}`,
    `create c ${NOT_REVIEWED}`,
  ]);
  assert.equal(planHash(now), undefined);
});

test("after two merges in a row, both plans are applied, although each was reviewed alone", () => {
  const [one, two] = [edited("a"), desired("a", { fields: { note: "for people" } })];
  const both = desired("a", { fields: { name: "new a", note: "for people" } });
  const world = lockedAll(a);
  const [first, second] = [planFor([one], world), planFor([two, b], world)];
  assert.deepEqual(part([first, second], [both, b], world), ["update a ha name:edited note:edited", "create b"]);
  assert.deepEqual(part([second], [both, b], world), [
    "update a ha note:edited",
    `update a ha name:edited ${NOT_REVIEWED}`,
    "create b",
  ]);
});

test("an update is compared by path and new value, not by the old value", () => {
  const reviewed = planFor([edited("a")], lockedAll(a));
  const drifted = { ...lockedAll(a), live: [live(a, { name: "by hand" })] };
  assert.deepEqual(part([reviewed], [edited("a")], drifted), ["update a ha name:edited"]);
  assert.deepEqual(part([reviewed], [edited("a", "newer")], drifted), [`update a ha name:edited ${NOT_REVIEWED}`]);
});

test("drift in another field is left out, and the name is sent as it is in the workspace", () => {
  const wanted = desired("a", { fields: { note: "new" } });
  const reviewed = planFor([wanted], lockedAll(a));
  const drifted = { ...lockedAll(a), live: [live(a, { name: "by hand" })] };
  const now = reviewedPart(planWithInputs([wanted], drifted), [reviewed]);
  assert.deepEqual(planInWords(now), ["update a ha note:edited", `update a ha name:drift ${NOT_REVIEWED}`]);
  assert.deepEqual(
    now.changes.flatMap((change) => (change.action === "update" ? [change.carried] : [])),
    [[{ name: "name", compared: "unchanged", value: "live" }], []],
  );
});

test("a reviewed field doesn't bring unreviewed ones with it: the credentials of AMAZON are sent together or not at all", () => {
  const amazon = (access: string, secret: string, name = "a") =>
    desired("a", {
      type: "AMAZON",
      fields: {
        name,
        access_key: secretOf(access, access),
        secret_key: secretOf(secret, secret),
        role_assumptions: [],
      },
    });
  const world = lockedAll(amazon("A", "S"));
  const reviewed = planFor([amazon("B", "S", "new")], world);
  assert.deepEqual(part([reviewed], [amazon("B", "PROD", "new")], world), [
    "update a ha name:edited",
    `update a ha access_key:edited secret_key:edited ${NOT_REVIEWED}`,
  ]);
  assert.deepEqual(part([reviewed], [amazon("B", "S", "new")], world), ["update a ha access_key:edited name:edited"]);
});

test("permissions are replaced as a whole, so they are reviewed as a whole", () => {
  const open = (others: "DENIED" | "MANAGE", admins: "MANAGE" | "USE_ONLY" = "MANAGE") =>
    desired("a", { permissions: { admins, others } });
  const world = lockedAll(open("DENIED"));
  const reviewed = planFor([open("DENIED", "USE_ONLY")], world);
  assert.deepEqual(part([reviewed], [open("MANAGE", "USE_ONLY")], world), [
    `update a ha permissions.admins:edited permissions.others:edited ${NOT_REVIEWED}`,
  ]);
});

test("a new value of an unchanged variable needs no review, but another variable does", () => {
  const token = (name: string, value?: string) => desired("a", { fields: { token: secretOf(name, value) } });
  const world = lockedAll(token("T", "1"));
  const reviewed = planFor([token("T")], world);
  assert.deepEqual(part([reviewed], [token("T", "2")], world), ["update a ha token:rotated"]);
  assert.deepEqual(part([reviewed], [token("PROD", "1")], world), [`update a ha token:edited ${NOT_REVIEWED}`]);
});

test("a value that was never sent is sent only if a reviewed plan lists its key, path and variable", () => {
  const token = (name: string, value?: string) => desired("a", { fields: { token: secretOf(name, value) } });
  const of = (name: string): PlanWorld => ({
    lock: lockSectionOf({
      a: entry(token(name), live(a), {
        lastSent: new Map([...entry(a).lastSent, ["token", neverSentValue(secretOf(name))]]),
      }),
    }),
    live: [live(a)],
  });
  const reviewed = planFor([token("T")], of("T"));
  assert.deepEqual(part([reviewed], [token("T", "1")], of("T")), ["update a ha token:never-sent"]);
  assert.deepEqual(part([reviewed], [token("PROD", "1")], of("PROD")), [
    `update a ha token:never-sent ${NOT_REVIEWED}`,
  ]);
  // The file and the lockfile disagree: the lockfile keeps the variable that was reviewed.
  assert.deepEqual(part([reviewed], [token("PROD", "1")], of("T")), [
    `record a ha last_sent.token ${NOT_REVIEWED}`,
    `update a ha token:never-sent ${NOT_REVIEWED}`,
  ]);
});

test("a reviewed deletion isn't done for another integration, for a protected one, or if the file has the integration again", () => {
  const four = [a, b, c, desired("d")];
  const flags = { prune: true };
  const reviewed = planFor(four.slice(1), { ...lockedAll(...four), flags });
  assert.deepEqual(part([reviewed], four.slice(1), { ...lockedAll(...four), flags }), ["delete a ha"]);
  const other = { ...lockedAll(b, c, desired("d")), flags };
  const world = {
    ...other,
    lock: new Map([...(other.lock ?? []), ["a", entry(a, live(a, { hashId: "hz" }))]]),
    live: [...(other.live ?? []), live(a, { hashId: "hz" })],
  };
  assert.deepEqual(part([reviewed], four.slice(1), world), [`delete a hz ${NOT_REVIEWED}`]);
  assert.deepEqual(part([reviewed], four, { ...lockedAll(...four), flags }), []);
  const isProtected = { ...lockedAll(desired("a", { lifecycle: { protect: true } }), ...four.slice(1)), flags };
  assert.deepEqual(part([reviewed], four.slice(1), isProtected), ["delete a ha REFUSED protected"]);
});

test("a change that the reviewed plan refused doesn't count as reviewed", () => {
  const flags = { prune: true };
  const isProtected = lockedAll(desired("a", { lifecycle: { protect: true } }), b, c);
  const reviewed = planFor([b, c], { ...isProtected, flags });
  assert.deepEqual(planInWords(reviewed), ["delete a ha REFUSED protected"]);
  assert.deepEqual(part([reviewed], [b, c], { ...lockedAll(a, b, c), flags }), [`delete a ha ${NOT_REVIEWED}`]);
});

test("the first plan doesn't cover a recreation of what was deleted since, nor an adoption", () => {
  const flags = { recreate: ["b"], max_deletions: 9 };
  const first = planFor([a, b], { flags });
  assert.deepEqual(part([first], [a, b], { ...lockedAll(a), flags }), ["create b"]);
  const world = { ...lockedAll(a, b), live: [live(a)], gone: ["hb"], flags };
  assert.deepEqual(part([first], [a, b], world), [`create b for hb ${NOT_REVIEWED}`]);
  assert.deepEqual(part([first], [a, b], { live: [live(a), live(b)], flags }), [
    `adopt a ha by key ${NOT_REVIEWED}`,
    `adopt b hb by key ${NOT_REVIEWED}`,
  ]);
});

test("if its rename or its adoption isn't reviewed, nothing is done for a key", () => {
  const renamed = desired("z", { fields: { name: "new a" }, lifecycle: { movedFrom: ["a"] } });
  assert.deepEqual(part([planFor([edited("a")], lockedAll(a))], [renamed], lockedAll(a)), [
    `rename z ha from a ${NOT_REVIEWED}`,
    `update z ha name:edited ${NOT_REVIEWED}`,
  ]);
  const adopted = { live: [live(edited("a", "old"))], flags: { adopt: true } };
  assert.deepEqual(
    part([planFor([edited("a")], { ...lockedAll(a), flags: { adopt: true } })], [edited("a")], adopted),
    [`adopt a ha by key ${NOT_REVIEWED}`, `update a ha name:edited ${NOT_REVIEWED}`],
  );
});

test("a new integration is recorded with the whole lifecycle, so the record of the lifecycle must be reviewed too", () => {
  const place = { scope: "PROJECT", projectName: "web" } as const;
  const world = { ...lockedAll(a, b), flags: { allow_replace: true } };
  const reviewed = planFor([desired("a", place), b], world);
  assert.deepEqual(part([reviewed], [desired("a", { ...place, lifecycle: { onRemove: "retain" } }), b], world), [
    `record a ha lifecycle.on_remove ${NOT_REVIEWED}`,
    `replace a ha scope ${NOT_REVIEWED}`,
  ]);
});

test("an identifier that another integration keeps isn't given to a second one", () => {
  const world = lockedAll(a, b);
  const [moved, next] = [desired("a", { identifier: "free" }), desired("b", { identifier: "a" })];
  const reviewed = planFor([moved, next], world);
  assert.deepEqual(part([reviewed], [moved, next], world), [
    "update a ha identifier:edited",
    "update b hb identifier:edited",
  ]);
  assert.deepEqual(part([reviewed], [desired("a", { identifier: "other" }), next], world), [
    `update a ha identifier:edited ${NOT_REVIEWED}`,
    `update b hb identifier:edited ${NOT_REVIEWED}`,
  ]);
});

test("a reviewed value that somebody has set by hand since is recorded", () => {
  const reviewed = planFor([edited("a")], lockedAll(a));
  const byHand = { ...lockedAll(a), live: [live(edited("a"))] };
  assert.deepEqual(part([reviewed], [edited("a")], byHand), ["record a ha last_sent.name"]);
  assert.deepEqual(part([planFor([b], lockedAll(a, b))], [edited("a")], byHand), [
    `record a ha last_sent.name ${NOT_REVIEWED}`,
  ]);
});

test("values are sent again as reviewed, but another lifecycle.rotate than the reviewed one isn't recorded", () => {
  const rotated = (rotate?: number) =>
    desired("a", { fields: { token: secretOf("T", "1") }, lifecycle: rotate === undefined ? {} : { rotate } });
  const world = lockedAll(rotated());
  const reviewed = planFor([rotated(2)], world);
  assert.deepEqual(part([reviewed], [rotated(2)], world), ["update a ha token:resend"]);
  const other = reviewedPart(planWithInputs([rotated(3)], world), [reviewed]);
  assert.deepEqual(
    other.changes.map((change) => (change.action === "update" ? [change.fields.length, change.lifecycle.length] : [])),
    [
      [1, 0],
      [0, 1],
    ],
  );
});

test("what an interrupted run of this checkout made is adopted without review, but what is sent to it must be reviewed", () => {
  const registry = (username: string) =>
    desired("a", { type: "UPCLOUD", fields: { username, password: secretOf("P", "1") } });
  const made = {
    a: {
      identifier: "a",
      type: "UPCLOUD",
      scope: "WORKSPACE" as const,
      hashId: "ha",
      lifecycle: { protect: false, onRemove: "delete" as const },
    },
  };
  const world = { live: [live(registry("me"))], made };
  const created = planFor([registry("me")]);
  assert.deepEqual(part([created], [registry("me")], world), [
    "adopt a ha by journal",
    "update a ha password:never-sent username:never-sent",
  ]);
  assert.deepEqual(part([created], [registry("you")], world), [
    "adopt a ha by journal",
    "update a ha password:never-sent",
    `update a ha username:never-sent ${NOT_REVIEWED}`,
  ]);
  assert.deepEqual(part([planFor([b])], [registry("me")], world), [
    "adopt a ha by journal",
    `update a ha password:never-sent username:never-sent ${NOT_REVIEWED}`,
  ]);
});

test("an adoption of what no reviewed plan drops from the lockfile is left out", () => {
  const old = desired("old", { identifier: "x" });
  const wanted = desired("new", { identifier: "x", fields: { name: "old" } });
  const world: PlanWorld = { lock: lockSectionOf({ old: entry(old) }), live: [live(old)] };
  const now = { ...world, removed: ["old"] };
  const whole = planFor([wanted], now);
  assert.deepEqual(part([whole], [wanted], now), ["adopt new hold by identifier", "forget old hold removed"]);
  const adoption: Plan = { ...whole, changes: whole.changes.filter(({ action }) => action === "adopt") };
  const left = reviewedPart(planWithInputs([wanted], now), [adoption]);
  assert.deepEqual(planInWords(left), [
    `adopt new hold by identifier ${NOT_REVIEWED}`,
    `forget old hold removed ${NOT_REVIEWED}`,
  ]);
  assert.equal(
    left.changes[0]?.refused?.message,
    "the lockfile still has it as old, since no reviewed plan drops that",
  );
  // The other way round, the integration belongs to nobody until the adoption is reviewed.
  const forgetting: Plan = { ...whole, changes: whole.changes.filter(({ action }) => action === "forget") };
  assert.deepEqual(part([forgetting], [wanted], now), [
    `adopt new hold by identifier ${NOT_REVIEWED}`,
    "forget old hold removed",
  ]);
});
