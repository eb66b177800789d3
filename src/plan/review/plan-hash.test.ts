import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithIds } from "../../model/integration.ts";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  OTHER_FINGERPRINT_KEY,
  planFor,
  secretOf,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import type { Plan } from "../change.ts";
import { planHash } from "./plan-hash.ts";

const tokens = (value?: string) => ({ token: secretOf("TOKEN", value) });

/** One of each action that a hash covers. */
function sample(value?: string): IntegrationWithIds[] {
  return [
    desired("created", { fields: tokens(value), allowedPipelines: [{ id: 3 }, { id: 1, label: "web/deploy" }] }),
    desired("adopted"),
    desired("renamed", { fields: { name: "old" }, lifecycle: { movedFrom: ["old"] } }),
    desired("updated", { fields: { name: "New", ...tokens(value) } }),
    desired("recorded", { fields: tokens(value), lifecycle: { protect: true } }),
    desired("kept", { fields: tokens(value) }),
    desired("replaced", { scope: "PROJECT", projectName: "web", fields: tokens(value) }),
  ];
}

function world(value: string | undefined): PlanWorld {
  const was = (key: string) => desired(key, { fields: tokens(value) });
  const keys = ["updated", "recorded", "kept", "replaced", "deleted", "k1", "k2", "k3", "k4"];
  return {
    lock: new Map([
      ["old", entry(desired("old"))],
      ["retained", entry(desired("retained", { lifecycle: { onRemove: "retain" } }))],
      ...keys.map((key) => [key, entry(was(key))] as const),
    ]),
    live: [
      live(desired("adopted")),
      live(desired("old")),
      live(desired("retained")),
      ...keys.map((key) => live(was(key))),
    ],
    flags: { prune: true, allow_replace: true, max_deletions: 9 },
  };
}

const golden = "v2:sha256:30c18ebcf38fa586f586277c5617b7dc38f54bdb6a66715ccf5a0a2174681f19";

test("a plan's hash is the same on every machine and for every version with the plan format 2", () => {
  assert.equal(planHash(planFor(sample("1"), world("1"))), golden);
});

test("the hash doesn't depend on the values of secrets: here, elsewhere, rotated, or of another key", () => {
  assert.equal(planHash(planFor(sample(), world("1"))), golden);
  assert.equal(planHash(planFor(sample("2"), world("1"))), golden);
  assert.equal(planHash(planFor(sample("1"), { ...world("1"), key: "none" })), golden);
  assert.equal(planHash(planFor(sample("1"), { ...world("1"), key: OTHER_FINGERPRINT_KEY })), golden);
});

test("the hash doesn't depend on the order of the file, of the lockfile, or of what was read", () => {
  const { lock = new Map(), live: lives = [], ...rest } = world("1");
  const reversed = { ...rest, lock: new Map([...lock].toReversed()), live: lives.toReversed() };
  assert.equal(planHash(planFor(sample("1").toReversed(), reversed)), golden);
});

test("integrations without changes, and what is only displayed, aren't in the hash", () => {
  const { lock = new Map(), live: lives = [], ...rest } = world("1");
  const more = desired("zzz");
  const wider = { ...rest, lock: new Map([...lock, ["zzz", entry(more)]]), live: [...lives, live(more)] };
  assert.equal(planHash(planFor([...sample("1"), more], wider)), golden);
  const made = planFor(sample("1"), world("1"));
  const { changes } = made;
  const shown: Plan = { ...made, names: { pipelines: {}, users: {}, groups: {} }, warnings: [], left_out: 7, changes };
  assert.equal(planHash(shown), golden);
});

test("what was reviewed is in the hash", () => {
  const made = planFor(sample("1"), world("1"));
  const others: Plan[] = [
    { ...made, workspace: "other" },
    { ...made, api: "https://api.eu.buddy.works" },
    { ...made, empty_lock: true },
    { ...made, flags: { ...made.flags, adopt: true } },
    { ...made, flags: { ...made.flags, resend: ["*"] } },
    { ...made, flags: { ...made.flags, only: ["*"] } },
    { ...made, changes: made.changes.slice(1) },
    planFor(
      sample("1").map((each) => (each.key === "updated" ? desired("updated", { fields: { name: "Newer" } }) : each)),
      world("1"),
    ),
    planFor(
      sample("1").map((each) =>
        each.key === "recorded" ? desired("recorded", { lifecycle: { onRemove: "retain" } }) : each,
      ),
      world("1"),
    ),
  ];
  const hashes = others.map(planHash);
  assert.equal(new Set([golden, ...hashes]).size, others.length + 1);
});

test("an offline plan has no hash", () => {
  assert.equal(planHash(planFor(sample("1"), { ...world("1"), offline: true })), undefined);
});

test("an adoption that is refused only because of a secret's value has the same hash as without that value", () => {
  const app = (value?: string) =>
    desired("a", { type: "AZURE_CLOUD", fields: { app_id: secretOf("APP", value), tenant_id: "t" } });
  const adopting = (value?: string) =>
    planHash(
      planFor([app(value)], { live: [live(app(), { fields: new Map([["app_id", "x"]]) })], lock: lockSectionOf({}) }),
    );
  assert.equal(adopting("y"), adopting());
  assert.equal(adopting("x"), adopting());
});
