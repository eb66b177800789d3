import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf } from "../../../test/support/builders.ts";
import { planOfChanges } from "../../../test/support/every-change.ts";
import type { Change } from "../change.ts";
import { losesNames, lostNames } from "./lost-names.ts";

const [old, next] = [desired("old"), desired("next")];
const base = { type: old.type, name: "x" };
const gone: Change = { action: "delete", key: "old", hash_id: "hold", which: "current", ...base };

function lostBy(changes: readonly Change[], wanted = [next]): string[] {
  const section = lockSectionOf({ old: entry(old), next: entry(next) });
  const views = new Map([live(old), live(next)].map((view) => [view.hashId, view]));
  const { hashes, identifiers } = lostNames(planOfChanges(changes), { section, desired: wanted, live: views });
  return [...hashes, ...identifiers].map(([name, { fate }]) => `${name} ${fate}`);
}

test("an identifier isn't lost if another integration gets it in the same place", () => {
  const taken: Change = {
    action: "update",
    key: "next",
    hash_id: "hnext",
    fields: [
      { path: "identifier", before: "next", after: "old", reason: "edited", compared_with: "live", basis: "file" },
    ],
    unknown: [],
    lifecycle: [],
    carried: [],
    pending: [],
    ...base,
  };
  assert.deepEqual(lostBy([gone, taken]), ["hold is deleted", "next becomes old"]);
  // In another place it doesn't replace the lost one.
  const elsewhere = { ...next, scope: "PROJECT", projectName: "web" } as const;
  assert.deepEqual(lostBy([gone, taken], [elsewhere]), ["hold is deleted", "old is deleted", "next becomes old"]);
});

test("references to a superseded hash can be fixed before its deletion, unless its key is deleted too", () => {
  const superseded: Change = { ...gone, hash_id: "before", which: "superseded" };
  const sources = { section: lockSectionOf({ old: entry(old) }), desired: [], live: new Map() };
  assert.equal(
    lostNames(planOfChanges([{ ...superseded, which: "set-aside" }]), sources).hashes.get("before")?.fixable,
    "before",
  );
  const fixable = (changes: readonly Change[]) =>
    lostNames(planOfChanges(changes), sources).hashes.get("before")?.fixable;
  assert.equal(fixable([superseded]), "before");
  assert.equal(fixable([superseded, gone]), "never");
});

test("a plan that changes no name takes nothing away", () => {
  const keep: Change = { action: "keep", key: "old", hash_id: "hold", unknown: [], ...base };
  const orphan: Change = { action: "orphan", key: "next", hash_id: "hnext", which: "current", ...base };
  const sources = { section: lockSectionOf({ old: entry(old), next: entry(next) }), desired: [old], live: new Map() };
  assert.equal(losesNames(lostNames(planOfChanges([keep, orphan]), sources)), false);
});
