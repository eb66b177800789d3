import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintSecret } from "../../model/secret.ts";
import { desired, entry, FINGERPRINT_KEY, live, secretOf } from "../../../test/support/builders.ts";
import { entryDifferences, buildLockEntry } from "./lock-entry.ts";
import { temporaryIdentifier } from "../match/temporary-identifier.ts";

const wanted = desired("a", {
  scope: "PROJECT",
  projectName: "web",
  fields: { token: secretOf("T", "value"), region: "EU" },
  lifecycle: { protect: true, onRemove: "retain", rotate: 2, movedFrom: ["x"], import: "ha" },
});

test("an entry holds what the server answered, the lifecycle, and what was sent", () => {
  assert.deepEqual(entry(wanted, live(wanted, { identifier: "a_1" })), {
    hashId: "ha",
    identifier: "a_1",
    type: "VULTR",
    lifecycle: { protect: true, onRemove: "retain", rotate: 2 },
    lastSent: new Map<string, unknown>([
      ["name", "a"],
      ["region", "EU"],
      ["token", { fingerprint: fingerprintSecret(secretOf("T", "value"), FINGERPRINT_KEY, "ha", "token") }],
      ["scope", "PROJECT"],
      ["project_name", "web"],
    ]),
    superseded: [],
    formerIdentifiers: [],
  });
});

test("without a fingerprint key a secret is only known as sent", () => {
  assert.deepEqual(entry(wanted, live(wanted), {}, "none").lastSent.get("token"), { fingerprint: null });
});

test("adopted: what is live and equal counts as sent, what can't be seen doesn't", () => {
  const base = {
    desired: wanted,
    live: live(wanted),
    sent: new Set<string>(),
    supersedes: [],
    previous: undefined,
    key: FINGERPRINT_KEY,
  };
  assert.deepEqual([...buildLockEntry(base, "with-values").lastSent.keys()], ["name", "scope", "project_name"]);
  const other = live(wanted, { name: "other" });
  assert.deepEqual(
    [...buildLockEntry({ ...base, live: other }, "with-values").lastSent.keys()],
    ["scope", "project_name"],
  );
});

test("what the file no longer names leaves the entry; what wasn't sent again stays as it was", () => {
  const previous = entry(wanted);
  const fewer = desired("a", { scope: "PROJECT", projectName: "web", fields: { token: secretOf("T") } });
  const now = buildLockEntry(
    { desired: fewer, live: live(fewer), previous, sent: new Set(), supersedes: [], key: undefined },
    "with-values",
  );
  assert.deepEqual(now.lastSent.get("token"), previous.lastSent.get("token"));
  assert.equal(now.lastSent.has("region"), false);
  assert.deepEqual(entryDifferences(previous, now), [
    "last_sent.region",
    "lifecycle.on_remove",
    "lifecycle.protect",
    "lifecycle.rotate",
  ]);
});

test("former hashes and identifiers add up, once each; the current and temporary ones aren't among them", () => {
  const previous = entry(wanted, live(wanted, { identifier: "a" }), {
    superseded: ["h0", "h1"],
    formerIdentifiers: ["b", "c"],
  });
  const base = { desired: wanted, sent: new Set<string>(), key: undefined };
  const next = buildLockEntry(
    { ...base, live: live(wanted, { hashId: "h1", identifier: "b" }), previous, supersedes: ["ha", "h0"] },
    "with-values",
  );
  assert.deepEqual(
    [next.superseded, next.formerIdentifiers],
    [
      ["h0", "ha"],
      ["c", "a"],
    ],
  );
  const setAside = { ...previous, identifier: temporaryIdentifier("a", "ha") };
  const back = buildLockEntry(
    { ...base, live: live(wanted, { identifier: "a" }), previous: setAside, supersedes: [] },
    "with-values",
  );
  assert.deepEqual(back.formerIdentifiers, ["b", "c"]);
});
