import assert from "node:assert/strict";
import * as fc from "fast-check";
import { applyPlan } from "../../src/apply/apply-plan.ts";
import { success, type FieldValue, type IntegrationWithIds } from "../../src/model/integration.ts";
import { isList, isMap } from "../../src/model/json.ts";
import { Secret } from "../../src/model/secret.ts";
import type { LockEntry } from "../../src/model/lockfile.ts";
import type { Plan } from "../../src/plan/change.ts";
import { planHash } from "../../src/plan/review/plan-hash.ts";
import { planIntegrations } from "../../src/plan/plan.ts";
import { FINGERPRINT_KEY, LIFECYCLE, observed, planInput, TEST_TARGET } from "./builders.ts";
import { planCase, type PlanCase } from "./plan-arbitrary.ts";
import { recordingApi } from "./recording-api.ts";

/** Two files with one workspace and one lockfile. The second file is the first one with a few edits. */
interface TwoFiles {
  readonly reviewed: readonly IntegrationWithIds[];
  readonly merged: readonly IntegrationWithIds[];
  readonly world: PlanCase["world"];
}

/** Values of a field that a faulty comparison could take for equal. */
const value: fc.Arbitrary<FieldValue> = fc.constantFrom<FieldValue>(
  "x",
  "y",
  "",
  "$T",
  new Secret("T", ""),
  new Secret("U", ""),
  new Secret("PROD", ""),
  { $secret: "T" },
  { $hidden: "in the file" },
  { $hidden: "last sent" },
  { $pending: "x" },
  { $literal: { $secret: "T" } },
  { variable: "T", sent: false },
  { variable: "T", fingerprint: null },
  [{ arn: "x", external_id: new Secret("T", "") }],
  [{ arn: "x", external_id: new Secret("PROD", "") }],
  [],
);
/**
 * Names of fields: shown and hidden ones, returned and write-only ones, those that are sent together with others, and
 * an unknown one.
 */
const NAMES = [
  "name",
  "token",
  "access_key",
  "secret_key",
  "role_assumptions",
  "audience",
  "auth_type",
  "password",
  "app_id",
  "email",
  "webhook_address",
  "target_url",
  "note",
  "all_pipelines_allowed",
] as const;

export type Edit = (integration: IntegrationWithIds) => IntegrationWithIds;

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.constantFrom(...NAMES), value).map(([name, to]): Edit => (it) => ({
    ...it,
    fields: new Map([...it.fields, [name, to]]),
  })),
  fc.constantFrom(...NAMES).map((name): Edit => (it) => ({
    ...it,
    fields: new Map([...it.fields].filter(([each]) => each !== name)),
  })),
  value.map((to): Edit => (it) => ({ ...it, extra: new Map([...it.extra, ["new_field", to]]) })),
  fc
    .record({
      protect: fc.boolean(),
      onRemove: fc.constantFrom("delete" as const, "retain" as const),
      rotate: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ rotate, ...usual }): Edit => (it) => ({ ...it, lifecycle: { ...LIFECYCLE, ...usual, rotate } })),
  fc.constantFrom("a", "given").map((identifier): Edit => (it) => ({ ...it, identifier })),
  fc.constantFrom("MANAGE" as const, "DENIED" as const).map((others): Edit => (it) => ({
    ...it,
    permissions: { admins: "MANAGE", others },
  })),
  fc
    .constantFrom<IntegrationWithIds["allowedPipelines"] & object>([], [{ id: 1 }], [{ pending: "x" }])
    .map((allowedPipelines): Edit => (it) => ({ ...it, allowedPipelines })),
);

export const edits = fc.array(fc.tuple(fc.nat(4), edit), { minLength: 1, maxLength: 2 });

export function withEdits(
  wanted: readonly IntegrationWithIds[],
  ...edited: readonly (readonly (readonly [number, Edit])[])[]
): IntegrationWithIds[] {
  const merged = [...wanted];
  for (const [at, change] of edited.flat()) {
    const integration = merged[at % Math.max(1, merged.length)];
    if (integration !== undefined) merged[at % merged.length] = change(integration);
  }
  return merged;
}

const twoFiles: fc.Arbitrary<TwoFiles> = fc
  .record({ base: planCase, edits })
  .map(({ base: { wanted, world }, edits: edited }) => ({
    reviewed: wanted.map(withValues),
    merged: withEdits(wanted, edited).map(withValues),
    // The journal belongs to one checkout. A pull request has none.
    world: { ...world, made: {} },
  }));

/** Every variable has its own value, which is the same in both files. */
export function withValues(integration: IntegrationWithIds): IntegrationWithIds {
  return mapValues(integration, ({ variable }) => new Secret(variable, `value of ${variable}`));
}

export function withoutValues(integration: IntegrationWithIds): IntegrationWithIds {
  return mapValues(integration, ({ variable }) => new Secret(variable, undefined));
}

function mapValues(integration: IntegrationWithIds, change: (secret: Secret) => Secret): IntegrationWithIds {
  const mapped = (each: FieldValue): FieldValue => {
    if (each instanceof Secret) return change(each);
    if (isList(each)) return each.map(mapped);
    if (isMap(each)) return Object.fromEntries(Object.entries(each).map(([name, item]) => [name, mapped(item)]));
    return each;
  };
  const mapAll = (fields: IntegrationWithIds["fields"]): IntegrationWithIds["fields"] =>
    new Map([...fields].map(([name, each]) => [name, mapped(each)]));
  return { ...integration, fields: mapAll(integration.fields), extra: mapAll(integration.extra) };
}

export function planOf(wanted: readonly IntegrationWithIds[], world: PlanCase["world"]): Plan {
  return planIntegrations(planInput(wanted, world));
}

/** What an apply writes: the requests, and the lockfile as text. */
async function effectsOf(wanted: readonly IntegrationWithIds[], world: PlanCase["world"]) {
  const { writes, section } = await carryOut(planOf(wanted, world), wanted, world);
  const lock = [...section].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    writes,
    lock: JSON.stringify(lock.map(([key, { lastSent, ...entry }]) => [key, entry, sentTexts(lastSent)])),
  };
}

/** Carries out a plan in this world. `after` is the world afterwards. */
export async function carryOut(plan: Plan, wanted: readonly IntegrationWithIds[], world: PlanCase["world"]) {
  const input = planInput(wanted, world);
  const seen = observed(world.live ?? [], world.gone);
  const api = recordingApi(seen);
  const { section, outcomes, bugs } = await applyPlan(
    plan,
    { target: TEST_TARGET, desired: wanted, observed: seen, section: input.lock, key: FINGERPRINT_KEY },
    {
      api,
      journal: { append: () => Promise.resolve(success(undefined)) },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
      concurrency: 1,
      note: () => {},
      report: () => {},
    },
  );
  assert.deepEqual(bugs, []);
  const views = [...api.views];
  const after: PlanCase["world"] = {
    ...world,
    lock: section,
    live: views.flatMap(([, view]) => view ?? []),
    gone: views.flatMap(([hashId, view]) => (view === undefined ? [hashId] : [])),
  };
  return { writes: api.writes, section, outcomes, after };
}

/** Without the identifier: whether the file names it changes no request, now or later. */
function sentTexts(lastSent: LockEntry["lastSent"]): string[] {
  return [...lastSent]
    .flatMap(([path, stored]) => (path === "identifier" ? [] : [`${path} ${JSON.stringify(stored)}`]))
    .toSorted();
}

/**
 * If the plans of two files have the same hash, both send the same requests and write the same lockfile, given the
 * same values.
 */
export async function assertOneHashOneApply(numRuns: number): Promise<void> {
  let [same, other] = [0, 0];
  await fc.assert(
    fc.asyncProperty(twoFiles, async ({ reviewed, merged, world }) => {
      const hashes = [reviewed, merged].map((wanted) => planHash(planOf(wanted.map(withoutValues), world)));
      if (hashes[0] !== hashes[1]) {
        other += 1;
        return;
      }
      same += 1;
      assert.deepEqual(await effectsOf(merged, world), await effectsOf(reviewed, world));
    }),
    { numRuns },
  );
  assert.ok(same > numRuns / 20 && other > numRuns / 20, `${same} pairs with the same hash, ${other} with two`);
}
