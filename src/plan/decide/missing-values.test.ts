import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, lockSectionOf, observed, planFor, secretOf } from "../../../test/support/builders.ts";
import { missingValues } from "./missing-values.ts";

test("every value that must be sent and isn't set is reported with its place in the file", () => {
  const wanted = [
    desired("created", {
      fields: { token: secretOf("A"), role_assumptions: [{ arn: "1" }, { arn: "2", external_id: secretOf("B") }] },
      extra: { new_field: { deep: secretOf("C") } },
    }),
    desired("updated", { fields: { name: "New", token: secretOf("D") } }),
    desired("refused", { lifecycle: { credentials: "unmanaged" }, fields: { token: secretOf("E") } }),
    desired("kept", { fields: { token: secretOf("F") } }),
  ];
  const kept = [
    desired("updated", { fields: { token: secretOf("D", "x") } }),
    desired("kept", { fields: { token: secretOf("F", "x") } }),
  ];
  const lives = kept.map((each) => live(each));
  const lock = lockSectionOf(Object.fromEntries(kept.map((each) => [each.key, entry(each)])));
  assert.deepEqual(missingValues(planFor(wanted, { lock, live: lives }), wanted, observed(lives)), [
    { key: "created", path: ["token"], variable: "A" },
    { key: "created", path: ["role_assumptions", 1, "external_id"], variable: "B" },
    { key: "created", path: ["extra", "new_field", "deep"], variable: "C" },
  ]);
});

test("an update needs all values that are sent with it: for AMAZON, the whole credential set", () => {
  const amazon = (access: string | undefined, secretKey: string | undefined) =>
    desired("a", {
      type: "AMAZON",
      fields: { access_key: secretOf("K", access), secret_key: secretOf("S", secretKey), role_assumptions: [] },
    });
  const was = amazon("1", "1");
  const world = { lock: lockSectionOf({ a: entry(was) }), live: [live(was)] };
  const missing = (now: ReturnType<typeof amazon>) =>
    missingValues(planFor([now], world), [now], observed([live(was)]));
  assert.deepEqual(missing(amazon("2", undefined)), [{ key: "a", path: ["secret_key"], variable: "S" }]);
  assert.deepEqual(missing(amazon(undefined, undefined)), []);
});

test("sending values again needs these values", () => {
  const wanted = desired("a", { fields: { token: secretOf("T") }, lifecycle: { rotate: 2 } });
  const was = desired("a", { fields: { token: secretOf("T", "1") }, lifecycle: { rotate: 1 } });
  const made = planFor([wanted], { lock: lockSectionOf({ a: entry(was) }), live: [live(was)] });
  assert.deepEqual(missingValues(made, [wanted], observed([live(was)])), [
    { key: "a", path: ["token"], variable: "T" },
  ]);
});
