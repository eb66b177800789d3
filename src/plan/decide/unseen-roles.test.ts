import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldValue, IntegrationWithIds } from "../../model/integration.ts";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  planFor,
  planned,
  planInWords,
  secretOf,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import { planHash } from "../review/plan-hash.ts";

type Fields = Readonly<Record<string, FieldValue>>;

const keys = (value?: string): Fields => ({ access_key: secretOf("K", value), secret_key: secretOf("S", "1") });
const aws = (
  fields: Fields,
  place: Pick<IntegrationWithIds, "scope" | "projectName"> = { scope: "WORKSPACE" },
): IntegrationWithIds => desired("a", { type: "AMAZON", fields, ...place });
const roles = { role_assumptions: [{ arn: "1" }] };

/** Adopted: its roles are unknown. */
const unknownRoles = (wanted: IntegrationWithIds, options: Partial<PlanWorld> = {}): PlanWorld => {
  const { lastSent, ...rest } = entry(wanted);
  const known = new Map([...lastSent].filter(([path]) => !path.endsWith("role_assumptions")));
  return { lock: lockSectionOf({ a: { ...rest, lastSent: known } }), live: [live(wanted)], ...options };
};

test("new AWS keys are refused while the roles are unknown; other fields are sent", () => {
  const world = unknownRoles(aws(keys("1")));
  assert.deepEqual(planned([aws(keys("2"))], world), ["update a ha access_key:rotated REFUSED roles-unseen"]);
  assert.deepEqual(planned([aws({ ...keys("1"), name: "New" })], world), ["update a ha name:edited"]);
  assert.deepEqual(planned([aws({ ...keys("1"), auth_type: "OIDC", audience: "sts" })], world), [
    "update a ha audience:edited auth_type:edited REFUSED roles-unseen",
  ]);
});

test("roles in the file, [] too, or an empty list in the lockfile allow it", () => {
  const world = unknownRoles(aws(keys("1")));
  const both = ["update a ha access_key:rotated role_assumptions:never-sent"];
  assert.deepEqual(planned([aws({ ...keys("2"), ...roles })], world), both);
  assert.deepEqual(planned([aws({ ...keys("2"), role_assumptions: [] })], world), both);
  const ours = { lock: lockSectionOf({ a: entry(aws(keys("1"))) }), live: [live(aws(keys("1")))] };
  assert.deepEqual(planned([aws(keys("2"))], ours), ["update a ha access_key:rotated"]);
  // Roles that the file no longer names still exist.
  const named = { lock: lockSectionOf({ a: entry(aws({ ...keys("1"), ...roles })) }), live: [live(aws(keys("1")))] };
  assert.deepEqual(planned([aws(keys("2"))], named), [
    "record a ha last_sent.role_assumptions last_sent.unmanaged.role_assumptions",
    "update a ha access_key:rotated REFUSED roles-unseen",
  ]);
});

test("roles that were sent before the file stopped naming them are shown if it names others now", () => {
  const before = aws({ ...keys("1"), ...roles });
  const unnamed = entry(aws(keys("1")), live(before), {
    lastSent: new Map([...entry(aws(keys("1"))).lastSent, ["unmanaged.role_assumptions", roles.role_assumptions]]),
  });
  const world = { lock: lockSectionOf({ a: unnamed }), live: [live(before)] };
  const changed = (list: readonly FieldValue[]) =>
    planFor([aws({ ...keys("1"), role_assumptions: list })], world).changes.flatMap((change) =>
      change.action === "update" ? change.fields : [],
    );
  const field = { path: "role_assumptions", compared_with: "last sent", basis: "file", reason: "edited" };
  assert.deepEqual(changed([]), [{ ...field, before: [{ arn: "1" }], after: [] }]);
  // The same roles are sent again, since somebody may have changed them.
  assert.deepEqual(
    changed([{ arn: "1" }]).map(({ reason }) => reason),
    ["never-sent"],
  );
});

test("a replacement or re-creation is refused too, unless the old one was of another type", () => {
  const inProject = { scope: "PROJECT", projectName: "web" } as const;
  const flags = { allow_replace: true, max_deletions: 1 };
  const moved = aws(keys("1"), inProject);
  const world = unknownRoles(aws(keys("1")), { flags });
  assert.deepEqual(planned([moved], world), ["replace a ha scope REFUSED roles-unseen"]);
  const gone = unknownRoles(aws(keys("1")), { live: [], gone: ["ha"], flags });
  assert.deepEqual(planned([aws(keys("1"))], gone), ["create a for ha REFUSED roles-unseen"]);
  const other = desired("a");
  const from = { lock: lockSectionOf({ a: entry(other) }), live: [live(other)], flags };
  assert.deepEqual(planned([aws(keys("1"))], from), ["replace a ha type"]);
});

test("a value that was never sent is refused where it is here, and listed where it isn't", () => {
  const adopted = { live: [live(aws(keys()))] };
  assert.deepEqual(planned([aws(keys("1"))], adopted), [
    "adopt a ha by key",
    "update a ha access_key:never-sent secret_key:never-sent REFUSED roles-unseen",
  ]);
  const without = { access_key: secretOf("K"), secret_key: secretOf("S") };
  const blind = planFor([aws(without)], adopted);
  assert.deepEqual(planInWords(blind), ["adopt a ha by key"]);
  const needs = { value: "not here", needs: "role_assumptions" } as const;
  assert.deepEqual(blind.unsent, [
    { key: "a", path: "access_key", variable: "K", ...needs },
    { key: "a", path: "secret_key", variable: "S", ...needs },
  ]);
});

test("a refusal that only values show doesn't change the plan's hash", () => {
  const world = unknownRoles(aws(keys("1")));
  const named = (value?: string) => planFor([aws({ ...keys(value), name: "New" })], world);
  assert.deepEqual(planInWords(named("2")), ["update a ha access_key:rotated name:edited REFUSED roles-unseen"]);
  assert.equal(planHash(named("2")), planHash(named()));
});

test("an adoption that differs only in a value doesn't hide that its update needs the roles: both plans have one hash", () => {
  const wanted = (value?: string): IntegrationWithIds =>
    aws({ ...keys("1"), auth_type: "OIDC", audience: secretOf("AUDIENCE", value) });
  const world = { live: [live(aws({ audience: "sts" }))] };
  const here = planFor([wanted("other")], world);
  assert.deepEqual(
    planInWords(here).map((line) => line.replace(/.*REFUSED /, "")),
    ["needs-adopt", "roles-unseen"],
  );
  assert.equal(planHash(here), planHash(planFor([wanted()], world)));
});
