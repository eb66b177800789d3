import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, UnsentValue } from "../plan/change.ts";
import { unsentSections } from "./unsent-values.ts";

test("what this plan adopts is first in the list of values, so that a long list doesn't hide it", () => {
  const unsent = ["a", "b", "theirs"].map((key): UnsentValue => ({
    key,
    path: "token",
    variable: key.toUpperCase(),
    value: "not here",
  }));
  const adopt: Change = {
    action: "adopt",
    key: "theirs",
    type: "VULTR",
    name: "Theirs",
    hash_id: "h",
    via: "key",
    origin: "adopted",
    details: [],
    supersedes: [],
    differences: [],
    unknown: [],
  };
  assert.deepEqual(
    unsentSections({ unsent, changes: [adopt] }).map(({ lines }) => lines),
    [["theirs.token ← $THEIRS", "a.token ← $A", "b.token ← $B"]],
  );
});
