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

test("an entry holds what the server returned, the lifecycle, and what was sent", () => {
  assert.deepEqual(entry(wanted, live(wanted, { identifier: "a_1" })), {
    hashId: "ha",
    identifier: "a_1",
    type: "VULTR",
    lifecycle: { protect: true, onRemove: "retain", rotate: 2 },
    lastSent: new Map<string, unknown>([
      ["name", "a"],
      ["region", "EU"],
      [
        "token",
        { variable: "T", fingerprint: fingerprintSecret(secretOf("T", "value"), FINGERPRINT_KEY, "ha", "token") },
      ],
      ["scope", "PROJECT"],
      ["project_name", "web"],
    ]),
    superseded: [],
    formerIdentifiers: [],
  });
});

test("without a fingerprint key, the entry only says that a secret was sent", () => {
  assert.deepEqual(entry(wanted, live(wanted), {}, "none").lastSent.get("token"), { variable: "T", fingerprint: null });
});

test("after an adoption, equal live values count as sent; unknown values and references don't", () => {
  const base = {
    desired: wanted,
    live: live(wanted),
    sent: new Set<string>(),
    origin: "adopted" as const,
    supersedes: [],
    previous: undefined,
    key: FINGERPRINT_KEY,
  };
  const taken = buildLockEntry(base, "with-values").lastSent;
  assert.deepEqual([...taken.keys()], ["name", "token", "scope", "project_name"]);
  assert.deepEqual(taken.get("token"), { variable: "T", sent: false });
  const other = live(wanted, { name: "other" });
  assert.deepEqual(
    [...buildLockEntry({ ...base, live: other }, "with-values").lastSent.keys()],
    ["token", "scope", "project_name"],
  );
});

test("fields that the file no longer names leave the entry; fields that weren't sent again stay as they were", () => {
  const previous = entry(wanted);
  const fewer = desired("a", { scope: "PROJECT", projectName: "web", fields: { token: secretOf("T") } });
  const now = buildLockEntry(
    { desired: fewer, live: live(fewer), previous, sent: new Set(), origin: "known", supersedes: [], key: undefined },
    "with-values",
  );
  assert.deepEqual(now.lastSent.get("token"), previous.lastSent.get("token"));
  assert.equal(now.lastSent.has("region"), false);
  assert.deepEqual(entryDifferences(previous, now), [
    { path: "last_sent.region", before: "EU" },
    { path: "lifecycle.on_remove", before: "retain", after: "delete" },
    { path: "lifecycle.protect", before: true, after: false },
    { path: "lifecycle.rotate", before: 2 },
  ]);
});

test("former hashes and identifiers are collected, once each, without the current and temporary ones", () => {
  const previous = entry(wanted, live(wanted, { identifier: "a" }), {
    superseded: ["h0", "h1"],
    formerIdentifiers: ["b", "c"],
  });
  const base = { desired: wanted, sent: new Set<string>(), origin: "known" as const, key: undefined };
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

test("another variable is recorded at once if the value was never sent; otherwise only when the new value is sent", () => {
  const named = (variable: string) => desired("a", { fields: { token: secretOf(variable, "one") } });
  const facts = { live: live(named("A")), sent: new Set<string>(), supersedes: [], key: FINGERPRINT_KEY };
  const adopted = buildLockEntry(
    { ...facts, desired: named("A"), origin: "adopted", previous: undefined },
    "with-values",
  );
  const after = buildLockEntry({ ...facts, desired: named("B"), origin: "known", previous: adopted }, "without-values");
  assert.deepEqual(entryDifferences(adopted, after), [
    { path: "last_sent.token", before: { $secret: "A" }, after: { $secret: "B" } },
  ]);
  const sent = entry(named("A"));
  const same = buildLockEntry({ ...facts, desired: named("B"), origin: "known", previous: sent }, "with-values");
  assert.deepEqual(entryDifferences(sent, same), []);
});

test("if this tool created an AWS integration without roles, the lockfile records that it has none", () => {
  const aws = (fields: Readonly<Record<string, string[]>>) => desired("a", { type: "AMAZON", fields });
  const created = entry(aws({}));
  assert.deepEqual(created.lastSent.get("unmanaged.role_assumptions"), []);
  const named = entry(aws({ role_assumptions: ["r"] }));
  const facts = { sent: new Set<string>(), supersedes: [], key: undefined, live: live(aws({})), desired: aws({}) };
  const later = buildLockEntry({ ...facts, origin: "known", previous: named }, "with-values");
  assert.deepEqual(later.lastSent.get("unmanaged.role_assumptions"), ["r"]);
  const adopted = buildLockEntry({ ...facts, origin: "adopted", previous: undefined }, "with-values");
  assert.equal(adopted.lastSent.has("unmanaged.role_assumptions"), false);
});
