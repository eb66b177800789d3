import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { FieldValue, HashId, IntegrationWithIds, LiveIntegration } from "../../src/model/integration.ts";
import { identifierOf } from "../../src/model/identity.ts";
import { isList, isMap } from "../../src/model/json.ts";
import { Secret } from "../../src/model/secret.ts";
import { literalMap, referenceState, referenceStates, type StoredValue } from "../../src/model/stored-value.ts";
import { accessLevelText } from "../../src/model/access-level.ts";
import { isNotReviewed, isPassive, type Change, type Plan } from "../../src/plan/change.ts";
import { withPartsOf } from "../../src/plan/compare/lock-entry.ts";
import { heldParts } from "../../src/plan/review/held-parts.ts";
import { planHash } from "../../src/plan/review/plan-hash.ts";
import { reviewedPart } from "../../src/plan/review/reviewed-part.ts";
import { observed, planInWords } from "./builders.ts";
import { handOvers, withHandOvers } from "./handed-over.ts";
import { planCase, type PlanCase } from "./plan-arbitrary.ts";
import { carryOut, edits, planOf, withEdits, withoutValues, withValues } from "./two-files.ts";

type World = PlanCase["world"];

/** Two pull requests that were reviewed for themselves, what was merged in the end, and what people did by hand meanwhile. */
interface Merge {
  readonly reviewed: readonly (readonly IntegrationWithIds[])[];
  readonly merged: readonly IntegrationWithIds[];
  /** When they were reviewed. */
  readonly before: World;
  readonly now: World;
}

const byHand = fc.array(
  fc.record({
    at: fc.nat(4),
    name: fc.constantFrom("One", "Two", "by hand"),
    others: fc.constantFrom("MANAGE" as const, "USE_ONLY" as const),
    identifier: fc.constantFrom("keep" as const, "by_hand"),
  }),
  { maxLength: 2 },
);

const merges: fc.Arbitrary<Merge> = fc
  .record({
    base: planCase,
    handed: handOvers,
    one: edits,
    two: edits,
    unreviewed: edits,
    unreviewedHanded: handOvers,
    isHonest: fc.boolean(),
    byHand,
  })
  .map(({ base, handed, one, two, unreviewed, unreviewedHanded, isHonest, byHand: changes }) => {
    const { wanted, world } = withHandOvers(base, handed);
    const before = { ...world, made: {} };
    const live = [...(world.live ?? [])];
    for (const { at, name, others, identifier } of changes) {
      const view = live[at % Math.max(1, live.length)];
      if (view === undefined) continue;
      live[at % live.length] = {
        ...view,
        name,
        ...(identifier === "keep" ? {} : { identifier }),
        ...(view.permissions === undefined ? {} : { permissions: { ...view.permissions, others } }),
      };
    }
    const merged = withHandOvers(
      { wanted: withEdits(wanted, one, two, isHonest ? [] : unreviewed), world: { ...before, live } },
      isHonest ? [] : unreviewedHanded,
    );
    return {
      reviewed: [one, two].map((each) => withEdits(wanted, each).map(withValues)),
      merged: merged.wanted.map(withValues),
      before,
      now: merged.world,
    };
  })
  .filter(({ reviewed, merged }) => [...reviewed, merged].every(isAccepted));

/** What is applied of two reviewed plans, whatever was merged: nothing unreviewed, and nothing is lost. */
export async function assertPartialApply(numRuns: number): Promise<void> {
  let [whole, partial] = [0, 0];
  await fc.assert(
    fc.asyncProperty(merges, async ({ reviewed, merged, before, now }) => {
      const plans = reviewed.map((wanted) => planOf(wanted.map(withoutValues), before));
      const full = planOf(merged, now);
      const prepared = { plan: full, desired: merged, observed: observed(now.live ?? [], now.gone) };
      const part = reviewedPart(prepared, plans);
      const left = part.changes.filter(isNotReviewed);
      if (plans.some((plan) => planHash(plan) === planHash(full))) assert.deepEqual(part, full);
      if (left.length === 0) whole += 1;
      else partial += 1;

      const { writes, section, after } = await carryOut(part, merged, now);
      const allowed = await allowedWrites({ reviewed, merged, before, now }, plans);
      assert.deepEqual(
        writes.filter((write) => !allowed(write)),
        [],
      );

      for (const [key, held] of heldParts(part)) {
        const [was, is] = [now.lock?.get(key), section.get(key)];
        const isSent = part.changes.some(
          (change) =>
            change.action === "update" &&
            change.key === key &&
            change.refused === undefined &&
            change.fields.some(({ path }) => path === "identifier"),
        );
        if (was === undefined || is === undefined || was.hashId !== is.hashId || isSent) continue;
        assert.deepEqual(sortedSent(withPartsOf(was, is, held)), sortedSent(is), `${key}: the lockfile is as before`);
      }

      // The next plan of the same keys shows again what was left out, and once that is applied, all is as if it had been
      // applied at once. A key that was renamed may be one that --only doesn't name.
      const { only = [] } = after.flags ?? {};
      const sameKeys = only.length === 0 ? [] : [...only, ...left.map(({ key }) => key)];
      const next = planOf(merged, { ...after, flags: { ...after.flags, only: sameKeys } });
      const shown = next.changes.flatMap(leftWords);
      assert.deepEqual(
        left.flatMap(leftWords).filter((word) => !shown.includes(word)),
        [],
      );
      const later = merged.map(withoutPending);
      assert.deepEqual(await settled(later, after), await settled(later, now));
    }),
    { numRuns },
  );
  assert.ok(whole > numRuns / 20 && partial > numRuns / 20, `${whole} whole, ${partial} partial`);
}

/** What `validate` accepts: two keys never have one identifier in one place, a name is a text, and an auth_type isn't empty. */
function isAccepted(wanted: readonly IntegrationWithIds[]): boolean {
  const places = wanted.map((each) => JSON.stringify([identifierOf(each, each), each.scope, each.projectName]));
  const areFieldsValid = wanted.every(
    ({ fields }) => typeof fields.get("name") === "string" && fields.get("auth_type") !== "",
  );
  return new Set(places).size === places.length && areFieldsValid;
}

/**
 * What is still due after a few applies: a later one may do what an earlier one refuses. How much of it comes at once differs,
 * so the threshold of a single run is lifted.
 */
async function settled(wanted: readonly IntegrationWithIds[], world: World): Promise<string[]> {
  let now: World = { ...world, flags: { ...world.flags, max_deletions: 100 } };
  for (let round = 0; round < 4; round += 1) now = (await carryOut(planOf(wanted, now), wanted, now)).after;
  return dueWords(planOf(wanted, now));
}

function dueWords(plan: Plan): string[] {
  const words = planInWords({ changes: plan.changes.filter((change) => !isPassive(change)) });
  // The hash of a new integration depends on how many requests there were before.
  return words.map((word) => word.replaceAll(/\bnew\d+x*\b/g, "(new)")).toSorted();
}

/** A left-out change by what identifies it: of an update, each of its fields. */
function leftWords(change: Change): string[] {
  if (change.action !== "update") return [`${change.action} ${change.key}`];
  return change.fields.map(({ path }) => `update ${change.key} ${path}`);
}

/** Requests that a reviewed plan shows, field by field, or that change only the value of an unchanged reference. */
async function allowedWrites({ reviewed, before, now }: Merge, plans: readonly Plan[]) {
  const files = reviewed.flatMap((wanted) => [wanted, wanted.map(withoutPending)]);
  const shown = await Promise.all(files.map((wanted) => carryOut(planOf(wanted, before), wanted, before)));
  const drifted = await Promise.all(files.map((wanted) => carryOut(planOf(wanted, now), wanted, now)));
  const whole = new Set(shown.flatMap(({ writes }) => writes));
  // A replacement takes over limits as they are live by now.
  const posts = new Set(drifted.flatMap(({ writes }) => writes.filter((write) => write.startsWith("POST "))));
  const fields = new Set([...whole].flatMap((write) => writtenFields(write)));
  const live = new Map((now.live ?? []).map((view) => [view.hashId, view]));
  const unsent = new Set(
    plans.flatMap((plan) => plan.unsent.map(({ key, path, variable }) => `${key} ${path} ${variable}`)),
  );
  const unchanged = new Set(
    [...(now.lock ?? [])].flatMap(([key, { hashId, lastSent }]) =>
      [...lastSent].flatMap(([path, stored]) => {
        const isListed = referenceStates(stored).every(
          (state) =>
            !("sent" in state) ||
            [...unsent].some((each) => each.startsWith(`${key} ${path}`) && each.endsWith(` ${state.variable}`)),
        );
        return isListed ? [`${hashId} ${path} ${JSON.stringify(asSent(stored))}`] : [];
      }),
    ),
  );
  return (write: string): boolean => {
    if (whole.has(write) || posts.has(write)) return true;
    if (!write.startsWith("PATCH ")) return false;
    return writtenFields(write).every(
      (field) => fields.has(field) || unchanged.has(field) || liveFields(live, write).has(field),
    );
  };
}

/** A pipeline that doesn't exist yet holds up the whole update, whose other fields were reviewed nevertheless. */
function withoutPending(integration: IntegrationWithIds): IntegrationWithIds {
  const { allowedPipelines, ...rest } = integration;
  return allowedPipelines?.some((each) => "pending" in each) ? rest : integration;
}

/** `HASH PATH VALUE` of each field of a PATCH; permissions part by part. */
function writtenFields(write: string): string[] {
  const [method, hash = ""] = write.split(" ");
  if (method !== "PATCH") return [];
  const payload: [string, unknown][] = JSON.parse(write.slice(`PATCH ${hash} `.length));
  return payload.flatMap(([name, value]) =>
    name === "permissions" && typeof value === "object" && value !== null
      ? Object.entries(value).map(([part, level]) => `${hash} permissions.${part} ${JSON.stringify(level)}`)
      : [`${hash} ${name === "new_field" ? "extra.new_field" : name} ${JSON.stringify(value)}`],
  );
}

function liveFields(live: ReadonlyMap<HashId, LiveIntegration>, write: string): Set<string> {
  const hash = write.split(" ")[1] ?? "";
  const view = live.get(hash);
  if (view === undefined) return new Set();
  const { permissions } = view;
  const grants = (
    list: LiveIntegration["permissions"] extends infer P ? P : never,
    which: "users" | "groups",
  ): unknown =>
    (list?.[which] ?? [])
      .toSorted((a, b) => a.who.id - b.who.id)
      .map(({ who, level }) => ({ id: who.id, access_level: accessLevelText(level) }));
  const fields: [string, unknown][] = [
    ["name", view.name],
    ["auth_type", view.fields.get("auth_type")],
    ...(permissions === undefined
      ? []
      : ([
          ["permissions.admins", accessLevelText(permissions.admins)],
          ["permissions.others", accessLevelText(permissions.others)],
          ["permissions.users", grants(permissions, "users")],
          ["permissions.groups", grants(permissions, "groups")],
        ] as [string, unknown][])),
  ];
  return new Set(fields.map(([path, value]) => `${hash} ${path} ${JSON.stringify(value)}`));
}

/** What the lockfile keeps, as it would be sent again. */
function asSent(stored: StoredValue): FieldValue {
  const state = referenceState(stored);
  if (state !== undefined) return new Secret(state.variable, `value of ${state.variable}`);
  if (isList(stored)) return stored.map(asSent);
  if (!isMap(stored)) return stored;
  return Object.fromEntries(Object.entries(literalMap(stored) ?? {}).map(([name, item]) => [name, asSent(item)]));
}

function sortedSent({ lastSent, ...rest }: ReturnType<typeof withPartsOf>): unknown {
  return { ...rest, lastSent: [...lastSent].toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}
