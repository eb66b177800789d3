import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../model/integration.ts";
import type { Create } from "../plan/change.ts";
import type { FieldChange } from "../plan/field-change.ts";
import { planOfChanges } from "../../test/support/every-change.ts";
import { renderPlanText } from "./plan-text.ts";

function creation(key: string, fields: Readonly<Record<string, Json>>, other: Partial<Create> = {}): Create {
  const sent = Object.entries({ name: key, ...fields }).map(([path, after]): FieldChange => ({
    path,
    after,
    reason: "edited",
    compared_with: "nothing",
    basis: "file",
  }));
  const base = {
    action: "create",
    type: "VULTR",
    scope: "WORKSPACE",
    lifecycle: [],
    supersedes: [],
    pending: [],
  } as const;
  return { ...base, key, name: key, identifier: key, fields: sent, ...other };
}

const KEYS = ["a", "b", "c", "d"];
const text = (changes: readonly Create[]): string => renderPlanText(planOfChanges(changes), { color: false });

test("similar creations take one line each, with the fields that differ", () => {
  const shown = text(KEYS.map((key) => creation(key, { token: { $secret: `TOKEN_${key}` }, region: "EU" })));
  assert.ok(
    shown.includes(
      `
  +   create  a  VULTR "a"  (workspace, identifier a)
      token   $TOKEN_a
      region  "EU"

  +   create  b  VULTR "b"  like a; token $TOKEN_b
  +   create  c  VULTR "c"  like a; token $TOKEN_c
  +   create  d  VULTR "d"  like a; token $TOKEN_d
`,
    ),
    shown,
  );
});

test("three similar creations are shown in full, and so is one that differs in other ways than in single values", () => {
  assert.doesNotMatch(text(KEYS.slice(0, 3).map((key) => creation(key, { region: "EU" }))), /like a/);
  const same = KEYS.map((key) => creation(key, { region: "EU" }));
  for (const odd of [
    creation("x", { region: "EU", extra: "more" }),
    creation("x", { region: "EU" }, { scope: "PROJECT", project_name: "web" }),
    creation("x", { region: "EU" }, { identifier: "other" }),
    creation("x", { region: "EU" }, { type: "SENTRY" }),
    creation("x", { region: "EU" }, { recreates: "5e391f5aae784b7208de0d0a" }),
    creation("x", { region: "EU" }, { lifecycle: [{ path: "lifecycle.protect", after: true }] }),
    creation("x", { region: ["EU"] }),
  ])
    assert.match(text([...same, odd]), /create {2}x {2}\w+ "x" {2}\(/);
});

test("values are compared before they are shortened", () => {
  const long = "x".repeat(500);
  const shown = text(KEYS.map((key) => creation(key, { region: key === "d" ? `${long}d` : `${long}e` })));
  assert.match(shown, /create {2}c {2}VULTR "c" {2}like a\n/);
  assert.match(shown, /create {2}d {2}VULTR "d" {2}like a; region "xxx/);
});
