import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, planFor, planInWords } from "../../../test/support/builders.ts";

const workspaceScoped = desired("moved", { type: "VULTR" });
const recorded = { ...entry(workspaceScoped), identifier: "shared" };
const seen = live(workspaceScoped, { identifier: "shared" });
const moved = desired("moved", { type: "VULTR", scope: "PROJECT", projectName: "web" });
const other = desired("other", { type: "VULTR", scope: "PROJECT", projectName: "web", identifier: "shared" });

test("a replacement keeps its identifier, so another key can't get the same one in the new place: neither is created", () => {
  const world = {
    lock: new Map([["moved", recorded]]),
    live: [seen],
    flags: { allow_replace: true, max_deletions: 9 },
  };
  const plan = planFor([moved, other], world);
  assert.deepEqual(
    planInWords(plan).filter((words) => /create|replace/.test(words)),
    ["create other REFUSED conflict", "replace moved hmoved scope REFUSED conflict"],
  );
  assert.deepEqual(plan.changes.find(({ key }) => key === "other")?.refused, {
    code: "conflict",
    message: "moved has the identifier shared in the same place, or would get it",
    hint: "give each key its own identifier in the file",
  });
  const apart = { ...other, projectName: "shop" };
  assert.equal(
    planFor([moved, apart], world).changes.some(({ refused }) => refused?.code === "conflict"),
    false,
  );
});

test("a recreation keeps the identifier of the lockfile, so another key can't be renamed to it or get it", () => {
  const gone = desired("gone", { type: "VULTR" });
  const lock = new Map([["gone", { ...entry(gone), identifier: "shared" }]]);
  const flags = { recreate: ["gone"] };
  const created = desired("other", { type: "VULTR", identifier: "shared" });
  assert.deepEqual(planInWords(planFor([gone, created], { lock, flags })), [
    "create gone for hgone REFUSED conflict",
    "create other REFUSED conflict",
  ]);
  const before = desired("other", { type: "VULTR", identifier: "former" });
  const world = { lock: new Map([...lock, ["other", entry(before)]]), live: [live(before)], flags };
  assert.deepEqual(planInWords(planFor([gone, created], world)), [
    "update other hother identifier:edited REFUSED conflict",
    "create gone for hgone REFUSED conflict",
  ]);
});

test("what another key has and keeps can't be given to a key: not by a creation, an update or a replacement", () => {
  const owner = desired("owner");
  const owned = { ...entry(owner), identifier: "shared" };
  const kept = live(owner, { identifier: "shared" });
  const ofOwner = { lock: new Map([["owner", owned]]), live: [kept] };
  const otherType = desired("other", { type: "AMAZON", identifier: "shared" });
  assert.deepEqual(planInWords(planFor([owner, otherType], ofOwner)), ["create other REFUSED conflict"]);

  const before = desired("other", { identifier: "former" });
  const renamed = { lock: new Map([...ofOwner.lock, ["other", entry(before)]]), live: [kept, live(before)] };
  const after = desired("other", { identifier: "shared" });
  const refused = ["update other hother identifier:edited REFUSED conflict"];
  assert.deepEqual(planInWords(planFor([owner, after], renamed)), refused);
  assert.deepEqual(planInWords(planFor([owner, after], { ...renamed, flags: { only: ["other"] } })), refused);

  const inPlace = { ...other, type: "AMAZON" };
  const replaced = {
    lock: new Map([
      ["moved", recorded],
      ["other", entry(inPlace)],
    ]),
    live: [seen, live(inPlace)],
  };
  const flags = { allow_replace: true, max_deletions: 9 };
  assert.deepEqual(
    planInWords(planFor([moved, inPlace], { ...replaced, flags })).filter((words) => words.startsWith("replace")),
    ["replace moved hmoved scope REFUSED conflict"],
  );
});

test("two keys that exchange their identifiers, and a key that takes one that another key gives up, are allowed", () => {
  const [a, b] = [desired("a", { identifier: "one" }), desired("b", { identifier: "two" })];
  const world = { lock: new Map([a, b].map((each) => [each.key, entry(each)])), live: [live(a), live(b)] };
  const isRefused = (wanted: (typeof a)[]): boolean => planFor(wanted, world).changes.some(({ refused }) => refused);
  assert.equal(
    isRefused([
      { ...a, identifier: "two" },
      { ...b, identifier: "one" },
    ]),
    false,
  );
  assert.equal(
    isRefused([
      { ...a, identifier: "three" },
      { ...b, identifier: "one" },
    ]),
    false,
  );
});
