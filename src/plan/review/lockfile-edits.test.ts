import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { lock } from "../../../test/support/lock-arbitrary.ts";
import { effort } from "../../../test/support/effort.ts";
import type { LockEntry, Lockfile, StoredValue } from "../../model/lockfile.ts";
import { lockfileEdits } from "./lockfile-edits.ts";

const SECTION = "https://api.buddy.works/workspaces/my-company";
const ENTRY: LockEntry = {
  hashId: "h1",
  identifier: "web",
  type: "SENTRY",
  lifecycle: { protect: true, onRemove: "delete" },
  lastSent: new Map<string, StoredValue>([
    ["name", "Web"],
    ["token", { variable: "TOKEN", fingerprint: "hmac-sha256:0a1b2c3d:x" }],
  ]),
  superseded: ["h0"],
  formerIdentifiers: [],
};

function lockOf(entries: Readonly<Record<string, LockEntry>>): Lockfile {
  return { sections: new Map([[SECTION, new Map(Object.entries(entries))]]) };
}

function edits(entry: LockEntry): readonly string[] {
  return lockfileEdits(lockOf({ web: ENTRY }), lockOf({ web: entry })).flatMap(({ what }) => what);
}

const sent = (value: StoredValue): LockEntry => ({
  ...ENTRY,
  lastSent: new Map([...ENTRY.lastSent, ["token", value]]),
});

test("each kind of edit is named as the lockfile names it", () => {
  assert.deepEqual(edits(sent({ variable: "PROD", fingerprint: "hmac-sha256:0a1b2c3d:x" })), [
    "last_sent.token.variable",
  ]);
  assert.deepEqual(edits(sent({ variable: "TOKEN", fingerprint: null })), ["last_sent.token.fingerprint"]);
  assert.deepEqual(edits(sent({ variable: "TOKEN", sent: false })), [
    "last_sent.token.fingerprint",
    "last_sent.token.sent",
  ]);
  assert.deepEqual(edits(sent("literal")), ["last_sent.token"]);
  assert.deepEqual(edits({ ...ENTRY, lastSent: new Map([["name", "Web"]]) }), ["last_sent.token"]);
  assert.deepEqual(edits({ ...ENTRY, lifecycle: { protect: false, onRemove: "delete" } }), ["lifecycle.protect"]);
  assert.deepEqual(edits({ ...ENTRY, hashId: "h2", superseded: ["h0", "h1"] }), ["hash_id", "superseded"]);
  const { identifier: _gone, ...nameless } = ENTRY;
  assert.deepEqual(edits(nameless), ["identifier"]);
  assert.deepEqual(edits({ ...ENTRY, formerIdentifiers: ["x"], type: "ROLLBAR" }), ["former_identifiers", "type"]);
});

test("a member that this version doesn't know yet is compared as well", () => {
  const later: LockEntry & { readonly assumed: boolean } = { ...ENTRY, assumed: true };
  assert.deepEqual(edits(later), ["assumed"]);
});

test("entries that were added or taken out are edits, in other workspaces too", () => {
  assert.deepEqual(lockfileEdits(lockOf({ a: ENTRY }), lockOf({ b: ENTRY })), [
    { section: SECTION, key: "a", what: ["taken out"] },
    { section: SECTION, key: "b", what: ["added"] },
  ]);
  const other: Lockfile = { sections: new Map([["https://other/workspaces/w", new Map([["a", ENTRY]])]]) };
  assert.deepEqual(
    lockfileEdits(lockOf({}), other).map(({ section, key }) => [section, key]),
    [["https://other/workspaces/w", "a"]],
  );
});

test("a lockfile equals itself in any order, and every difference is found", () => {
  fc.assert(
    fc.property(lock, lock, (a, b) => {
      const backwards: Lockfile = {
        sections: new Map(
          [...a.sections].toReversed().map(([name, entries]) => [name, new Map([...entries].toReversed())]),
        ),
      };
      assert.deepEqual(lockfileEdits(a, backwards), []);
      const holds = ({ sections }: Lockfile): unknown =>
        [...sections]
          .filter(([, { size }]) => size > 0)
          .toSorted(([x], [y]) => (x < y ? -1 : 1))
          .map(([name, entries]) => [name, [...entries].toSorted(([x], [y]) => (x < y ? -1 : 1))]);
      let isSame = true;
      try {
        assert.deepEqual(holds(a), holds(b));
      } catch {
        isSame = false;
      }
      assert.equal(lockfileEdits(a, b).length === 0, isSame);
    }),
    { numRuns: effort(75) },
  );
});
