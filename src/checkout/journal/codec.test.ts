import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalRecord, UpdatesRecord } from "../../apply/journal.ts";
import { decodeJournal, encodeJournalRecord } from "./codec.ts";

const updates: UpdatesRecord = {
  kind: "updates",
  api: "https://api.buddy.works",
  workspace: "acme",
  paths: new Map([
    ["hash1", ["token"]],
    ["hash2", ["password", "username"]],
  ]),
};

const refused: JournalRecord = {
  kind: "end",
  api: "https://api.buddy.works",
  workspace: "acme",
  key: "web",
  outcome: "refused",
};

test("the journal has the paths of the values that updates send, by integration", () => {
  const text = [updates, refused].map(encodeJournalRecord).join("");
  assert.deepEqual(decodeJournal(text), { ok: true, value: [updates, refused] });
});

test("paths that aren't pairs of a hash and a list of texts are damage", () => {
  const line = encodeJournalRecord(updates);
  const read = (paths: unknown): unknown => decodeJournal(`${JSON.stringify({ ...JSON.parse(line), paths })}\n`);
  assert.deepEqual(read([]), { ok: true, value: [{ ...updates, paths: new Map() }] });
  for (const paths of [
    undefined,
    null,
    {},
    "hash1",
    ["hash1"],
    [["hash1"]],
    [["hash1", "token"]],
    [["hash1", [1]]],
    [["../hash", ["token"]]],
    [[1, ["token"]]],
    [["hash1", ["token"], "more"]],
  ])
    assert.deepEqual(read(paths), { ok: false, error: { line: 1 } }, JSON.stringify(paths));
});
