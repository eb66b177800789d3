import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change } from "../plan/change.ts";
import type { UnsentValue } from "../plan/field-change.ts";
import { unsentSections } from "./unsent-values.ts";

test("values of adopted integrations come first, so that a long list doesn't hide them", () => {
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

test("a value in `extra` or in a list is listed if its field is sent, and only then", () => {
  const value = (path: string): UnsentValue => ({ key: "a", path, variable: "V", value: "here" });
  const field = (path: string) => ({
    path,
    after: null,
    reason: "never-sent" as const,
    compared_with: "last sent" as const,
    basis: "secret" as const,
  });
  const update: Change = {
    action: "update",
    key: "a",
    type: "VULTR",
    name: "A",
    hash_id: "h",
    fields: [field("extra.one"), field("role_assumptions")],
    unknown: [],
    carried: [],
    lifecycle: [],
    pending: [],
  };
  const unsent = ["extra.one.deep", "extra.oneself", "extra.two", "role_assumptions.0.external_id"].map(value);
  assert.deepEqual(
    unsentSections({ unsent, changes: [update] }).map(({ lines }) => lines),
    [["a.extra.one.deep ← $V", "a.role_assumptions.0.external_id ← $V"]],
  );
});
