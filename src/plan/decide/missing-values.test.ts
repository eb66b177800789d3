import assert from "node:assert/strict";
import { test } from "node:test";
import { desired, entry, live, locked, observed, plan, secret } from "../../../test/support/builders.ts";
import { missingValues } from "./missing-values.ts";

test("every value that has to be sent and isn't here, with its place in the file", () => {
  const wanted = [
    desired("created", {
      fields: { token: secret("A"), role_assumptions: [{ arn: "1" }, { arn: "2", external_id: secret("B") }] },
      extra: { new_field: { deep: secret("C") } },
    }),
    desired("updated", { fields: { name: "New", token: secret("D") } }),
    desired("refused", { lifecycle: { credentials: "unmanaged" }, fields: { token: secret("E") } }),
    desired("kept", { fields: { token: secret("F") } }),
  ];
  const kept = [
    desired("updated", { fields: { token: secret("D", "x") } }),
    desired("kept", { fields: { token: secret("F", "x") } }),
  ];
  const lives = kept.map((each) => live(each));
  const lock = locked(Object.fromEntries(kept.map((each) => [each.key, entry(each)])));
  assert.deepEqual(missingValues(plan(wanted, { lock, live: lives }), wanted, observed(lives)), [
    { key: "created", path: ["token"], variable: "A" },
    { key: "created", path: ["role_assumptions", 1, "external_id"], variable: "B" },
    { key: "created", path: ["extra", "new_field", "deep"], variable: "C" },
  ]);
});

test("an update needs the values that go along: AMAZON's whole set when one of it changes", () => {
  const amazon = (access: string | undefined, secretKey: string | undefined) =>
    desired("a", {
      type: "AMAZON",
      fields: { access_key: secret("K", access), secret_key: secret("S", secretKey), role_assumptions: [] },
    });
  const was = amazon("1", "1");
  const world = { lock: locked({ a: entry(was) }), live: [live(was)] };
  const missing = (now: ReturnType<typeof amazon>) => missingValues(plan([now], world), [now], observed([live(was)]));
  assert.deepEqual(missing(amazon("2", undefined)), [{ key: "a", path: ["secret_key"], variable: "S" }]);
  assert.deepEqual(missing(amazon(undefined, undefined)), []);
});

test("a re-send needs its values", () => {
  const wanted = desired("a", { fields: { token: secret("T") }, lifecycle: { rotate: 2 } });
  const was = desired("a", { fields: { token: secret("T", "1") }, lifecycle: { rotate: 1 } });
  const made = plan([wanted], { lock: locked({ a: entry(was) }), live: [live(was)] });
  assert.deepEqual(missingValues(made, [wanted], observed([live(was)])), [
    { key: "a", path: ["token"], variable: "T" },
  ]);
});
